import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { sql } from 'kysely';
import { beforeAll, describe, expect, test } from 'vitest';
import { sealId } from '../../src/base/tokens.ts';
import { eraseContact } from '../../src/contacts/erase-contact.ts';
import { exportPerson } from '../../src/contacts/export-person.ts';
import { importContacts } from '../../src/contacts/import-contacts.ts';
import { refuseMeasure } from '../../src/contacts/refuse-measure.ts';
import { acrossOrganisations } from '../../src/db/database.ts';
import { recipientPages } from '../../src/public/recipient.tsx';
import { redirect } from '../../src/public/redirect.ts';
import { savePush } from '../../src/pushes/save-push.ts';
import { agreedFigures } from '../../src/reports/agreed-people.ts';
import { periodOf, type Scope } from '../../src/reports/figure.ts';
import { readReport } from '../../src/reports/report.ts';
import { startFlusher } from '../../src/tracking/flusher.ts';
import { openJournal } from '../../src/tracking/journal.ts';
import { personalOpener } from '../../src/tracking/personal-links.ts';
import { openTokenStore } from '../../src/tracking/token-store.ts';
import { drain, freeze, ledger } from '../deliveries/ledger.ts';
import { startSink } from '../deliveries/sink.ts';
import { drawnPush, ownLinks } from '../support/agreed.ts';
import { NOW, SECRETS, type TestDatabase, testDatabase } from '../support/database.ts';
import { letter, makeAudience, makeCampaign, submitAndApprove } from '../support/factories.ts';

const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
let t: TestDatabase;
beforeAll(async () => {
  t = await testDatabase();
});

const names = (pushId: number) =>
  acrossOrganisations(t.db, async (trx) => {
    const { rows } = await sql<{ n: number; named: number }>`
      select count(*) as n, count(delivery_id) as named from hits where push_id = ${pushId}`.execute(trx);
    return rows[0];
  });

