import { sql } from 'kysely';
import { beforeEach, describe, expect, test } from 'vitest';
import { withOrganisation } from '../../src/db/database.ts';
import { freezePush } from '../../src/deliveries/freeze.ts';
import { savePush } from '../../src/pushes/save-push.ts';
import { carriedOf, readDiffusion } from '../../src/reports/read-diffusion.ts';
import { addLink } from '../../src/resources/attach.ts';
import { lackNames, lackSentence } from '../../src/resources/completeness.ts';
import { resourcesOfCampaign } from '../../src/resources/queries.ts';
import { type InventoryFilters, readInventory } from '../../src/resources/read-inventory.ts';
import { readRelatable, readResourcePage } from '../../src/resources/read-resource-page.ts';
import { restoreResource, retireResource } from '../../src/resources/retire-resource.ts';
import { freeSlug, saveResource } from '../../src/resources/save-resource.ts';
import { resourceSchema } from '../../src/resources/schema.ts';
import { NOW, type Person, testDatabase } from '../support/database.ts';
import { content, makeCampaign, makePush, submitAndApprove } from '../support/factories.ts';
import { add, bare, whole } from './house.ts';

const t = await testDatabase();
const NOTHING = { sent: [], planned: [] };
const read = (
  campaignId: number,
  filters: InventoryFilters = {},
  options: { person?: Person; carried?: { sent: string[]; planned: string[] }; page?: number; now?: Date } = {},
) =>
  readInventory(t.ctx(options.person ?? t.cast.alice, options.now ?? NOW), campaignId, {
    filters,
    carried: options.carried ?? NOTHING,
    page: options.page ?? 1,
  });
const slugs = async (...args: Parameters<typeof read>) => (await read(...args)).lines.map((l) => l.slug);

