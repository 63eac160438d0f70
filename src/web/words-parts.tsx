import { LEVEL_NAMES, LEVELS, type Level } from '../base/words.ts';
import { daysOf } from '../key-messages/compare.ts';
import type { SheetVersion, WordingSheet } from '../key-messages/read-wording.ts';
import type { WordingLine } from '../key-messages/read-wording-list.ts';
import { piecesOf } from '../key-messages/ready-text.ts';
import {
  LONGEST,
  MOST_SPOKEN_WORDS,
  SPOKEN_WORDS,
  spokenWords,
  WORDING_FORMAT_NAMES,
  WORDING_FORMATS,
  type WordingFormat,
  type Wordings,
} from '../key-messages/schema.ts';
import type { WordToReview } from '../proofs/review-wordings.ts';
import type { WordingUse } from '../proofs/wording-uses.ts';
import { capital } from './capital.ts';
import { listed, plural, pushUrl, quoted } from './push-words.tsx';
import { Row, Rows } from './ui/components.tsx';
import { number } from './ui/figures.tsx';
import { State } from './ui/marks.tsx';
import { Passage } from './ui/wording.tsx';

/** What the pages of éléments de langage share: their addresses, their marks, their texts. */

export const wordsUrl = (campaign: string, part = ''): string => `/campagnes/${campaign}/elements${part}`;

export const dayFr = (day: string): string => day.split('-').reverse().join('/');

export const levelOf = (asked: string | undefined, wordings: Wordings): Level =>
  LEVELS.find((l) => l === asked) ?? LEVELS.findLast((l) => wordings[l]) ?? 'terrain';

/** Where a version stands, then whether its days have come or gone. */
export const Marks = (p: {
  state: WordingLine['state'];
  validity: WordingLine['validity'];
  validFrom: string | null;
  validTo: string | null;
  mine: boolean;
}) => (
  <>
    {p.state === 'valide' ? (
      <State kind="ok">validé</State>
    ) : p.state === 'changement' ? (
      <State kind="stop">changement demandé</State>
    ) : p.state === 'a_valider' ? (
      <State kind={p.mine ? 'todo' : 'wait'}>{p.mine ? 'à valider par votre organisation' : 'à valider'}</State>
    ) : (
      <State kind="off">brouillon</State>
    )}
    {p.validity !== 'valable' && (
      <>
        {' '}
        <ValidityMark {...p} />
      </>
    )}
  </>
);

export const ValidityMark = (p: {
  validity: WordingLine['validity'];
  validFrom?: string | null;
  validTo: string | null;
}) =>
  p.validity === 'perime' ? (
    <State kind="stop">périmé{p.validTo ? ` le ${dayFr(p.validTo)}` : ''}</State>
  ) : p.validity === 'a_venir' ? (
    <State kind="wait">à venir{p.validFrom ? `, le ${dayFr(p.validFrom)}` : ''}</State>
  ) : null;

/** The state of the newest version, as the list says it. */
export function standingOf(w: WordingSheet): WordingLine['state'] {
  const { newest, asked } = w;
  if (newest.validated) return 'valide';
  if (asked?.version.versionId !== newest.versionId) return 'brouillon';
  return asked.signatories.some((s) => s.missing && s.last?.decision === 'changement') ? 'changement' : 'a_valider';
}

/** Whether the reader's organisation has still to answer about what is asked today. */
export const awaits = (w: WordingSheet, organisation: number): boolean =>
  w.asked?.signatories.some((s) => s.id === organisation && s.missing && s.last?.decision !== 'changement') ?? false;

const lengthNote = (format: WordingFormat, text: string): string =>
  format === 'discours'
    ? `${plural(spokenWords(text), 'mot', 'mots')} : ${SPOKEN_WORDS} font 30 secondes`
    : `${number(text.length)} caractères sur ${number(LONGEST[format])}`;

export const countOf = (format: WordingFormat, text: string): { n: number; max: number; words?: boolean } =>
  format === 'discours'
    ? { n: spokenWords(text), max: MOST_SPOKEN_WORDS, words: true }
    : { n: text.length, max: LONGEST[format] };

