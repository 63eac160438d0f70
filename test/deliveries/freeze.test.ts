import { setTimeout as pause } from 'node:timers/promises';
import { sql } from 'kysely';
import { beforeAll, describe, expect, test } from 'vitest';
import { addressHash } from '../../src/contacts/addresses.ts';
import { saveAudience } from '../../src/contacts/save-audience.ts';
import { suppressAddress } from '../../src/contacts/suppress.ts';
import { acrossOrganisations, openDatabase, withOrganisation } from '../../src/db/database.ts';
import { forecastPush } from '../../src/deliveries/forecast.ts';
import { freezePush } from '../../src/deliveries/freeze.ts';
import { pushStatus } from '../../src/deliveries/queries.ts';
import { sendNow } from '../../src/deliveries/send-now.ts';
import { NOW, SECRETS, type TestDatabase, testDatabase } from '../support/database.ts';
import {
  approve,
  editPush,
  makeApprovedPush,
  makeContacts,
  makePush,
  submit,
  submitAndApprove,
} from '../support/factories.ts';
import { command } from './cli.ts';
import { drain, finishedAt, freeze, later, ledger, states } from './ledger.ts';
import { startSink } from './sink.ts';

let t: TestDatabase;
beforeAll(async () => {
  t = await testDatabase();
});

const oppose = (address: string) =>
  suppressAddress(t.ctx(t.cast.alice), { address, reason: 'opposition', scope: 'organisation', source: 'téléphone' });

describe('the list of a push', () => {
  test('sélectionnés = adressés + écartés: the forecast, the freeze and the command say the same', async () => {
    const push = await makePush(t, { contacts: { opco: 40, btp: 20 } });
    await makeContacts(t, 'btp', 5, { prefix: push.addresses.opco[0]?.split('.')[0], tag: push.tag });
    await oppose(push.addresses.opco[10] ?? '');
    await oppose(push.addresses.opco[11] ?? '');
    await submitAndApprove(t, push.id);
    const owner = t.ctx({ kind: 'command', name: 'commande', organisationId: t.cast.organisations.opco });
    const { byLevel, pressure, agreed, ...forecast } = await forecastPush(owner, push.id);
    expect(agreed).toBeNull();
    expect(forecast).toEqual({
      selected: 65,
      setApart: { doublon: 5, opposition: 2 },
      addressed: 58,
      states: { planned: 58 },
    });
    expect(pressure).toMatchObject({ people: 0, held: [], setApart: 0 });
    expect(byLevel.reduce((sum, group) => sum + group.n, 0)).toBe(58);
    expect(await sendNow(t.ctx(t.cast.alice), push.id)).toBe(true);
    const status = await pushStatus(owner, push.id);
    expect(status).toEqual(forecast);
    const sink = await startSink();
    const told = await command(t.url, sink.url, ['push', 'status', `${push.campaign}/${push.slug}`]);
    await sink.close();
    expect(told).toMatchObject({ code: 0, json: status });
    expect(await ledger(t, push.id)).toHaveLength(65);
  });

  test('an address that two organisations hold stays with the first of the campaign, unless she opposed it there', async () => {
    const push = await makePush(t, { contacts: { opco: 3, btp: 0 } });
    const [first = '', opposed = ''] = push.addresses.opco;
    await makeContacts(t, 'btp', 3, { prefix: first.split('.')[0], tag: push.tag });
    await oppose(opposed);
    await submitAndApprove(t, push.id);
    await freeze(t, push.id);
    const { opco, btp } = t.cast.organisations;
    const rows = (await ledger(t, push.id)).map((r) => [r.address, r.organisation_id, r.state, r.reason]);
    expect(rows).toContainEqual([first, opco, 'planned', null]);
    expect(rows).toContainEqual([first, btp, 'set_apart', 'doublon']);
    expect(rows).toContainEqual([opposed, opco, 'set_apart', 'opposition']);
    expect(rows).toContainEqual([opposed, btp, 'planned', null]);
    expect(rows).toHaveLength(6);
  });

  test('a partner that only relays, and a partner that does not sign, write to nobody', async () => {
    const push = await makePush(t, { contacts: { opco: 2, btp: 2 }, push: { signatories: ['opco'] } });
    await makeContacts(t, 'federation', 4, { tag: push.tag });
    await makeContacts(t, 'etranger', 4, { tag: push.tag });
    await submit(t, push.id);
    await approve(t, push.id, t.cast.alice);
    await freeze(t, push.id);
    expect((await ledger(t, push.id)).map((r) => r.address)).toEqual(push.addresses.opco);
  });

  test('drawn twice, one after the other or at once on two pools, it is drawn once', async () => {
    const push = await makeApprovedPush(t, { contacts: { opco: 30, btp: 30 } });
    const second = await openDatabase(t.url, 3);
    const ctx = t.ctx({ kind: 'command', name: 'test', organisationId: t.cast.organisations.opco });
    const drawn = await Promise.all([
      freezePush(ctx, push.id),
      freezePush({ ...ctx, db: second }, push.id),
      freezePush(ctx, push.id),
      freezePush({ ...ctx, db: second }, push.id),
    ]);
    await second.close();
    expect(drawn.filter(Boolean)).toHaveLength(1);
    expect(await freeze(t, push.id)).toBe(false);
    expect(await states(t, push.id)).toEqual({ planned: 60 });
  });

  test('the database itself refuses a second addressed row for one address (MAIL-23)', async () => {
    const push = await makeApprovedPush(t);
    await freeze(t, push.id);
    const twice = acrossOrganisations(t.db, (trx) =>
      sql`insert into deliveries (push_id, organisation_id, campaign_id, contact_id, address_hash, level, state)
        select push_id, organisation_id, campaign_id, contact_id, address_hash, level, 'planned' from deliveries where push_id = ${push.id}`.execute(
        trx,
      ),
    );
    await expect(twice).rejects.toMatchObject({ code: '23505' });
  });
});

