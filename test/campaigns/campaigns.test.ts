import { beforeAll, expect, test } from 'vitest';
import { createCampaign } from '../../src/campaigns/create-campaign.ts';
import { findCampaign, getCampaign, listCampaigns, partnersOf, targetsOf } from '../../src/campaigns/queries.ts';
import { campaignSchema } from '../../src/campaigns/schema.ts';
import { withOrganisation } from '../../src/db/database.ts';
import { addVersion } from '../../src/key-messages/add-version.ts';
import { currentWordings, versionsOf } from '../../src/key-messages/queries.ts';
import { editCampaign } from '../../src/pushes/edit-campaign.ts';
import { resourcesOfCampaign } from '../../src/resources/queries.ts';
import { saveResource } from '../../src/resources/save-resource.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { joint } from './cast.ts';

let t: TestDatabase;
let id: number;
beforeAll(async () => {
  t = await testDatabase();
  ({ id } = await createCampaign(t.ctx(t.cast.alice), joint()));
});

const seenBy =
  (organisation: keyof TestDatabase['cast']['organisations']) => (run: Parameters<typeof withOrganisation>[2]) =>
    withOrganisation(t.db, t.cast.organisations[organisation], run);

test('partners of a joint campaign read it, a stranger does not know it exists', async () => {
  for (const partner of ['opco', 'btp', 'federation'] as const)
    expect((await withOrganisation(t.db, t.cast.organisations[partner], listCampaigns)).map((c) => c.slug)).toEqual([
      'commune',
    ]);
  expect(await withOrganisation(t.db, t.cast.organisations.etranger, listCampaigns)).toEqual([]);
  await expect(seenBy('etranger')((trx) => getCampaign(trx, 'commune'))).rejects.toMatchObject({ kind: 'not-found' });
  expect(await withOrganisation(t.db, t.cast.organisations.btp, (trx) => partnersOf(trx, id))).toMatchObject([
    { slug: 'opco', role: 'pilote', position: 0 },
    { slug: 'btp', role: 'signataire', position: 1 },
    { slug: 'federation', role: 'relais', position: 2 },
  ]);
});

test('PRV-30 the nature, the legal basis and PRV-52 the arrangement are stored', async () => {
  const campaign = await withOrganisation(t.db, t.cast.organisations.opco, (trx) => findCampaign(trx, 'commune'));
  expect(campaign).toMatchObject({
    nature: 'information_de_mission',
    legalBasis: 'Mission d’intérêt public.',
    arrangement: 'Chacune écrit à ses propres contacts.',
    contactPoint: 'contact@opco.example',
  });
});

test('only a communicant of the lead writes a campaign', async () => {
  await expect(createCampaign(t.ctx(t.cast.david), joint({ slug: 'autre' }))).rejects.toMatchObject({
    kind: 'forbidden',
  });
  await expect(createCampaign(t.ctx(t.cast.bruno), joint({ slug: 'autre' }))).rejects.toMatchObject({
    kind: 'forbidden',
  });
  await expect(editCampaign(t.ctx(t.cast.bruno), 'commune', { name: 'À moi' })).rejects.toMatchObject({
    kind: 'forbidden',
  });
  await expect(editCampaign(t.ctx(t.cast.etranger), 'commune', { name: 'À moi' })).rejects.toMatchObject({
    kind: 'not-found',
  });
});

test('a slug already taken is refused, even by a campaign one cannot see', async () => {
  const own = joint({ partners: [{ organisation: 'etranger', role: 'pilote' }] });
  await expect(createCampaign(t.ctx(t.cast.etranger), own)).rejects.toMatchObject({ code: 'identifiant_pris' });
});

test('an update changes what it names, says what changed, and writes nothing when nothing does', async () => {
  const ctx = t.ctx(t.cast.alice);
  const targets = [{ measure: 'clics', level: 'terrain', value: 300, note: '' } as const];
  const { changed } = await editCampaign(ctx, 'commune', {
    tagline: 'Ensemble',
    targets: [...targets],
    partners: [
      { organisation: 'btp', role: 'signataire' },
      { organisation: 'opco', role: 'pilote' },
    ],
  });
  expect(changed.toSorted()).toEqual(['partners', 'tagline', 'targets']);
  await withOrganisation(t.db, t.cast.organisations.opco, async (trx) => {
    expect((await partnersOf(trx, id)).map((p) => p.slug)).toEqual(['btp', 'opco']);
    expect(await targetsOf(trx, id)).toEqual(targets);
    expect(await getCampaign(trx, 'commune')).toMatchObject({ tagline: 'Ensemble', name: 'Une campagne commune' });
  });
  expect(await editCampaign(ctx, 'commune', { tagline: 'Ensemble' })).toEqual({ id, changed: [], reopened: 0 });
  const audit = await withOrganisation(t.db, t.cast.organisations.opco, (trx) =>
    trx
      .selectFrom('audit_log')
      .select(['action', 'actor'])
      .where('subject', '=', `campaign:${id}`)
      .orderBy('id')
      .execute(),
  );
  expect(audit).toEqual([
    { action: 'campaign.create', actor: `user:${t.cast.alice.userId}` },
    { action: 'campaign.update', actor: `user:${t.cast.alice.userId}` },
  ]);
  await editCampaign(ctx, 'commune', joint());
});

