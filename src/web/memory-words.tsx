import { raw } from 'hono/html';
import { Marked } from 'marked';
import sanitizeHtml from 'sanitize-html';
import { parseParis, shortDate } from '../base/dates.ts';
import type { Piece } from '../decisions/found.ts';
import { type DecisionRow, type Standing, standingOf } from '../decisions/queries.ts';
import type { ShownDecision } from '../decisions/read-memory.ts';
import { plural } from './push-words.tsx';
import { State, type StateKind } from './ui/marks.tsx';

/** How every page of the memory says where a decision stands, when it was taken and by whom. */

export const memoryUrl = (campaign: { slug: string } | null): string =>
  campaign ? `/campagnes/${campaign.slug}/memoire` : '/memoire';
export const decisionUrl = (id: number): string => `/memoire/decisions/${id}`;
export const noteUrl = (id: number): string => `/memoire/veille/${id}`;

/** « lun. 2 nov. 2026 » */
export const dayOf = (day: string): string => {
  const at = parseParis(`${day}T12:00`);
  return at ? `${shortDate(at)} ${day.slice(0, 4)}` : day;
};

export const STANDING_NAMES: Record<Standing, string> = {
  attente: 'en attente',
  vigueur: 'en vigueur',
  remplacee: 'remplacée',
};
const STANDING_KINDS: Record<Standing, StateKind> = { attente: 'wait', vigueur: 'ok', remplacee: 'off' };

export const DecisionState = ({ decision }: { decision: Pick<DecisionRow, 'decision' | 'supersededById'> }) => {
  const standing = standingOf(decision);
  return <State kind={STANDING_KINDS[standing]}>{STANDING_NAMES[standing]}</State>;
};

/** The words of a search, in what was found. */
export const Pieces = ({ pieces }: { pieces: readonly Piece[] }) => (
  <>{pieces.map((p) => (p.found ? <mark>{p.text}</mark> : p.text))}</>
);

/** « AFDAS (Mme Roux, M. Petit) » ; without names for who may not read them. */
export const participantText = (p: ShownDecision['participants'][number]): string =>
  p.people.length > 0
    ? `${p.organisation} (${p.people.join(', ')})`
    : p.count > 0
      ? `${p.organisation} (${plural(p.count, 'personne', 'personnes')})`
      : p.organisation;

/** What somebody typed, its paragraphs and lines kept. */
export const Typed = ({ text }: { text: string }) => (
  <>
    {text.split(/\n{2,}/).map((paragraph) => (
      <p>
        {paragraph.split('\n').map((line, i) => (
          <>
            {i > 0 && <br />}
            {line}
          </>
        ))}
      </p>
    ))}
  </>
);

const markdown = new Marked({ gfm: true, breaks: true });
const asParagraph = () => ({ tagName: 'p', attribs: {} });

/** The part of Markdown that a note may use: paragraphs, lists, emphasis, links to web pages. The rest keeps its words. */
export const noteHtml = (source: string): string =>
  sanitizeHtml(markdown.parse(source, { async: false }), {
    allowedTags: ['p', 'ul', 'ol', 'li', 'strong', 'em', 'a', 'br', 'blockquote'],
    allowedAttributes: { a: ['href', 'rel'] },
    allowedSchemes: ['http', 'https', 'mailto'],
    allowProtocolRelative: false,
    transformTags: {
      ...Object.fromEntries(['h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'pre'].map((tag) => [tag, asParagraph])),
      a: (_, { href = '' }): sanitizeHtml.Tag =>
        /^(?:https?:\/\/|mailto:)/i.test(href)
          ? { tagName: 'a', attribs: { href, rel: 'noopener noreferrer' } }
          : { tagName: 'removed', attribs: {} },
    },
  });

export const NoteText = ({ source }: { source: string }) => <>{raw(noteHtml(source))}</>;
