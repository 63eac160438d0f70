import { beforeAll, describe, expect, test } from 'vitest';
import { saveAudience } from '../../src/contacts/save-audience.ts';
import { suppressAddress } from '../../src/contacts/suppress.ts';
import { forecastPush } from '../../src/deliveries/forecast.ts';
import { pushStatus } from '../../src/deliveries/queries.ts';
import { freeze } from '../deliveries/ledger.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { makeContacts, makePush, submitAndApprove } from '../support/factories.ts';

let t: TestDatabase;
beforeAll(async () => {
  t = await testDatabase();
});

const owner = () => t.ctx({ kind: 'command', name: 'test', organisationId: t.cast.organisations.opco });
/** What the second organisation reads when its list is one address, which the first one holds or not. */
async function probe(held: boolean) {
  const push = await makePush(t, { contacts: { opco: 40, btp: 0 } });
  const prefix = held ? push.addresses.opco[0]?.split('.')[0] : undefined;
  await makeContacts(t, 'btp', 1, { prefix, tag: push.tag });
  const exact = await forecastPush(owner(), push.id);
  return { push, exact, forecast: await forecastPush(t.ctx(t.cast.bruno), push.id) };
}

describe('a list of one invented address (design: no oracle)', () => {
  test('reads the same forecast whether or not a partner holds the address', async () => {
    const [free, held] = [await probe(false), await probe(true)];
    expect([free.exact.addressed, held.exact.addressed]).toEqual([41, 40]);
    expect(held.forecast).toEqual(free.forecast);
    expect(held.forecast.byLevel).toEqual([
      { organisation: 'Partenaire BTP', level: 'terrain', n: 1 },
      { organisation: 'OPCO de test', level: 'terrain', n: 40 },
    ]);
  });

  test('nor does it read there that the person left the campaign by a partner’s message', async () => {
    const { push, forecast } = await probe(false);
    await suppressAddress(t.ctx(t.cast.emma), {
      address: push.addresses.opco[0] ?? '',
      scope: 'instance',
      source: 'courrier',
    });
    await makeContacts(t, 'btp', 1, { prefix: push.addresses.opco[0]?.split('.')[0], tag: push.tag });
    const after = await forecastPush(t.ctx(t.cast.bruno), push.id);
    expect(after.setApart).toEqual({});
    expect(after.byLevel[0]).toEqual({ organisation: 'Partenaire BTP', level: 'terrain', n: 2 });
    expect(after.addressed).toBe(forecast.addressed);
  });

  test('once the list is drawn, écartés under k are not told, and the lines still add up', async () => {
    const { push } = await probe(true);
    await submitAndApprove(t, push.id);
    await freeze(t, push.id);
    expect((await pushStatus(owner(), push.id)).setApart).toEqual({ doublon: 1 });
    const status = await pushStatus(t.ctx(t.cast.bruno), push.id);
    expect(status).toEqual({ selected: 40, addressed: 40, setApart: {}, states: { planned: 40 } });
  });

  test('under k nothing is told of the whole, to the lead either', async () => {
    const push = await makePush(t, { contacts: { opco: 3, btp: 5 } });
    const forecast = await forecastPush(t.ctx(t.cast.alice), push.id);
    expect(forecast).toMatchObject({ selected: null, addressed: null, setApart: {} });
    expect(forecast.byLevel).toEqual([{ organisation: 'OPCO de test', level: 'terrain', n: 3 }]);
  });

  test('an opposition for everybody answers the same the second time, whoever recorded the first', async () => {
    const input = { address: 'une.personne@destinataires.example', scope: 'instance' as const, source: 'courrier' };
    expect(await suppressAddress(t.ctx(t.cast.alice), input)).toEqual({ added: true });
    expect(await suppressAddress(t.ctx(t.cast.bruno), input)).toEqual({ added: true });
  });
});

test('an audience is added to a campaign by its lead alone: a partner and a stranger find no such campaign', async () => {
  const push = await makePush(t);
  for (const person of [t.cast.bruno, t.cast.etranger])
    await expect(
      saveAudience(t.ctx(person), { slug: 'intruse', name: 'Intruse', rule: {}, campaignId: push.campaignId }),
    ).rejects.toMatchObject({ kind: 'not-found' });
});