/** The pages of a reader: where a link leads, and what the foot of a message opens. */
async function world() {
  const folder = mkdtempSync(join(tmpdir(), 'porte-voix-accord-'));
  const open = personalOpener(SECRETS);
  const now = () => NOW.getTime();
  const journal = await openJournal(folder);
  const tokens = openTokenStore(t.db, folder, { now, everyMs: 0, open });
  const flusher = startFlusher(t.db, journal, { now: () => now() + 120_000, everyMs: 0, open });
  const links = redirect({ tokens, journal, trustedProxies: 0, secrets: SECRETS, now });
  const foot = recipientPages({
    db: t.db,
    secrets: SECRETS,
    now: () => NOW,
    publicUrl: 'https://pv.example',
    onUnsubscribeVisit: async () => undefined,
  });
  const socket = { incoming: { socket: { remoteAddress: '192.0.2.1' } } };
  return {
    click: (path: string) => links.request(path, { headers: { 'user-agent': FIREFOX } }, socket),
    page: (path: string, body?: string) =>
      foot.request(
        path,
        body === undefined
          ? {}
          : { method: 'POST', body, headers: { 'content-type': 'application/x-www-form-urlencoded' } },
      ),
    flush: () => flusher.flush(),
    close: async () => {
      await flusher.stop();
      await journal.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

test('end to end: an agreement in a file, a letter, clicks, a number of people; taken back, they are gone (PRV-10)', async () => {
  const alice = t.ctx(t.cast.alice);
  const campaign = await makeCampaign(t, { linkMode: 'individuel', k: 20, cellDimensions: ['level'] });
  const said = (i: number): string => (i < 60 ? 'oui;01/11/2026;formulaire;J’accepte' : i < 65 ? 'non;;;' : ';;;');
  const rows = Array.from({ length: 90 }, (_, i) => `personne${i}@chantier.example;e2e;${said(i)}`);
  await importContacts(alice, {
    file: Buffer.from(
      ['email;étiquettes;accord mesure;date de consentement;source consentement;texte consentement', ...rows].join(
        '\n',
      ),
    ),
    options: {
      fileName: 'liste.csv',
      source: 'salon',
      level: 'terrain',
    },
  });
  const audience = await makeAudience(t, campaign.id, { rule: { tags: ['e2e'] } });
  const { id } = await savePush(alice, campaign.slug, letter({ slug: 'e2e', audience: audience.slug }));
  await submitAndApprove(t, id);
  await freeze(t, id);
  const sink = await startSink();
  await drain(t, id, sink.pool());
  await sink.close();
  const linkOf = new Map(
    sink.received.map(({ to, raw }) => [to, /pv\.example(\/r\/[\w-]+)/.exec(raw.replace(/=\r\n/g, ''))?.[1] ?? '']),
  );
  expect(linkOf.size).toBe(90);

  const reader = await world();
  for (let i = 0; i < 30; i += 1) {
    const answer = await reader.click(linkOf.get(`personne${i}@chantier.example`) ?? '');
    expect([answer.status, answer.headers.get('location')]).toEqual([302, 'https://ressources.example/etude']);
  }
  await reader.click(linkOf.get('personne70@chantier.example') ?? '');
  await reader.flush();
  expect(await names(id)).toEqual({ n: 31, named: 30 });

  const told = async () => {
    const report = await readReport(alice, campaign.slug);
    const figures = report.tables.find((table) => table.key === 'agreed')?.rows[0]?.figures;
    return { clicks: report.figures.clics.value, ...figures };
  };
  const before = await told();
  expect(before.clicks).toBe(31);
  expect([before.accordes?.value, before.cliqueurs?.value, before.cliqueurs?.unit]).toEqual([60, 30, 'personnes']);
  expect(before.cliqueurs?.definition).toContain('pas représentatif des autres');

  const rowsNow = await ledger(t, id);
  const deliveryOf = (n: number) => rowsNow.find((r) => r.address === `personne${n}@chantier.example`)?.id ?? 0;
  // At the foot of the message.
  const foot = `/preferences/${sealId(SECRETS.unsubscribe, 'preferences', deliveryOf(0))}`;
  expect(await (await reader.page(foot)).text()).toContain('Ne plus être compté');
  expect(await (await reader.page(foot, 'mesure=non')).text()).toContain('Votre refus est noté');
  expect(await names(id)).toEqual({ n: 31, named: 29 });
  // By an import, for nine more people, and for one who had never agreed.
  const refusals = Array.from({ length: 9 }, (_, i) => `personne${i + 1}@chantier.example;non`);
  await importContacts(alice, {
    file: Buffer.from(['email;accord mesure', ...refusals, 'personne80@chantier.example;non'].join('\n')),
    options: {
      fileName: 'refus.csv',
      source: 'courriers',
      level: 'terrain',
    },
  });
  expect(await names(id)).toEqual({ n: 31, named: 20 });
  // A click that comes afterwards counts, for the group alone.
  await reader.click(linkOf.get('personne0@chantier.example') ?? '');
  await reader.flush();
  expect(await names(id)).toEqual({ n: 32, named: 20 });
  const after = await told();
  expect([after.clicks, after.accordes?.value, after.cliqueurs?.value]).toEqual([32, 50, 20]);

  // Written down by the organisation for somebody who asked, then one who is erased: twenty becomes too few to be said.
  const contacts = await acrossOrganisations(t.db, (trx) =>
    trx
      .selectFrom('contacts')
      .select(['id', 'address'])
      .where('address', 'in', ['personne10@chantier.example', 'personne11@chantier.example'])
      .orderBy('id')
      .execute(),
  );
  const emma = t.ctx(t.cast.emma);
  const [ten, eleven] = contacts;
  expect((await exportPerson(emma, ten?.id ?? 0)).clicks).toEqual([
    expect.objectContaining({ link: 'Lire l’étude', url: 'https://ressources.example/etude', setAside: false }),
  ]);
  await refuseMeasure(alice, { contactId: ten?.id ?? 0, source: 'appel du 22 novembre' });
  expect((await exportPerson(emma, ten?.id ?? 0)).clicks).toEqual([]);
  await expect(refuseMeasure(alice, { contactId: ten?.id ?? 0, source: 'appel' })).rejects.toMatchObject({
    kind: 'conflict',
  });
  await expect(
    refuseMeasure(t.ctx(t.cast.etranger), { contactId: eleven?.id ?? 0, source: 'curiosité' }),
  ).rejects.toMatchObject({ kind: 'not-found' });
  await eraseContact(alice, eleven?.id ?? 0);
  expect(await names(id)).toEqual({ n: 32, named: 18 });
  const last = await told();
  expect([last.clicks, last.accordes?.value, last.cliqueurs?.value]).toEqual([32, 50, null]);
  expect(last.cliqueurs?.leftOut).toContain('Moins de 20 personnes');
  await reader.close();
}, 60_000);

describe('the figure', () => {
  const scope = (reader: number | null): Scope => ({
    campaignId: 1,
    k: 20,
    period: periodOf({ from: '2026-11-01', to: '2026-11-30' }, '2026-11-01', NOW),
    simulated: false,
    reader,
    partial: false,
  });
  const side = fc
    .nat({ max: 80 })
    .chain((people) => fc.record({ people: fc.constant(people), clicked: fc.nat({ max: people }) }));

  test('is in tens, about k or more who did and k or more who did not, for whoever takes its own away too', () => {
    fc.assert(
      fc.property(side, side, (own, others) => {
        const all = { people: own.people + others.people, clicked: own.clicked + others.clicked };
        const { accordes, cliqueurs } = agreedFigures({ all, own, others }, scope(1));
        for (const { value } of [accordes, cliqueurs]) expect((value ?? 0) % 10).toBe(0);
        if (accordes.value !== null && others.people > 0 && others.people < 20)
          expect(accordes.value).toBe(Math.round(own.people / 10) * 10);
        if (accordes.value !== null) expect(Math.max(own.people, all.people)).toBeGreaterThanOrEqual(20);
        if (cliqueurs.value === null) return;
        expect(accordes.value).not.toBeNull();
        const base = others.people > 0 && others.people < 20 ? own : all;
        for (const of of base === own || others.people === 0 ? [base] : [base, others]) {
          expect(of.clicked).toBeGreaterThanOrEqual(20);
          expect(of.people - of.clicked).toBeGreaterThanOrEqual(20);
        }
      }),
    );
  });

  test('says nothing of whether one person of the reader’s is a partner’s too (no oracle)', () => {
    const own = { people: 45, clicked: 25 };
    const others = { people: 50, clicked: 25 };
    const told = (shared: number) =>
      agreedFigures({ all: { people: 95 - shared, clicked: 50 - shared }, own, others }, scope(1));
    for (const shared of [1, 2, 19]) expect(told(shared)).toEqual(told(0));
    expect([told(20).accordes.value, told(29).accordes.value]).toEqual([80, 80]);
  });

  test('stands in reports of campaigns that offer it, and in no other', async () => {
    const push = await drawnPush(t, { opco: 30 });
    const groups = await drawnPush(t, { opco: 30 }, { campaign: { linkMode: 'cellule' } });
    const tables = async (campaign: string) =>
      (await readReport(t.ctx(t.cast.alice), campaign)).tables.map((x) => x.key);
    expect(await tables(push.campaign)).toContain('agreed');
    expect(await tables(groups.campaign)).not.toContain('agreed');
    expect(await ownLinks(t, groups.id)).toEqual([]);
    const report = await readReport(t.ctx(t.cast.alice), push.campaign);
    expect(report.methods.figures.map((f) => f.name)).toEqual(expect.arrayContaining(['accordes', 'cliqueurs']));
    expect(report.unmeasured.map((u) => u.what)).toContain(
      'Les personnes qui ont cliqué, parmi celles qui n’ont pas accepté d’être comptées',
    );
  });
});
