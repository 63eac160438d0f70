import { beforeAll, describe, expect, test } from 'vitest';
import { fromParis } from '../../src/base/dates.ts';
import { compareResults } from '../../src/campaigns/action-compare.ts';
import { actionInput, actionsOfCampaign, type ResultRow } from '../../src/campaigns/action-queries.ts';
import { readAction, readActions } from '../../src/campaigns/action-read.ts';
import { declareResult } from '../../src/campaigns/action-results.ts';
import { cancelAction, saveAction, writeAction } from '../../src/campaigns/action-save.ts';
import { actionSchema } from '../../src/campaigns/action-schema.ts';
import { acrossOrganisations, withOrganisation } from '../../src/db/database.ts';
import { actionLink, declareAction } from '../../src/tracking/action-link.ts';
import { readActionLinks } from '../../src/tracking/read-action-links.ts';
import { NOW, type TestDatabase, testDatabase } from '../support/database.ts';
import { makeCampaign } from '../support/factories.ts';
import { withdraw } from './withdraw.ts';

let t: TestDatabase;
let campaign: { id: number; slug: string };
beforeAll(async () => {
  t = await testDatabase();
  campaign = await makeCampaign(t);
});

const ADVERT = {
  kind: 'publicite',
  title: 'Annonces en ligne',
  startsAt: fromParis(2026, 11, 26),
  endsAt: fromParis(2027, 1, 15),
  levels: ['terrain'],
  url: 'https://www.exemple.fr/raccordeur',
};
const RESULT = {
  value: 9000,
  unit: 'visites',
  from: '2026-11-26',
  to: '2027-01-25',
  source: 'rapport de l’agence',
  note: '',
};
const trxOf = <T>(organisation: number, run: Parameters<typeof withOrganisation<T>>[2]) =>
  withOrganisation(t.db, organisation, run);

