import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { matchAttendance, nearness, type Seen, withinOneTypo } from '../../src/attendance/match-attendance.ts';
import { foldName, nameKind } from '../../src/attendance/names.ts';
import { personsOf } from '../../src/attendance/people.ts';
import { type Presence, unitedMinutes } from '../../src/attendance/stays.ts';
import { SECRETS } from '../support/database.ts';

const seen = (name: string, hash: string | null = null): Seen => ({ person: name + (hash ?? ''), names: [name], hash });
const registrant = (id: number, name: string, hash = `h${id}`) => ({ id, name, hash });
const found = (people: Seen[], names: string[]) =>
  matchAttendance(
    people,
    names.map((name, i) => registrant(i + 1, name)),
  ).map((m) => [m.person, m.registrationId, m.how, m.sure]);

describe('a name', () => {
  test.each([
    ['DE LA TOUR Éléonore', 'Éléonore de la Tour'],
    ['Mme Durand Marie', 'marie DURAND'],
    ['Karim Benali (Invité)', 'Karim Benali'],
    ['Karim Benali (Externe)', 'BENALI Karim'],
    ['Benali, Karim', 'Karim Benali'],
    ['Jean-Pierre Le Goff', 'Le Goff Jean Pierre'],
    ['Zoë Œuvrard', 'Zoe OEUVRARD'],
    ['Nguyễn Thị Hoa', 'Hoa Nguyen Thi'],
    ['Marie\u00a0Durand', 'Marie Durand'],
  ])('%s is %s', (a, b) => {
    expect(foldName(a)).toBe(foldName(b));
    expect(foldName(a)).not.toBe('');
  });

  test.each(['', '  ', 'Invité', 'Guest', 'GUEST 3', 'Anonyme', '---', 'Utilisateur Zoom', '🎉'])(
    '%j names nobody',
    (name) => expect(nameKind(name)).toBe('nobody'),
  );
  test.each([
    'iPhone de Lucie',
    'Lucie’s iPhone',
    'iPad',
    '33612****78',
    '+33 6 12 34 56 78',
    'SM Galaxy S21 de Paul'.slice(3),
  ])('%j is a device', (name) => expect(nameKind(name)).toBe('device'));
  test.each(['Marie Durand', 'Pascal', 'Guest Marie', 'Paul Salle', 'Anne Phoneix'])('%j is somebody', (name) =>
    expect(nameKind(name)).toBe('person'),
  );
});

describe('who came', () => {
  test('is known for sure by address, then by a whole name that one registrant alone has', () => {
    expect(
      found(
        [seen('Qui que ce soit', 'h1'), seen('GOFF Éloïse LE (Externe)'), seen('Marie D. (Marie Durand)')],
        ['Karim Benali', 'Éloïse Le Goff', 'Marie Durand'],
      ),
    ).toEqual([
      ['Qui que ce soith1', 1, 'adresse', true],
      ['GOFF Éloïse LE (Externe)', 2, 'nom', true],
      ['Marie D. (Marie Durand)', 3, 'nom', true],
    ]);
  });

  test.each([
    ['LEGOFF Eloise', 'Éloïse Le Goff'],
    ['Éléonore Delatour', 'Éléonore de la Tour'],
    ['Marie Durand (Constructys)', 'Marie Durand'],
  ])('%s is %s for sure', (name, own) => expect(found([seen(name)], [own])).toEqual([[name, 1, 'nom', true]]));

  test('is doubtful under a name that several have, or that comes with another address', () => {
    expect(found([seen('Marie Martin')], ['Marie Martin', 'MARTIN Marie', 'Marie Durand'])).toEqual([
      ['Marie Martin', 1, 'nom', false],
      ['Marie Martin', 2, 'nom', false],
    ]);
    // Two accounts with two addresses, neither of them the registrant's.
    expect(found([seen('Marie Martin', 'x'), seen('Marie Martin', 'y')], ['Marie Martin']).map((m) => m[3])).toEqual([
      false,
      false,
    ]);
    // Another account beside the registrant's own; a telephone beside a computer has no address.
    expect(
      found([seen('Marie Martin', 'h1'), seen('Marie Martin', 'y'), seen('Marie Martin')], ['Marie Martin']).map(
        (m) => m[3],
      ),
    ).toEqual([true, false, true]);
    // A namesake registered with somebody else, or her own second account: only she can tell.
    expect(found([seen('Marie Martin', 'other')], ['Marie Martin'])).toMatchObject([
      [expect.anything(), 1, 'nom', false],
    ]);
  });

  test.each([
    ['M. Durand', 'Marie Durand', 'initiale'],
    ['Marie D', 'Marie Durand', 'initiale'],
    ['Marie Durant', 'Marie Durand', 'faute'],
    ['Marei Durand', 'Marie Durand', 'faute'],
    ['JeanPierre Martin', 'Jean-Pierre Martin', 'faute'],
    ['Marie Durand Lefort', 'Marie Durand', 'mots'],
    ['Marie Durand - Constructys', 'Marie Durand', 'mots'],
  ])('%s comes close to %s', (name, own, why) => {
    expect(found([seen(name)], [own])).toEqual([[name, 1, 'proche', false]]);
    expect(nearness(foldName(name).split(' '), foldName(own).split(' '))).toBe(why);
  });

  test.each([
    ['Marie', 'Marie Durand'],
    ['Durand', 'Marie Durand'],
    ['Léo Martin', 'Léa Martin'],
    ['Mimi Durand', 'Marie Durand'],
    ['Paul Petit', 'Marie Durand'],
    ['iPhone de Marie', 'Marie Durand'],
    ['Invité', 'Marie Durand'],
    ['', 'Marie Durand'],
  ])('%j is not %s', (name, own) => expect(found([seen(name)], [own])).toEqual([]));

  test('three thousand people among three thousand registrants are found in a moment', () => {
    const names = Array.from(
      { length: 3000 },
      (_, i) => `Prenom${i % 37} Nom${String.fromCharCode(97 + (i % 26))}${i}`,
    );
    const started = performance.now();
    const matches = found(
      names.map((n) => seen(n.toUpperCase())),
      names,
    );
    expect(matches).toHaveLength(3000);
    expect(performance.now() - started).toBeLessThan(2000);
  });

  test('one typo is one letter, wherever it stands', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z]{2,12}$/), fc.nat(), fc.constantFrom('x', 'é'), (word, n, letter) => {
        const at = n % word.length;
        expect(withinOneTypo(word, word.slice(0, at) + letter + word.slice(at))).toBe(true);
        expect(withinOneTypo(word, word.slice(0, at) + letter + word.slice(at + 1))).toBe(true);
        expect(withinOneTypo(word, word.slice(0, at) + word.slice(at + 1))).toBe(true);
        expect(withinOneTypo(word, `${word}xy`)).toBe(false);
      }),
    );
  });
});

