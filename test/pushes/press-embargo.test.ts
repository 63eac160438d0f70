import { Hono } from 'hono';
import { beforeAll, describe, expect, test } from 'vitest';
import { sealId } from '../../src/base/tokens.ts';
import { acrossOrganisations } from '../../src/db/database.ts';
import { pushesToDrain } from '../../src/deliveries/queries.ts';
import { sendNow } from '../../src/deliveries/send-now.ts';
import { submitPush } from '../../src/proofs/submit-push.ts';
import { releasePages } from '../../src/public/communiques.tsx';
import { recipientPages } from '../../src/public/recipient.tsx';
import { parseEmbargo } from '../../src/pushes/embargo.ts';
import { drain, freeze, states } from '../deliveries/ledger.ts';
import { type Sink, startSink } from '../deliveries/sink.ts';
import { RELEASE } from '../rendering/release.ts';
import { NOW, SECRETS, type TestDatabase, testDatabase } from '../support/database.ts';
import { approve, editPush, type MadePush, makePush, submit } from '../support/factories.ts';

let t: TestDatabase;
let sink: Sink;
beforeAll(async () => {
  t = await testDatabase();
  sink = await startSink();
  return sink.close;
});

const WORDS = [RELEASE.press.headline, 'AFDAS', 'Nadia', 'Fibre', 'fiches-metiers', 'Petit'];
/** Of the release of the rendering tests, without what the inventory of this campaign does not hold. */
const said = (embargoAt: string | null) => ({
  ...RELEASE,
  blocks: RELEASE.blocks.filter((b) => b.type !== 'image' && b.type !== 'resource'),
  press: { ...RELEASE.press, embargoAt },
});
const release = (embargoAt: string | null, over: Record<string, unknown> = {}) =>
  makePush(t, { push: { channel: 'communique', title: 'Lancement', content: said(embargoAt), ...over } });

async function approved(embargoAt: string | null, over: Record<string, unknown> = {}, now = NOW): Promise<MadePush> {
  const push = await release(embargoAt, over);
  await submit(t, push.id, now);
  await approve(t, push.id, t.cast.alice);
  await approve(t, push.id, t.cast.bruno);
  return push;
}

const site = (now: Date) => {
  const deps = { db: t.db, secrets: SECRETS, now: () => now, publicUrl: 'https://pv.example' };
  return new Hono()
    .route('/', releasePages(deps))
    .route('/', recipientPages({ ...deps, onUnsubscribeVisit: async () => {} }));
};
const page = (push: MadePush, now: Date, part = '') =>
  site(now).request(`/communiques/${push.campaign}/${push.slug}${part}`, {
    headers: { 'User-Agent': 'Mozilla/5.0 Firefox/140' },
  });

/** The address of the « version en ligne » in a message of this push. */
const webAddress = async (push: MadePush): Promise<string> => {
  const { id } = await acrossOrganisations(t.db, (trx) =>
    trx
      .selectFrom('proof_variants as v')
      .innerJoin('proofs as s', 's.id', 'v.proof_id')
      .select('v.id')
      .where('s.push_id', '=', push.id)
      .executeTakeFirstOrThrow(),
  );
  return `/lettre/${sealId(SECRETS.unsubscribe, 'web', id)}`;
};
const toDrain = (now: Date) => acrossOrganisations(t.db, (trx) => pushesToDrain(trx, now));
const visits = (push: MadePush) =>
  acrossOrganisations(t.db, (trx) =>
    trx.selectFrom('page_counts').select(['what', 'class', 'n']).where('page', '=', `communique:${push.id}`).execute(),
  );

describe.each([
  ['a winter morning', '2026-12-03T08:00', '2026-12-03T07:00:00Z'],
  ['the hour that comes twice', '2026-10-25T02:30', '2026-10-25T01:30:00Z'],
  ['the hour that does not exist', '2027-03-28T02:30', '2027-03-28T01:30:00Z'],
])('an embargo until %s', (_, written, instant) => {
  const at = new Date(instant);
  const [before, early] = [new Date(at.getTime() - 1), new Date(at.getTime() - 3_600_000)];
  let push: MadePush;
  beforeAll(async () => {
    const hours = (n: number) => new Date(at.getTime() + n * 3_600_000);
    const dates = { scheduledAt: hours(1), window: { from: hours(-2), to: hours(48) } };
    push = await approved(parseEmbargo(written)?.toISOString() ?? null, dates, hours(-24));
    // Moved inside its window, before the hour, by a hand the proofreading never saw: the hour holds all the same.
    await acrossOrganisations(t.db, (trx) =>
      trx.updateTable('pushes').set({ scheduled_at: early }).where('id', '=', push.id).execute(),
    );
  });

  test('keeps the clock, and who asks for it now, from sending it', async () => {
    for (const now of [early, before]) {
      expect(await toDrain(now)).not.toContain(push.id);
      await expect(freeze(t, push.id, now)).rejects.toMatchObject({ code: 'embargo' });
      await expect(sendNow(t.ctx(t.cast.alice, now), push.id)).rejects.toMatchObject({ code: 'embargo' });
    }
    expect(await states(t, push.id)).toEqual({});
  });

  test('shows an hour and nothing else, at every address it will have', async () => {
    for (const now of [early, before])
      for (const answer of [
        await page(push, now),
        await page(push, now, '/carte.png'),
        await site(now).request(await webAddress(push)),
      ]) {
        expect(answer.status).toBe(403);
        expect(answer.headers.get('cache-control')).toBe('no-store');
        expect(answer.headers.get('x-robots-tag')).toBe('noindex');
        const body = await answer.text();
        expect(body).toContain('sous embargo jusqu’au');
        for (const word of [...WORDS, 'Lancement', push.campaign]) expect(body).not.toContain(word);
      }
    expect(await visits(push)).toEqual([]);
  });

  test('ends at its instant: it may be read, is counted, and leaves', async () => {
    const answer = await page(push, at);
    expect(answer.status).toBe(200);
    const body = await answer.text();
    expect(body).toContain(RELEASE.press.headline);
    expect(body).toContain('og:title');
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(answer.headers.get('x-robots-tag')).toBeNull();
    expect(await visits(push)).toEqual([{ what: 'visite', class: 'inconnu', n: 1 }]);
    const card = await page(push, at, '/carte.png');
    expect(
      Buffer.from(await card.arrayBuffer())
        .subarray(1, 4)
        .toString(),
    ).toBe('PNG');
    expect(await toDrain(at)).toContain(push.id);
    expect(await freeze(t, push.id, at)).toBe(true);
    expect((await drain(t, push.id, sink.pool(), { now: at })).accepted).toBe(5);
    expect((await site(at).request(await webAddress(push))).status).toBe(200);
  });
});

