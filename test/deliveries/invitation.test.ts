import ICAL from 'ical.js';
import PostalMime from 'postal-mime';
import { beforeAll, describe, expect, test } from 'vitest';
import { sealId } from '../../src/base/tokens.ts';
import { acrossOrganisations } from '../../src/db/database.ts';
import { originOf } from '../../src/webinars/origins.ts';
import { prefill } from '../../src/webinars/prefill.ts';
import { SECRETS, type TestDatabase, testDatabase } from '../support/database.ts';
import { editPush, type MadePush, makePush, submitAndApprove } from '../support/factories.ts';
import { madeWebinar } from '../webinars/made-webinar.ts';
import { drain, freeze, ledger } from './ledger.ts';
import { startSink } from './sink.ts';

/** A real send of an invitation to a server that keeps what it takes. */

let t: TestDatabase;
let push: MadePush;
let address: string;
let received: { to: string; raw: string }[];
beforeAll(async () => {
  t = await testDatabase();
  push = await makePush(t, { campaign: { k: 20 }, contacts: { opco: 24, btp: 21 } });
  const webinar = await madeWebinar(t, push.campaign);
  address = webinar.address;
  await editPush(t, push, {
    channel: 'webinaire',
    deadlineAt: webinar.startsAt,
    content: { subject: 'Webinaire : les outils', webinar: webinar.slug, blocks: [] },
  });
  await submitAndApprove(t, push.id);
  await freeze(t, push.id);
  const sink = await startSink();
  await drain(t, push.id, sink.pool());
  await sink.close();
  received = sink.received;
});

const read = async (raw: string) => {
  const mail = await PostalMime.parse(raw, { attachmentEncoding: 'utf8' });
  const links = [...(mail.html ?? '').matchAll(/href="([^"]+)"/g)].map((m) => m[1]!.replaceAll('&amp;', '&'));
  return { ...mail, links };
};
const all = () => Promise.all(received.map(async ({ to, raw }) => ({ ...(await read(raw)), for: to })));
const registerLink = (links: readonly string[]) => links.find((l) => l.includes('/moi/')) ?? '';

test('everybody receives the page’s link of their group, one to register with, and the calendar file', async () => {
  expect(received).toHaveLength(45);
  const tokens = await acrossOrganisations(t.db, (trx) =>
    trx.selectFrom('tokens').select(['token', 'url', 'organisation_id']).where('push_id', '=', push.id).execute(),
  );
  for (const { for: to, links, text, attachments } of await all()) {
    const own = push.addresses.btp.includes(to) ? 'btp' : 'opco';
    const followed = links.filter((l) => l.startsWith('https://pv.example/r/'));
    expect(followed).toHaveLength(1);
    expect(tokens.find((x) => followed[0]?.endsWith(x.token))).toMatchObject({
      url: `https://pv.example/webinaires/${address}?de=lettre.${own}.terrain`,
      organisation_id: t.cast.organisations[own],
    });
    expect(links).toContain(`https://pv.example/webinaires/${address}/agenda.ics`);
    for (const link of [...followed, registerLink(links)]) expect(text).toContain(link);
    expect(attachments.map((a) => a.filename)).toEqual(['webinaire.ics']);
  }
});

describe('the link that registers (PRV-12)', () => {
  test('is one per person, opens that person’s own details for this purpose, and is useless for another', async () => {
    const rows = new Map((await ledger(t, push.id)).map((r) => [r.address, r]));
    const mails = await all();
    expect(new Set(mails.map((m) => registerLink(m.links))).size).toBe(45);
    const { for: to, links } = mails[7]!;
    const url = new URL(registerLink(links));
    expect(url.pathname).toMatch(new RegExp(`^/webinaires/${address}/moi/[\\w-]{43}$`));
    expect(url.search).toMatch(/^\?de=lettre\.(opco|btp)\.terrain$/);
    const token = url.pathname.split('/').at(-1) ?? '';
    const id = rows.get(to)?.id ?? 0;
    expect(token).toBe(sealId(SECRETS.unsubscribe, 'inscription', id));
    const instance = t.ctx(t.cast.alice);
    expect(await prefill(instance, address, token)).toMatchObject({ address: to });
    for (const purpose of ['unsubscribe', 'preferences', 'web'])
      expect(await prefill(instance, address, sealId(SECRETS.unsubscribe, purpose, id))).toBeNull();
  });

  test('is not followed: no link of a group leads to it, and nothing of it is stored', async () => {
    const stored = await acrossOrganisations(t.db, async (trx) => [
      ...(await trx.selectFrom('links').select('url').where('push_id', '=', push.id).execute()),
      ...(await trx.selectFrom('tokens').select('url').where('push_id', '=', push.id).execute()),
    ]);
    expect(stored.length).toBeGreaterThan(0);
    expect(stored.filter(({ url }) => url.includes('/moi/'))).toEqual([]);
  });
});