describe('a declared action', () => {
  test('is declared by any partner under its own name, and read by the others', async () => {
    const { slug } = await declareAction(t.ctx(t.cast.bruno), campaign.slug, ADVERT);
    expect(slug).toBe('annonces-en-ligne');
    const seen = await readAction(t.ctx(t.cast.david), campaign.slug, slug);
    expect(seen).toMatchObject({
      title: 'Annonces en ligne',
      organisation: { slug: 'btp' },
      own: false,
      mayDeclare: false,
      levels: ['terrain'],
    });
    expect(await readAction(t.ctx(t.cast.bruno), campaign.slug, slug)).toMatchObject({ own: true });
  });

  test('does not exist for a stranger, nor for its campaign’s number guessed (SEC-23)', async () => {
    const stranger = t.ctx(t.cast.etranger);
    await expect(readActions(stranger, campaign.slug)).rejects.toMatchObject({ kind: 'not-found' });
    await expect(declareAction(stranger, campaign.slug, ADVERT)).rejects.toMatchObject({ kind: 'not-found' });
    const input = actionSchema.parse({ ...ADVERT, slug: 'intruse' });
    await expect(
      trxOf(t.cast.organisations.etranger, (trx) => writeAction(trx, stranger, campaign.id, input)),
    ).rejects.toMatchObject({ kind: 'not-found' });
  });

  test('is changed by its own organisation alone, the lead included', async () => {
    const { slug } = await declareAction(t.ctx(t.cast.bruno), campaign.slug, { ...ADVERT, title: 'À Bruno' });
    for (const other of [t.cast.alice, t.cast.chloe]) {
      await expect(saveAction(t.ctx(other), campaign.slug, { ...ADVERT, slug })).rejects.toMatchObject({
        kind: 'forbidden',
      });
      await expect(cancelAction(t.ctx(other), campaign.slug, slug)).rejects.toMatchObject({ kind: 'forbidden' });
    }
    const { id } = await readAction(t.ctx(t.cast.alice), campaign.slug, slug);
    await expect(actionLink(t.ctx(t.cast.alice), id)).rejects.toMatchObject({ kind: 'forbidden' });
  });

  test('is written by who may write the plan, not by an évaluateur', async () => {
    await expect(declareAction(t.ctx(t.cast.david), campaign.slug, ADVERT)).rejects.toMatchObject({
      kind: 'forbidden',
    });
  });

  test('given twice is one action, and an unchanged one writes nothing', async () => {
    const ctx = t.ctx(t.cast.alice);
    const { slug } = await saveAction(ctx, campaign.slug, { ...ADVERT, title: 'Deux fois' });
    expect(await saveAction(ctx, campaign.slug, { ...ADVERT, title: 'Deux fois', slug })).toMatchObject({
      outcome: 'unchanged',
    });
    expect(await saveAction(ctx, campaign.slug, { ...ADVERT, title: 'Trois fois', slug })).toMatchObject({
      outcome: 'updated',
    });
  });

  test('is read back in the shape in which it was given', async () => {
    const given = actionSchema.parse({
      ...ADVERT,
      slug: 'aller-retour',
      description: 'Deux lignes.\nEt une autre.',
      phase: 'amont',
      place: 'Lyon',
    });
    await trxOf(t.cast.organisations.opco, (trx) => writeAction(trx, t.ctx(t.cast.alice), campaign.id, given));
    const read = await trxOf(t.cast.organisations.btp, (trx) => actionsOfCampaign(trx, campaign.id));
    expect(read.filter((a) => a.slug === 'aller-retour').map(actionInput)).toEqual([given]);
  });

  test('two of one title have two addresses, and none takes that of the form', async () => {
    const ctx = t.ctx(t.cast.alice);
    const first = await saveAction(ctx, campaign.slug, { ...ADVERT, title: 'Nouvelle' });
    const second = await saveAction(ctx, campaign.slug, { ...ADVERT, title: 'Nouvelle' });
    expect([first.slug, second.slug]).toEqual(['nouvelle-2', 'nouvelle-3']);
    await expect(saveAction(ctx, campaign.slug, { ...ADVERT, slug: 'nouvelle' })).rejects.toMatchObject({
      kind: 'invalid',
    });
  });

  test.each([
    ['an end before its start', { endsAt: fromParis(2026, 11, 25) }, 'endsAt'],
    ['an address that runs', { url: 'javascript:alert(1)' }, 'url'],
    ['a password in its address', { url: 'https://moi:secret@exemple.fr' }, 'url'],
    ['a kind nobody knows', { kind: 'pigeon' }, 'kind'],
    ['no title', { title: '  ' }, 'title'],
    ['no date', { startsAt: undefined }, 'startsAt'],
    ['a level that is none', { levels: ['partout'] }, 'levels.0'],
  ])('refuses %s on its field', async (_, change, field) => {
    await expect(declareAction(t.ctx(t.cast.alice), campaign.slug, { ...ADVERT, ...change })).rejects.toMatchObject({
      kind: 'invalid',
      fields: [{ field }],
    });
  });

  test('once cancelled stays, said as such, and changes no more', async () => {
    const ctx = t.ctx(t.cast.alice);
    const { slug } = await saveAction(ctx, campaign.slug, { ...ADVERT, title: 'Annulée' });
    await cancelAction(ctx, campaign.slug, slug);
    await cancelAction(ctx, campaign.slug, slug);
    expect((await readAction(ctx, campaign.slug, slug)).cancelledAt).toEqual(NOW);
    await expect(saveAction(ctx, campaign.slug, { ...ADVERT, title: 'Reprise', slug })).rejects.toMatchObject({
      kind: 'conflict',
    });
  });

  test('a partner that has left reads it, and declares no more', async () => {
    const left = await makeCampaign(t);
    const { slug } = await declareAction(t.ctx(t.cast.bruno), left.slug, ADVERT);
    await withdraw(t, left.id, 'btp');
    await expect(declareAction(t.ctx(t.cast.bruno), left.slug, ADVERT)).rejects.toMatchObject({ kind: 'forbidden' });
    await expect(declareResult(t.ctx(t.cast.bruno), left.slug, slug, RESULT)).rejects.toMatchObject({
      kind: 'forbidden',
    });
    expect(await readActions(t.ctx(t.cast.bruno), left.slug)).toHaveLength(1);
  });
});

