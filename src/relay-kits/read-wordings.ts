import { LEVELS, type Level } from '../base/words.ts';
import type { KeyMessageRow } from '../key-messages/queries.ts';
import { piecesOf } from '../key-messages/ready-text.ts';
import { WORDING_FORMAT_NAMES, WORDING_FORMATS, type WordingFormat } from '../key-messages/schema.ts';
import type { RelayKind } from '../relays/schema.ts';
import { addressesIn, withLinks } from './links.ts';

/** One text ready to paste. `name`: « post LinkedIn », « e-mail type : objet ». `act` is what a copy of it is written as. */
export type ReadyText = { id: string; name: string; text: string; act: string };
export type ReadyTopic = { slug: string; topic: string; texts: ReadyText[] };

/** To whom a relay of this kind usually speaks; it may choose another. */
const SPEAKS_TO: Partial<Record<RelayKind, Level>> = {
  instance: 'institutionnel',
  service_etat: 'institutionnel',
  federation: 'operationnel',
  opco: 'operationnel',
  carif_oref: 'operationnel',
  chambre: 'operationnel',
  collectivite: 'operationnel',
};

/** The levels that something is ready for, and the one to show: the asked one, the relay's usual one, or the first. */
export function levelFor(
  kind: RelayKind,
  asked: string | undefined,
  ready: ReadonlySet<Level>,
): { level: Level; levels: Level[] } {
  const levels = LEVELS.filter((l) => ready.has(l));
  const usual = SPEAKS_TO[kind] ?? 'terrain';
  return { level: levels.find((l) => l === asked) ?? levels.find((l) => l === usual) ?? levels[0] ?? usual, levels };
}

/** In these a reader expects somewhere to go: one without an address gets the relay's own at its end. */
const LEADS_SOMEWHERE: ReadonlySet<WordingFormat> = new Set(['paragraphe', 'post', 'email']);

/** Every address that these wordings write, at one level. */
export const addressesOf = (messages: readonly KeyMessageRow[], level: Level): string[] =>
  messages.flatMap((m) => rawTexts(m, level).flatMap(({ text }) => addressesIn(text)));

/** What a relay may copy, topic by topic; `links` holds its own address for each one written in the texts. */
export function readyTopics(
  messages: readonly KeyMessageRow[],
  level: Level,
  links: ReadonlyMap<string, string>,
  main: string,
): ReadyTopic[] {
  return messages.flatMap((m) => {
    const texts = rawTexts(m, level).map(({ format, name, text, last }): ReadyText => {
      const own = withLinks(text, links);
      const ends = last && LEADS_SOMEWHERE.has(format) && addressesIn(text).length === 0;
      return {
        id: `edl-${m.slug}-${format}${name ? `-${name}` : ''}`,
        name: name ? `${WORDING_FORMAT_NAMES[format]} : ${name}` : WORDING_FORMAT_NAMES[format],
        text: ends ? `${own}\n\n${main}` : own,
        act: `edl:${m.slug}:${level}:${format}`,
      };
    });
    return texts.length > 0 ? [{ slug: m.slug, topic: m.topic, texts }] : [];
  });
}

type RawText = { format: WordingFormat; name: string | null; text: string; last: boolean };

function rawTexts(message: KeyMessageRow, level: Level): RawText[] {
  const forms = message.wordings[level] ?? {};
  return WORDING_FORMATS.flatMap((format) => {
    const written = forms[format];
    if (!written) return [];
    const pieces = piecesOf(format, written);
    return pieces.map(({ name, spans }, i) => ({
      format,
      name,
      text: spans.map((s) => s.text).join(''),
      last: i === pieces.length - 1,
    }));
  });
}
