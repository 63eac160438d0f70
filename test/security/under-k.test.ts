import { beforeAll, describe, expect, test } from 'vitest';
import { ROLES } from '../../src/base/context.ts';
import { suppressAddress } from '../../src/contacts/suppress.ts';
import { acrossOrganisations } from '../../src/db/database.ts';
import { forecastPush } from '../../src/deliveries/forecast.ts';
import { pushStatus } from '../../src/deliveries/queries.ts';
import { readPushes } from '../../src/deliveries/read-pushes.ts';
import { savePush } from '../../src/pushes/save-push.ts';
import { readReport } from '../../src/reports/report.ts';
import { freeze } from '../deliveries/ledger.ts';
import { makeRelay } from '../relay-kits/cast.ts';
import { NOW, type Person, type TestDatabase, testDatabase } from '../support/database.ts';
import { approve, letter, makeAudience, makeCampaign, makeContacts, submit } from '../support/factories.ts';
import { browser, house } from '../web/campaigns/house.ts';

/**
 * Two houses that differ only by what a partner may not be told look the same to it, to the letter: no page and no read
 * shows the number, nor lets it be worked out (k = 20).
 */
type Sizes = {
  opco: number;
  btp: number;
  federation: number;
  /** Of the lead's: how many more are set apart, and how many of those written to refused the message. */
  apart?: number;
  failed?: number;
};

const letters = [
  { slug: 'deux', signatories: ['opco', 'btp'] },
  { slug: 'trois', signatories: ['opco', 'btp', 'federation'] },
  { slug: 'avant', signatories: ['opco', 'btp', 'federation'] },
] as const;

const PAGES = [
  '/',
  '/en-cours',
  '/campagnes',
  '/campagnes/commune',
  '/campagnes/commune/calendrier',
  '/campagnes/commune/calendrier?vue=liste',
  '/campagnes/commune/calendrier.ics',
  '/campagnes/commune/ressources',
  '/campagnes/commune/elements',
  '/campagnes/commune/relais',
  '/campagnes/commune/memoire',
  '/campagnes/commune/memoire/document.md',
  '/campagnes/commune/memoire/compte-rendu.md',
  '/campagnes/commune/passation',
  '/campagnes/commune/budget',
  '/campagnes/commune/rapport',
  '/campagnes/commune/rapport?du=2026-11-22&au=2026-11-22',
  '/campagnes/commune/rapport.csv',
  '/campagnes/commune/rapport.json',
  '/campagnes/commune/partenaires/btp/retrait',
  '/sollicitations',
  '/organisation/journal.csv',
  ...letters.flatMap(({ slug }) =>
    ['', '/avancement', '/validation', '/destinataires', '/contenu', '/annulation', '/suspension'].map(
      (part) => `/campagnes/commune/envois/${slug}${part}`,
    ),
  ),
];

type House = { t: TestDatabase; pushes: number[] };

async function build(sizes: Sizes): Promise<House> {
  const t = await testDatabase();
  const everything = (person: Person): Person => ({ ...person, roles: ROLES });
  const { id: campaignId, slug } = await makeCampaign(t, {
    slug: 'commune',
    partners: [
      { organisation: 'opco', role: 'pilote' },
      { organisation: 'btp', role: 'signataire' },
      { organisation: 'federation', role: 'signataire' },
    ],
  });
  for (const owner of ['opco', 'btp', 'federation'] as const) {
    // As many levels as people: what is small by organisation is smaller by level.
    const level = (i: number): string => (i % 3 === 0 ? 'institutionnel' : 'terrain');
    const apart = owner === 'opco' ? (sizes.apart ?? 0) : 0;
    const made = await makeContacts(t, owner, sizes[owner] + apart, { prefix: owner, level });
    for (const address of made.slice(0, apart))
      await suppressAddress(t.ctx(everything(t.cast.alice)), { address, scope: 'organisation', source: 'courrier' });
  }
  const { slug: audience } = await makeAudience(t, campaignId, { slug: 'tous' });
  const pushes: number[] = [];
  for (const push of letters) {
    const input = letter({ ...push, audience, title: `Lettre ${push.slug}` });
    const { id } = await savePush(t.ctx(t.cast.alice), slug, input);
    pushes.push(id);
    await submit(t, id);
    await approve(t, id, everything(t.cast.alice));
    await approve(t, id, everything(t.cast.bruno));
    if (push.signatories.length > 2) await approve(t, id, everything(t.cast.chloe));
    if (push.slug !== 'avant') await freeze(t, id);
  }
  await settle(t, pushes, sizes.failed ?? 0);
  return { t, pushes };
}

