import { beforeAll, describe, expect, test } from 'vitest';
import { fromParis } from '../../src/base/dates.ts';
import { saveAction } from '../../src/campaigns/action-save.ts';
import { withOrganisation } from '../../src/db/database.ts';
import { monthOf, shiftMonth, weeksOf } from '../../src/web/calendar-month.ts';
import { NOW, type TestDatabase, testDatabase } from '../support/database.ts';
import { type MadePush, makeCampaign, makePush } from '../support/factories.ts';
import { browser, house } from '../web/campaigns/house.ts';

let t: TestDatabase;
let push: MadePush;
let base: string;
let alice: Awaited<ReturnType<typeof browser>>;
let bruno: typeof alice;
let david: typeof alice;
let stranger: typeof alice;
beforeAll(async () => {
  t = await testDatabase();
  const service = house(t);
  [alice, bruno, david, stranger] = [
    await browser(service, t.cast.alice),
    await browser(service, t.cast.bruno),
    await browser(service, t.cast.david),
    await browser(service, t.cast.etranger),
  ];
  push = await makePush(t, { push: { title: 'La lettre de décembre', scheduledAt: fromParis(2026, 12, 8, 9) } });
  base = `/campagnes/${push.campaign}`;
});

const ACTION = {
  kind: 'publicite',
  title: 'Annonces en ligne',
  startsAt: '2026-12-02',
  startHour: '',
  endsAt: '',
  endHour: '',
  levels: ['terrain'],
  phase: 'pendant',
  url: 'https://exemple.fr/raccordeur',
  place: '',
  description: '',
};

describe('months', () => {
  test('begin on a Monday, and are whole weeks', () => {
    expect(weeksOf('2026-11').map((week) => week[0])).toEqual([
      '2026-10-26',
      '2026-11-02',
      '2026-11-09',
      '2026-11-16',
      '2026-11-23',
      '2026-11-30',
    ]);
    expect(weeksOf('2027-02').flat()).toHaveLength(28);
  });
  test('follow each other over the years', () => {
    expect([shiftMonth('2026-12', 1), shiftMonth('2027-01', -1)]).toEqual(['2027-01', '2026-12']);
  });
  test('a month that is none is today’s, brought inside the campaign', () => {
    const period = { startsOn: '2026-11-02', endsOn: '2027-06-30' };
    for (const asked of [undefined, '', '2026-13', '2026-1', 'décembre', '../..'])
      expect(monthOf(asked, period, NOW)).toBe('2026-11');
    expect(monthOf(undefined, period, new Date('2026-01-05'))).toBe('2026-11');
    expect(monthOf(undefined, period, new Date('2028-01-05'))).toBe('2027-06');
    // At midnight in Paris it is a new month, whatever UTC says.
    expect(monthOf(undefined, period, new Date('2026-11-30T23:30:00Z'))).toBe('2026-12');
  });
});

