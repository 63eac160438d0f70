import { describe, expect, test } from 'vitest';
import { guardPushes } from '../../src/bounces/guard-pushes.ts';
import { acrossOrganisations } from '../../src/db/database.ts';
import { NOW, testDatabase } from '../support/database.ts';
import {
  bounces,
  complaint,
  eventsOf,
  makeSent,
  messageId,
  receive,
  report,
  returnTo,
  rowOf,
  suppressionsOf,
} from './house.ts';

const t = await testDatabase();
const DAY = 86_400_000;
const at = (days: number): Date => new Date(NOW.getTime() + days * DAY);

describe('a return finds its row and draws the consequences', () => {
  test('MAIL-30: by the address it came back to: the row is returned, its story told, the address shut for the organisation', async () => {
    const { ids, addresses, organisation } = await makeSent(t, 2);
    expect(await receive(t, report(addresses[0]!, { to: returnTo(ids[0]!) }))).toEqual({
      class: 'hard',
      reason: 'address_unknown',
      outcome: 'applied',
    });
    expect(await rowOf(t, ids[0]!)).toMatchObject({ state: 'bounced', reason: 'address_unknown' });
    expect(await rowOf(t, ids[1]!)).toMatchObject({ state: 'accepted' });
    expect(await eventsOf(t, ids[0]!)).toEqual([
      { what: 'retour', reason: 'address_unknown', reply: '550 5.1.1 User unknown', actor: 'retours (fichier)' },
    ]);
    expect(await suppressionsOf(t, addresses[0]!)).toEqual([
      { scope: 'organisation', organisation_id: organisation, reason: 'adresse_invalide' },
    ]);
  });

  test('MAIL-30: by our own Message-ID in the returned headers, when the return address was lost', async () => {
    const { ids, addresses } = await makeSent(t, 1);
    await receive(t, report(addresses[0]!, { messageId: messageId(ids[0]!) }));
    expect((await rowOf(t, ids[0]!)).state).toBe('bounced');
  });

  test('MAIL-30: without a token of ours, or with a forged one, it is kept in quarantine and shuts nobody out', async () => {
    const { ids, addresses } = await makeSent(t, 1);
    const forged = returnTo(ids[0]!).replace(/\+./, (m) => (m === '+a' ? '+b' : '+a'));
    for (const to of ['retours@mail.opco.example', forged])
      expect((await receive(t, report(addresses[0]!, { to, status: to === forged ? '5.1.1' : '5.1.3' }))).outcome).toBe(
        'quarantined',
      );
    expect((await rowOf(t, ids[0]!)).state).toBe('accepted');
    expect(await suppressionsOf(t, addresses[0]!)).toEqual([]);
    const kept = (await bounces(t)).filter((b) => b.organisation_id === null);
    expect(kept).toHaveLength(2);
    expect(kept[0]).toMatchObject({ delivery_id: null, applied: null });
  });

  test('MAIL-31: the same return twice the same day is one, and read again the next day as well', async () => {
    const { ids, addresses } = await makeSent(t, 1);
    const mail = report(addresses[0]!, { to: returnTo(ids[0]!) });
    await receive(t, mail);
    expect((await receive(t, mail)).outcome).toBe('known');
    expect((await receive(t, mail, at(2))).outcome).toBe('known');
    expect(await eventsOf(t, ids[0]!)).toHaveLength(1);
  });

  test('MAIL-31: two readers at the same moment record it once', async () => {
    const { ids, addresses } = await makeSent(t, 1);
    const mail = report(addresses[0]!, { to: returnTo(ids[0]!) });
    const outcomes = await Promise.all([1, 2, 3, 4].map(() => receive(t, mail)));
    expect(outcomes.map((o) => o.outcome).sort()).toEqual(['applied', 'known', 'known', 'known']);
  });

  test('a delay and an absence are told, and change no state', async () => {
    const { ids, addresses } = await makeSent(t, 1);
    const delayed = report(addresses[0]!, {
      to: returnTo(ids[0]!),
      action: 'delayed',
      status: '4.4.1',
      diagnostic: 'smtp; 450 later',
    });
    expect(await receive(t, delayed)).toMatchObject({ class: 'delayed', outcome: 'noted' });
    const away = Buffer.from(
      `From: ${addresses[0]}\nTo: ${returnTo(ids[0]!)}\nSubject: Absence du bureau\nAuto-Submitted: auto-replied\n\nJe suis absente.`,
    );
    expect(await receive(t, away)).toMatchObject({ class: 'auto-reply', outcome: 'noted' });
    expect((await rowOf(t, ids[0]!)).state).toBe('accepted');
    expect((await eventsOf(t, ids[0]!)).map((e) => e.reason)).toEqual(['delayed', 'auto_reply']);
    expect(await suppressionsOf(t, addresses[0]!)).toEqual([]);
  });

  test('a person’s own answer is not kept at all', async () => {
    const before = (await bounces(t)).length;
    expect((await receive(t, Buffer.from('From: a@b.example\nSubject: Re: La lettre\n\nMerci !'))).outcome).toBe(
      'ignored',
    );
    expect(await bounces(t)).toHaveLength(before);
  });

  test('MAIL-32: a complaint shuts the address at once, apart from those who left', async () => {
    const { ids, addresses, organisation } = await makeSent(t, 1);
    expect(await receive(t, complaint(ids[0]!))).toMatchObject({ class: 'complaint', outcome: 'applied' });
    expect((await rowOf(t, ids[0]!)).state).toBe('complained');
    expect(await suppressionsOf(t, addresses[0]!)).toEqual([
      { scope: 'organisation', organisation_id: organisation, reason: 'plainte' },
    ]);
  });

  test('a row in doubt, or still in flight, is known to have come back; one set apart is nobody’s', async () => {
    for (const state of ['unknown', 'handed']) {
      const { ids, addresses } = await makeSent(t, 1, { state });
      await receive(t, report(addresses[0]!, { to: returnTo(ids[0]!) }));
      expect((await rowOf(t, ids[0]!)).state).toBe('bounced');
    }
    const { ids, addresses } = await makeSent(t, 1, { state: 'set_apart' });
    expect((await receive(t, report(addresses[0]!, { to: returnTo(ids[0]!) }))).outcome).toBe('quarantined');
  });
});