describe('the inventory of a campaign', () => {
  let id: number;
  beforeEach(async () => {
    id = (await makeCampaign(t)).id;
  });

  test('shows first what nobody ever received, then what is planned, then what went out', async () => {
    for (const slug of ['a', 'b', 'c', 'd']) await add(t, id, { slug, title: slug });
    const carried = { sent: ['a', 'c'], planned: ['b'] };
    const inventory = await read(id, {}, { carried });
    expect(inventory.lines.map((l) => [l.slug, l.diffusion])).toEqual([
      ['d', 'jamais'],
      ['b', 'prevue'],
      ['a', 'diffusee'],
      ['c', 'diffusee'],
    ]);
    expect(inventory.counts).toMatchObject({ all: 4, never: 2, planned: 1 });
    expect(await slugs(id, { state: 'jamais' }, { carried })).toEqual(['d', 'b']);
    expect(await slugs(id, { state: 'diffusee' }, { carried })).toEqual(['a', 'c']);
  });

  test('says what each lacks, and how many lack nothing', async () => {
    await add(t, id);
    await saveResource(t.ctx(t.cast.alice), id, bare('nue'));
    const { lines, counts } = await read(id);
    expect(counts).toMatchObject({ all: 2, complete: 1 });
    const lacks = lines.find((l) => l.slug === 'nue')?.lacks ?? [];
    expect(lacks).toEqual([
      'resume',
      'usage-institutionnel',
      'usage-operationnel',
      'usage-terrain',
      'format-simple',
      'acces',
      'porteur',
      'revue',
    ]);
    expect(lines.find((l) => l.slug === 'etude')?.lacks).toEqual([]);
    expect(lackNames(lacks)).toBe(
      'usage par niveau, résumé, format simple, adresse ou fichier, porteur, date de relecture',
    );
    expect(lackNames(['usage-terrain', 'revue'])).toBe('usage terrain, date de relecture');
    expect(lacks.map((l) => lackSentence(l).field)).toEqual([
      'summary',
      'levelUses.institutionnel',
      'levelUses.operationnel',
      'levelUses.terrain',
      'supports',
      'supports',
      'carriedBy',
      'reviewOn',
    ]);
    for (const lack of lacks) expect(lackSentence(lack).text).toMatch(/^[A-ZÀÉ«].*\.$/);
    expect(await slugs(id, { state: 'incomplete' })).toEqual(['nue']);
  });

  test('what can be opened completes it: an address of a simple format is both a format and an access', async () => {
    await add(t, id, { url: null, formats: ['rapport'] });
    expect((await read(id)).lines[0]?.lacks).toEqual(['format-simple', 'acces']);
    await addLink(t.ctx(t.cast.alice), id, 'etude', { format: 'video', title: '', url: 'https://exemple.fr/film' });
    expect((await read(id)).lines[0]?.lacks).toEqual([]);
  });

  test('is filtered by what, whose, for whom, and to be read again', async () => {
    await add(t, id, { slug: 'vieille', reviewOn: '2026-11-22', kind: 'guide' });
    await add(t, id, { slug: 'jeune', reviewOn: '2026-11-23', uses: { salarie: 'Évoluer.' }, levelUses: {} });
    await add(t, id, { slug: 'de-btp' }, t.cast.bruno);
    expect(await slugs(id, { kind: 'guide' })).toEqual(['vieille']);
    expect(await slugs(id, { owner: 'btp' })).toEqual(['de-btp']);
    expect(await slugs(id, { public: 'salarie' })).toEqual(['jeune']);
    expect(await slugs(id, { level: 'terrain' })).toEqual(['vieille', 'de-btp']);
    expect(await slugs(id, { state: 'revoir' })).toEqual(['vieille']);
    expect((await read(id)).owners.map((o) => o.slug)).toEqual(['opco', 'btp']);
  });

  test.each([
    ['évaluation', ['etude']],
    ['evaluations', ['etude']],
    ['ÉVALUATIONS', ['etude']],
    ['œuvre', ['etude']],
    ['oeuvres', ['etude']],
    ['evaluation -maîtres', []],
    ['"maîtres d’œuvre"', ['etude']],
    ['raccordeur', []],
    ['de la', ['autre', 'etude']],
    ['  ', ['autre', 'etude']],
    ['a & b | (c', []],
    ["'; drop table resources; --", []],
  ])('search %j, whatever its accents and its number', async (search, expected) => {
    await add(t, id, { title: 'Les évaluations des maîtres d’œuvre' });
    await add(t, id, { slug: 'autre', title: 'Autre chose', summary: '' });
    expect((await slugs(id, { search: search.trim() || undefined })).toSorted()).toEqual(expected);
  });

  test('keeps what is retired apart, and takes it back', async () => {
    await add(t, id);
    const ctx = t.ctx(t.cast.alice);
    await retireResource(ctx, id, 'etude');
    expect(await read(id)).toMatchObject({ lines: [], counts: { all: 0, complete: 0, never: 0, retired: 1 } });
    expect(await slugs(id, { state: 'retiree' })).toEqual(['etude']);
    expect((await readResourcePage(ctx, id, 'etude')).retiredOn).toBe('2026-11-22');
    await restoreResource(ctx, id, 'etude');
    expect(await slugs(id)).toEqual(['etude']);
  });

  test('is written by its holder alone; a stranger finds nothing, and a partner that left writes no more', async () => {
    await add(t, id);
    const [bruno, stranger] = [t.ctx(t.cast.bruno), t.ctx(t.cast.etranger)];
    await expect(saveResource(bruno, id, whole())).rejects.toMatchObject({ code: 'ressource_prise' });
    await expect(retireResource(bruno, id, 'etude')).rejects.toMatchObject({ code: 'ressource_prise' });
    await expect(saveResource(t.ctx(t.cast.david), id, whole())).rejects.toMatchObject({ kind: 'forbidden' });
    await expect(saveResource(stranger, id, whole({ slug: 'x' }))).rejects.toMatchObject({ kind: 'not-found' });
    await expect(retireResource(stranger, id, 'etude')).rejects.toMatchObject({ kind: 'not-found' });
    await expect(readResourcePage(stranger, id, 'etude')).rejects.toMatchObject({ kind: 'not-found' });
    expect(await read(id, {}, { person: t.cast.etranger })).toMatchObject({
      lines: [],
      counts: { all: 0 },
      owners: [],
    });
    expect(await slugs(id, {}, { person: t.cast.chloe })).toEqual(['etude']);
    await add(t, id, { slug: 'de-btp' }, t.cast.bruno);
    await withOrganisation(t.db, t.cast.organisations.btp, (trx) =>
      sql`insert into withdrawals values (${id}, ${t.cast.organisations.btp}, '2026-11-22T12:00:00Z', 'fin', 'test', now())`.execute(
        trx,
      ),
    );
    await expect(saveResource(bruno, id, whole({ slug: 'de-btp' }))).rejects.toThrow(/s’est retirée/);
    await expect(retireResource(bruno, id, 'de-btp')).rejects.toThrow(/s’est retirée/);
    expect(await slugs(id, {}, { person: t.cast.bruno })).toEqual(['etude', 'de-btp']);
  });

  test('comes back in the shape in which it was written', async () => {
    const given = resourceSchema.parse(
      whole({ related: ['autre'], publishedOn: '2026-01-02', listed: false, retiredOn: '2026-11-01' }),
    );
    await saveResource(t.ctx(t.cast.alice), id, given);
    const rows = await withOrganisation(t.db, t.cast.organisations.opco, (trx) => resourcesOfCampaign(trx, id));
    const { id: _, organisationId, campaignId, ...back } = rows[0]!;
    expect({ back, organisationId, campaignId }).toEqual({
      back: given,
      organisationId: t.cast.organisations.opco,
      campaignId: id,
    });
  });

  test.each([
    [{ title: '' }, 'title'],
    [{ kind: '' }, 'kind'],
    [{ reviewOn: '2026-02-30' }, 'reviewOn'],
    [{ reviewOn: '30/11/2026' }, 'reviewOn'],
    [{ url: 'javascript:alert(1)' }, 'url'],
    [{ levelUses: { terrain: '' } }, 'levelUses.terrain'],
    [{ related: ['a', 'a'] }, 'related'],
    [{ slug: 'nouvelle' }, 'slug'],
    [{ slug: '../x' }, 'slug'],
  ])('refuses %j with its place', async (over, field) => {
    await expect(saveResource(t.ctx(t.cast.alice), id, whole(over))).rejects.toMatchObject({ fields: [{ field }] });
  });

  test('gives each title an identifier of its own', async () => {
    const ctx = t.ctx(t.cast.alice);
    expect(await freeSlug(ctx, id, 'Étude prospective')).toBe('etude-prospective');
    await add(t, id, { slug: 'etude-prospective' });
    await add(t, id, { slug: 'etude-prospective-2' }, t.cast.bruno);
    expect(await freeSlug(ctx, id, 'Étude prospective')).toBe('etude-prospective-3');
    expect(await freeSlug(ctx, id, 'Nouvelle')).toBe('nouvelle-2');
    expect(await freeSlug(ctx, id, '🎉')).toBe('sans-nom');
    const long = await freeSlug(ctx, id, `${'très '.repeat(40)}long`);
    expect(resourceSchema.shape.slug.parse(long)).toBe(long);
  });

  test('offers as « voir aussi » what is named already, then what is near', async () => {
    await add(t, id, { slug: 'loin', axis: 'Axe 2', kind: 'guide', title: 'A' });
    await add(t, id, { slug: 'pres', title: 'B' });
    await add(t, id, { slug: 'nommee', axis: 'Axe 3', kind: 'guide', title: 'C' });
    const near = await readRelatable(t.ctx(t.cast.alice), id, {
      slug: 'etude',
      axis: 'Axe 1',
      kind: 'etude',
      related: ['nommee'],
    });
    expect(near.map((r) => r.slug)).toEqual(['nommee', 'pres', 'loin']);
  });
});

