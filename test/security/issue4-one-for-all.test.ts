import { PassThrough } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { deflateSync } from 'node:zlib';
import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { streamBody } from '../../src/base/stream-body.ts';
import { keepLogo, shownLogo } from '../../src/campaigns/logo.ts';
import { isSoundPng } from '../../src/campaigns/png-data.ts';
import { withOrganisation } from '../../src/db/database.ts';
import { drawnOnce } from '../../src/rendering/drawn-once.ts';
import { renderPoster } from '../../src/rendering/poster.ts';
import { kitHouse, kitPath, makeRelay } from '../relay-kits/cast.ts';
import { poster } from '../rendering/paper.ts';
import { testDatabase } from '../support/database.ts';
import { makeCampaign } from '../support/factories.ts';
import { chunk, JPEG, png } from '../support/images.ts';

// One process answers everybody: what one person sends, asks for or abandons must not stop it for the others.
const t = await testDatabase();

const HEAD = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
const WIDE = 100;
/** An RGBA picture of 100 × 100 whose data are these. */
type Made = { interlaced?: number; size?: number; before?: Buffer };
function rgba(data: Buffer, { interlaced = 0, size = WIDE, before = Buffer.alloc(0) }: Made = {}): Buffer {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(size, 0);
  head.writeUInt32BE(size, 4);
  head.set([8, 6, 0, 0, interlaced], 8);
  return Buffer.concat([HEAD, chunk('IHDR', head), before, chunk('IDAT', data), chunk('IEND', Buffer.alloc(0))]);
}
const pixels = (filter = 0): Buffer => Buffer.alloc(WIDE * (1 + 4 * WIDE), filter);
const damaged = (): Buffer => {
  const data = deflateSync(Buffer.from(pixels().map((_, i) => (i % (1 + 4 * WIDE) === 0 ? 0 : i % 251))));
  data[data.length >> 1]! ^= 0xff;
  return data;
};

describe('a logo that printing it would end the process', () => {
  test.each([
    ['with one damaged byte', rgba(damaged())],
    ['whose rows are filtered in a way that does not exist', rgba(deflateSync(pixels(9)))],
    ['cut short', rgba(deflateSync(pixels().subarray(0, 500)))],
    ['that unfolds to sixty times what it says', rgba(deflateSync(Buffer.alloc(60 * pixels().length)))],
    ['of 20 000 pixels a side', rgba(deflateSync(pixels()), { size: 20_000 })],
    ['with two headers', rgba(deflateSync(pixels()), { before: rgba(deflateSync(pixels())).subarray(8, 33) })],
    ['whose rows do not come in the passes it announces', rgba(deflateSync(pixels(1)), { interlaced: 1 })],
  ])('%s is refused, in a sentence, where it is given and where it is printed', async (_, bytes) => {
    const campaign = await makeCampaign(t);
    await expect(keepLogo(t.ctx(t.cast.alice), campaign.slug, { fileName: 'logo.png', bytes })).rejects.toMatchObject({
      kind: 'invalid',
      fields: [{ field: 'logo' }],
    });
    await expect(renderPoster(poster({}, { logo: { bytes, type: 'image/png' } }))).rejects.toMatchObject({
      code: 'logo_illisible',
    });
  });

  test('whole, is kept and printed', async () => {
    const campaign = await makeCampaign(t);
    for (const bytes of [png(100, 80), rgba(deflateSync(pixels(1)))]) {
      expect(isSoundPng(bytes)).toBe(true);
      await keepLogo(t.ctx(t.cast.alice), campaign.slug, { fileName: 'logo.png', bytes });
      await renderPoster(poster({}, { logo: { bytes, type: 'image/png' } }));
    }
    await renderPoster(poster({}, { logo: { bytes: JPEG, type: 'image/jpeg' } }));
  });
});

test('the pages that everybody opens read the size of a logo, and not the logo, wherever its header says it', async () => {
  const campaign = await makeCampaign(t);
  const alice = t.ctx(t.cast.alice);
  const frame = JPEG.indexOf(Buffer.from([0xff, 0xc2]));
  const sized = Buffer.from(JPEG);
  sized.writeUInt16BE(90, frame + 5);
  sized.writeUInt16BE(120, frame + 7);
  // Profiles of colours and thumbnails may come before it, 64 kB at a time.
  const far = Buffer.from(Array.from({ length: 65_004 }, (_, i) => [0xff, 0xe2, 0xfd, 0xea][i] ?? 1));
  const bytes = Buffer.concat([sized.subarray(0, 2), far, far, sized.subarray(2)]);
  const { name } = await keepLogo(alice, campaign.slug, { fileName: 'logo.jpg', bytes });
  await withOrganisation(t.db, alice.actor.organisationId, async (trx) => {
    await sql`update campaigns set identity = identity || ${JSON.stringify({ logo: name })}::jsonb where id = ${campaign.id}`.execute(
      trx,
    );
    expect(await shownLogo(trx, campaign)).toEqual({
      src: `/fichiers/${campaign.slug}/${name}`,
      width: 120,
      height: 90,
    });
  });
});