describe('its tracked link', () => {
  test('is one for a destination, and a new one for a new destination; the first leads where it led', async () => {
    const ctx = t.ctx(t.cast.bruno);
    const { slug } = await declareAction(ctx, campaign.slug, { ...ADVERT, title: 'Suivie' });
    const { id } = await readAction(ctx, campaign.slug, slug);
    const first = await actionLink(ctx, id);
    expect(await actionLink(ctx, id)).toEqual(first);
    expect(first.address).toMatch(/^https:\/\/pv\.example\/r\/[\w-]{22}$/);
    const later = t.ctx(t.cast.bruno, new Date(NOW.getTime() + 60_000));
    await declareAction(later, campaign.slug, { ...ADVERT, title: 'Suivie', slug, url: 'https://ailleurs.example' });
    const links = await readActionLinks(ctx, { campaignId: campaign.id, actionId: id });
    expect(links.map((l) => l.url)).toEqual(['https://ailleurs.example', ADVERT.url]);
    expect(`https://pv.example/r/${links[1]?.token}`).toBe(first.address);
  });

  test('its clicks are sums of one link, the same for every partner, robots and doubtful apart', async () => {
    const ctx = t.ctx(t.cast.bruno);
    const { slug } = await declareAction(ctx, campaign.slug, { ...ADVERT, title: 'Cliquée' });
    const { id } = await readAction(ctx, campaign.slug, slug);
    await acrossOrganisations(t.db, async (trx) => {
      const link = await trx
        .selectFrom('links as l')
        .innerJoin('link_sources as s', 's.id', 'l.source_id')
        .select(['l.id', 'l.organisation_id'])
        .where('s.action_id', '=', id)
        .executeTakeFirstOrThrow();
      const row = { organisation_id: link.organisation_id, campaign_id: campaign.id, push_id: 0, link_id: link.id };
      await trx
        .insertInto('hit_rollups')
        .values([
          { ...row, hour: NOW, class: 'inconnu', hits: 5 },
          { ...row, hour: NOW, class: 'confirme', hits: 2 },
          { ...row, hour: NOW, class: 'suspect', hits: 3 },
          { ...row, hour: NOW, class: 'scanner', hits: 40 },
        ])
        .execute();
    });
    for (const person of [t.cast.bruno, t.cast.alice, t.cast.david])
      expect(await readActionLinks(t.ctx(person), { campaignId: campaign.id, actionId: id })).toMatchObject([
        { clicks: { retained: 7, doubtful: 3, robots: 40 } },
      ]);
    expect(await readActionLinks(t.ctx(t.cast.etranger), { campaignId: campaign.id })).toEqual([]);
  });
});