describe('when the address itself is left alone (standards §2.3)', () => {
  test('a refusal of the sender or of the content never shuts the contact out', async () => {
    const { ids, addresses } = await makeSent(t, 2);
    await receive(
      t,
      report(addresses[0]!, {
        to: returnTo(ids[0]!),
        status: '5.7.1',
        diagnostic: 'smtp; 550 5.7.1 blocked using zen.spamhaus.org',
      }),
    );
    await receive(
      t,
      report(addresses[1]!, { to: returnTo(ids[1]!), status: '5.3.4', diagnostic: 'smtp; 552 5.3.4 message too big' }),
    );
    for (const i of [0, 1]) {
      expect((await rowOf(t, ids[i]!)).state).toBe('bounced');
      expect(await suppressionsOf(t, addresses[i]!)).toEqual([]);
    }
  });

  test('a mailbox that stays full is left alone after three sends over fourteen days, not before', async () => {
    const address = 'toujours.pleine@destinataires.example';
    const full = { status: '5.2.2', diagnostic: 'smtp; 552 5.2.2 over quota' };
    const send = async (days: number) => {
      const { ids } = await makeSent(t, 1, { addresses: [address], at: at(days) });
      await receive(t, report(address, { ...full, to: returnTo(ids[0]!), date: at(days) }), at(days));
      return suppressionsOf(t, address);
    };
    expect(await send(0)).toEqual([]);
    expect(await send(3)).toEqual([]);
    expect(await send(6)).toEqual([]);
    expect(await send(15)).toHaveLength(1);
  });

  test('a refusal nobody explains shuts the address at its second send only', async () => {
    const address = 'sans.raison@destinataires.example';
    const no = { status: '5.0.0', diagnostic: 'smtp; 554 Transaction failed' };
    const first = await makeSent(t, 1, { addresses: [address] });
    expect(await receive(t, report(address, { ...no, to: returnTo(first.ids[0]!) }))).toMatchObject({
      reason: 'refused_unexplained',
    });
    expect(await suppressionsOf(t, address)).toEqual([]);
    const second = await makeSent(t, 1, { addresses: [address] });
    await receive(t, report(address, { ...no, to: returnTo(second.ids[0]!) }));
    expect(await suppressionsOf(t, address)).toHaveLength(1);
  });
});

describe('MAIL-13: a push of which too much comes back is paused, and says why', () => {
  const clock = { db: t.db, actor: { kind: 'clock', name: 'horloge' }, now: () => NOW } as const;
  const pushOf = (id: number) =>
    acrossOrganisations(t.db, (trx) =>
      trx
        .selectFrom('pushes')
        .select(['paused_at', 'paused_by', 'paused_why'])
        .where('id', '=', id)
        .executeTakeFirstOrThrow(),
    );

  test('two dead addresses in a hundred pause it; resumed by a person, it is not paused again for the same ones', async () => {
    const sent = await makeSent(t, 100);
    const bounce = (i: number) => receive(t, report(sent.addresses[i]!, { to: returnTo(sent.ids[i]!) }));
    await bounce(0);
    expect(await guardPushes(clock)).toEqual([]);
    await bounce(1);
    const [stopped] = await guardPushes(clock);
    expect(stopped).toMatchObject({ pushId: sent.push, why: expect.stringContaining('2 adresses mortes sur 100') });
    expect(await pushOf(sent.push)).toMatchObject({ paused_at: NOW, paused_by: 'service', paused_why: stopped!.why });
    await acrossOrganisations(t.db, (trx) =>
      trx
        .updateTable('pushes')
        .set({ paused_at: null, paused_by: null, paused_why: null })
        .where('id', '=', sent.push)
        .execute(),
    );
    expect(await guardPushes(clock)).toEqual([]);
    const audit = await acrossOrganisations(t.db, (trx) =>
      trx
        .selectFrom('audit_log')
        .select(['actor', 'organisation_id'])
        .where('subject', '=', `push:${sent.push}`)
        .where('action', '=', 'push.pause-returns')
        .execute(),
    );
    expect(audit).toEqual([{ actor: 'horloge', organisation_id: sent.organisation }]);
  });
});