describe('whose invitation it was', () => {
  const tokensOf = (id: number) =>
    acrossOrganisations(t.db, (trx) =>
      trx
        .selectFrom('tokens as t')
        .innerJoin('cells as c', 'c.id', 't.cell_id')
        .select(['t.url', 'c.level', 'c.recipients', 'c.organisation_id'])
        .where('t.push_id', '=', id)
        .execute(),
    );

  test('PRV-11: is told by groups of k people; levels too few to stand are told together, as one organisation’s', async () => {
    const made = await makePush(t, {
      campaign: { k: 20 },
      contacts: { opco: 46, btp: 21 },
      contact: { level: (i) => (i < 3 ? 'institutionnel' : i < 23 ? 'operationnel' : 'terrain') },
    });
    const webinar = await madeWebinar(t, made.campaign);
    await editPush(t, made, {
      channel: 'webinaire',
      content: { subject: 'Webinaire : les outils', webinar: webinar.slug, blocks: [] },
    });
    await submitAndApprove(t, made.id);
    await freeze(t, made.id);
    const tokens = await tokensOf(made.id);
    expect(tokens.length).toBeGreaterThan(1);
    for (const { url, level, recipients, organisation_id } of tokens) {
      expect(recipients).toBeGreaterThanOrEqual(20);
      const own = organisation_id === t.cast.organisations.btp ? 'btp' : 'opco';
      expect(new URL(url).searchParams.get('de')).toBe(['lettre', own, ...(level ? [level] : [])].join('.'));
    }
    const sink = await startSink();
    await drain(t, made.id, sink.pool());
    await sink.close();
    // Nobody shares a link with fewer than k people, whatever their own level.
    const sharing = new Map<string, number>();
    for (const { raw } of sink.received) {
      const link = (await read(raw)).links.find((l) => l.startsWith('https://pv.example/r/')) ?? 'direct';
      sharing.set(link, (sharing.get(link) ?? 0) + 1);
    }
    expect(Math.min(...sharing.values())).toBeGreaterThanOrEqual(20);
    expect([...sharing.keys()]).not.toContain('direct');
  });

  test('is counted when somebody registers: of a level, or of several together; of nobody known, the page itself', async () => {
    const from = (origin: string) =>
      acrossOrganisations(t.db, (trx) => originOf(trx, SECRETS, { campaignId: push.campaignId }, origin));
    expect(await from('lettre.opco.terrain')).toMatchObject({ channel: 'invitation', level: 'terrain' });
    expect(await from('lettre.opco')).toMatchObject({ channel: 'invitation', level: '' });
    for (const unknown of ['lettre', 'lettre.', 'lettre.opco.', 'lettre.opco.ailleurs', 'lettre.inconnue.terrain'])
      expect(await from(unknown), unknown).toMatchObject({ channel: 'page', level: '' });
  });

  test('is told in the address itself where links are direct', async () => {
    const made = await makePush(t, { contacts: { opco: 2, btp: 2 } });
    const webinar = await madeWebinar(t, made.campaign);
    await editPush(t, made, {
      channel: 'webinaire',
      content: { subject: 'Webinaire : les outils', webinar: webinar.slug, blocks: [] },
    });
    await submitAndApprove(t, made.id);
    await freeze(t, made.id);
    const sink = await startSink();
    await drain(t, made.id, sink.pool());
    await sink.close();
    for (const { to, raw } of sink.received) {
      const own = made.addresses.btp.includes(to) ? 'btp' : 'opco';
      const { links } = await read(raw);
      expect(links).toContain(`https://pv.example/webinaires/${webinar.address}?de=lettre.${own}.terrain`);
    }
  });
});

test('CAL-01: the file of all messages publishes one event, names nobody, and does not say where to join', async () => {
  for (const { attachments, for: to } of await all()) {
    const file = String(attachments[0]?.content);
    const calendar = new ICAL.Component(ICAL.parse(file) as unknown[]);
    expect(calendar.getFirstPropertyValue('method')).toBe('PUBLISH');
    const events = calendar.getAllSubcomponents('vevent');
    expect(events).toHaveLength(1);
    expect(events[0]?.getAllProperties('attendee')).toEqual([]);
    expect(file).not.toContain(to);
    expect(file).not.toContain('reunion.example');
  }
});

test('MAIL-42: no two messages have one identity, and each is dated and addressed to one person', async () => {
  const mails = await all();
  expect(new Set(mails.map((m) => m.messageId)).size).toBe(45);
  for (const { for: to, ...mail } of mails) expect(mail.to?.map((a) => a.address)).toEqual([to]);
});