/** All delivered, but for what the lead's refused; nothing is left to send. Everybody has every role. */
const settle = (t: TestDatabase, pushes: number[], failed: number): Promise<void> =>
  acrossOrganisations(t.db, async (trx) => {
    const rows = await trx
      .updateTable('deliveries')
      .set({ state: 'accepted', handed_at: NOW, settled_at: NOW, attempts: 1 })
      .where('push_id', 'in', pushes)
      .where('state', '=', 'planned')
      .returning(['id', 'organisation_id'])
      .execute();
    const refused = rows.filter((r) => r.organisation_id === t.cast.organisations.opco).slice(0, failed);
    for (const { id } of refused)
      await trx.updateTable('deliveries').set({ state: 'failed' }).where('id', '=', id).execute();
    const members = [t.cast.alice, t.cast.bruno, t.cast.chloe].flatMap((person) =>
      ROLES.map((role) => ({
        organisation_id: person.organisationId,
        user_id: person.userId,
        role,
        created_at: NOW,
      })),
    );
    await trx
      .insertInto('memberships')
      .values(members)
      .onConflict((oc) => oc.doNothing())
      .execute();
  });

/** All that somebody reads there, by page and by read, but for what is drawn anew each time: form tokens, ids of rows. */
async function seenBy({ t, pushes }: House, who: 'alice' | 'bruno' | 'chloe'): Promise<Map<string, string>> {
  const person: Person = { ...t.cast[who], roles: ROLES };
  const own = await browser(house(t), person);
  const seen = new Map<string, string>();
  for (const path of PAGES) {
    const { status, text } = await own.get(path);
    seen.set(path, `${status} ${text.replaceAll(own.csrf, '').replace(/(?<=destinataires[/?=a-z]*)\d+/g, '')}`);
  }
  const ctx = t.ctx(person);
  seen.set('readPushes', JSON.stringify(await readPushes(ctx, {})));
  seen.set('readReport', JSON.stringify(await readReport(ctx, 'commune')));
  for (const [i, id] of pushes.entries()) {
    seen.set(`forecast ${letters[i]?.slug}`, JSON.stringify(await forecastPush(ctx, id)));
    seen.set(`status ${letters[i]?.slug}`, JSON.stringify(await pushStatus(ctx, id)));
  }
  return seen;
}

/** Where two readings differ. */
const differences = (a: Map<string, string>, b: Map<string, string>): string[] =>
  [...a].filter(([what, text]) => b.get(what) !== text).map(([what]) => what);

