import { beforeAll, expect, test } from 'vitest';
import { createCampaign } from '../../src/campaigns/create-campaign.ts';
import { imageFileOf, LARGEST_IMAGE } from '../../src/campaigns/image-file.ts';
import { keepImage } from '../../src/campaigns/keep-image.ts';
import { withOrganisation } from '../../src/db/database.ts';
import { filePages } from '../../src/public/files.ts';
import { savePush } from '../../src/pushes/save-push.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { letter, makeAudience } from '../support/factories.ts';
import { chunk, GIF, JPEG, png, WEBP } from '../support/images.ts';
import { joint } from './cast.ts';

let t: TestDatabase;
let campaignId: number;
beforeAll(async () => {
  t = await testDatabase();
  ({ id: campaignId } = await createCampaign(t.ctx(t.cast.alice), joint()));
});

const keep = (fileName: string, bytes: Buffer, person = t.cast.alice) =>
  keepImage(t.ctx(person), 'commune', { fileName, bytes });
const read = (path: string, init?: RequestInit) => filePages({ db: t.db }).request(path, init);

test.each([
  ['png', png(), 'image/png'],
  ['jpg', JPEG, 'image/jpeg'],
  ['gif', GIF, 'image/gif'],
  ['webp', WEBP, 'image/webp'],
])('an image is what its bytes are, whatever it is called: %s', (extension, bytes, type) => {
  const image = imageFileOf('Affiche d’été.svg', bytes);
  expect(image.name).toMatch(new RegExp(`^affiche-d-ete-[0-9a-f]{8}\\.${extension}$`));
  expect(image).toMatchObject({ type, bytes });
});

const SVG = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(document.domain)</script></svg>';
const bomb = Buffer.from('<script>alert(1)</script>');
const zip = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), Buffer.alloc(200)]);

test.each([
  ['a drawing with a script renamed .png', Buffer.from(SVG), /SVG/],
  ['the same behind a byte-order mark and a declaration', Buffer.from(`\ufeff<?xml version="1.0"?>\n${SVG}`), /SVG/],
  ['a page', Buffer.from('<!doctype html><script>alert(1)</script>'), /SVG|n’est pas une image/],
  ['an archive renamed .png', zip, /n’est pas une image/],
  ['a program that begins like a GIF', Buffer.from('GIF89a/*;*/=1;alert(1);//xxxxxxxxxxxxxxxx'), /n’est pas une image/],
  [
    'a page that begins like a WebP',
    Buffer.concat([Buffer.from('RIFF\x40\0\0\0WEBPVP8 ', 'latin1'), bomb]),
    /n’est pas/,
  ],
  [
    'a page that begins like a JPEG',
    Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 4, 0, 0]), bomb]),
    /n’est pas/,
  ],
  ['a PNG with nothing drawn', Buffer.concat([png().subarray(0, 33), chunk('IEND', Buffer.alloc(0))]), /n’est pas/],
  ['a PNG cut short', png().subarray(0, -6), /entière/],
  ['a JPEG cut short', JPEG.subarray(0, -2), /entière/],
  ['an empty file', Buffer.alloc(0), /n’est pas une image/],
])('%s is refused', (_, bytes, message) => {
  expect(() => imageFileOf('photo.png', bytes)).toThrow(message);
});

test('every beginning of every kind of image is refused, and none makes the reader run on', () => {
  for (const whole of [png(), JPEG, GIF, WEBP])
    for (let n = 0; n < whole.length; n++) expect(() => imageFileOf('a', whole.subarray(0, n))).toThrow();
});

test('what follows the image in its file is left out: an archive hidden there goes nowhere', () => {
  for (const whole of [png(), JPEG, GIF, WEBP]) {
    const image = imageFileOf('photo.png', Buffer.concat([whole, zip, bomb]));
    expect(image.bytes).toEqual(whole);
    expect(image.name).toBe(imageFileOf('photo.png', whole).name);
  }
});

test('a heavy file is refused by its weight, with what to do', () => {
  const padded = Buffer.concat([png(), Buffer.alloc(LARGEST_IMAGE + 1 - png().length)]);
  expect(() => imageFileOf('a.png', padded)).toThrow('Cette image dépasse 1 Mo : réduisez-la');
  expect(() => imageFileOf('a.png', Buffer.alloc(10_000_000))).toThrow('Cette image dépasse 1 Mo');
  expect(imageFileOf('a.png', padded.subarray(0, LARGEST_IMAGE)).bytes).toEqual(png());
});

test.each([
  ['../../etc/passwd.png', /^passwd-[0-9a-f]{8}\.png$/],
  ['..\\..\\windows\\system32\\a.png', /^a-[0-9a-f]{8}\.png$/],
  ['/fichiers/autre/affiche.png', /^affiche-[0-9a-f]{8}\.png$/],
  [`${'é'.repeat(200)}.png`, /^e{60}-[0-9a-f]{8}\.png$/],
  ['a\u0000b\r\nc\u202e.gnp.png', /^a-b-c-gnp-[0-9a-f]{8}\.png$/],
  ['"><img onerror=alert(1)>.png', /^img-onerror-alert-1-[0-9a-f]{8}\.png$/],
  ['', /^sans-nom-[0-9a-f]{8}\.png$/],
  ['...', /^sans-nom-[0-9a-f]{8}\.png$/],
])('a name from elsewhere becomes a plain one: %j', (given, expected) => {
  expect(imageFileOf(given, png()).name).toMatch(expected);
});