test('the links of the public page have addresses of their own, the same at each visit', async () => {
  const push = await approved(null);
  await freeze(t, push.id);
  const links = async () =>
    [...(await (await page(push, NOW)).text()).matchAll(/pv\.example\/r\/([\w-]+)/g)].map((m) => m[1]);
  const first = await links();
  expect(new Set(first).size).toBe(3);
  expect(await links()).toEqual(first);
});

test('a campaign that tracks nothing leads straight to the pages', async () => {
  const push = await makePush(t, {
    campaign: { linkMode: 'direct' },
    push: { channel: 'communique', content: said(null) },
  });
  await submit(t, push.id);
  await approve(t, push.id, t.cast.alice);
  await approve(t, push.id, t.cast.bruno);
  await freeze(t, push.id);
  const body = await (await page(push, NOW)).text();
  expect(body).not.toContain('/r/');
  expect(body).toContain('href="https://www.afdas.example/presse"');
});

test('moved later while it leaves, an embargo stops what has not left', async () => {
  const push = await approved('2026-11-22T09:00:00.000Z');
  await freeze(t, push.id);
  await editPush(t, push, { content: said('2026-11-23T09:00:00.000Z') });
  await submit(t, push.id);
  await approve(t, push.id, t.cast.alice);
  await approve(t, push.id, t.cast.bruno);
  expect((await drain(t, push.id, sink.pool())).handed).toBe(0);
  expect((await page(push, NOW)).status).toBe(403);
  expect((await site(NOW).request(await webAddress(push))).status).toBe(403);
  const later = new Date('2026-11-23T09:00:00Z');
  expect((await drain(t, push.id, sink.pool(), { now: later })).accepted).toBe(5);
});

test('an embargo lifted in a draft opens nothing: what is public was approved', async () => {
  const push = await approved('2026-12-03T07:00:00.000Z');
  const address = await webAddress(push);
  await editPush(t, push, { content: said(null) });
  expect((await page(push, NOW)).status).toBe(404);
  expect((await site(NOW).request(address)).status).toBe(404);
  await submit(t, push.id);
  expect((await page(push, NOW)).status).toBe(404);
});

test('another embargo is another content: every signatory is asked again', async () => {
  const push = await approved('2026-12-03T07:00:00.000Z');
  await editPush(t, push, { content: said('2026-12-04T07:00:00.000Z') });
  expect(await submit(t, push.id)).toMatchObject({ asked: 2 });
});

test('nothing is told of a draft, of a newsletter, of a cancelled one, or of one that has not left', async () => {
  const draft = await release('2026-12-03T07:00:00.000Z');
  const lettre = await makePush(t);
  const waiting = await approved(null);
  const cancelled = await approved(null);
  await freeze(t, cancelled.id);
  expect((await page(cancelled, NOW)).status).toBe(200);
  await acrossOrganisations(t.db, (trx) =>
    trx.updateTable('pushes').set({ cancelled_at: NOW, cancelled_by: 'test' }).where('id', '=', cancelled.id).execute(),
  );
  for (const push of [draft, lettre, waiting, cancelled]) expect((await page(push, NOW)).status).toBe(404);
  expect((await site(NOW).request('/communiques/inconnue/inconnu')).status).toBe(404);
});

test('edited after it left, the page keeps what left until the new one is approved', async () => {
  const push = await approved(null);
  await freeze(t, push.id);
  const changed = { ...said(null), press: { ...said(null).press, headline: 'Un autre titre' } };
  await editPush(t, push, { content: changed });
  expect(await (await page(push, NOW)).text()).toContain(RELEASE.press.headline);
  expect(await (await page(push, NOW)).text()).not.toContain('Un autre titre');
});

test('a departure under embargo, or a release without contact, is not submitted', async () => {
  const early = await release('2026-12-03T07:00:00.000Z', { scheduledAt: new Date('2026-12-03T06:00:00Z') });
  await expect(submitPush(t.ctx(t.cast.alice), early.id)).rejects.toMatchObject({ code: 'preflight' });
  const mute = await release(null);
  await editPush(t, mute, { content: { ...said(null), press: { headline: 'Titre', chapo: 'Chapô.' } } });
  await expect(submitPush(t.ctx(t.cast.alice), mute.id)).rejects.toThrow(/journaliste/);
});