describe('a partner that holds thirty contacts, beside a lead that holds few', () => {
  let three: House;
  let seen: Map<string, string>;
  beforeAll(async () => {
    three = await build({ opco: 3, btp: 30, federation: 25 });
    seen = await seenBy(three, 'bruno');
  });

  test('reads something there: every page answers, and tells what is its own and the federation’s', async () => {
    const answered = [...seen].filter(([what]) => what.startsWith('/'));
    expect(answered.filter(([, text]) => !/^(200|403|409) /.test(text)).map(([what]) => what)).toEqual([]);
    expect(answered.filter(([, text]) => text.startsWith('200 ')).length).toBeGreaterThan(25);
    const [two, all] = await readPushes(three.t.ctx(three.t.cast.bruno), {});
    expect([two?.progress, all?.progress]).toEqual([
      { addressed: 30, done: 30, accepted: 30, partial: true },
      { addressed: 55, done: 55, accepted: 55, partial: true },
    ]);
    expect(seen.get('/campagnes/commune/envois/deux')).toContain('écrivent à moins de 20 personnes');
    const { figures } = await readReport(three.t.ctx(three.t.cast.bruno), 'commune');
    expect([figures.distribues.value, figures.touches.value]).toEqual([85, 55]);
  });

  test.each([
    ['five', { opco: 5 }],
    ['nineteen, of whom four refused the message, and eleven set apart', { opco: 19, failed: 4, apart: 11 }],
  ])('reads the same, to the letter, when the lead holds %s', async (_, lead) => {
    const other = await build({ btp: 30, federation: 25, ...lead });
    expect(differences(seen, await seenBy(other, 'bruno'))).toEqual([]);
  });

  test('is told of two partners’ few together from k up, and then not whose they are', async () => {
    const one = await build({ opco: 3, btp: 30, federation: 19 });
    const other = await build({ opco: 5, btp: 30, federation: 17 });
    expect(differences(await seenBy(one, 'bruno'), await seenBy(other, 'bruno'))).toEqual([]);
    const [two, all] = await readPushes(one.t.ctx(one.t.cast.bruno), {});
    expect([two?.progress, all?.progress]).toMatchObject([
      { addressed: 30, partial: true },
      { addressed: 30 + 3 + 19, partial: false },
    ]);
  });
});

test('relays: under five nothing is told, and of more no few, nor how often their links were followed', async () => {
  const t = await testDatabase();
  const { slug } = await makeCampaign(t, { slug: 'commune' });
  const page = async (): Promise<string> => {
    const { csrf, get } = await browser(house(t), t.cast.bruno);
    return (await get(`/campagnes/${slug}/relais`)).text.replaceAll(csrf, '');
  };
  const add = async (n: number, kind: string): Promise<void> => {
    for (let i = 0; i < n; i += 1) await makeRelay(t, slug, { kind });
  };
  const none = await page();
  await add(3, 'opco');
  expect(await page()).toBe(none);
  await add(16, 'guichet');
  const nineteen = await page();
  expect(nineteen).toContain('>19<');
  // Three of one kind are in no line of their own, and sixteen would tell them by subtraction.
  expect(nineteen).not.toMatch(/>(3|16)</);
});

describe('the lead, beside a partner that holds few', () => {
  test('reads the same, to the letter, whether it holds three or nineteen', async () => {
    const one = await build({ opco: 30, btp: 3, federation: 25 });
    const other = await build({ opco: 30, btp: 19, federation: 25 });
    expect(differences(await seenBy(one, 'alice'), await seenBy(other, 'alice'))).toEqual([]);
  });

  test('where all hold few, each reads its own, and the two others only where they are k together', async () => {
    const house = await build({ opco: 3, btp: 5, federation: 19 });
    const addressed = async (who: 'alice' | 'bruno' | 'chloe') =>
      (await readPushes(house.t.ctx(house.t.cast[who]), {})).slice(0, 2).map((p) => p.progress?.addressed);
    // 5 + 19 and 3 + 19 are twenty or more; 5, 3 and 3 + 5 are not.
    expect([await addressed('alice'), await addressed('bruno'), await addressed('chloe')]).toEqual([
      [3, 27],
      [5, 27],
      [0, 19],
    ]);
    for (const who of ['alice', 'bruno', 'chloe'] as const)
      expect((await readReport(house.t.ctx({ ...house.t.cast[who], roles: ROLES }), 'commune')).setApart).toMatchObject(
        [
          { reason: 'doublon', figure: { value: null } },
          { reason: 'sollicitation', figure: { value: null } },
        ],
      );
  });
});
