import { describe, expect, test } from 'vitest';
import { fromParis } from '../../src/base/dates.ts';
import { overseasTimes } from '../../src/base/overseas.ts';
import { missingHour } from '../../src/webinars/hours.ts';

describe('an hour that the clocks skip', () => {
  test('is said, where reading it would silently move it', () => {
    expect(missingHour('2027-03-28T02:30')?.sentence).toContain('2 h 30 n’existe pas');
    expect(missingHour('2027-03-28 02:00')?.sentence).toContain('dimanche 28 mars 2027');
  });
  test.each(['2027-03-28T01:59', '2027-03-28T03:00', '2026-10-25T02:30', '2027-03-28', '', '2027-02-30T10:00'])(
    'is not « %s »',
    (typed) => expect(missingHour(typed)).toBeNull(),
  );
});

describe('the same instant overseas', () => {
  const at = (day: Date) => Object.fromEntries(overseasTimes(day).map(({ place, ...rest }) => [place, rest]));

  test('moves by an hour where the clocks never change, when those of Paris do', () => {
    const winter = at(fromParis(2027, 1, 14, 14));
    const summer = at(fromParis(2027, 6, 17, 14));
    expect([winter['La Réunion'], summer['La Réunion']]).toEqual([{ time: '17 h' }, { time: '16 h' }]);
    expect([winter['Guadeloupe, Martinique'], summer['Guadeloupe, Martinique']]).toEqual([
      { time: '9 h' },
      { time: '8 h' },
    ]);
    // Saint-Pierre changes its clocks, three weeks before Paris does in spring.
    expect([winter['Saint-Pierre-et-Miquelon'], summer['Saint-Pierre-et-Miquelon']]).toEqual([
      { time: '10 h' },
      { time: '10 h' },
    ]);
    expect(at(fromParis(2027, 3, 18, 14))['Saint-Pierre-et-Miquelon']).toEqual({ time: '11 h' });
  });

  test('says the day where it is another one', () => {
    const noon = at(fromParis(2027, 1, 14, 14, 30));
    expect(noon['Nouvelle-Calédonie']).toEqual({ time: '0 h 30', day: 'vendredi 15 janvier' });
    expect(at(fromParis(2027, 1, 14, 9))['Polynésie française']).toEqual({ time: '22 h', day: 'mercredi 13 janvier' });
  });
});