describe('the calendar', () => {
  test('shows a month as a table with its name, its days and what stands on them, and the same as a list', async () => {
    const { status, text } = await alice.get(`${base}/calendrier?mois=2026-12`);
    expect(status).toBe(200);
    expect(text).toContain('<caption>décembre 2026</caption>');
    expect(text).toMatch(/<th scope="col">lundi<\/th>/);
    expect(text).toContain('mois=2026-11');
    expect(text).toContain('mois=2027-01');
    expect(text.match(/La lettre de décembre/g)).toHaveLength(2);
    expect(text).toContain('brouillon');
    expect(text).toContain('Noël');
  });

  test('shows one of the two when it is asked for', async () => {
    const list = (await alice.get(`${base}/calendrier?mois=2026-12&vue=liste`)).text;
    expect(list).not.toContain('<caption>');
    expect(list.match(/La lettre de décembre/g)).toHaveLength(1);
    expect((await alice.get(`${base}/calendrier?mois=2026-12&vue=mois`)).text).toContain('<caption>');
  });

  test.each([
    '?mois=2026-13',
    '?mois=%00',
    '?depuis=-1',
    '?depuis=1e99',
    '?vue=x',
    '?niveau=<script>',
    '?canal=%ED%A0%80',
  ])('answers %s as a page, whatever is typed in its address', async (query) =>
    expect((await alice.get(`${base}/calendrier${query}`)).status).toBe(200),
  );

  test('leaves out what a filter leaves out', async () => {
    const url = (query: string) => `${base}/calendrier?mois=2026-12&vue=liste&${query}`;
    expect((await alice.get(url('organisation=btp'))).text).toContain('La lettre de décembre');
    expect((await alice.get(url('organisation=federation'))).text).not.toContain('La lettre de décembre');
    expect((await alice.get(url('niveau=terrain'))).text).toContain('La lettre de décembre');
    expect((await alice.get(url('canal=presse'))).text).not.toContain('La lettre de décembre');
    expect((await alice.get(url('canal=jalon'))).text).not.toContain('La lettre de décembre');
  });

  test('says which two partners collide, and what to do', async () => {
    const made = await makeCampaign(t);
    const action = { kind: 'presse', levels: ['terrain'], startsAt: fromParis(2026, 12, 2) };
    await saveAction(t.ctx(t.cast.alice), made.slug, { ...action, title: 'Point presse' });
    await saveAction(t.ctx(t.cast.bruno), made.slug, { ...action, title: 'Conférence' });
    const { text } = await alice.get(`/campagnes/${made.slug}/calendrier?mois=2026-12`);
    expect(text).toContain('À regarder de plus près');
    expect(text).toMatch(/Point presse.*OPCO de test.*Conférence.*Partenaire BTP.*niveau terrain/s);
    expect(text).toContain('Éloignez-les');
    expect((await alice.get(`/campagnes/${made.slug}/calendrier?mois=2027-01`)).text).not.toContain(
      'À regarder de plus',
    );
  });

  test('five hundred lines in a month stay a page: few a day in the table, a hundred at a time in the list', async () => {
    const made = await makeCampaign(t);
    await withOrganisation(t.db, t.cast.organisations.btp, (trx) =>
      trx
        .insertInto('actions')
        .values(
          Array.from({ length: 500 }, (_, i) => ({
            organisation_id: t.cast.organisations.btp,
            campaign_id: made.id,
            slug: `action-${i}`,
            kind: 'site',
            title: `Action numéro ${i}`,
            phase: 'pendant',
            starts_at: fromParis(2026, 12, (i % 28) + 1, 9),
            created_by: 'test',
            created_at: NOW,
            updated_at: NOW,
          })),
        )
        .execute(),
    );
    const url = `/campagnes/${made.slug}/calendrier?mois=2026-12`;
    const both = (await alice.get(url)).text;
    expect(both).toMatch(/et 1[45] de plus/);
    expect(Buffer.byteLength(both)).toBeLessThan(120_000);
    const list = (await alice.get(`${url}&vue=liste&depuis=400`)).text;
    expect(list.match(/Action numéro/g)).toHaveLength(100);
    expect(list).toContain('401 à 500 sur 500');
    expect(list).toContain('depuis=300');
  });

  test('a stranger finds nothing at any of its addresses', async () => {
    for (const path of [
      'calendrier',
      'calendrier.ics',
      'actions',
      'actions/nouvelle',
      'temps-forts',
      'temps-forts/nouveau',
      'budget',
    ])
      expect((await stranger.get(`${base}/${path}`)).status, path).toBe(404);
    for (const path of ['calendrier/abonnement', 'actions/nouvelle', 'temps-forts/nouveau', 'budget'])
      expect((await stranger.post(`${base}/${path}`, { ...ACTION, subject: 'campagne' })).status, path).toBe(404);
  });
});

describe('an action, from its form to its link and its results', () => {
  test('goes its way', async () => {
    const sent = await bruno.post(`${base}/actions/nouvelle`, ACTION);
    expect(sent).toMatchObject({ status: 303, location: `${base}/actions/annonces-en-ligne` });
    const { text } = await alice.get(sent.location);
    expect(text).toMatch(/https:\/\/pv\.example\/r\/[\w-]{22}/);
    expect(text).toContain('clics retenus');
    expect(text).toContain('comment c’est compté');
    expect(text).not.toContain(`${sent.location}/modifier`);
    expect((await bruno.get(sent.location)).text).toContain(`${sent.location}/modifier`);
  });

  test('comes back with what was typed and what is wrong', async () => {
    const answer = await bruno.post(`${base}/actions/nouvelle`, {
      ...ACTION,
      title: '',
      startsAt: '2026-02-30',
      url: 'exemple',
      description: 'Une idée <b>forte</b>',
    });
    expect(answer.status).toBe(422);
    expect(answer.text).toContain('3 points sont à corriger');
    expect(answer.text).toContain('Une idée &lt;b&gt;forte&lt;/b&gt;');
  });

  test('an hour without a day, or an end that is no date, is said', async () => {
    for (const change of [{ startsAt: '', startHour: '09:00' }, { endsAt: '2026-13-01' }])
      expect((await bruno.post(`${base}/actions/nouvelle`, { ...ACTION, ...change })).status).toBe(422);
  });

  test('is not changed by the people of another organisation, nor by who only reads', async () => {
    const path = `${base}/actions/annonces-en-ligne`;
    for (const other of [alice, david]) {
      expect((await other.get(`${path}/modifier`)).status).toBe(403);
      expect((await other.post(`${path}/modifier`, ACTION)).status).toBe(403);
      expect((await other.post(`${path}/annulation`, {})).status).toBe(403);
      expect((await other.post(`${path}/lien`, {})).status).toBe(403);
    }
    expect((await david.get(path)).text).not.toContain('Déclarer un résultat');
  });

  test('« personnes » comes back as a question, and is taken once confirmed', async () => {
    const path = `${base}/actions/annonces-en-ligne`;
    const result = {
      value: '9 000',
      unit: 'personnes',
      from: '2026-12-02',
      to: '2027-02-02',
      source: 'agence',
      note: '',
    };
    const asked = await bruno.post(`${path}/resultats`, result);
    expect(asked.status).toBe(422);
    expect(asked.text).toMatch(/Des personnes, ou des visites\s\?/);
    expect(asked.text).toContain('name="sure"');
    expect((await bruno.post(`${path}/resultats`, { ...result, sure: '1' })).status).toBe(303);
    await alice.post(`${path}/resultats`, { ...result, unit: 'visites', source: 'statistiques du site' });
    const { text } = await david.get(path);
    expect(text).toContain('Le même nombre, dit de deux choses différentes');
    expect(text.match(/contredit/g)).toHaveLength(2);
  });

  test('a number that is none is said on its field', async () => {
    for (const value of ['beaucoup', '', '-3', '1,5', '99999999999999999'])
      expect(
        (
          await bruno.post(`${base}/actions/annonces-en-ligne/resultats`, {
            value,
            unit: 'visites',
            from: '2026-12-02',
            to: '2026-12-03',
            source: 'x',
          })
        ).status,
      ).toBe(422);
  });
});