/** Every text of one level, ready to be copied; `reading`: to be decided on, without what it lacks. */
export const LevelTexts = (p: {
  wordings: Wordings;
  level: Level;
  words?: readonly WordToReview[];
  reading?: boolean;
}) => {
  const forms = p.wordings[p.level] ?? {};
  const lacking = WORDING_FORMATS.filter((f) => !forms[f]);
  return (
    <>
      {WORDING_FORMATS.map((format) => {
        const text = forms[format];
        return text ? (
          <FormatText
            format={format}
            text={text}
            level={p.level}
            reading={p.reading}
            words={p.words?.filter((w) => w.level === p.level && w.format === format)}
          />
        ) : null;
      })}
      {!p.reading && lacking.length > 0 && (
        <p class="meta">
          Pas {lacking.length === WORDING_FORMATS.length ? 'encore de texte pour ce niveau' : 'encore écrit'} :{' '}
          {listed(lacking.map((f) => WORDING_FORMAT_NAMES[f]))}.
        </p>
      )}
    </>
  );
};

const FormatText = (p: {
  format: WordingFormat;
  text: string;
  level: Level;
  reading?: boolean | undefined;
  words?: readonly WordToReview[] | undefined;
}) => {
  const name = WORDING_FORMAT_NAMES[p.format];
  return (
    <>
      <h3>{capital(name)}</h3>
      {piecesOf(p.format, p.text).map((piece, i, all) => (
        <Passage
          id={`texte-${p.level}-${p.format}${piece.name ? `-${piece.name}` : ''}`}
          name={piece.name ? `${name}, ${piece.name}` : name}
          label={piece.name ? capital(piece.name) : undefined}
          bare={p.reading}
          spans={piece.spans}
          note={i === all.length - 1 ? lengthNote(p.format, p.text) : undefined}
        />
      ))}
      {p.words && p.words.length > 0 && <WordsToReview words={p.words} />}
    </>
  );
};

/** What the glossaries say of a text. `placed`: each with its level and its form, where several texts are told of at once. */
export const WordsToReview = ({ words, placed }: { words: readonly WordToReview[]; placed?: boolean }) => (
  <Rows label="Mots à revoir">
    {words.map((w) => (
      <Row
        what={`${quoted(w.written)} : écrivez ${quoted(w.say)}`}
        meta={`${placed ? `${capital(WORDING_FORMAT_NAMES[w.format])}, niveau ${LEVEL_NAMES[w.level]}. ` : ''}${capital(w.source)}.`}
        end={<State kind="pause">mot à revoir</State>}
      />
    ))}
  </Rows>
);

const PUSH_STATES = { brouillon: 'envoi en brouillon', soumis: 'envoi soumis', parti: 'envoi parti' } as const;

/** Where an élément de langage is said, and whether what is said there is still what should be. */
export const UseRows = (p: { uses: readonly WordingUse[]; campaign: string; linked: boolean; topics?: boolean }) => (
  <Rows label={p.topics ? 'Éléments de langage de cet envoi' : 'Où il est dit'}>
    {p.uses.map((u) => (
      <Row
        what={p.topics ? u.topic : u.push ? u.push.title : 'Les kits des relais'}
        href={
          p.topics
            ? wordsUrl(p.campaign, `/${u.slug}`)
            : u.push && p.linked
              ? pushUrl({ campaignSlug: p.campaign, slug: u.push.slug })
              : undefined
        }
        meta={`Version ${u.version}${u.push && !p.topics ? `, ${PUSH_STATES[u.push.state]}` : ''}.`}
        end={<UseMark use={u} />}
      />
    ))}
  </Rows>
);

/** Kits keep the last approved version on purpose: only a push is told that it says an old one. */
export const isFlagged = (u: WordingUse): boolean =>
  u.push !== null && u.push.state !== 'parti' && (u.newer !== null || u.validity !== 'valable');

const UseMark = ({ use: u }: { use: WordingUse }) => {
  if (u.validity !== 'valable') return <ValidityMark validity={u.validity} validTo={u.validTo} />;
  if (u.newer === null) return <State kind="ok">à jour</State>;
  if (!u.push) return <State kind="wait">la version {u.newer} n’est pas validée</State>;
  return u.push.state === 'parti' ? (
    <State kind="off">remplacée depuis, version {u.newer}</State>
  ) : (
    <State kind="stop">une version plus récente existe, la {u.newer}</State>
  );
};

/** When it may be said: « du 01/12/2026 au 31/12/2026 ». */
export const validityText = (v: Pick<SheetVersion, 'validFrom' | 'validTo'>): string => daysOf(v);