describe('where a resource went', () => {
  const blocks = (...resources: string[]) => ({
    ...content('Une lettre'),
    blocks: resources.map((resource, i) => ({ id: `b${i}`, type: 'resource', resource })),
  });

  test('what left carried it, what is scheduled will; a cancelled draft never did', async () => {
    const made = await makePush(t);
    const alice = t.ctx(t.cast.alice);
    for (const slug of ['partie', 'prevue', 'annulee', 'jamais']) await add(t, made.campaignId, { slug });
    const push = (slug: string, title: string, resources: string[], at: Date | null = null) =>
      savePush(alice, made.campaign, { ...made.input, slug, title, content: blocks(...resources), scheduledAt: at });
    const sent = await push('une', 'La première', ['partie', 'partie']);
    const planned = new Date('2026-12-01T08:00:00Z');
    await push('deux', 'La deuxième', ['partie', 'prevue'], planned);
    const stopped = await push('trois', 'La troisième', ['annulee']);
    await withOrganisation(t.db, t.cast.organisations.opco, (trx) =>
      trx.updateTable('pushes').set({ cancelled_at: NOW }).where('id', '=', stopped.id).execute(),
    );
    await submitAndApprove(t, sent.id);
    await freezePush(alice, sent.id);
    const diffusion = await readDiffusion(alice, made.campaignId);
    expect(diffusion.get('partie')).toEqual([
      { kind: 'envoi', resource: 'partie', slug: 'une', title: 'La première', at: NOW, sent: true, repeats: false },
      {
        kind: 'envoi',
        resource: 'partie',
        slug: 'deux',
        title: 'La deuxième',
        at: planned,
        sent: false,
        repeats: false,
      },
    ]);
    expect([...diffusion.keys()].toSorted()).toEqual(['partie', 'prevue']);
    expect(carriedOf(diffusion)).toEqual({ sent: ['partie'], planned: ['prevue'] });
    expect((await readDiffusion(t.ctx(t.cast.etranger), made.campaignId)).size).toBe(0);
  });
});
