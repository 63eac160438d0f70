import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { addressHash } from '../../src/contacts/addresses.ts';
import { audienceById, listAudiences, previewAudience } from '../../src/contacts/audience-queries.ts';
import { audienceRuleSchema } from '../../src/contacts/audience-schema.ts';
import { compileAudience } from '../../src/contacts/audience-sql.ts';
import { consentState } from '../../src/contacts/consents.ts';
import { importContacts } from '../../src/contacts/import-contacts.ts';
import { countContacts, listContacts } from '../../src/contacts/queries.ts';
import { saveAudience } from '../../src/contacts/save-audience.ts';
import { acrossOrganisations, withOrganisation } from '../../src/db/database.ts';
import { SECRETS, testDatabase } from '../support/database.ts';
import { csv, options } from './helpers.ts';

const { db, cast, ctx } = await testDatabase();
const { opco } = cast.organisations;
const alice = ctx(cast.alice);

const HEAD =
  'email;nom;niveau;public;dept;effectif;naf;idcc;fonction;tags;consentement;date consentement;source consentement;texte consentement';
await importContacts(alice, {
  file: csv(
    HEAD,
    'a@x.example;Petit;T;entreprise;35;5;43.21A;0016;Gérant;salon,fibre;oui;01/02/2026;formulaire;Oui',
    'b@x.example;Grand;O;branche;2A;60;61.10Z;2609;Déléguée 100%;fibre;non;;;',
    'c@x.example;Moyen;I;;;;;;;;;;;',
  ),
  options: options({ level: undefined }),
});
await importContacts(ctx(cast.bruno), {
  file: csv(HEAD, 'd@x.example;Autre;T;entreprise;35;5;43.21A;0016;Gérant;fibre;;;;'),
  options: options({ level: undefined }),
});

const selected = async (rule: unknown) =>
  (await withOrganisation(db, opco, (trx) => previewAudience(trx, opco, rule))).sample
    .map((c) => c.address[0])
    .join('');

test.each([
  [{}, 'abc'],
  [{ level: ['terrain', 'operationnel'] }, 'ab'],
  [{ public: ['entreprise'] }, 'a'],
  [{ organisation: ['opco'] }, 'abc'],
  [{ organisation: ['btp'] }, ''],
  [{ departement: ['35'] }, 'a'],
  [{ departement: ['2a', '35'] }, 'ab'],
  [{ region: ['bretagne', 'CORSE'] }, 'ab'],
  [{ sizeClass: ['<11'] }, 'a'],
  [{ sizeClass: ['inconnu'] }, 'c'],
  [{ naf: ['61'] }, 'b'],
  [{ naf: ['4321A', '6110'] }, 'ab'],
  [{ idcc: ['16'] }, 'a'],
  [{ job: ['GÉRANT'] }, 'a'],
  [{ job: ['100%'] }, 'b'],
  [{ job: ['%%'] }, ''],
  [{ tags: ['salon', 'autre'] }, 'a'],
  [{ consent: { purpose: 'message', value: 'granted' } }, 'a'],
  [{ consent: { purpose: 'message', value: 'refused' } }, 'b'],
  [{ consent: { purpose: 'message', value: 'unknown' } }, 'c'],
  [{ level: ['terrain'], departement: ['2A'] }, ''],
  [{ not: { region: ['Bretagne'] } }, 'bc'],
  [{ not: { region: ['Bretagne'], level: ['operationnel'] } }, 'abc'],
  [{ tags: ['fibre'], not: { job: ['gérant'] } }, 'b'],
  [{ job: ["'); drop table contacts; --"] }, ''],
])('the rule %j selects « %s »', async (rule, expected) => {
  expect(await selected(rule)).toBe(expected);
});

test.each([
  [{ niveau: ['terrain'] }],
  [{ level: [] }],
  [{ not: {} }],
  [{ not: { nots: 1 } }],
  [{ region: ['Atlantide'] }],
  [{ departement: ['20'] }],
  [{ naf: ['fibre'] }],
  [null],
])('the rule %j is refused rather than half understood', (rule) => {
  expect(audienceRuleSchema.safeParse(rule).success).toBe(false);
  expect(() => compileAudience(rule)).toThrow();
});

