import { beforeAll, describe, expect, test } from 'vitest';
import { fromParis } from '../../src/base/dates.ts';
import { calendarReply } from '../../src/bounces/calendar-reply.ts';
import { openLetter } from '../../src/bounces/letter.ts';
import { readReturns } from '../../src/bounces/mailbox.ts';
import { readReturn } from '../../src/bounces/read-return.ts';
import { recordReturn } from '../../src/bounces/record-return.ts';
import { acrossOrganisations } from '../../src/db/database.ts';
import { saveWebinar } from '../../src/pushes/edit-webinar.ts';
import { NOW, SECRETS, testDatabase } from '../support/database.ts';
import { makeCampaign } from '../support/factories.ts';
import { startImap } from '../support/imap-server.ts';
import { seeded } from '../support/random.ts';
import { event, mailsAbout, person } from '../webinars/letters-house.ts';
import { madeWebinar, registered, WEBINAR } from '../webinars/made-webinar.ts';

const t = await testDatabase();
let campaign = '';
beforeAll(async () => {
  campaign = (await makeCampaign(t)).slug;
});

type Said = { uid: string; address: string; partstat?: string; sequence?: number; stamp?: string; method?: string };

const file = ({
  uid,
  address,
  partstat = 'ACCEPTED',
  sequence = 0,
  stamp = '20261122T090000Z',
  method = 'REPLY',
}: Said) =>
  [
    'BEGIN:VCALENDAR',
    'PRODID:-//Google Inc//Google Calendar 70.9054//EN',
    'VERSION:2.0',
    `METHOD:${method}`,
    'BEGIN:VEVENT',
    'DTSTART:20270114T130000Z',
    'DTEND:20270114T143000Z',
    `DTSTAMP:${stamp}`,
    'ORGANIZER;CN=OPCO de test:mailto:lettre@opco.example',
    `UID:${uid}`,
    `ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=${partstat};CN=Camille`,
    ` ;X-NUM-GUESTS=0:mailto:${address}`,
    `SEQUENCE:${sequence}`,
    'STATUS:CONFIRMED',
    'SUMMARY:Les outils\\, pour de vrai',
    'END:VEVENT',
    'END:VCALENDAR',
    '',
  ].join('\r\n');

/** As a mail program sends it: words, the answer as a part, and for some the same as a file. */
const mail = (calendar: string, encoding: 'base64' | '8bit' = 'base64') =>
  Buffer.from(
    [
      'From: Camille <camille@exemple.fr>',
      'To: lettre@opco.example',
      `Date: ${NOW.toUTCString()}`,
      'Subject: =?utf-8?q?Refus=C3=A9?= : Les outils',
      'MIME-Version: 1.0',
      'Content-Type: multipart/mixed; boundary="a"',
      '',
      '--a',
      'Content-Type: multipart/alternative; boundary="b"',
      '',
      '--b',
      'Content-Type: text/plain; charset=utf-8',
      '',
      'Camille a répondu à cette invitation.',
      '--b',
      'Content-Type: text/calendar; charset="UTF-8"; method=REPLY',
      `Content-Transfer-Encoding: ${encoding}`,
      '',
      encoding === 'base64' ? Buffer.from(calendar).toString('base64').replace(/.{76}/g, '$&\r\n') : calendar,
      '--b--',
      '--a',
      'Content-Type: application/ics; name="invite.ics"',
      'Content-Disposition: attachment; filename="invite.ics"',
      'Content-Transfer-Encoding: base64',
      '',
      Buffer.from(calendar).toString('base64').replace(/.{76}/g, '$&\r\n'),
      '--a--',
      '',
    ].join('\r\n'),
  );

const read = (bytes: Buffer, now = NOW) =>
  recordReturn(
    { db: t.db, secrets: SECRETS, now: () => now, publicUrl: 'https://pv.example' },
    { source: 'imap', bytes },
  );
const says = async (id: number, over: Partial<Said> = {}) => {
  const { uid, address } = await person(t, id);
  return read(mail(file({ uid, address: address ?? '', ...over })));
};
const kept = () =>
  acrossOrganisations(t.db, (trx) =>
    trx.selectFrom('bounces').select(['class', 'reason', 'delivery_id', 'applied']).orderBy('id').execute(),
  );