describe('between the freeze and the hand-over', () => {
  test('who opposes meanwhile is not written to, and is counted with the reason (PRV-41)', async () => {
    const push = await makeApprovedPush(t, { contacts: { opco: 5, btp: 2 } });
    await freeze(t, push.id);
    const [left = '', refused = '', erased = '', moved = ''] = push.addresses.opco;
    await oppose(left);
    await withOrganisation(t.db, t.cast.organisations.opco, async (trx) => {
      await trx
        .insertInto('consents')
        .values({
          organisation_id: t.cast.organisations.opco,
          address_hash: addressHash(SECRETS, refused),
          purpose: 'message',
          value: 'refused',
          source: 'courrier',
          actor: 'Alice',
          at: NOW,
        })
        .execute();
      await trx.deleteFrom('contacts').where('address', '=', erased).execute();
      await trx
        .updateTable('contacts')
        .set({ address: 'autre@ailleurs.example', address_hash: addressHash(SECRETS, 'autre@ailleurs.example') })
        .where('address', '=', moved)
        .execute();
    });
    const sink = await startSink();
    const drained = await drain(t, push.id, sink.pool());
    await sink.close();
    expect(drained).toEqual({ handed: 3, accepted: 3, cancelled: 4 });
    expect(sink.received.map((m) => m.to).toSorted()).toEqual(
      [push.addresses.opco[4], ...push.addresses.btp].toSorted(),
    );
    const ctx = t.ctx({ kind: 'command', name: 'commande', organisationId: t.cast.organisations.opco });
    expect(await pushStatus(ctx, push.id)).toEqual({
      selected: 7,
      setApart: { opposition: 2, annule: 2 },
      addressed: 3,
      states: { accepted: 3 },
    });
    expect(await finishedAt(t, push.id)).not.toBeNull();
  });

  test('a signatory that withdraws after the freeze has nothing more sent under its name', async () => {
    const push = await makeApprovedPush(t, { contacts: { opco: 3, btp: 3 } });
    await freeze(t, push.id);
    await editPush(t, push, { signatories: ['opco'] });
    await submit(t, push.id);
    await approve(t, push.id, t.cast.alice);
    const sink = await startSink();
    await drain(t, push.id, sink.pool());
    await sink.close();
    expect(sink.received.map((m) => m.to).toSorted()).toEqual(push.addresses.opco.toSorted());
    expect(await states(t, push.id)).toEqual({ accepted: 3, cancelled: 3 });
  });
});

describe('what was approved is what is drawn', () => {
  test('an audience changed after the approvals draws nothing, and the push waits for a new yes', async () => {
    const push = await makeApprovedPush(t, { contacts: { opco: 3, btp: 1 } });
    const more = await makeContacts(t, 'opco', 2, { tag: `${push.tag}-bis` });
    await saveAudience(t.ctx(t.cast.alice), {
      slug: String(push.input.audience),
      name: 'Élargie',
      campaignId: push.campaignId,
      rule: { tags: [push.tag, `${push.tag}-bis`] },
    });
    await expect(freeze(t, push.id)).rejects.toMatchObject({ code: 'content_changed' });
    await expect(freeze(t, push.id)).rejects.toMatchObject({ code: 'not_approved' });
    expect(await ledger(t, push.id)).toEqual([]);
    await submitAndApprove(t, push.id);
    await freeze(t, push.id);
    expect((await ledger(t, push.id)).map((r) => r.address)).toEqual(expect.arrayContaining(more));
  });

  test('an audience that moves while a submission is being prepared never leaves unseen', async () => {
    for (const wait of [0, 5, 20, 60]) {
      const push = await makePush(t);
      const change = pause(wait).then(() =>
        saveAudience(t.ctx(t.cast.alice), {
          slug: String(push.input.audience),
          name: 'Personne',
          campaignId: push.campaignId,
          rule: { tags: ['personne'] },
        }),
      );
      const [submitted] = await Promise.allSettled([submit(t, push.id), change]);
      if (submitted?.status === 'rejected') {
        expect(submitted.reason).toMatchObject({ code: 'content_changed' });
        continue;
      }
      await approve(t, push.id, t.cast.alice);
      await approve(t, push.id, t.cast.bruno);
      const drawn = await freeze(t, push.id).catch((error: { code: string }) => error.code);
      expect([true, 'content_changed']).toContain(drawn);
      expect(await ledger(t, push.id)).toEqual([]);
    }
  });

  test('past its deadline a push is not drawn, whoever asks', async () => {
    const push = await makeApprovedPush(t, { push: { deadlineAt: later(60) } });
    await expect(sendNow(t.ctx(t.cast.alice, later(60)), push.id)).rejects.toMatchObject({ code: 'too_late' });
    expect(await ledger(t, push.id)).toEqual([]);
    expect(await sendNow(t.ctx(t.cast.alice, later(59)), push.id)).toBe(true);
  });

  test('the clock does not send before the hour that was approved', async () => {
    const push = await makeApprovedPush(t, { push: { scheduledAt: later(60) } });
    const clock = (now: Date) => t.ctx({ kind: 'clock', name: 'clock' }, now);
    await expect(freezePush(clock(later(59)), push.id)).rejects.toMatchObject({ code: 'not_due' });
    expect(await freezePush(clock(later(60)), push.id)).toBe(true);
  });
});
