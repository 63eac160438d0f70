import { describe, expect, test } from 'vitest';
import { holidayOf } from '../../src/base/holidays.ts';
import { badHour } from '../../src/proofs/check-calendar.ts';
import { checkDates, datesIn } from '../../src/proofs/check-dates.ts';
import { letterOf, run, text, withBlocks } from './check-cast.ts';

const LEAVES = new Date('2026-11-26T08:00:00Z');
const judged = async (markdown: string, deadline: Date | null = new Date('2026-11-30T17:00:00Z'), series = false) =>
  run(checkDates(LEAVES, deadline, series), await letterOf(withBlocks(text(markdown))));

describe('dates of a text', () => {
  test.each([
    ['le 12 mars 2026', { year: 2026, month: 3, day: 12 }],
    ['jeudi 12 mars 2026', { year: 2026, month: 3, day: 12, mismatch: false }],
    ['le 1er août 2027', { year: 2027, month: 8, day: 1 }],
    ['12/03/2026', { year: 2026, month: 3, day: 12 }],
    // 3 February is a Tuesday in 2026 only, of the three years around.
    ['mardi 3 février', { year: 2026, month: 2, day: 3 }],
    ['mercredi 3 février', { year: 2027, month: 2, day: 3 }],
    ['le 3 février', { year: null, month: 2, day: 3 }],
    ['lundi 12 mars 2026', { mismatch: true }],
    ['31/02/2026', { mismatch: true }],
    ['la loi du 5 septembre 2018', { told: true }],
    ['signé le 3 décembre 2021', { told: true }],
  ])('« %s »', (sentence, expected) => {
    expect(datesIn(sentence, 2026)).toMatchObject([expected]);
  });

  test.each(['achevée en janvier 2026', 'le code 12/34', '33 000 emplois d’ici 2030', 'ROME 4.0 en mars'])(
    'no day is written in « %s »',
    (sentence) => {
      expect(datesIn(sentence, 2026)).toEqual([]);
    },
  );
});

describe('an event, on the day the message leaves', () => {
  test.each(['Rendez-vous le 12 mars 2026.', 'Rendez-vous le 25/11/2026.', 'Rendez-vous mardi 3 février.'])(
    '« %s » is over',
    async (sentence) => {
      expect(await judged(sentence)).toMatchObject([
        {
          code: 'date_passee',
          level: 'a_voir',
          place: 'Bloc 1 (texte)',
          remedy: expect.stringContaining('Retirez cette date'),
        },
      ]);
    },
  );

  test.each([
    'Rendez-vous le 26 novembre 2026.',
    'Rendez-vous le 12 mars 2030.',
    'Depuis le 3 décembre 2021, la filière agit.',
    'La loi du 5 septembre 2018 a créé les OPCO.',
    'Comme chaque année, le 3 février.',
  ])('« %s » is not', async (sentence) => {
    expect((await judged(sentence)).filter((f) => f.code === 'date_passee')).toEqual([]);
  });

  test('a day that is not that date is told', async () => {
    expect(await judged('Rendez-vous lundi 12 mars 2027.')).toMatchObject([{ code: 'date_fausse', level: 'a_voir' }]);
  });

  test('an event announced wants a deadline before it', async () => {
    const sentence = 'Inscrivez-vous au webinaire du mardi 8 décembre 2026.';
    expect(await judged(sentence)).toEqual([]);
    expect(await judged(sentence, null)).toMatchObject([
      { code: 'echeance_evenement', message: expect.stringContaining('sans échéance') },
    ]);
    expect(await judged(sentence, new Date('2026-12-10T17:00:00Z'))).toMatchObject([{ code: 'echeance_evenement' }]);
    expect(await judged(sentence, null, true), 'of a series, each issue has its own').toEqual([]);
  });
});

describe('days of France', () => {
  test.each([
    [2026, 4, 6, 'le lundi de Pâques'],
    [2027, 3, 29, 'le lundi de Pâques'],
    [2026, 5, 14, 'l’Ascension'],
    [2026, 5, 25, 'le lundi de Pentecôte'],
    [2027, 5, 6, 'l’Ascension'],
    [2024, 5, 20, 'le lundi de Pentecôte'],
    [2026, 7, 14, 'la fête nationale'],
    [2026, 12, 25, 'Noël'],
    [2026, 11, 26, null],
    [2026, 4, 5, null],
  ])('%i-%i-%i', (year, month, day, name) => {
    expect(holidayOf(year, month, day)).toBe(name);
  });

  test('eleven a year, whatever the year', () => {
    for (const year of [2024, 2026, 2027, 2038]) {
      const days = Array.from({ length: 366 }, (_, i) => new Date(Date.UTC(year, 0, 1 + i))).filter(
        (d) => d.getUTCFullYear() === year,
      );
      const names = days.map((d) => holidayOf(year, d.getUTCMonth() + 1, d.getUTCDate())).filter(Boolean);
      expect(new Set(names).size).toBe(11);
    }
  });

  test.each([
    ['2026-11-26T08:00:00Z', null],
    ['2026-11-29T09:00:00Z', 'un dimanche'],
    ['2026-11-11T09:00:00Z', 'un jour férié (le 11 Novembre)'],
    ['2026-11-26T02:00:00Z', 'la nuit, à 3 h'],
    ['2026-11-26T19:30:00Z', 'la nuit, à 20 h'],
    // Six in UTC is seven in Paris in winter, eight in summer.
    ['2026-11-26T06:00:00Z', null],
    ['2026-07-02T05:00:00Z', null],
  ])('%s', (at, why) => {
    expect(badHour(new Date(at))).toBe(why);
  });
});