describe('what a calendar answers to an invitation (CAL-02)', () => {
  test('yes and maybe are written down and change nothing else', async () => {
    const webinar = await madeWebinar(t, campaign);
    const [yes = 0, maybe = 0] = await registered(t, webinar, 'opco', 2);
    expect(await says(yes)).toMatchObject({ outcome: 'noted', reason: 'calendar_reply' });
    expect(await says(maybe, { partstat: 'TENTATIVE' })).toMatchObject({ outcome: 'noted' });
    expect(await person(t, yes)).toMatchObject({ reply: 'accepte', cancelledAt: null });
    expect(await person(t, maybe)).toMatchObject({ reply: 'peut_etre', cancelledAt: null });
  });

  test('no gives the place back, to who waits, and takes the event out; read again, it changes nothing', async () => {
    const webinar = await madeWebinar(t, campaign, { capacity: 1, title: 'Complet' });
    const [id = 0] = await registered(t, webinar, 'btp', 1);
    const [waits = 0] = await registered(t, webinar, 'opco', 1, { place: 'attente' });
    expect(await says(id, { partstat: 'DECLINED' })).toMatchObject({ outcome: 'applied' });
    expect(await person(t, id)).toMatchObject({ reply: 'decline', cancelledAt: NOW, sequence: 1 });
    expect(await person(t, waits)).toMatchObject({ place: 'inscrit' });
    const mails = await mailsAbout(t, webinar);
    expect(mails.map((m) => m.kind)).toEqual(['webinaire-desinscription', 'webinaire-place']);
    expect(event(mails[0]?.calendar)).toMatchObject({ method: 'CANCEL', sequence: 1 });
    expect(await says(id, { partstat: 'DECLINED' })).toMatchObject({ outcome: 'known' });
    expect(await mailsAbout(t, webinar)).toHaveLength(2);
  });

  test('of two answers read in the wrong order, the later one stands', async () => {
    const webinar = await madeWebinar(t, campaign);
    const [id = 0] = await registered(t, webinar, 'opco', 1);
    expect(await says(id, { stamp: '20261122T093000Z' })).toMatchObject({ outcome: 'noted' });
    expect(await says(id, { stamp: '20261122T092000Z', partstat: 'DECLINED' })).toMatchObject({ outcome: 'known' });
    expect(await person(t, id)).toMatchObject({ reply: 'accepte', cancelledAt: null });
  });

  test('a no to the former hour, read after the move, does not end the registration', async () => {
    const webinar = await madeWebinar(t, campaign, { title: 'Déplacé' });
    const [id = 0] = await registered(t, webinar, 'opco', 1);
    const change = { startsAt: fromParis(2027, 1, 20, 14), endsAt: fromParis(2027, 1, 20, 15) };
    await saveWebinar(t.ctx(t.cast.alice), campaign, { ...WEBINAR, ...change, title: 'Déplacé', slug: webinar.slug });
    expect(await says(id, { partstat: 'DECLINED', sequence: 0 })).toMatchObject({ outcome: 'noted' });
    expect(await person(t, id)).toMatchObject({ reply: 'decline', cancelledAt: null });
    expect(await says(id, { partstat: 'DECLINED', sequence: 1, stamp: '20261122T095000Z' })).toMatchObject({
      outcome: 'applied',
    });
  });

  test('somebody else’s answer, or to an invitation that is not ours, is kept apart and changes nothing', async () => {
    const webinar = await madeWebinar(t, campaign);
    const [id = 0] = await registered(t, webinar, 'opco', 1);
    const before = (await kept()).length;
    // An invitation that was passed on: the colleague declines, the registered person still comes.
    expect(await says(id, { address: 'collegue@exemple.fr', partstat: 'DECLINED' })).toMatchObject({
      outcome: 'quarantined',
    });
    expect(await says(id, { uid: 'devine@pv.example', partstat: 'DECLINED' })).toMatchObject({
      outcome: 'quarantined',
    });
    expect(await person(t, id)).toMatchObject({ reply: null, cancelledAt: null });
    expect((await kept()).slice(before)).toEqual(
      Array.from({ length: 2 }, () => ({
        class: 'auto-reply',
        reason: 'calendar_reply',
        delivery_id: null,
        applied: null,
      })),
    );
  });

  test('the address is the same however it is written', async () => {
    const webinar = await madeWebinar(t, campaign);
    const [id = 0] = await registered(t, webinar, 'opco', 1);
    const { address } = await person(t, id);
    expect(await says(id, { address: (address ?? '').toUpperCase() })).toMatchObject({ outcome: 'noted' });
  });
});

