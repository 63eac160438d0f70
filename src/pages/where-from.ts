import { visible } from '../base/visible.ts';
import type { VisitChannel } from './schema.ts';

/** What a page says of where its visitor came from, before anything of it is believed: texts of any length and kind. */
export type Told = { referrer?: unknown; medium?: unknown; origin?: unknown };

const LONGEST_PAGE = 300;
/** No host is longer. */
const LONGEST_WORD = 253;

const MEDIA: [VisitChannel, RegExp][] = [
  ['lettre', /^(e-?mail|mail|courriel|newsletter|lettre)$/],
  ['social', /^(social|social[-_ ]?(media|network)|reseaux?[-_ ]sociaux|sm)$/],
  ['relais', /^(relais|relay|referral|affiche|qr)$/],
];
const SEARCH = /(^|\.)(google|bing|qwant|duckduckgo|ecosia|yahoo|lilo|startpage|yandex|baidu|brave)\.[a-z.]{2,6}$/;
const SOCIAL =
  /(^|\.)(linkedin\.com|lnkd\.in|facebook\.com|fb\.com|instagram\.com|x\.com|twitter\.com|t\.co|youtube\.com|tiktok\.com|threads\.net|mastodon\.[a-z]+|bsky\.app|whatsapp\.com)$/;
const MAILBOX = /(^|\.)(mail|webmail|outlook|messagerie|zimbra)\./;

const word = (value: unknown): string =>
  typeof value === 'string' && value.length <= LONGEST_WORD ? visible(value).trim().toLowerCase() : '';

/**
 * By what somebody came, in one word: what the address says, then what the browser says. Nothing else of either is kept.
 * `own`: the host of the measured site, whose pages lead to one another.
 */
export function channelOf({ referrer, medium, origin }: Told, own: string): VisitChannel {
  const said = word(origin);
  if (/^lettre\b/.test(said)) return 'lettre';
  if (/^social\./.test(said)) return 'social';
  const asked = word(medium);
  const found = MEDIA.find(([, words]) => words.test(asked))?.[0];
  if (found) return found;
  const host = word(referrer);
  if (host === '' || host === own || !/^[a-z0-9.-]+(:\d{1,5})?$/.test(host)) return 'direct';
  if (SEARCH.test(host)) return 'recherche';
  if (SOCIAL.test(host)) return 'social';
  return MAILBOX.test(host) ? 'lettre' : 'site';
}

/** The path of a page as it is counted: no parameter, nothing invisible, never longer than a title. Null: no path. */
export function pathOf(told: unknown): string | null {
  if (typeof told !== 'string' || !told.startsWith('/')) return null;
  const path = visible(told.slice(0, 4 * LONGEST_PAGE).toWellFormed())
    .split(/[?#]/, 1)[0]
    ?.replace(/\s+/g, ' ')
    .slice(0, LONGEST_PAGE)
    .toWellFormed()
    .trimEnd();
  return path || null;
}
