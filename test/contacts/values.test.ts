import { createRequire } from 'node:module';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addressHash, addressHasher, addressKind, inspectAddress } from '../../src/contacts/addresses.ts';
import {
  DEPARTEMENTS,
  departementOfPostalCode,
  REGIONS,
  readDepartement,
  readPostalCode,
  readRegion,
  regionOfDepartement,
} from '../../src/contacts/geography.ts';
import { readHeadcount } from '../../src/contacts/headcount.ts';
import { suggestMapping } from '../../src/contacts/headers.ts';
import { isSiret, nafNomenclature, readIdcc, readNaf, readSiret } from '../../src/contacts/identifiers.ts';
import { publicOfJob, readLevel, readPublic } from '../../src/contacts/level-and-public.ts';
import { readConsent, readDay, splitName } from '../../src/contacts/person-values.ts';
import { SECRETS } from '../support/database.ts';

test.each([
  ['35600000000048', true],
  ['35600000009075', true],
  ['20003452800014', true],
  ['20003452800041', false],
  ['00000000000000', false],
])('FR-10: SIRET %s is valid: %s', (siret, valid) => {
  expect(isSiret(siret)).toBe(valid);
});

const luhnSum = (digits: string) =>
  [...digits]
    .reverse()
    .reduce((sum, d, i) => sum + (i % 2 ? (Number(d) * 2 > 9 ? Number(d) * 2 - 9 : Number(d) * 2) : Number(d)), 0);
const withKey = (start: string) => start + [...'0123456789'].find((d) => luhnSum(start + d) % 10 === 0);
const digits = (n: number) =>
  fc.array(fc.integer({ min: 0, max: 9 }), { minLength: n, maxLength: n }).map((d) => d.join(''));
const siret = fc
  .tuple(digits(8), digits(4))
  .map(([a, b]) => withKey(withKey(a) + b))
  .filter((s) => !s.startsWith('000000000') && !s.startsWith('356000000'));

test('FR-10: every SIRET with two right keys is read, however it is spaced', () => {
  fc.assert(
    fc.property(siret, fc.constantFrom(' ', '.', '\u00a0', '\u202f'), (s, space) => {
      expect(readSiret(`${s.slice(0, 3)}${space}${s.slice(3, 9)}${space}${s.slice(9)}`)).toEqual({ value: s });
    }),
  );
});

test('FR-10: one wrong digit is always seen', () => {
  fc.assert(
    fc.property(siret, fc.nat(13), fc.integer({ min: 1, max: 9 }), (s, at, shift) => {
      const wrong = s.slice(0, at) + ((Number(s[at]) + shift) % 10) + s.slice(at + 1);
      fc.pre(!wrong.startsWith('356000000'));
      expect(isSiret(wrong)).toBe(false);
    }),
  );
});

test.each(['3,56E+13', '1.79824E+13', '5e13'])('FR-02: the SIRET %s has lost its digits and is not repaired', (raw) => {
  expect(readSiret(raw)).toEqual({ value: null, code: 'siret_scientific' });
});

test('FR-20: a NAF code is kept with its dot and named by the nomenclature of its day', () => {
  expect([readNaf('4321a'), readNaf('43.21A'), readNaf('43 21 A')]).toEqual([
    { value: '43.21A' },
    { value: '43.21A' },
    { value: '43.21A' },
  ]);
  expect(readNaf('fibre').code).toBe('naf_invalid');
  expect(nafNomenclature(new Date('2026-12-31T22:59:59Z'))).toBe('NAFRev2');
  expect(nafNomenclature(new Date('2026-12-31T23:00:00Z'))).toBe('NAF2025');
});

test('an IDCC that lost its zeros finds them again, with a warning', () => {
  expect([readIdcc('0016'), readIdcc('16'), readIdcc('1597x')]).toEqual([
    { value: '0016' },
    { value: '0016', code: 'idcc_padded' },
    { value: null, code: 'idcc_invalid' },
  ]);
});

test.each([
  ['10', '<11', 10],
  ['11', '11-49', 11],
  ['1 250', '250+', 1250],
  ['20 à 49 salariés', '11-49', null],
  ['10 à 19', 'inconnu', null],
  ['moins de 11', '<11', null],
  ['250 et plus', '250+', null],
  ['50-249', '50-249', null],
])('FR-40: a head count of « %s » is %s', (raw, sizeClass, headcount) => {
  expect(readHeadcount(raw)).toEqual({ value: { headcount, sizeClass } });
});

