import { beforeAll, expect, test } from 'vitest';
import { addressHash } from '../../src/contacts/addresses.ts';
import { withOrganisation } from '../../src/db/database.ts';
import { claim } from '../../src/deliveries/claim.ts';
import { freeze, ledger } from '../deliveries/ledger.ts';
import { NOW, SECRETS, type TestDatabase, testDatabase } from '../support/database.ts';
import { makeApprovedPush } from '../support/factories.ts';

let t: TestDatabase;
beforeAll(async () => {
  t = await testDatabase();
});

const consent = (address: string, value: 'granted' | 'refused') =>
  withOrganisation(t.db, t.cast.organisations.opco, (trx) =>
    trx
      .insertInto('consents')
      .values({
        organisation_id: t.cast.organisations.opco,
        address_hash: addressHash(SECRETS, address),
        purpose: 'message',
        value,
        source: 'formulaire',
        actor: 'test',
        at: NOW,
      })
      .execute(),
  );

test('where the law wants an agreement first, who recorded none is not written to (PRV-04, PRV-30)', async () => {
  const push = await makeApprovedPush(t, {
    campaign: { nature: 'prospection_b2c' },
    contacts: { opco: 3, btp: 0 },
  });
  const [willing = '', refusing = ''] = push.addresses.opco;
  await consent(willing, 'granted');
  await consent(refusing, 'refused');
  await freeze(t, push.id);
  const rows = (await ledger(t, push.id)).map((r) => [r.address, r.state, r.reason]);
  expect(rows).toEqual([
    [willing, 'planned', null],
    [refusing, 'set_apart', 'opposition'],
    [push.addresses.opco[2], 'set_apart', 'opposition'],
  ]);
});

test('the hand-over asks again: an agreement that is not recorded any more sends nothing (PRV-41)', async () => {
  const push = await makeApprovedPush(t, {
    campaign: { nature: 'information_de_mission' },
    contacts: { opco: 1, btp: 0 },
  });
  await freeze(t, push.id);
  await withOrganisation(t.db, t.cast.organisations.opco, (trx) =>
    trx.updateTable('campaigns').set({ nature: 'prospection_b2c' }).where('id', '=', push.campaignId).execute(),
  );
  expect(await claim(t.db, { pushId: push.id, worker: 'test', now: NOW })).toEqual({
    handed: [],
    cancelled: 1,
    until: null,
  });
});
