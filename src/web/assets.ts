import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Hono } from 'hono';
import { sha256 } from '../base/tokens.ts';
import { isColour, tintCss } from './ui/tint.ts';

/*
 * The few files a page needs beside its HTML, read once and served from memory. Their address carries a hash of their
 * content, so that a browser may keep them for a year. Nothing comes from another host (PRV-02).
 */

const BASE = '/fichiers/ui';
const FOREVER = 'public, max-age=31536000, immutable';

type Asset = { body: Uint8Array<ArrayBuffer>; type: string; url: string };

const require = createRequire(import.meta.url);
const font = (family: string, file: string): Buffer =>
  readFileSync(require.resolve(`@fontsource-variable/${family}/files/${file}.woff2`));
const own = (name: string): Buffer => readFileSync(new URL(`./ui/${name}`, import.meta.url));

const table = new Map<string, Asset>();

const add = (name: string, type: string, body: Buffer): void => {
  const url = `${BASE}/${sha256(body).toString('hex').slice(0, 12)}/${name}`;
  table.set(name, { body: new Uint8Array(body), type, url });
};

for (const [name, family, file] of [
  ['titre.woff2', 'bricolage-grotesque', 'bricolage-grotesque-latin-opsz-normal'],
  ['titre-etendu.woff2', 'bricolage-grotesque', 'bricolage-grotesque-latin-ext-opsz-normal'],
  ['texte.woff2', 'atkinson-hyperlegible-next', 'atkinson-hyperlegible-next-latin-wght-normal'],
  ['texte-etendu.woff2', 'atkinson-hyperlegible-next', 'atkinson-hyperlegible-next-latin-ext-wght-normal'],
] as const)
  add(name, 'font/woff2', font(family, file));
add('porte-voix.svg', 'image/svg+xml', own('porte-voix.svg'));
add('voix.svg', 'image/svg+xml', own('voix.svg'));
add('onde.svg', 'image/svg+xml', own('onde.svg'));
add('live.js', 'text/javascript; charset=utf-8', own('live.js'));
// Last: it names the others by their addresses, so its own hash changes with theirs.
const style = Buffer.concat(['base.css', 'components.css', 'calendar.css', 'media.css'].map(own)).toString('utf8');
add(
  'style.css',
  'text/css; charset=utf-8',
  Buffer.from(style.replace(/asset:([\w.-]+)/g, (_, name: string) => assetUrl(name))),
);

/** The address of a file of the table; an unknown name is a mistake of ours and stops the start. */
export function assetUrl(name: string): string {
  const asset = table.get(name);
  if (!asset) throw new Error(`asset ${name} is not in the table`);
  return asset.url;
}

/** The whole look as one text, for a file that is opened from a disk and has no other place for it than itself. */
export const standaloneStyle = (): string =>
  [...table.values()].reduce(
    (text, { url, type, body }) => text.replaceAll(url, `data:${type};base64,${Buffer.from(body).toString('base64')}`),
    Buffer.from(table.get('style.css')?.body ?? []).toString('utf8'),
  );

/** The stylesheet that tints a public page with a campaign's colours (`#rrggbb`): the address says all it contains. */
export const tintUrl = (colour: string, accent: string): string =>
  `${BASE}/teinte/${colour.slice(1).toLowerCase()}-${accent.slice(1).toLowerCase()}/teinte.css`;

const byUrl = new Map([...table.values()].map((asset) => [asset.url, asset]));

/** Mount at the root: `app.route('/', assets)`. Needs no session and sets no cookie. */
export const assets = new Hono();

assets.get(`${BASE}/teinte/:colours{[0-9a-f]{6}-[0-9a-f]{6}}/teinte.css`, (c) => {
  const [colour, accent] = c.req
    .param('colours')
    .split('-')
    .map((hex) => `#${hex}`) as [string, string];
  if (!isColour(colour) || !isColour(accent)) return c.notFound();
  return c.body(tintCss(colour, accent), 200, { 'content-type': 'text/css; charset=utf-8', 'cache-control': FOREVER });
});

assets.get(`${BASE}/:hash/:name`, (c) => {
  const asset = byUrl.get(c.req.path);
  if (!asset) return c.notFound();
  return c.body(asset.body, 200, {
    'content-type': asset.type,
    'cache-control': FOREVER,
    'x-content-type-options': 'nosniff',
  });
});
