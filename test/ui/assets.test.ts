import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { assets, assetUrl, tintUrl } from '../../src/web/assets.ts';
import { PAGES } from './gallery.tsx';

test('a file is served for good at the address of its content, without a cookie', async () => {
  for (const [name, type] of [
    ['style.css', 'text/css'],
    ['live.js', 'text/javascript'],
    ['texte.woff2', 'font/woff2'],
    ['porte-voix.svg', 'image/svg+xml'],
  ] as const) {
    const answer = await assets.request(assetUrl(name));
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toContain(type);
    expect(answer.headers.get('cache-control')).toContain('immutable');
    expect(answer.headers.get('set-cookie')).toBeNull();
    expect((await answer.arrayBuffer()).byteLength).toBeGreaterThan(200);
  }
});

test('another hash or another name is not found', async () => {
  expect((await assets.request('/fichiers/ui/000000000000/style.css')).status).toBe(404);
  expect((await assets.request(assetUrl('style.css').replace('style.css', 'layout.tsx'))).status).toBe(404);
  expect(() => assetUrl('absent.css')).toThrow();
});

test('every file the stylesheet names is there', async () => {
  const css = await (await assets.request(assetUrl('style.css'))).text();
  const urls = [...css.matchAll(/url\(([^)]+)\)/g)].map((m) => m[1] ?? '');
  expect(urls.length).toBeGreaterThan(4);
  for (const url of urls) expect((await assets.request(url)).status, url).toBe(200);
});

test('a campaign’s colours come as a stylesheet, and only colours can be asked for', async () => {
  const answer = await assets.request(tintUrl('#0F6B6B', '#E8B11A'));
  expect(answer.headers.get('content-type')).toContain('text/css');
  expect(await answer.text()).toMatch(/^:root\{--tint:light-dark\(#[0-9a-f]{6},#[0-9a-f]{6}\)/);
  expect((await assets.request('/fichiers/ui/teinte/0f6b6b-url(x)/teinte.css')).status).toBe(404);
});

test('a page with its style and script stays far under 100 KB, and the script under 2 KB', async () => {
  const size = async (name: string) => (await (await assets.request(assetUrl(name))).arrayBuffer()).byteLength;
  const page = Buffer.byteLength(String(await PAGES.campagne()));
  expect(await size('live.js')).toBeLessThan(2560);
  expect(page + (await size('style.css')) + (await size('live.js'))).toBeLessThan(60_000);
  expect(gzipSync(String(await PAGES.campagne())).byteLength).toBeLessThan(10_000);
});