describe('any mail with a calendar in it', () => {
  const REPLY = file({ uid: 'u@pv.example', address: 'a@exemple.fr', partstat: 'DECLINED', sequence: 2 });

  test('an answer in 8 bits, in base64, with lone LF, is the same answer', async () => {
    const expected = { uid: 'u@pv.example', address: 'a@exemple.fr', answer: 'decline', sequence: 2 };
    for (const bytes of [
      mail(REPLY),
      mail(REPLY, '8bit'),
      Buffer.from(mail(REPLY).toString('latin1').replaceAll('\r\n', '\n'), 'latin1'),
    ])
      expect(calendarReply(await openLetter(bytes))).toMatchObject(expected);
    expect(await readReturn(mail(REPLY))).toMatchObject({ class: 'auto-reply', reason: 'calendar_reply' });
  });

  test.each([
    ['an invitation', REPLY.replace('METHOD:REPLY', 'METHOD:REQUEST')],
    ['a counter-proposal', REPLY.replace('METHOD:REPLY', 'METHOD:COUNTER')],
    ['a delegation', REPLY.replace('DECLINED', 'DELEGATED')],
    ['two people', REPLY.replace('SEQUENCE', 'ATTENDEE;PARTSTAT=DECLINED:mailto:b@exemple.fr\r\nSEQUENCE')],
    ['two events', REPLY.replace(/BEGIN:VEVENT[\s\S]*END:VEVENT/, (e) => `${e}\r\n${e}`)],
    ['no person', REPLY.replace(/ATTENDEE[\s\S]*?\r\nSEQUENCE/, 'SEQUENCE')],
    ['no file at all', 'METHOD:REPLY\r\nBEGIN:'],
    ['a hole without end', `METHOD:REPLY\r\n${'BEGIN:VEVENT\r\n'.repeat(5000)}`],
  ])('%s answers nothing', async (_, calendar) => {
    expect(calendarReply(await openLetter(mail(calendar)))).toBeNull();
  });

  test('no mail stops the reading (MAIL-31)', async () => {
    const random = seeded(7);
    for (let i = 0; i < 200; i += 1) {
      const bytes = Buffer.from(REPLY);
      for (let n = 0; n < 12; n += 1) bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
      const cut = bytes.subarray(0, Math.floor(random() * bytes.length));
      const letter = await openLetter(mail(cut.toString('latin1')));
      expect(() => calendarReply(letter)).not.toThrow();
    }
  });
});

test('an answer that comes to the configured mailbox is read there, once (CAL-02)', async () => {
  const webinar = await madeWebinar(t, campaign);
  const [id] = await registered(t, webinar, 'opco', 1);
  const before = await person(t, id!);
  const server = await startImap({ user: 'retours', password: 'secret' });
  try {
    server.deliver(mail(file({ uid: before.uid, address: before.address!, partstat: 'TENTATIVE' })));
    const ctx = { db: t.db, secrets: SECRETS, now: () => NOW, publicUrl: 'https://pv.example' };
    const bounceMailbox = {
      host: '127.0.0.1',
      port: server.port,
      security: 'none' as const,
      user: 'retours',
      password: 'secret',
      mailbox: 'INBOX',
    };
    await readReturns(ctx, { bounceMailbox });
    expect((await person(t, id!)).reply).toBe('peut_etre');
    expect(server.mails.map((m) => m.seen)).toEqual([true]);
  } finally {
    await server.close();
  }
});