const HOUR = new Date('2027-01-14T13:00:00Z').getTime();
const stay = (from: number, to: number, minutes = to - from): Presence => ({
  joinedAt: new Date(HOUR + from * 60_000),
  leftAt: new Date(HOUR + to * 60_000),
  minutes,
});
const untimed = (minutes: number): Presence => ({ joinedAt: null, leftAt: null, minutes });

describe('people who come back', () => {
  test('stay as long as their stays together, overlaps counted once', () => {
    expect(unitedMinutes([stay(0, 30), stay(20, 60)])).toBe(60);
    expect(unitedMinutes([stay(0, 30), stay(45, 60)])).toBe(45);
    // The same meeting in two exports of other bytes.
    expect(unitedMinutes([stay(0, 30), stay(45, 60), stay(0, 30), stay(45, 60)])).toBe(45);
    expect(unitedMinutes([untimed(20), untimed(15)])).toBe(35);
    expect(unitedMinutes([])).toBe(0);
  });

  test('a line that sums up stays adds nothing to them, and alone counts its own time', () => {
    expect(unitedMinutes([stay(0, 60, 50), stay(0, 20), stay(30, 60)])).toBe(50);
    expect(unitedMinutes([stay(0, 60, 50)])).toBe(50);
    expect(unitedMinutes([stay(0, 60, 50), stay(0, 60, 50)])).toBe(50);
  });

  test('whatever the order of the lines, and never longer than from first to last', () => {
    const stays = fc.array(
      fc.tuple(fc.nat(300), fc.nat(120), fc.nat(130)).map(([from, length, told]) => stay(from, from + length, told)),
      { minLength: 1, maxLength: 12 },
    );
    fc.assert(
      fc.property(stays, fc.infiniteStream(fc.nat()), (all, order) => {
        const minutes = unitedMinutes(all);
        const shuffled = all
          .map((s) => [order.next().value, s] as const)
          .sort((a, b) => Number(a[0]) - Number(b[0]))
          .map(([, s]) => s);
        expect(unitedMinutes(shuffled)).toBe(minutes);
        expect(unitedMinutes([...all, ...all])).toBe(minutes);
        const first = Math.min(...all.map((s) => Number(s.joinedAt)));
        const last = Math.max(...all.map((s) => Number(s.leftAt)));
        expect(minutes).toBeLessThanOrEqual((last - first) / 60_000);
      }),
    );
  });

  test('keep their key from file to file; nameless ones are told apart', () => {
    const of = (name: string, address: string | null = null, joinedAt: Date | null = null) => ({
      line: 1,
      name,
      address,
      joinedAt,
      leftAt: null,
      minutes: 1,
    });
    const [a, b, c] = personsOf(
      [of('Marie Durand', 'm@b.example'), of('M. D.', 'm@b.example'), of('DURAND Marie')],
      SECRETS,
    );
    expect(a).toBe(b);
    expect(c).not.toBe(a);
    expect(personsOf([of('Durand marie')], SECRETS)).toEqual([c]);
    const guests = [of('Invité'), of('Invité'), of('iPhone de Luc'), of('iPhone de Luc')];
    const keys = personsOf(guests, SECRETS);
    expect(new Set(keys).size).toBe(3);
    expect(personsOf(guests, SECRETS)).toEqual(keys);
    // Told to organisations that may not read the file: nothing of a name or an address is in it.
    expect([a, c].join()).not.toMatch(/durand|marie|example/i);
  });
});