describe('sheets of paper', () => {
  test('the poster of a relay is drawn once, until something of it changes', async () => {
    const { slug } = await makeCampaign(t);
    const house = kitHouse(t);
    const path = await kitPath(t, slug, await makeRelay(t, slug));
    const [first, again, card] = [
      await house.get(`${path}/affiche-a4.pdf`),
      await house.get(`${path}/affiche-a4.pdf`),
      await house.get(`${path}/carte.pdf`),
    ];
    expect(first.status).toBe(200);
    expect(again.bytes.equals(first.bytes)).toBe(true);
    expect(card.bytes.equals(first.bytes)).toBe(false);
    const other = await kitPath(t, slug, await makeRelay(t, slug));
    expect((await house.get(`${other}/affiche-a4.pdf`)).bytes.equals(first.bytes)).toBe(false);
  });

  test('are drawn one at a time, asked for twice at once are one, and one that fails is tried again', async () => {
    let [now, most, drawn] = [0, 0, 0];
    const draw = (name: string) => async () => {
      now += 1;
      drawn += 1;
      most = Math.max(most, now);
      await pause(5);
      now -= 1;
      if (name === 'ratée' && drawn < 5) throw new Error('panne');
      return Buffer.from(name);
    };
    const asked = ['a', 'b', 'a', 'ratée', 'b'].map((name) => drawnOnce(`essai ${name}`, draw(name)));
    const done = await Promise.allSettled(asked);
    expect(done.map((d) => (d.status === 'fulfilled' ? String(d.value) : 'échec'))).toEqual([
      'a',
      'b',
      'a',
      'échec',
      'b',
    ]);
    expect([most, drawn]).toEqual([1, 3]);
    await pause(20);
    drawn = 10;
    expect(String(await drawnOnce('essai ratée', draw('ratée')))).toBe('ratée');
  });

  test('leave everybody else as much time as they take', async () => {
    const busy = async (): Promise<Buffer> => {
      const end = performance.now() + 60;
      while (performance.now() < end);
      return Buffer.alloc(1);
    };
    const start = performance.now();
    await Promise.all(Array.from({ length: 6 }, (_, i) => drawnOnce(`occupé ${i}`, busy)));
    // Six of 60 ms, and the same again between them.
    expect(performance.now() - start).toBeGreaterThan(11 * 58);
  });

  test('past thirty in line, are refused in a sentence; those in line are drawn', async () => {
    await pause(80);
    const asked = Array.from({ length: 40 }, (_, i) =>
      (async () => drawnOnce(`file ${i}`, async () => Buffer.from(String(i))))().then(
        () => 'drawn',
        (error: { kind: string; code: string }) => `${error.kind} ${error.code}`,
      ),
    );
    const answers = await Promise.all(asked);
    expect(answers.filter((a) => a === 'drawn')).toHaveLength(30);
    expect(new Set(answers.slice(30))).toEqual(new Set(['unavailable trop_de_fichiers']));
    expect(String(await drawnOnce('file 39', async () => Buffer.from('39')))).toBe('39');
  });
});

describe('a download that somebody abandons', () => {
  // What escapes here is an uncaught exception, which fails the whole run.
  test.each([0, 1, 2, 3])('after %i pieces, between two of them, ends what was read and nothing else', async (n) => {
    const stream = new PassThrough();
    const written = (async () => {
      for (let i = 0; i < 50; i += 1) if (!stream.write(Buffer.alloc(20_000))) await pause(1);
    })();
    const reader = streamBody(stream).getReader();
    for (let i = 0; i < n; i += 1) expect((await reader.read()).done).toBe(false);
    reader.read().catch(() => null);
    await reader.cancel();
    await written;
    await pause(20);
    expect(stream.destroyed).toBe(true);
  });

  test('read to its end is whole; what fails on the way is told to its reader', async () => {
    const stream = new PassThrough();
    stream.end('Bonjour');
    expect(await new Response(streamBody(stream)).text()).toBe('Bonjour');
    const failing = new PassThrough();
    const body = streamBody(failing);
    failing.destroy(new Error('panne'));
    await pause(5);
    await expect(new Response(body).text()).rejects.toThrow();
  });
});
