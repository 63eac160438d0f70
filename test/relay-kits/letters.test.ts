import { sql } from 'kysely';
import { beforeAll, describe, expect, test } from 'vitest';
import { addressHash } from '../../src/contacts/addresses.ts';
import { suppressAddress } from '../../src/contacts/suppress.ts';
import { acrossOrganisations, withOrganisation } from '../../src/db/database.ts';
import { confirmRelay, inviteRelays, remindRelays } from '../../src/relay-kits/invite.ts';
import { stopRelay } from '../../src/relays/end-relay.ts';
import { freeze } from '../deliveries/ledger.ts';
import { fates, makeLetters } from '../pressure/letters.ts';
import { NOW, SECRETS, type TestDatabase, testDatabase } from '../support/database.ts';
import { makeCampaign } from '../support/factories.ts';
import { actsOf, day, kitHouse, kitPath, mailsTo, makeRelay } from './cast.ts';

let t: TestDatabase;
beforeAll(async () => {
  t = await testDatabase();
});
const alice = (now = NOW) => t.ctx(t.cast.alice, now);

describe('invitations', () => {
  test('go once to each relay that has an address, even when they are asked for twice at the same second', async () => {
    const { slug } = await makeCampaign(t);
    const a = await makeRelay(t, slug, { address: 'ia@relais.example', contactName: 'Léa Petit' });
    await makeRelay(t, slug, { address: null });
    const twice = await Promise.all([inviteRelays(alice(), slug), inviteRelays(alice(), slug)]);
    expect(twice.map((r) => r.sent).toSorted()).toEqual([0, 1]);
    const mails = await mailsTo(t, 'ia@relais.example');
    expect(mails).toHaveLength(1);
    expect(mails[0]).toContain('Bonjour Léa Petit,');
    expect(await actsOf(t, a)).toEqual(['invite']);
  });

  test('never go to who stopped, was not confirmed, or wants no more messages from the lead or from anybody', async () => {
    const { slug } = await makeCampaign(t);
    const stopped = await makeRelay(t, slug, { address: 'arrete@relais.example' });
    await stopRelay(alice(), slug, stopped);
    await makeRelay(t, slug, { address: 'oppose@relais.example' });
    await makeRelay(t, slug, { address: 'partout@relais.example' });
    await makeRelay(t, slug, { address: 'libre@relais.example' });
    await suppressAddress(alice(), { address: 'oppose@relais.example', source: 'téléphone' });
    await suppressAddress(t.ctx(t.cast.bruno), {
      address: 'partout@relais.example',
      scope: 'instance',
      source: 'lettre',
    });
    expect(await inviteRelays(alice(), slug)).toEqual({ sent: 1, apart: 2 });
    for (const who of ['arrete', 'oppose', 'partout']) expect(await mailsTo(t, `${who}@relais.example`)).toEqual([]);
    await expect(inviteRelays(alice(), slug, stopped)).rejects.toMatchObject({ code: 'relais_arrete' });
  });

  test('are refused to partners and strangers, and to a relay of another campaign', async () => {
    const { slug } = await makeCampaign(t);
    const other = await makeCampaign(t);
    const id = await makeRelay(t, other.slug);
    await expect(inviteRelays(t.ctx(t.cast.bruno), slug)).rejects.toMatchObject({ kind: 'forbidden' });
    await expect(inviteRelays(t.ctx(t.cast.etranger), slug)).rejects.toMatchObject({
      kind: expect.stringMatching(/forbidden|not-found/),
    });
    await expect(inviteRelays(alice(), slug, id)).rejects.toMatchObject({ kind: 'not-found' });
    await expect(confirmRelay(alice(), slug, id)).rejects.toMatchObject({ kind: 'not-found' });
  });
});

