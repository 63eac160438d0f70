import { describe, expect, test } from 'vitest';
import { withOrganisation } from '../../../src/db/database.ts';
import { makeOccurrence } from '../../../src/pushes/make-occurrence.ts';
import { nextOccurrence } from '../../../src/pushes/next-occurrence.ts';
import { getPush } from '../../../src/pushes/queries.ts';
import { recurrenceText } from '../../../src/web/push-words.tsx';
import { nextDates, recurrenceOf, repeatFrom } from '../../../src/web/recurrence-form.tsx';
import { NOW, testDatabase } from '../../support/database.ts';
import { browser, house, jointCampaign } from './house.ts';

const t = await testDatabase();
await jointCampaign(t);
const pv = house(t);
const alice = await browser(pv, t.cast.alice);

describe('a recurrence as people say it', () => {
  test.each([
    ['0 9 * * 2', 'chaque mardi à 9 h'],
    ['30 8 * * 0', 'chaque dimanche à 8 h 30'],
    ['5 18 * * 7', 'chaque dimanche à 18 h 05'],
    ['0 9 * * *', 'chaque jour à 9 h'],
    ['0 9 * * 1,4', 'chaque lundi et jeudi à 9 h'],
    ['0 9 * * 1-5', 'du lundi au vendredi à 9 h'],
    ['0 9 1-7 * 2', 'chaque mois, le premier mardi à 9 h'],
    ['0 9 22-28 * 5', 'chaque mois, le quatrième vendredi à 9 h'],
    ['0 9 1 * *', 'chaque mois, le 1er à 9 h'],
    ['0 9 5,20 * *', 'chaque mois, le 5 et le 20 à 9 h'],
    ['0 9 1 1,4,7,10 *', 'le 1er, en janvier, avril, juillet et octobre, à 9 h'],
    ['0 9 */10 * *', 'à plusieurs dates, selon son expression avancée'],
    ['0 9 1-7,15 * 2', 'à plusieurs dates, selon son expression avancée'],
    ['0 9 1 */2 *', 'à plusieurs dates, selon son expression avancée'],
  ])('%s reads « %s »', (cron, sentence) => {
    expect(recurrenceText(cron)).toBe(sentence);
  });

  test('the form that shows an expression writes it again, whatever its shape', () => {
    const days = ['0', '1', '2', '3', '4', '5', '6'];
    const all = [
      ...days.map((d) => `0 9 * * ${d}`),
      ...['1-7', '8-14', '15-21', '22-28'].flatMap((week) => days.map((d) => `45 14 ${week} * ${d}`)),
      ...Array.from({ length: 31 }, (_, i) => `5 0 ${i + 1} * *`),
      '0 9 1 1,4,7,10 *',
      '0 9 * * 1-5',
    ];
    for (const cron of all) expect(recurrenceOf(repeatFrom(cron), NOW)).toEqual({ recurrence: cron, errors: [] });
    expect(recurrenceOf(repeatFrom(null), NOW)).toEqual({ recurrence: null, errors: [] });
    expect(repeatFrom('0 9 1-7 * 2')).toMatchObject({ repetition: 'rang', rang: '1', 'rang-jour': '2' });
    expect(repeatFrom('0 9 31 * *')).toMatchObject({ repetition: 'avancee', cron: '0 9 31 * *' });
  });

  test('the dates shown are those on which it leaves, and none after its end', () => {
    const dates = nextDates('0 9 1-7 * 2', NOW, null);
    expect(dates.map((d) => d.toISOString())).toEqual([
      '2026-12-01T08:00:00.000Z',
      '2027-01-05T08:00:00.000Z',
      '2027-02-02T08:00:00.000Z',
    ]);
    expect(dates[0]).toEqual(nextOccurrence('0 9 1-7 * 2', NOW));
    expect(nextDates('0 9 1-7 * 2', NOW, new Date('2027-01-05T08:00:00Z'))).toHaveLength(2);
    expect(nextDates('0 9 29 2 1', NOW, null)).toEqual([]);
  });
});

const settings = {
  titre: 'La lettre du mois',
  audience: 'tous',
  signataires: ['opco', 'btp'],
  date: '2026-12-15T09:00',
  echeance: '',
  phase: 'pendant',
};
const series = '/campagnes/commune/envois/la-lettre-du-mois';
const version = (text: string): string => /name="version" value="(\d+)"/.exec(text)?.[1] ?? '';