describe('temps forts and budget', () => {
  test('a temps fort of one day needs one date, and shows what leaves around it', async () => {
    const fields = { title: 'Journée de la filière', from: '2026-12-10', to: '', place: 'Paris', url: '', note: '' };
    const sent = await bruno.post(`${base}/temps-forts/nouveau`, fields);
    expect(sent.status).toBe(303);
    expect((await alice.get(sent.location)).text).toContain('La lettre de décembre');
    expect((await alice.post(`${sent.location}/retrait`, {})).status).toBe(403);
    expect((await bruno.post(`${sent.location}/retrait`, {})).status).toBe(303);
    expect((await bruno.post(`${base}/temps-forts/nouveau`, { ...fields, from: '' })).status).toBe(422);
  });

  test('amounts are typed the French way, and said back the same', async () => {
    const line = {
      subject: `envoi:${push.slug}`,
      planned: '1 234,50',
      committed: '2 000',
      paid: '',
      note: 'graphiste',
    };
    expect((await bruno.post(`${base}/budget`, line)).status).toBe(303);
    const { text } = await david.get(`${base}/budget`);
    expect(text.replace(/\s/g, ' ')).toContain('1 234,50 €');
    expect(text).toContain('plus d’engagé que de prévu');
    expect(text).not.toContain('Écrire un montant de votre organisation');
    expect((await bruno.get(`${base}/budget?ligne=envoi:${push.slug}`)).text).toContain('value="1 234,50"');
    // Another organisation's line is not what one's own form begins with.
    expect((await alice.get(`${base}/budget?ligne=envoi:${push.slug}`)).text).not.toContain('value="1 234,50"');
  });

  test('what is no amount comes back on its field; so does a line about nothing', async () => {
    const answer = await bruno.post(`${base}/budget`, {
      subject: '',
      planned: '1.234,50',
      committed: '',
      paid: '',
      note: '',
    });
    expect(answer.status).toBe(422);
    expect(answer.text).toContain('2 points sont à corriger');
    expect(answer.text).toContain('value="1.234,50"');
  });
});

describe('the feed on the page', () => {
  test('is created, shown to the organisation alone, renewed and closed', async () => {
    const there = `${base}/calendrier`;
    const address = async (who: typeof alice) =>
      /https:\/\/pv\.example\/calendrier\/[\w-]{43}\.ics/.exec((await who.get(there)).text)?.[0];
    expect(await address(alice)).toBeUndefined();
    expect((await alice.post(`${there}/abonnement`, {})).status).toBe(303);
    const first = await address(alice);
    expect(first).toBeDefined();
    expect(await address(bruno)).toBeUndefined();
    // A colleague who only reads subscribes to the same.
    expect(await address(david)).toBe(first);
    expect((await david.post(`${there}/abonnement`, {})).status).toBe(403);
    await alice.post(`${there}/abonnement`, {});
    expect(await address(alice)).not.toBe(first);
    await alice.post(`${there}/abonnement/retrait`, {});
    expect(await address(alice)).toBeUndefined();
  });

  test('may be had once as a file', async () => {
    const { status, headers, text } = await david.get(`${base}/calendrier.ics`);
    expect(status).toBe(200);
    expect(headers.get('content-disposition')).toBe(`attachment; filename="${push.campaign}.ics"`);
    expect(text).toMatch(/^BEGIN:VCALENDAR\r\n/);
  });
});