describe('what is said of its results', () => {
  test('any partner says it, under its name; a correction is another statement', async () => {
    const { slug } = await declareAction(t.ctx(t.cast.bruno), campaign.slug, { ...ADVERT, title: 'Racontée' });
    await declareResult(t.ctx(t.cast.bruno), campaign.slug, slug, RESULT);
    await declareResult(t.ctx(t.cast.bruno), campaign.slug, slug, { ...RESULT, value: 9100 });
    await declareResult(t.ctx(t.cast.alice), campaign.slug, slug, { ...RESULT, value: 8000, source: 'entretien' });
    const { declared } = await readAction(t.ctx(t.cast.david), campaign.slug, slug);
    expect(declared.results.map((r) => [r.organisation.slug, r.value, r.corrected])).toEqual([
      ['btp', 9000, true],
      ['btp', 9100, false],
      ['opco', 8000, false],
    ]);
    expect(declared.contradictions).toMatchObject([{ a: { value: 9100 }, b: { value: 8000 }, why: 'valeur' }]);
  });

  test('the same words twice are said once: a form sent twice writes one line', async () => {
    const { slug } = await declareAction(t.ctx(t.cast.bruno), campaign.slug, { ...ADVERT, title: 'Répétée' });
    const first = await declareResult(t.ctx(t.cast.bruno), campaign.slug, slug, RESULT);
    expect(await declareResult(t.ctx(t.cast.bruno), campaign.slug, slug, RESULT)).toEqual({
      id: first.id,
      outcome: 'unchanged',
    });
  });

  test('« personnes » of an advertisement is questioned, and accepted once confirmed; at an event it is not', async () => {
    const ctx = t.ctx(t.cast.bruno);
    const { slug } = await declareAction(ctx, campaign.slug, { ...ADVERT, title: 'Douteuse' });
    const persons = { ...RESULT, unit: 'personnes' };
    await expect(declareResult(ctx, campaign.slug, slug, persons)).rejects.toMatchObject({
      kind: 'invalid',
      code: 'personnes_a_confirmer',
      fields: [{ field: 'unit', message: expect.stringContaining('visites') }],
    });
    await declareResult(ctx, campaign.slug, slug, persons, { sure: true });
    const salon = await declareAction(ctx, campaign.slug, { ...ADVERT, kind: 'evenement', title: 'Salon', url: null });
    await declareResult(ctx, campaign.slug, salon.slug, persons);
  });

  test.each([
    ['no source', { source: ' ' }, 'source'],
    ['a window that ends before it begins', { from: '2026-12-02', to: '2026-12-01' }, 'to'],
    ['a day that does not exist', { from: '2026-02-30' }, 'from'],
    ['half a visit', { value: 0.5 }, 'value'],
    ['less than nothing', { value: -1 }, 'value'],
    ['another unit that is not said', { unit: 'autre' }, 'note'],
  ])('refuses %s on its field', async (_, change, field) => {
    const { slug } = await declareAction(t.ctx(t.cast.bruno), campaign.slug, { ...ADVERT, title: `Refusée ${field}` });
    await expect(
      declareResult(t.ctx(t.cast.bruno), campaign.slug, slug, { ...RESULT, ...change }),
    ).rejects.toMatchObject({ kind: 'invalid', fields: expect.arrayContaining([expect.objectContaining({ field })]) });
  });

  test('what was said cannot be unsaid: the app role neither changes nor removes a statement', async () => {
    const own = t.cast.organisations.btp;
    await expect(
      trxOf(own, (trx) => trx.updateTable('action_results').set({ value: 1 }).execute()),
    ).rejects.toMatchObject({ code: '42501' });
    await expect(trxOf(own, (trx) => trx.deleteFrom('action_results').execute())).rejects.toMatchObject({
      code: '42501',
    });
  });
});

describe('statements side by side', () => {
  const said = (over: Partial<ResultRow>): ResultRow => ({
    id: Math.random(),
    actionId: 1,
    organisationId: 1,
    organisation: { slug: 'a', name: 'A' },
    value: 9000,
    unit: 'visites',
    from: '2023-10-01',
    to: '2023-11-30',
    source: 'rapport',
    note: '',
    declaredAt: NOW,
    ...over,
  });
  const whys = (...results: ResultRow[]) => compareResults(results).contradictions.map((c) => c.why);

  test('the one figure of the programme, told three ways, is three contradictions', () => {
    const visits = said({});
    const longer = said({ organisationId: 2, unit: 'personnes', to: '2023-12-31' });
    const heard = said({ organisationId: 3, unit: 'personnes' });
    expect(whys(visits, longer, heard)).toEqual(['unite', 'unite', 'fenetre']);
  });

  test('a month larger than the two months around it cannot be right', () => {
    expect(whys(said({}), said({ organisationId: 2, to: '2023-10-31', value: 9500 }))).toEqual(['valeur']);
    expect(whys(said({}), said({ organisationId: 2, to: '2023-10-31', value: 4500 }))).toEqual([]);
  });

  test('what does not speak of the same thing contradicts nothing', () => {
    expect(whys(said({}), said({ organisationId: 2, unit: 'clics', value: 400 }))).toEqual([]);
    expect(whys(said({ value: 3 }), said({ organisationId: 2, unit: 'articles', value: 3 }))).toEqual([]);
    expect(whys(said({}), said({ organisationId: 2 }))).toEqual([]);
  });

  test('an organisation corrects itself, in number or in unit, and contradicts nobody by what it took back', () => {
    const { results, contradictions } = compareResults([
      said({ unit: 'personnes' }),
      said({}),
      said({ organisationId: 2 }),
    ]);
    expect(results.map((r) => r.corrected)).toEqual([true, false, false]);
    expect(contradictions).toEqual([]);
  });
});