test('FR-31: départements 2A, 2B, 01 and overseas come through, and 20 does not exist', () => {
  expect(['2a', '2B', '01', '971', '976', '75 - Paris', 'Finistère'].map((raw) => readDepartement(raw))).toEqual(
    ['2A', '2B', '01', '971', '976', '75', '29'].map((value) => ({ value })),
  );
  expect(readDepartement('6')).toEqual({ value: '06', code: 'departement_padded' });
  expect(['20', '99', '0', 'Paname'].map((raw) => readDepartement(raw).code)).toEqual(
    Array(4).fill('departement_invalid'),
  );
  expect([
    regionOfDepartement('75'),
    regionOfDepartement('33'),
    regionOfDepartement('2A'),
    regionOfDepartement('974'),
  ]).toEqual(['Île-de-France', 'Nouvelle-Aquitaine', 'Corse', 'La Réunion']);
});

test('there are 18 regions and 101 départements', () => {
  const departements = DEPARTEMENTS.filter((d) => !/^(975|977|978|98.)$/.test(d.code));
  expect(departements).toHaveLength(101);
  expect(new Set(departements.map((d) => d.region)).size).toBe(18);
  expect(REGIONS).toHaveLength(26);
  expect(readRegion('ile de france').value).toBe('Île-de-France');
});

type Commune = { type: string; departement: string; codesPostaux?: string[]; population?: number };

test('the département of each French postal code is that of the largest commune it serves', () => {
  const communes: Commune[] = createRequire(import.meta.url)('@etalab/decoupage-administratif/data/communes.json');
  const largest = new Map<string, { departement: string; population: number }>();
  const sizes = new Map<string, number>();
  for (const { type, departement, codesPostaux = [], population = 0 } of communes) {
    if (type !== 'commune-actuelle') continue;
    for (const code of codesPostaux) {
      const size = (sizes.get(`${code}/${departement}`) ?? 0) + population;
      sizes.set(`${code}/${departement}`, size);
      if (size >= (largest.get(code)?.population ?? 0)) largest.set(code, { departement, population: size });
    }
  }
  expect(largest.size).toBeGreaterThan(6000);
  expect([...largest].filter(([code, { departement }]) => departementOfPostalCode(code) !== departement)).toEqual([]);
  expect(readPostalCode('1000')).toEqual({ value: '01000', code: 'postal_code_padded' });
});

test.each([
  ['', 'email_missing'],
  ['  ', 'email_missing'],
  ['sans-arobase.example', 'email_invalid'],
  ['a b@exemple.example', 'email_invalid'],
  ['jean.dupont@', 'email_invalid'],
  ['@exemple.example', 'email_invalid'],
  ['point.@exemple.example', 'email_invalid'],
  ['x@y..example', 'email_invalid'],
  ['x@-tiret.example', 'email_invalid'],
  ['x@tiret-.example', 'email_invalid'],
  ['nom@exemple,example', 'email_invalid'],
  ['v@exemple.example\r\nBcc: tous@exemple.example', 'email_invalid'],
  ['a@b@c.example', 'email_invalid'],
  ['a@[127.0.0.1]', 'email_invalid'],
  [`${'a'.repeat(65)}@b.example`, 'email_invalid'],
  [`a@${'b'.repeat(64)}.example`, 'email_invalid'],
  ['é@b.example', 'email_invalid'],
])('the address %j is refused: %s', (raw, code) => {
  expect(inspectAddress(raw)).toEqual({ input: raw, valid: false, normalised: null, code });
});

test('PRV-40: two writings of one address meet, and +tag and dots are kept', () => {
  expect(inspectAddress('\u00a0Jean.Dupont+Fibre@RÉSEAUX.example ').normalised).toBe(
    'jean.dupont+fibre@xn--rseaux-bva.example',
  );
  expect(inspectAddress('a@re\u0301seaux.example').normalised).toBe(inspectAddress('a@réseaux.example').normalised);
});