describe('the cap on solicitations (2 in 7 days)', () => {
  const solicited = (address: string, times: number) =>
    withOrganisation(t.db, t.cast.organisations.btp, async (trx) => {
      const other = await trx.selectFrom('campaigns').select('id').limit(1).executeTakeFirstOrThrow();
      for (let i = 0; i < times; i++)
        await trx
          .insertInto('solicitation_mails')
          .values({
            organisation_id: t.cast.organisations.btp,
            campaign_id: other.id,
            address_hash: addressHash(SECRETS, address),
            at: day(-1 - i),
          })
          .execute();
    });

  test('sets apart a relay that others solicited enough, says how many were, and names nobody', async () => {
    const { slug } = await makeCampaign(t);
    await makeRelay(t, slug, { address: 'las@relais.example' });
    await makeRelay(t, slug, { address: 'frais@relais.example' });
    await solicited('las@relais.example', 2);
    expect(await inviteRelays(alice(), slug)).toEqual({ sent: 1, apart: 1 });
    expect(await mailsTo(t, 'las@relais.example')).toEqual([]);
    // Six days later the oldest of the two no longer counts.
    expect(await inviteRelays(alice(day(6)), slug)).toEqual({ sent: 1, apart: 0 });
  });

  test('counts invitations and reminders for the letters that follow: the contact is held', async () => {
    const letters = await makeLetters(t, [{ owner: 'opco', count: 2 }]);
    const [address = ''] = letters.addresses[0] ?? [];
    await makeRelay(t, letters.campaign, { address });
    await letters.sent(day(-2));
    await inviteRelays(alice(day(-1)), letters.campaign);
    const push = await letters.approved();
    await freeze(t, push);
    const [first, second] = (await fates(t, push)).toSorted((a) => (a.address === address ? -1 : 1));
    expect(first).toMatchObject({ address, state: 'held', next_at: day(5) });
    expect(second).toMatchObject({ state: 'planned' });
  });

  test('does not hold the answer to who asked for a kit, which counts all the same', async () => {
    const { id, slug } = await makeCampaign(t);
    await solicited('demande@relais.example', 2);
    const relay = await makeRelay(t, slug, { address: 'demande@relais.example' });
    await acrossOrganisations(t.db, (trx) =>
      sql`update relays set confirmed_at = null, confirmed_by = null where id = ${relay}`.execute(trx),
    );
    expect(await confirmRelay(alice(), slug, relay)).toMatchObject({ sent: 1, apart: 0 });
    const counted = await withOrganisation(t.db, t.cast.organisations.opco, (trx) =>
      trx.selectFrom('solicitation_mails').select('id').where('campaign_id', '=', id).execute(),
    );
    expect(counted).toHaveLength(1);
  });
});

describe('reminders', () => {
  test('go to who never opened or took nothing, a week after the last mail, twice at most', async () => {
    const { slug } = await makeCampaign(t);
    const house = kitHouse(t);
    const closed = await makeRelay(t, slug, { address: 'ferme@relais.example' });
    const opened = await makeRelay(t, slug, { address: 'ouvre@relais.example' });
    const took = await makeRelay(t, slug, { address: 'prend@relais.example' });
    await inviteRelays(alice(), slug);
    for (const id of [opened, took]) await house.get(await kitPath(t, slug, id));
    await house.post(`${await kitPath(t, slug, took)}/actes`, { quoi: 'copie', detail: 'lien' });

    expect(await remindRelays(alice(day(6)), slug, 'tous')).toEqual({ sent: 0, apart: 0 });
    await expect(remindRelays(alice(day(6)), slug, closed)).rejects.toMatchObject({ code: 'rappel_trop_tot' });
    expect(await remindRelays(alice(day(8)), slug, 'ouvrir')).toEqual({ sent: 1, apart: 0 });
    expect(await remindRelays(alice(day(8)), slug, 'reprendre')).toEqual({ sent: 1, apart: 0 });
    expect(await remindRelays(alice(day(8)), slug, 'tous')).toEqual({ sent: 0, apart: 0 });
    expect(await remindRelays(alice(day(16)), slug, 'tous')).toEqual({ sent: 2, apart: 0 });
    expect(await remindRelays(alice(day(30)), slug, 'tous')).toEqual({ sent: 0, apart: 0 });
    expect(await mailsTo(t, 'prend@relais.example')).toHaveLength(1);
    expect(await mailsTo(t, 'ferme@relais.example')).toHaveLength(3);
  });

  test('do not go over the cap', async () => {
    const { id, slug } = await makeCampaign(t);
    await makeRelay(t, slug, { address: 'deux@relais.example' });
    await inviteRelays(alice(), slug);
    await withOrganisation(t.db, t.cast.organisations.opco, (trx) =>
      trx
        .insertInto('solicitation_mails')
        .values(
          [5, 6].map((d) => ({
            organisation_id: t.cast.organisations.opco,
            campaign_id: id,
            address_hash: addressHash(SECRETS, 'deux@relais.example'),
            at: day(d),
          })),
        )
        .execute(),
    );
    expect(await remindRelays(alice(day(8)), slug, 'tous')).toEqual({ sent: 0, apart: 1 });
    expect(await remindRelays(alice(day(13)), slug, 'tous')).toEqual({ sent: 1, apart: 0 });
  });
});

test('500 invitations leave in one act', async () => {
  const { id, slug } = await makeCampaign(t);
  await withOrganisation(t.db, t.cast.organisations.opco, (trx) =>
    trx
      .insertInto('relays')
      .values(
        Array.from({ length: 500 }, (_, i) => ({
          organisation_id: t.cast.organisations.opco,
          campaign_id: id,
          name: `Relais ${i}`,
          kind: 'guichet',
          scope: 'national',
          address: `foule${i}@relais.example`,
          address_hash: addressHash(SECRETS, `foule${i}@relais.example`),
          origin: 'import',
          created_at: NOW,
          created_by: 'test',
          confirmed_at: NOW,
          updated_at: NOW,
        })),
      )
      .execute(),
  );
  const started = Date.now();
  expect(await inviteRelays(alice(), slug)).toEqual({ sent: 500, apart: 0 });
  expect(Date.now() - started).toBeLessThan(15_000);
});