test.each([
  ['an end before the start', { endsOn: '2026-01-01' }, 'endsOn'],
  ['a day that does not exist', { startsOn: '2026-02-30' }, 'startsOn'],
  [
    'two leads',
    {
      partners: [
        { organisation: 'opco', role: 'pilote' },
        { organisation: 'btp', role: 'pilote' },
      ],
    },
    'partners',
  ],
  [
    'a partner named twice',
    {
      partners: [
        { organisation: 'opco', role: 'pilote' },
        { organisation: 'opco', role: 'relais' },
      ],
    },
    'partners.1.organisation',
  ],
  ['several partners without an arrangement (PRV-52)', { arrangement: '' }, 'arrangement'],
  ['groups under ten', { k: 5 }, 'k'],
  ['four dimensions', { cellDimensions: ['level', 'region', 'size_class', 'idcc'] }, 'cellDimensions'],
  [
    'a hashtag with a space',
    { identity: { colour: '#12355b', accent: '#c2410c', hashtag: 'deux mots' } },
    'identity.hashtag',
  ],
] as const)('a campaign with %s is refused at that field', (_, over, field) => {
  const parsed = campaignSchema.safeParse({ ...joint(), ...over });
  expect(parsed.error?.issues.map((i) => i.path.join('.'))).toContain(field);
});

test('a resource belongs to whoever carries it: partners add theirs, nobody replaces another’s', async () => {
  const guide = {
    slug: 'guide',
    title: 'Le guide',
    summary: 'Court.',
    kind: 'guide',
    formats: ['fiche'],
    uses: { entreprise: 'Commencer.' },
  };
  await saveResource(t.ctx(t.cast.alice), id, guide);
  await saveResource(t.ctx(t.cast.alice), id, { ...guide, title: 'Le nouveau guide' });
  await saveResource(t.ctx(t.cast.bruno), id, { ...guide, slug: 'guide-btp' });
  await expect(saveResource(t.ctx(t.cast.bruno), id, guide)).rejects.toMatchObject({ code: 'ressource_prise' });
  await expect(saveResource(t.ctx(t.cast.etranger), id, guide)).rejects.toMatchObject({ kind: 'not-found' });
  await expect(saveResource(t.ctx(t.cast.alice), id, { ...guide, url: 'javascript:alert(1)' })).rejects.toMatchObject({
    fields: [{ field: 'url' }],
  });
  const all = await withOrganisation(t.db, t.cast.organisations.federation, (trx) => resourcesOfCampaign(trx, id));
  expect(all.map((r) => [r.slug, r.title, r.url])).toEqual([
    ['guide', 'Le nouveau guide', null],
    ['guide-btp', 'Le guide', null],
  ]);
});

test('a wording that changes adds a version and keeps the old one; the same again adds none', async () => {
  const ctx = t.ctx(t.cast.alice);
  const said = (accroche: string) => ({
    slug: 'bienvenue',
    topic: 'Bienvenue',
    wordings: { terrain: { accroche }, institutionnel: { paragraphe: 'Mesdames, Messieurs.' } },
  });
  const first = await addVersion(ctx, id, said('On vous aide.'));
  expect(first.version).toBe(1);
  expect(await addVersion(ctx, id, said('On vous aide.'))).toEqual(first);
  expect(await addVersion(ctx, id, said('On vous aide vraiment.'))).toMatchObject({ id: first.id, version: 2 });
  await withOrganisation(t.db, t.cast.organisations.federation, async (trx) => {
    expect(await currentWordings(trx, id)).toMatchObject([
      { slug: 'bienvenue', version: 2, createdBy: `user:${t.cast.alice.userId}` },
    ]);
    expect((await versionsOf(trx, first.id)).map((v) => v.wordings.terrain?.accroche)).toEqual([
      'On vous aide vraiment.',
      'On vous aide.',
    ]);
  });
  await expect(addVersion(t.ctx(t.cast.bruno), id, said('Autre.'))).rejects.toMatchObject({ kind: 'forbidden' });
  await expect(addVersion(ctx, id, { ...said(''), wordings: {} })).rejects.toMatchObject({ kind: 'invalid' });
});
