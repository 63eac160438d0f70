import { describe, expect, test } from 'vitest';
import {
  checkApprovals,
  checkAudience,
  checkNature,
  checkSchedule,
  checkSender,
  checkServiceAddress,
} from '../../src/proofs/check-sending.ts';
import { NOW } from '../support/database.ts';
import { codes } from './check-cast.ts';

const SENDER = {
  organisation: 'Constructys',
  address: 'lettre@constructys.fr',
  postalAddress: '32 rue René Boulanger, 75010 Paris',
  privacyContact: 'donnees@constructys.fr',
  refused: null,
};

describe('who signs', () => {
  test('a complete sender passes', () => {
    expect(checkSender(SENDER, false)).toEqual([]);
  });

  test.each([
    [{ address: 'constructys@gmail.com' }, 'bloquant expediteur_messagerie'], // MAIL-11
    [{ address: 'Constructys@Orange.FR' }, 'bloquant expediteur_messagerie'],
    [{ refused: 'Publiez la clé.' }, 'bloquant expediteur_non_verifie'], // MAIL-10
    [{ postalAddress: ' ' }, 'bloquant adresse_postale_absente'], // PRV-32
    [{ privacyContact: '' }, 'a_voir contact_absent'],
  ])('%j : %s', (change, expected) => {
    const found = checkSender({ ...SENDER, ...change }, false);
    expect(codes(found)).toEqual([expected]);
    expect(found[0]).toMatchObject({ place: 'Expéditeur Constructys', remedy: expect.stringMatching(/\.$/) });
  });

  test('where nobody is written to in earnest, what is missing is only told', () => {
    expect(codes(checkSender({ ...SENDER, postalAddress: '' }, true))).toEqual(['a_voir adresse_postale_absente']);
    expect(codes(checkSender({ ...SENDER, refused: 'Publiez la clé.' }, true))).toEqual([
      'a_voir expediteur_non_verifie',
    ]);
  });

  test.each(['http://127.0.0.1:3000', 'http://localhost:3000', 'http://192.168.1.4', 'http://[::1]:3000'])(
    'a service at %s writes links that nobody opens',
    (url) => {
      expect(codes(checkServiceAddress(url))).toEqual(['a_voir service_interne']);
      expect(checkServiceAddress('https://lettre.afdas.fr')).toEqual([]);
    },
  );
});

describe('when it leaves', () => {
  const schedule = (scheduledAt: string | null, deadlineAt: string | null = null) =>
    checkSchedule(
      {
        scheduledAt: scheduledAt ? new Date(scheduledAt) : null,
        deadlineAt: deadlineAt ? new Date(deadlineAt) : null,
        recurrence: null,
        windowEnd: null,
        answerBy: null,
      },
      NOW,
    );

  test.each([
    ['2026-11-26T08:00:00Z', null, []],
    [null, null, []],
    ['2026-11-26T08:00:00Z', '2026-12-04T17:00:00Z', []],
    ['2026-11-26T08:00:00Z', '2026-11-25T17:00:00Z', ['bloquant echeance_avant_depart']],
    [null, '2026-11-20T17:00:00Z', ['bloquant echeance_passee']],
    ['2026-11-29T09:00:00Z', null, ['a_voir depart_mal_choisi']],
    ['2026-12-25T09:00:00Z', null, ['a_voir depart_mal_choisi']],
    ['2026-11-26T22:00:00Z', null, ['a_voir depart_mal_choisi']],
    ['2026-11-20T09:00:00Z', null, ['a_voir depart_passe']],
  ])('%s, until %s: %j', (at, until, expected) => {
    const found = schedule(at, until);
    expect(codes(found)).toEqual(expected);
    for (const f of found) expect(f.place).toBe('Date d’envoi');
  });
});

describe('to whom', () => {
  const many = { selected: 500, addressed: 480, byLevel: [{}] };

  test('an audience that is large enough passes', () => {
    expect(checkAudience(many, 20)).toEqual([]);
  });

  test('nobody blocks, whether no contact answers or all are set apart', () => {
    expect(codes(checkAudience({ selected: 0, addressed: 0, byLevel: [] }, 20))).toEqual(['bloquant audience_vide']);
    expect(codes(checkAudience({ selected: null, addressed: null, byLevel: [] }, 20))).toEqual([
      'bloquant audience_vide',
    ]);
    expect(codes(checkAudience({ selected: 30, addressed: 0, byLevel: [{}] }, 20))).toEqual(['bloquant audience_vide']);
  });

  test('fewer than the smallest group: links will be direct, and it is said', () => {
    expect(checkAudience({ selected: null, addressed: null, byLevel: [{}] }, 20)).toMatchObject([
      {
        code: 'audience_petite',
        level: 'a_voir',
        place: 'Audience',
        message: expect.stringContaining('liens seront directs'),
      },
    ]);
    expect(codes(checkAudience({ selected: 12, addressed: 12, byLevel: [{}] }, 20))).toEqual([
      'a_voir audience_petite',
    ]);
  });

  test('people written to enough lately are told, those who wait and those who will not get it', () => {
    const pressure = {
      people: 412,
      held: [
        { day: '2027-05-03', n: 370 },
        { day: null, n: 10 },
      ],
      setApart: 32,
    };
    expect(checkAudience({ ...many, pressure }, 20)).toMatchObject([
      {
        code: 'sollicitation',
        level: 'a_voir',
        place: 'Audience',
        message: expect.stringMatching(
          /^412 personnes.*370 attendront le lun\. 3 mai, 10 attendront d’autres jours, 32 ne/,
        ),
      },
    ]);
    expect(checkAudience({ ...many, pressure: { people: 0, held: [], setApart: 0 } }, 20)).toEqual([]);
    // Fewer than the smallest group, or nobody: not told.
    expect(checkAudience({ ...many, pressure: { people: null, held: [], setApart: 0 } }, 20)).toEqual([]);
  });

  test('consumers are canvassed with their agreement (PRV-30)', () => {
    expect(codes(checkNature('prospection_b2c', {}))).toEqual(['a_voir accord_prealable']);
    expect(checkNature('prospection_b2c', { consent: { purpose: 'message', value: 'granted' } })).toEqual([]);
    expect(checkNature('prospection_b2b', {})).toEqual([]);
  });
});

test('whoever still has to say yes is named; nobody at all blocks', () => {
  const [afdas, constructys] = [
    { name: 'Afdas', missing: false },
    { name: 'Constructys', missing: true },
  ];
  expect(checkApprovals([afdas, constructys], true)).toMatchObject([
    {
      code: 'validation_manquante',
      level: 'a_voir',
      place: 'Validation',
      message: expect.stringContaining('Constructys'),
    },
  ]);
  expect(checkApprovals([afdas], true)).toEqual([]);
  expect(codes(checkApprovals([], false))).toEqual(['bloquant validation_manquante']);
});