test('a monthly letter is created from « Ajouter un envoi », and says when it leaves', async () => {
  const made = await alice.post('/campagnes/commune/envois/nouveau', {
    ...settings,
    repetition: 'rang',
    rang: '1',
    'rang-jour': '2',
    'rang-heure': '09:00',
  });
  expect(made).toMatchObject({ status: 303, location: `${series}/contenu` });
  const page = (await alice.get(series)).text;
  expect(page).toContain('chaque mois, le premier mardi à 9\u00a0h');
  expect(page).toContain('mar. 1 déc., mar. 5 janv. et mar. 2 févr.');
  expect(page).toMatch(/value="rang" checked/);
});

test('it changes to every week, then to a single date, in the same form', async () => {
  const weekly = { ...settings, repetition: 'semaine', 'semaine-jour': '4', 'semaine-heure': '08:30' };
  const change = async (fields: Record<string, string | string[]>) =>
    alice.post(series, { version: version((await alice.get(series)).text), ...fields });
  expect((await change(weekly)).status).toBe(303);
  const page = (await alice.get(series)).text;
  expect(page).toContain('chaque jeudi à 8\u00a0h\u00a030');
  expect(page).toContain('jeu. 26 nov., jeu. 3 déc. et jeu. 10 déc.');
  expect((await change({ ...settings, repetition: 'jamais' })).status).toBe(303);
  const once = (await alice.get(series)).text;
  expect(once).toContain('value="2026-12-15T09:00"');
  expect(once).not.toContain('Les numéros de cette série');
});

test.each([
  ['an hour that is none', { repetition: 'semaine', 'semaine-jour': '1', 'semaine-heure': '25:00' }, 'semaine-heure'],
  ['no hour', { repetition: 'date', quantieme: '5', 'quantieme-heure': '' }, 'quantieme-heure'],
  ['a day out of the list', { repetition: 'semaine', 'semaine-jour': '9', 'semaine-heure': '09:00' }, 'semaine-jour'],
  ['a rank out of the list', { repetition: 'rang', rang: '5', 'rang-jour': '1', 'rang-heure': '09:00' }, 'rang'],
  ['an expression of every minute', { repetition: 'avancee', cron: '* * * * *' }, 'cron'],
  ['an expression of no day at all', { repetition: 'avancee', cron: '0 9 29 2 1' }, 'cron'],
  ['an unknown answer', { repetition: 'parfois' }, 'repetition'],
  [
    'an end before its first issue',
    { repetition: 'date', quantieme: '5', 'quantieme-heure': '09:00', echeance: '2026-11-30T09:00' },
    'echeance',
  ],
])('%s is refused beside its field, and what was typed is kept', async (_, fields, field) => {
  const refused = await alice.post('/campagnes/commune/envois/nouveau', { ...settings, titre: 'Refusée', ...fields });
  expect(refused.status).toBe(422);
  expect(refused.text).toContain(`href="#champ-${field}"`);
  expect(refused.text).toContain('value="Refusée"');
});

test('an issue of a series has its date and is not asked whether it repeats', async () => {
  const made = await alice.post('/campagnes/commune/envois/nouveau', {
    ...settings,
    titre: 'Hebdomadaire',
    repetition: 'semaine',
    'semaine-jour': '1',
    'semaine-heure': '09:00',
  });
  expect(made.status).toBe(303);
  const model = await withOrganisation(t.db, t.cast.organisations.opco, (trx) => getPush(trx, 'commune/hebdomadaire'));
  await makeOccurrence(t.ctx({ kind: 'clock', name: 'horloge' }), model.id, new Date('2026-11-23T08:00:00Z'));
  const issue = '/campagnes/commune/envois/hebdomadaire-2026-11-23';
  const page = (await alice.get(issue)).text;
  expect(page).not.toContain('name="repetition"');
  const saved = await alice.post(issue, {
    ...settings,
    version: version(page),
    titre: 'Hebdomadaire',
    date: '2026-11-24T09:00',
    repetition: 'semaine',
    'semaine-jour': '1',
    'semaine-heure': '09:00',
  });
  expect(saved.status).toBe(303);
  expect((await alice.get(issue)).text).not.toContain('Les numéros de cette série');
});
