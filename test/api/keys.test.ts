import { sql } from 'kysely';
import { beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { keyIn } from '../../src/api/gate.ts';
import { log } from '../../src/base/log.ts';
import { sha256 } from '../../src/base/tokens.ts';
import { createCampaign } from '../../src/campaigns/create-campaign.ts';
import { acrossOrganisations, withOrganisation } from '../../src/db/database.ts';
import { makeKey } from '../../src/organisations/make-key.ts';
import { openByKey } from '../../src/organisations/open-by-key.ts';
import { READ_BY_KEY } from '../../src/organisations/permissions.ts';
import { readKeys } from '../../src/organisations/read-keys.ts';
import { revokeKey } from '../../src/organisations/revoke-key.ts';
import { NOW, type Person, SECRETS, testDatabase } from '../support/database.ts';
import { makeCampaign } from '../support/factories.ts';

const t = await testDatabase();
const { alice, bruno, chloe, david, emma, etranger } = t.cast;
const instance = { db: t.db, secrets: SECRETS, publicUrl: 'https://pv.example', now: () => NOW };
const make = (person: Person, until = '2026-12-31', label = 'Tableau de bord') =>
  makeKey(t.ctx(person), { label, until });
const open = (secret: string, now = NOW) => openByKey({ ...instance, now: () => now }, secret);

let slug: string;
beforeAll(async () => {
  slug = (await makeCampaign(t, { slug: 'cles' })).slug;
});
beforeEach(() => acrossOrganisations(t.db, (trx) => trx.updateTable('api_keys').set({ revoked_at: NOW }).execute()));

describe('a key', () => {
  test('is shown once: the database holds its digest and nothing that opens', async () => {
    const { id, secret } = await make(alice);
    expect(secret).toMatch(/^pv_[\w-]{43}$/);
    const rows = await acrossOrganisations(t.db, (trx) =>
      sql<{ row: string; hash: Buffer }>`select k::text as row, hash from api_keys k where id = ${id}`.execute(trx),
    );
    expect(rows.rows[0]?.hash).toEqual(sha256(secret));
    expect(rows.rows[0]?.row).not.toContain(secret.slice(3));
    const journal = await withOrganisation(t.db, alice.organisationId, (trx) =>
      sql<{ row: string }>`select a::text as row from audit_log a where subject = ${`key:${id}`}`.execute(trx),
    );
    expect(journal.rows.map((r) => r.row).join()).toContain('key.create');
    expect(journal.rows.map((r) => r.row).join()).not.toContain(secret.slice(3));
  });

  test('is its person, for the organisation of the session, reading only; the day it was used is written, no more', async () => {
    const { id, secret } = await make(david);
    const ctx = await open(secret);
    expect(ctx?.actor).toEqual({ ...david, roles: ['evaluateur'], keyId: id });
    expect(ctx?.db.readOnly).toBe(true);
    await open(secret, new Date('2026-11-22T23:30:00Z'));
    expect((await readKeys(t.ctx(david))).find((k) => k.id === id)).toMatchObject({
      lastUsedOn: '2026-11-23',
      open: true,
    });
  });

  test('reads until the end of its last day in Paris', async () => {
    const { secret } = await make(alice, '2026-12-31');
    expect(await open(secret, new Date('2026-12-31T22:59:59Z'))).not.toBeNull();
    expect(await open(secret, new Date('2026-12-31T23:00:00Z'))).toBeNull();
  });

  test('closed by its person, it opens nothing any more; closed twice is once; nobody else closes it', async () => {
    const { id, secret } = await make(alice);
    for (const other of [bruno, david, emma, etranger])
      await expect(revokeKey(t.ctx(other), id)).rejects.toMatchObject({ kind: 'not-found' });
    expect(await open(secret)).not.toBeNull();
    await revokeKey(t.ctx(alice), id);
    await revokeKey(t.ctx(alice), id);
    expect(await open(secret)).toBeNull();
  });

  test('of somebody whose role is taken away, who is disabled, or who only relays: nothing', async () => {
    const withoutRole = await make(emma);
    await acrossOrganisations(t.db, (trx) =>
      trx.deleteFrom('memberships').where('user_id', '=', emma.userId).execute(),
    );
    expect(await open(withoutRole.secret)).toBeNull();
    const disabled = await make(david);
    await acrossOrganisations(t.db, (trx) =>
      trx.updateTable('users').set({ disabled_at: NOW }).where('id', '=', david.userId).execute(),
    );
    expect(await open(disabled.secret)).toBeNull();
    await acrossOrganisations(t.db, (trx) =>
      trx.updateTable('users').set({ disabled_at: null }).where('id', '=', david.userId).execute(),
    );
    expect(await open(disabled.secret)).not.toBeNull();
    const relays = await make(chloe);
    await acrossOrganisations(t.db, (trx) =>
      trx.deleteFrom('memberships').where('user_id', '=', chloe.userId).where('role', '=', 'communicant').execute(),
    );
    expect(await open(relays.secret)).toBeNull();
    await expect(
      makeKey(t.ctx({ ...chloe, roles: ['relais'] }), { label: 'x', until: '2026-12-31' }),
    ).rejects.toMatchObject({ kind: 'forbidden' });
  });

  test('made up, cut, or of another form: never looked for', async () => {
    const { secret } = await make(alice);
    for (const wrong of [
      '',
      'pv_',
      secret.slice(0, -1),
      `${secret}x`,
      secret.toUpperCase(),
      ` ${secret}`,
      `pv_${'a'.repeat(43)}`,
    ])
      expect(await open(wrong), wrong).toBeNull();
  });

  test('a day that is past, more than a year away, or none; nobody named; a name too long: refused with the field', async () => {
    for (const until of ['2026-11-21', '2028-01-01', 'demain', '2026-02-30', '', '2026-11-22T10:00'])
      await expect(make(alice, until), until).rejects.toMatchObject({ kind: 'invalid', fields: [{ field: 'until' }] });
    for (const label of ['', '   ', 'x'.repeat(121)])
      await expect(make(alice, '2026-12-31', label)).rejects.toMatchObject({ fields: [{ field: 'label' }] });
    await expect(make(alice, '2027-11-22')).resolves.toMatchObject({ id: expect.any(Number) });
  });

  test('ten at a time, even when asked all at once', async () => {
    const asked = await Promise.allSettled(Array.from({ length: 14 }, () => make(bruno)));
    expect(asked.filter((a) => a.status === 'fulfilled')).toHaveLength(10);
    expect(asked.find((a) => a.status === 'rejected')?.reason).toMatchObject({ code: 'trop_de_cles' });
  });
});

describe('with a key nothing is written', () => {
  test('no verb takes it: its actions are two, and both read', async () => {
    expect(READ_BY_KEY).toEqual(['campaign.read', 'report.read']);
    const ctx = await open((await make(alice)).secret);
    if (!ctx) throw new Error('la clé devait ouvrir');
    await expect(createCampaign(ctx, {})).rejects.toMatchObject({
      kind: 'forbidden',
      message: expect.stringContaining('clé'),
    });
    await expect(makeKey(ctx, { label: 'une autre', until: '2026-12-31' })).rejects.toMatchObject({
      kind: 'forbidden',
    });
  });

  test('a verb that forgot to ask would be stopped by PostgreSQL itself', async () => {
    const ctx = await open((await make(alice)).secret);
    if (!ctx) throw new Error('la clé devait ouvrir');
    const touch = (trx: Parameters<Parameters<typeof withOrganisation>[2]>[0]) =>
      trx.updateTable('campaigns').set({ tagline: 'écrit' }).where('slug', '=', slug).execute();
    await expect(withOrganisation(ctx.db, alice.organisationId, touch)).rejects.toMatchObject({ code: '25006' });
    await expect(acrossOrganisations(ctx.db, (trx) => trx.deleteFrom('sessions').execute())).rejects.toMatchObject({
      code: '25006',
    });
    await expect(revokeKey(ctx, ctx.actor.keyId)).rejects.toMatchObject({ code: '25006' });
  });
});

test('a key comes as a bearer or as the password of any name; anything else is none', () => {
  const basic = (pair: string) => `Basic ${Buffer.from(pair).toString('base64')}`;
  expect(keyIn('Bearer pv_abc')).toBe('pv_abc');
  expect(keyIn('bearer   pv_abc')).toBe('pv_abc');
  expect(keyIn(basic('tableur:pv_abc'))).toBe('pv_abc');
  expect(keyIn(basic(':pv_a:b'))).toBe('pv_a:b');
  for (const none of [undefined, '', 'Bearer', 'Bearer a b', 'Digest x', basic('pv_abc'), `Bearer ${'x'.repeat(500)}`])
    expect(keyIn(none)).toBeNull();
});

test('the journal of the service is told of no key', async () => {
  const said = (['info', 'warn', 'error', 'debug'] as const).map((level) => vi.spyOn(log, level));
  const { secret } = await make(alice);
  await open(secret);
  await open(`${secret}x`);
  expect(JSON.stringify(said.map((spy) => spy.mock.calls))).not.toContain('pv_');
  for (const spy of said) spy.mockRestore();
});
