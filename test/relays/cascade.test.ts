import { sql } from 'kysely';
import { beforeAll, describe, expect, test } from 'vitest';
import { withOrganisation } from '../../src/db/database.ts';
import { stopRelay } from '../../src/relays/end-relay.ts';
import { relaysOfCampaign } from '../../src/relays/queries.ts';
import { saveRelay } from '../../src/relays/save-relay.ts';
import { writeRelay } from '../../src/relays/write-relay.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { makeCampaign } from '../support/factories.ts';

let t: TestDatabase;
let slug: string;
let campaignId: number;
beforeAll(async () => {
  t = await testDatabase();
  ({ id: campaignId, slug } = await makeCampaign(t));
});

const input = (name: string, over: Record<string, unknown> = {}) => ({
  name,
  kind: 'guichet',
  territory: 'France',
  ...over,
});
const save = (
  name: string,
  over: Record<string, unknown> = {},
  options: { id?: number; parentId?: number | null } = {},
) => saveRelay(t.ctx(t.cast.alice), slug, input(name, over), options);
const parentOf = (id: number) =>
  withOrganisation(
    t.db,
    t.cast.organisations.opco,
    async (trx) =>
      (await trx.selectFrom('relays').select('parent_id').where('id', '=', id).executeTakeFirstOrThrow()).parent_id,
  );

describe('a cascade of relays', () => {
  test('goes from national to regional to counter, by the name or the address of the one above', async () => {
    const top = await save('Fédération nationale', { kind: 'federation', address: 'tete@relais.example' });
    const middle = await save('Fédération Bretagne', { territory: 'Bretagne', parent: 'TETE@relais.example' });
    const low = await save('Guichet de Rennes', { territory: '35', parent: 'fédération  bretagne' });
    expect(await parentOf(middle.id)).toBe(top.id);
    expect(await parentOf(low.id)).toBe(middle.id);
  });

  test('refuses a circle at any depth', async () => {
    const a = await save('Boucle A');
    const b = await save('Boucle B', {}, { parentId: a.id });
    const c = await save('Boucle C', {}, { parentId: b.id });
    for (const parentId of [a.id, b.id, c.id])
      await expect(save('Boucle A', {}, { id: a.id, parentId })).rejects.toMatchObject({ code: 'relais_en_boucle' });
    expect(await parentOf(a.id)).toBeNull();
    expect(await save('Boucle C', {}, { id: c.id, parentId: a.id })).toMatchObject({ changed: ['parent_id'] });
  });

  test('refuses it too when two edits that are each right come at the same second', async () => {
    for (let round = 0; round < 5; round++) {
      const one = await save(`Ensemble ${round} un`);
      const two = await save(`Ensemble ${round} deux`);
      const both = await Promise.allSettled([
        save(`Ensemble ${round} un`, {}, { id: one.id, parentId: two.id }),
        save(`Ensemble ${round} deux`, {}, { id: two.id, parentId: one.id }),
      ]);
      expect(both.map((r) => r.status).toSorted()).toEqual(['fulfilled', 'rejected']);
      expect([await parentOf(one.id), await parentOf(two.id)].filter((p) => p === null)).toHaveLength(1);
    }
  });

  test('a circle made by hand in the database ends every reading all the same', async () => {
    const one = await save('Main un');
    const two = await save('Main deux', {}, { parentId: one.id });
    const three = await save('Main trois');
    await withOrganisation(t.db, t.cast.organisations.opco, (trx) =>
      sql`update relays set parent_id = ${two.id} where id = ${one.id}`.execute(trx),
    );
    await save('Main trois', {}, { id: three.id, parentId: one.id });
    const read = await withOrganisation(t.db, t.cast.organisations.opco, (trx) => relaysOfCampaign(trx, campaignId));
    expect(read.map((r) => r.name)).toContain('Main deux');
    await withOrganisation(t.db, t.cast.organisations.opco, (trx) =>
      sql`update relays set parent_id = null where id = ${one.id}`.execute(trx),
    );
  });

  test('a parent of another campaign does not exist here', async () => {
    const other = await makeCampaign(t);
    const stranger = await saveRelay(t.ctx(t.cast.alice), other.slug, input('Ailleurs'));
    await expect(save('Ici', {}, { parentId: stranger.id })).rejects.toMatchObject({ kind: 'not-found' });
    await expect(save('Ailleurs', {}, { id: stranger.id })).rejects.toMatchObject({ kind: 'not-found' });
    await expect(save('Ici', { parent: 'Ailleurs' })).rejects.toMatchObject({
      fields: [{ field: 'parent', message: expect.stringContaining('Ailleurs') }],
    });
  });
});