test('PRV-40: the fast hasher of long lists gives the very bytes of the HMAC', () => {
  const fast = addressHasher(SECRETS);
  fc.assert(
    fc.property(fc.string({ maxLength: 250 }), (text) => {
      expect(fast(text)).toBe(addressHash(SECRETS, text).toString('hex'));
    }),
  );
});

test('PRV-31: the kind of an address is told from the mailbox and the domain', () => {
  expect(
    ['lea.petit@fibre.example', 'contact@fibre.example', 'rh-ouest@fibre.example', 'lea@gmail.com'].map(addressKind),
  ).toEqual(['nominative_pro', 'generique_pro', 'generique_pro', 'personnelle']);
});

test.each([
  ['Délégué de branche', 'branche'],
  ['Secrétaire fédérale', 'branche'],
  ['Membre du COPIL', 'gouvernance'],
  ['Chargée de mission DREETS', 'gouvernance'],
  ['Gérant', 'entreprise'],
  ['Responsable RH', 'entreprise'],
  ['Directeur d’agence', 'entreprise'],
  ['Artisan', 'independant'],
  ['Auto-entrepreneur', 'independant'],
  ['Technicien raccordeur', 'salarie'],
  ['Chef d’équipe', 'salarie'],
  ['Conseillère formation', 'prescripteur'],
  ['Astronaute', null],
])('the function « %s » says the public %s', (job, is) => {
  expect(publicOfJob(job)).toBe(is);
});

test('levels and publics are read as people write them', () => {
  expect(['I', 'o', 'T', 'Institutionnel', 'OPÉRATIONNEL', 'terrain'].map((raw) => readLevel(raw).value)).toEqual([
    'institutionnel',
    'operationnel',
    'terrain',
    'institutionnel',
    'operationnel',
    'terrain',
  ]);
  expect(readPublic('Organisme de formation').value).toBe('organisme_formation');
  expect(readLevel('stratosphère').code).toBe('level_unknown');
});

test('dates are French, day first, and impossible ones are refused', () => {
  expect(['12/03/2024', '1-2-24', '2024-03-12', '12/03/2024 10:30'].map((raw) => readDay(raw).value)).toEqual([
    '2024-03-12',
    '2024-02-01',
    '2024-03-12',
    '2024-03-12',
  ]);
  expect(['31/02/2024', '2024', 'hier', '03/25/2024'].map((raw) => readDay(raw).code)).toEqual(
    Array(4).fill('date_invalid'),
  );
});

test('names in one column are split', () => {
  expect(splitName('Théo Da Silva')).toEqual({ firstName: 'Théo', lastName: 'Da Silva' });
  expect(splitName('DA SILVA Théo')).toEqual({ firstName: 'Théo', lastName: 'DA SILVA' });
  expect(splitName('Mme Da Silva, Anaïs')).toEqual({ firstName: 'Anaïs', lastName: 'Da Silva' });
  expect(splitName('Salvé')).toEqual({ firstName: null, lastName: 'Salvé' });
});

test('a consent is yes, no, or not understood', () => {
  expect([readConsent('Oui'), readConsent('non'), readConsent('peut-être').code]).toEqual([
    { value: 'granted' },
    { value: 'refused' },
    'consent_unclear',
  ]);
});

test.each([
  [
    ['Civilité', 'Nom', 'Prénom', 'Adresse mél', 'Raison sociale', 'N° SIRET', 'Dépt'],
    {
      civility: 'Civilité',
      lastName: 'Nom',
      firstName: 'Prénom',
      email: 'Adresse mél',
      company: 'Raison sociale',
      siret: 'N° SIRET',
      departement: 'Dépt',
    },
  ],
  [
    ['Contact', 'E-mail', 'APE', 'Nb salariés', 'Niveau (I/O/T)'],
    { fullName: 'Contact', email: 'E-mail', naf: 'APE', headcount: 'Nb salariés', level: 'Niveau (I/O/T)' },
  ],
  [
    ['First Name', 'LAST NAME', 'email address', 'Company'],
    { firstName: 'First Name', lastName: 'LAST NAME', email: 'email address', company: 'Company' },
  ],
])('FR-01: the titles %j are recognised', (header, mapping) => {
  expect(suggestMapping(header)).toEqual(mapping);
});