test('a file that already carries its kept name keeps it, so that a folder written from the database reads the same', () => {
  const { name } = imageFileOf('Affiche.png', png());
  expect(imageFileOf(name, png()).name).toBe(name);
});

test('an image is kept once, with its audit row, and read by anybody with exact headers', async () => {
  const { path } = await keep('Atelier.JPEG', png(8, 8));
  expect(path).toMatch(/^\/fichiers\/commune\/atelier-[0-9a-f]{8}\.png$/);
  expect(await keep('atelier.png', png(8, 8))).toEqual({ path });
  const audit = await withOrganisation(t.db, t.cast.organisations.opco, (trx) =>
    trx.selectFrom('audit_log').select(['subject', 'detail']).where('action', '=', 'image.keep').execute(),
  );
  expect(audit).toEqual([
    {
      subject: `campaign:${campaignId}`,
      detail: { name: path.split('/').at(-1), type: 'image/png', bytes: png(8, 8).length },
    },
  ]);
  const answer = await read(path);
  expect(answer.status).toBe(200);
  expect(Buffer.from(await answer.arrayBuffer())).toEqual(png(8, 8));
  expect(Object.fromEntries(answer.headers)).toEqual({
    'content-type': 'image/png',
    'cache-control': 'public, max-age=31536000, immutable',
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none'; sandbox",
    'cross-origin-resource-policy': 'cross-origin',
  });
  const head = await read(path, { method: 'HEAD' });
  expect([head.status, await head.text()]).toEqual([200, '']);
});

test('another image of the same name has another address: what was approved does not change', async () => {
  const before = await keep('affiche.png', png(4, 4, [1, 2, 3]));
  const after = await keep('affiche.png', png(4, 4, [3, 2, 1]));
  expect(after.path).not.toBe(before.path);
  expect(Buffer.from(await (await read(before.path)).arrayBuffer())).toEqual(png(4, 4, [1, 2, 3]));
});

test.each([
  '/fichiers/commune/absente-00000000.png',
  '/fichiers/commune/..%2f..%2fetc%2fpasswd',
  '/fichiers/commune/a%00b.png',
  '/fichiers/comm%00une/a.png',
  "/fichiers/commune/a'or'1.png",
  `/fichiers/commune/${'a'.repeat(5000)}.png`,
  '/fichiers/commune/affiche.svg',
])('an address of nothing is no page: %s', async (path) => {
  expect((await read(path)).status).toBe(404);
});

test('only the lead’s communicant keeps an image: not its other roles, not a partner, not a stranger', async () => {
  await expect(keep('a.png', png(), t.cast.emma)).rejects.toMatchObject({ kind: 'forbidden' });
  await expect(keep('a.png', png(), t.cast.david)).rejects.toMatchObject({ kind: 'forbidden' });
  await expect(keep('a.png', png(), t.cast.bruno)).rejects.toMatchObject({ kind: 'forbidden' });
  await expect(keep('a.png', png(), t.cast.etranger)).rejects.toMatchObject({ kind: 'not-found' });
});

test('partners of the campaign see its images in the database, a stranger none; nobody changes or removes one (SEC-23)', async () => {
  const seen = (organisation: keyof TestDatabase['cast']['organisations']) =>
    withOrganisation(t.db, t.cast.organisations[organisation], (trx) =>
      trx.selectFrom('files').select('name').execute(),
    );
  await keep('affiche.png', png());
  expect((await seen('btp')).length).toBeGreaterThan(0);
  expect(await seen('etranger')).toEqual([]);
  const change = (run: Parameters<typeof withOrganisation>[2]) =>
    withOrganisation(t.db, t.cast.organisations.opco, run);
  await expect(change((trx) => trx.updateTable('files').set({ bytes: WEBP }).execute())).rejects.toThrow(/permission/);
  await expect(change((trx) => trx.deleteFrom('files').execute())).rejects.toThrow(/permission/);
});

test('a message shows images of its own campaign only', async () => {
  await createCampaign(t.ctx(t.cast.alice), joint({ slug: 'autre' }));
  const elsewhere = await keepImage(t.ctx(t.cast.alice), 'autre', { fileName: 'a.png', bytes: png() });
  const here = await keep('a.png', png(2, 2));
  const audience = await makeAudience(t, campaignId);
  const push = (src: string) =>
    savePush(t.ctx(t.cast.alice), 'commune', {
      ...letter({ slug: 'avec-image', audience: audience.slug }),
      content: { subject: 'Une image', blocks: [{ id: 'b1', type: 'image', src, alt: 'Un atelier' }] },
    });
  for (const src of [elsewhere.path, '/fichiers/commune/absente-00000000.png', '/fichiers/commune/../autre/a.png'])
    await expect(push(src)).rejects.toMatchObject({
      code: 'image_absente',
      fields: [{ field: 'content.blocks.0.src' }],
    });
  await expect(push('https://ailleurs.example/a.png')).rejects.toMatchObject({ kind: 'invalid' });
  expect((await push(here.path)).outcome).toBe('created');
});
