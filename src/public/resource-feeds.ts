import type { Context } from 'hono';
import { sha256 } from '../base/tokens.ts';
import type { PublicInventory, PublicLine } from '../resources/public-inventory.ts';
import { RESOURCE_FORMAT_NAMES, RESOURCE_KIND_NAMES } from '../resources/schema.ts';
import { resourcePath } from './resource-words.ts';

/** One inventory as other sites take it up. Addresses are whole. */
export type Feed = {
  title: string;
  description: string;
  /** The page of the list. */
  home: string;
  /** Of this feed, without its extension. */
  self: string;
  publicUrl: string;
  inventory: PublicInventory;
};

/** Items of one page of a feed. */
export const FEED_PAGE = 200;

const tagsOf = (r: PublicLine): string[] =>
  [RESOURCE_KIND_NAMES[r.kind], r.axis, ...r.formats.map((f) => RESOURCE_FORMAT_NAMES[f])].filter(Boolean);
const next = (feed: Feed, extension: string): string | null =>
  feed.inventory.page < feed.inventory.pages ? `${feed.self}.${extension}?page=${feed.inventory.page + 1}` : null;

/** JSON Feed 1.1 (jsonfeed.org): `_porte_voix` says what only an inventory has. */
export function jsonFeed(feed: Feed): string {
  const following = next(feed, 'json');
  return JSON.stringify({
    version: 'https://jsonfeed.org/version/1.1',
    title: feed.title,
    description: feed.description,
    home_page_url: feed.home,
    feed_url: `${feed.self}.json${feed.inventory.page > 1 ? `?page=${feed.inventory.page}` : ''}`,
    ...(following && { next_url: following }),
    language: 'fr',
    items: feed.inventory.lines.map((r) => ({
      id: feed.publicUrl + resourcePath(r),
      url: feed.publicUrl + resourcePath(r),
      title: r.title,
      content_text: r.summary || r.title,
      date_published: r.addedAt.toISOString(),
      date_modified: r.updatedAt.toISOString(),
      authors: [{ name: r.carriedBy || r.owner }],
      tags: tagsOf(r),
      _porte_voix: {
        campaign: r.campaign.slug,
        kind: r.kind,
        axis: r.axis,
        years: r.years,
        formats: r.formats,
        uses: r.uses,
        level_uses: r.levelUses,
      },
    })),
  });
}

/** XML holds neither control characters nor lone surrogates, escaped or not. */
const xml = (text: string): string =>
  text
    .replace(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');

/** RSS 2.0, its next page by RFC 5005. */
export function rssFeed(feed: Feed): string {
  const following = next(feed, 'rss');
  const self = `${feed.self}.rss${feed.inventory.page > 1 ? `?page=${feed.inventory.page}` : ''}`;
  const link = (rel: string, href: string) =>
    `<atom:link rel="${rel}" type="application/rss+xml" href="${xml(href)}"/>`;
  const newest = Math.max(...feed.inventory.lines.map((r) => r.updatedAt.getTime()));
  return `<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel>
<title>${xml(feed.title)}</title>
<link>${xml(feed.home)}</link>
<description>${xml(feed.description)}</description>
<language>fr</language>
${feed.inventory.lines.length ? `<lastBuildDate>${new Date(newest).toUTCString()}</lastBuildDate>\n` : ''}${link('self', self)}
${following ? `${link('next', following)}\n` : ''}${feed.inventory.lines.map((r) => item(feed, r)).join('')}</channel>
</rss>
`;
}

const item = (feed: Feed, r: PublicLine): string => `<item>
<title>${xml(r.title)}</title>
<link>${xml(feed.publicUrl + resourcePath(r))}</link>
<guid isPermaLink="true">${xml(feed.publicUrl + resourcePath(r))}</guid>
<description>${xml(r.summary || r.title)}</description>
<dc:creator>${xml(r.carriedBy || r.owner)}</dc:creator>
${tagsOf(r)
  .map((tag) => `<category>${xml(tag)}</category>\n`)
  .join('')}<pubDate>${r.addedAt.toUTCString()}</pubDate>
</item>
`;

/** A feed that its reader may keep a few minutes, and asks for again by its tag; pages of any site may read it. */
export function feedResponse(c: Context, body: string, type: string): Response {
  const etag = `"${sha256(body).toString('base64url')}"`;
  const headers = {
    'content-type': `${type}; charset=utf-8`,
    etag,
    'cache-control': 'public, max-age=300',
    'access-control-allow-origin': '*',
    'cross-origin-resource-policy': 'cross-origin',
  };
  const known = (c.req.header('if-none-match') ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return known.includes(etag) ? c.body(null, 304, headers) : c.body(body, 200, headers);
}