describe('one relay', () => {
  test('has its address alone, and whoever stopped is not taken on again by somebody else’s hand', async () => {
    const { id } = await save('Seul', { address: 'seul@relais.example' });
    await expect(save('Autre', { address: 'Seul@Relais.example' })).resolves.toMatchObject({ id });
    const { id: next } = await save('Voisin', { address: 'voisin@relais.example' });
    await expect(save('Voisin', { address: 'seul@relais.example' }, { id: next })).rejects.toMatchObject({
      fields: [{ field: 'address', message: expect.stringContaining('Autre') }],
    });
    await stopRelay(t.ctx(t.cast.alice), slug, id);
    await expect(save('Revenant', { address: 'seul@relais.example' })).rejects.toMatchObject({
      code: 'relais_adresse',
    });
  });

  test('is refused with each field named: a name with a line end (MAIL-43), no territory, half an address', async () => {
    const bad = saveRelay(t.ctx(t.cast.alice), slug, {
      name: 'Relais\r\nBcc: a@b.example',
      kind: 'sorcier',
      territory: 'Atlantide',
      address: 'moitié@',
    });
    await expect(bad).rejects.toMatchObject({ kind: 'invalid' });
    const fields = await bad.catch((e: { fields: { field: string }[] }) => e.fields.map((f) => f.field));
    expect(fields).toEqual(['name', 'kind', 'territory', 'address']);
  });

  test('may become an organisation of this service', async () => {
    const { id } = await save('Devenue grande', { member: 'federation' });
    const given = await withOrganisation(t.db, t.cast.organisations.opco, (trx) => relaysOfCampaign(trx, campaignId));
    expect(given.find((r) => r.name === 'Devenue grande')).toMatchObject({ member: 'federation' });
    await expect(save('Devenue grande', { member: 'inconnue' }, { id })).rejects.toMatchObject({
      fields: [{ field: 'member' }],
    });
  });

  test('is written by the lead only: partners, evaluators and strangers are refused', async () => {
    const asked = (who: Parameters<TestDatabase['ctx']>[0]) => saveRelay(t.ctx(who) as never, slug, input('Intrus'));
    await expect(asked(t.cast.bruno)).rejects.toMatchObject({ kind: 'forbidden' });
    await expect(asked(t.cast.david)).rejects.toMatchObject({ kind: 'forbidden' });
    await expect(asked(t.cast.etranger)).rejects.toMatchObject({ kind: expect.stringMatching(/forbidden|not-found/) });
  });
});

test('what is read back is what is written: a second writing changes nothing, parents first', async () => {
  const one = await makeCampaign(t);
  const two = await makeCampaign(t);
  const ctx = t.ctx(t.cast.alice);
  await saveRelay(ctx, one.slug, input('Zone basse'));
  const top = await saveRelay(
    ctx,
    one.slug,
    input('Ambassade', { address: 'a@relais.example', contactName: 'Zoé', note: 'Deux\nlignes' }),
  );
  const zone = await saveRelay(ctx, one.slug, input('Zone basse'), { parentId: top.id });
  await saveRelay(ctx, one.slug, input('Accueil', { territory: '2A', address: 'acc@relais.example' }), {
    parentId: zone.id,
  });
  await withOrganisation(t.db, t.cast.organisations.opco, async (trx) => {
    const given = await relaysOfCampaign(trx, one.id);
    expect(given.map((r) => [r.name, r.parent, r.territory])).toEqual([
      ['Ambassade', null, 'France'],
      ['Zone basse', 'a@relais.example', 'France'],
      ['Accueil', 'Zone basse', '2A'],
    ]);
    for (const relay of given) await writeRelay(trx, ctx, two.id, relay, { origin: 'campagne' });
    expect(await relaysOfCampaign(trx, two.id)).toEqual(given);
    for (const relay of given) expect((await writeRelay(trx, ctx, two.id, relay)).changed).toEqual([]);
  });
});