test('a rule is kept as contacts are: region names, département codes, NAF with their dot, IDCC on four digits', () => {
  const rule = audienceRuleSchema.parse({
    region: ['bretagne'],
    departement: ['1', '2a'],
    naf: ['6110z', '43'],
    idcc: ['16'],
  });
  expect(rule).toEqual({ region: ['Bretagne'], departement: ['01', '2A'], naf: ['61.10Z', '43'], idcc: ['0016'] });
  expect(audienceRuleSchema.parse(rule)).toEqual(rule);
});

test('the list drawn over all organisations is the sum of what each one counts, by the same rule', async () => {
  const rule = { level: ['terrain'], naf: ['43.21'] };
  const counts = await Promise.all(
    [opco, cast.organisations.btp].map((id) =>
      withOrganisation(db, id, async (trx) => (await previewAudience(trx, id, rule)).count),
    ),
  );
  const drawn = await acrossOrganisations(db, (trx) =>
    sql<{ n: number }>`select count(*) as n from contacts c where ${compileAudience(rule)}`.execute(trx),
  );
  expect(counts).toEqual([1, 1]);
  expect(drawn.rows[0]?.n).toBe(2);
});

test('an audience is saved, changed under the same name, and read back', async () => {
  const first = await saveAudience(alice, { slug: 'bretagne', name: 'Bretagne', rule: { departement: ['35'] } });
  const second = await saveAudience(alice, {
    slug: 'bretagne',
    name: 'Toute la Bretagne',
    rule: { region: ['Bretagne'] },
    placedLevel: 'operationnel',
  });
  expect(second.id).toBe(first.id);
  await withOrganisation(db, opco, async (trx) => {
    expect(await audienceById(trx, first.id)).toMatchObject({
      name: 'Toute la Bretagne',
      rule: { region: ['Bretagne'] },
      placedLevel: 'operationnel',
      campaignId: null,
    });
    expect((await listAudiences(trx, { organisationId: opco })).map((a) => a.slug)).toEqual(['bretagne']);
  });
  expect(await withOrganisation(db, cast.organisations.etranger, (trx) => audienceById(trx, first.id))).toBeUndefined();
  await expect(saveAudience(ctx(cast.david), { slug: 'x', name: 'x', rule: {} })).rejects.toMatchObject({
    kind: 'forbidden',
  });
});

test('contacts are listed by key, searched by words, and counted by level, public and region', async () => {
  await withOrganisation(db, opco, async (trx) => {
    expect((await listContacts(trx, opco)).rows.map((c) => c.address[0])).toEqual(['c', 'b', 'a']);
    expect((await listContacts(trx, opco, { search: 'x.exam pet' })).rows.map((c) => c.lastName)).toEqual(['Petit']);
    expect((await listContacts(trx, opco, { search: '%' })).rows).toEqual([]);
    expect((await listContacts(trx, opco, { region: 'Corse' })).rows.map((c) => c.lastName)).toEqual(['Grand']);
    expect(await countContacts(trx, opco)).toEqual({
      total: 3,
      level: { terrain: 1, operationnel: 1, institutionnel: 1 },
      public: { entreprise: 1, branche: 1, inconnu: 1 },
      region: { Bretagne: 1, Corse: 1, '': 1 },
    });
  });
});

test('PRV-08: after a refusal nobody is asked again for 180 days', async () => {
  const of = (address: string, now: string) =>
    withOrganisation(db, opco, (trx) =>
      consentState(trx, opco, addressHash(SECRETS, address), 'message', new Date(now)),
    );
  expect(await of('b@x.example', '2026-12-01')).toEqual({ state: 'refused', mayAsk: false });
  expect(await of('b@x.example', '2027-06-01')).toEqual({ state: 'refused', mayAsk: true });
  expect(await of('a@x.example', '2027-06-01')).toEqual({ state: 'granted', mayAsk: false });
  expect(await of('c@x.example', '2026-12-01')).toEqual({ state: 'unknown', mayAsk: true });
});
