import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { declareResult } from '../../src/campaigns/action-results.ts';
import { saveAction } from '../../src/campaigns/action-save.ts';
import { saveBudget } from '../../src/campaigns/budget-save.ts';
import { saveEvent } from '../../src/campaigns/event-save.ts';
import { keepImage } from '../../src/campaigns/keep-image.ts';
import { getCampaign } from '../../src/campaigns/queries.ts';
import { withOrganisation } from '../../src/db/database.ts';
import { recordDecision } from '../../src/decisions/record-decision.ts';
import { recordWatchNote } from '../../src/decisions/watch-notes.ts';
import { DEMO_CAMPAIGN } from '../../src/demo.ts';
import { saveTerm } from '../../src/key-messages/save-term.ts';
import { keyMessageSchema } from '../../src/key-messages/schema.ts';
import { createOrganisation } from '../../src/organisations/save-organisation.ts';
import { declareFigure } from '../../src/pages/declare-figure.ts';
import { saveWatchedPage } from '../../src/pages/save-watched-page.ts';
import { applyBundle, applyFolder, planBundle, planFolder } from '../../src/plan/apply.ts';
import { createDemoOrganisations } from '../../src/plan/demo-organisations.ts';
import { changesSomething } from '../../src/plan/diff.ts';
import { blockWritten } from '../../src/plan/export/blocks.ts';
import { filesOf } from '../../src/plan/export/folder.ts';
import { exportCampaign } from '../../src/plan/export-campaign.ts';
import { KINDS } from '../../src/plan/kinds/all.ts';
import { loadOrRefuse } from '../../src/plan/load-folder.ts';
import { editCampaign } from '../../src/pushes/edit-campaign.ts';
import { cancelWebinar, saveWebinar } from '../../src/pushes/edit-webinar.ts';
import { savePush } from '../../src/pushes/save-push.ts';
import { saveKitSettings } from '../../src/relay-kits/settings.ts';
import { relaySchema } from '../../src/relays/schema.ts';
import { writeRelay } from '../../src/relays/write-relay.ts';
import { addLink } from '../../src/resources/attach.ts';
import { resourcesOfCampaign } from '../../src/resources/queries.ts';
import { saveSurvey } from '../../src/surveys/save-survey.ts';
import { openRegistrations } from '../../src/webinars/act-webinar.ts';
import { NOW, type TestDatabase, testDatabase } from '../support/database.ts';
import { letter } from '../support/factories.ts';
import { png } from '../support/images.ts';
import { copyOfPetite, PETITE } from './folders.ts';

const root = mkdtempSync(join(tmpdir(), 'porte-voix-export-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let t: TestDatabase;
beforeAll(async () => {
  t = await testDatabase();
});
const commandFor = (organisationId: number) => t.ctx({ kind: 'command', name: 'test', organisationId });

test('the demonstration campaign, exported, plans nothing, and reads as the folder it came from', async () => {
  const organisations = await createDemoOrganisations({ db: t.db, now: () => NOW }, DEMO_CAMPAIGN);
  const ctx = commandFor(organisations.get('afdas') as number);
  await applyFolder(ctx, DEMO_CAMPAIGN);
  const dir = join(root, 'essentiels-infranum');
  await exportCampaign(ctx, dir);
  expect(changesSomething(await planFolder(ctx, dir))).toBe(false);
  const [given, back] = [await loadOrRefuse(DEMO_CAMPAIGN), await loadOrRefuse(dir)];
  // The database has an order of its own: terms as in a dictionary, actions by date, pushes by their making.
  const unordered = (value: unknown): unknown =>
    Array.isArray(value)
      ? value.map(unordered).toSorted((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b)))
      : value;
  const parts = ({ bundle: { more, ...own } }: typeof given) =>
    Object.entries({ ...own, ...more }).map(([part, things]) => [part, unordered(things)]);
  expect(new Map(parts(back) as [string, unknown][])).toEqual(new Map(parts(given) as [string, unknown][]));
});

test('what people write on the screens comes back from the files as it was', async () => {
  const ctx = t.ctx(t.cast.alice);
  await applyFolder(ctx, PETITE);
  const dir = join(root, 'petite-campagne');
  const markdown =
    '# Un titre ?\nligne\\\nautre ligne  \n- point\n  suite : « deux points »\n\n\t& ancre, *alias, !étiquette';
  await savePush(
    ctx,
    'petite-campagne',
    letter({
      slug: 'ecrit-a-l-ecran',
      title: 'oui',
      audience: 'tous',
      content: {
        subject: '2026: "non" # pas un commentaire',
        preheader: '- tiret',
        blocks: [
          { id: 'intro', type: 'text', markdown },
          { id: 'b2', type: 'separator', levels: ['terrain'] },
          { id: 'b3', type: 'title', text: 'null' },
        ],
      },
    }),
  );
  await exportCampaign(ctx, dir);
  expect(await planFolder(ctx, dir)).toSatisfy((changes) => !changesSomething(changes as never));
});

test('any text of a block survives the way to a file and back', async () => {
  const { bundle } = await loadOrRefuse(copyOfPetite().dir);
  const first = bundle.pushes[0];
  if (!first) throw new Error('the small campaign has a push');
  const pieces = fc.constantFrom(
    'mot',
    ' ',
    '\n',
    '\n\n',
    '\\',
    '#',
    '# ',
    '- ',
    ': ',
    '"',
    "'",
    '&',
    '*',
    '|',
    '>',
    '%',
    '@',
    'é',
    '🙂',
    '---',
  );
  const texts = fc
    .array(pieces, { minLength: 1, maxLength: 14 })
    .map((all) => all.join('').trim())
    .filter((text) => text !== '');
  let n = 0;
  await fc.assert(
    fc.asyncProperty(texts, async (text) => {
      const dir = join(root, `texte-${n++}`, 'petite-campagne');
      const content = { ...first.content, blocks: [{ id: 'b1', type: 'text' as const, markdown: text }] };
      const topic = keyMessageSchema.parse({
        slug: 'sujet',
        topic: 'Sujet',
        wordings: { terrain: { paragraphe: text, post: text, discours: text } },
      });
      const wanted = { ...bundle, images: [], keyMessages: [topic], pushes: [{ ...first, content }] };
      for (const [path, file] of filesOf(wanted)) {
        mkdirSync(join(dir, path, '..'), { recursive: true });
        writeFileSync(join(dir, path), file);
      }
      const back = await loadOrRefuse(dir);
      expect(back.bundle.pushes[0]?.content.blocks[0]).toMatchObject({ markdown: text.normalize('NFC') });
      expect(back.bundle.keyMessages[0]?.wordings).toEqual(topic.wordings);
    }),
    { numRuns: 150 },
  );
});

/** The cast has an OPCO and a federation already. */
const organisationOf = async ({ cast, ctx }: TestDatabase, slug: string): Promise<number> => {
  if (slug === 'federation' || slug === 'opco') return cast.organisations[slug];
  const senderAddress = `lettre@${slug}.example`;
  const given = { slug, name: slug, kind: 'partenaire' as const, senderName: slug, senderAddress };
  return (await createOrganisation(ctx(cast.alice), given)).id;
};

test.each(['communique-de-lancement', 'diagnostic-en-cascade', 'diffusion-d-un-guide', 'lettre-aux-professionnels'])(
  'the bundled campaign %s can be applied, and exported without a difference',
  async (slug) => {
    const from = join(DEMO_CAMPAIGN, '..', slug);
    const { bundle } = await loadOrRefuse(from);
    const house = await testDatabase();
    const ids = new Map<string, number>();
    for (const { organisation } of bundle.campaign.partners)
      ids.set(organisation, await organisationOf(house, organisation));
    const lead = bundle.campaign.partners.find((p) => p.role === 'pilote')?.organisation ?? '';
    const ctx = house.ctx({ kind: 'command', name: 'test', organisationId: ids.get(lead) as number });
    await applyFolder(ctx, from);
    expect(changesSomething(await applyFolder(ctx, from))).toBe(false);
    const dir = join(root, 'modeles', slug);
    await exportCampaign(ctx, dir);
    expect(changesSomething(await planFolder(ctx, dir))).toBe(false);
  },
);

/** One of each state that a file tells, and one that it does not. */
async function saveWebinars(campaign: string): Promise<void> {
  const ctx = t.ctx(t.cast.alice);
  const hours = { startsAt: new Date('2027-01-14T13:00:00Z'), endsAt: new Date('2027-01-14T14:15:00Z') };
  const whole = {
    summary: 'Une heure : « pour de vrai »',
    description: '**Gras**\n\n- un point\n- un autre',
    levels: ['terrain'],
    publics: ['prescripteur', 'organisme_formation'],
    speakers: [{ name: 'A: B', role: '', organisation: 'oui' }, { name: 'C' }],
    capacity: 60,
    platform: 'zoom',
    joinUrl: 'https://exemple.fr/salle?a=1&b=2',
    joinNote: 'Code 0123',
    reminders: [],
    keepDays: 400,
  };
  const given = (title: string, over: object = {}) => ({ title, organisers: ['btp', 'opco'], ...hours, ...over });
  await saveWebinar(ctx, campaign, given('Complet', whole));
  await openRegistrations(ctx, campaign, 'complet');
  await saveWebinar(ctx, campaign, given('En préparation'));
  await saveWebinar(ctx, campaign, given('Annulé'));
  await cancelWebinar(ctx, campaign, 'annule', 'Remis.');
}

test('everything that is not a newsletter has its file too, and comes back the same', async () => {
  const ctx = t.ctx(t.cast.alice);
  const campaign = 'petite-campagne';
  await applyFolder(ctx, PETITE);
  const { id } = await withOrganisation(t.db, ctx.actor.organisationId, (trx) => getCampaign(trx, campaign));
  await saveAction(ctx, campaign, {
    title: 'Une affiche « à l’accueil »',
    kind: 'affiche',
    startsAt: new Date('2027-02-02T08:30:00Z'),
    levels: ['terrain'],
    url: 'https://exemple.fr/?a=1&b=2',
  });
  await declareResult(ctx, campaign, 'une-affiche-a-l-accueil', {
    value: 120,
    unit: 'contacts',
    from: '2027-02-02',
    to: '2027-02-28',
    source: 'Comptage à l’accueil',
  });
  await saveAction(t.ctx(t.cast.bruno), campaign, { title: 'Du partenaire', kind: 'site', startsAt: NOW });
  await saveEvent(ctx, campaign, { title: 'Salon', from: '2027-03-01', to: '2027-03-02', resources: [] });
  await saveBudget(ctx, campaign, { action: 'une-affiche-a-l-accueil', planned: 123_450, committed: 1, note: 'devis' });
  await saveWebinars(campaign);
  await saveWatchedPage(ctx, campaign, { name: 'La fiche', url: 'https://exemple.fr/?a=1&b=2', owner: 'Un « autre »' });
  const said = {
    value: 12,
    unit: 'visites',
    windowSaid: 'un mois : novembre',
    saidBy: '- lui',
    source: 'non',
    quote: '# oui',
  };
  await declareFigure(ctx, campaign, 'la-fiche', said);
  await saveSurvey(ctx, campaign, {
    slug: 'avis',
    title: 'Votre avis : « oui » ?',
    questions: ['satisfaction', 'usage'],
  });
  await saveTerm(ctx, id, { term: 'GEPP', definition: 'Gestion des emplois.', avoid: ['GPEC'] });
  await withOrganisation(t.db, ctx.actor.organisationId, async (trx) => {
    const national = { name: 'Comité « national »', kind: 'instance', territory: 'France', member: 'federation' };
    for (const relay of [
      national,
      { ...national, name: 'Antenne; 2A', territory: '2A', parent: national.name, address: 'a@b.example' },
    ])
      await writeRelay(trx, ctx, id, relaySchema.parse(relay));
  });
  await saveKitSettings(ctx, campaign, { open: true, posterTitle: 'Une affiche', keyMessages: [] });
  const held = { instance: 'copil', date: '2026-11-02', subject: 'Le calendrier' } as const;
  await recordDecision(ctx, id, {
    ...held,
    decision: 'Décembre.',
    participants: [{ organisation: 'OPCO', people: ['Alice'] }],
  });
  await recordDecision(ctx, id, {
    ...held,
    date: '2026-11-09',
    decision: 'Janvier.',
    supersedes: { date: held.date, subject: held.subject },
  });
  await recordWatchNote(ctx, id, { date: '2026-11-03', title: 'Une étude', body: 'Ligne\n\n- point' });
  const [resource] = await withOrganisation(t.db, ctx.actor.organisationId, (trx) => resourcesOfCampaign(trx, id));
  if (!resource) throw new Error('the small campaign has a resource');
  await addLink(ctx, id, resource.slug, { format: 'video', title: 'Le film', url: 'https://exemple.fr/film' });
  const { path } = await keepImage(ctx, campaign, { fileName: 'logo.png', bytes: png() });
  const logo = path.slice(path.lastIndexOf('/') + 1);
  await editCampaign(ctx, campaign, { identity: { colour: '#12355b', accent: '#c2410c', hashtag: '', logo } });
  const dir = join(root, 'tout', campaign);
  const files = await exportCampaign(ctx, dir);
  // Nobody has left, and a simulated journal is for demonstrations.
  const absent = ['retraits.yaml', 'clics-simules.csv'];
  expect(files).toEqual(expect.arrayContaining(KINDS.map((k) => k.file).filter((f) => !absent.includes(f))));
  expect((await planFolder(ctx, dir)).filter((c) => c.action === 'créer' || c.action === 'modifier')).toEqual([]);
  const { bundle } = await loadOrRefuse(dir);
  expect(bundle.more['actions.yaml']).toEqual(
    expect.arrayContaining([expect.objectContaining({ slug: 'du-partenaire', organisation: 'btp' })]),
  );

  expect(bundle.more['webinaires.yaml']).toEqual([
    expect.objectContaining({ slug: 'complet', open: true, reminders: [], capacity: 60, organisers: ['btp', 'opco'] }),
    expect.objectContaining({ slug: 'en-preparation', open: false, reminders: ['J-7', 'J-1', 'H-1'], keepDays: 180 }),
  ]);

  // The same files make the same campaign in an empty house, but for what a partner declared: that one is the partner's.
  const elsewhere = await testDatabase();
  const there = elsewhere.ctx(elsewhere.cast.alice);
  await expect(applyFolder(there, dir)).rejects.toMatchObject({ code: 'pas_au_pilote' });
  const own = { ...bundle, more: { ...bundle.more, 'actions.yaml': (bundle.more['actions.yaml'] ?? []).slice(0, 0) } };
  await expect(applyBundle(there, own)).rejects.toMatchObject({ kind: 'not-found' });
  const actions = (bundle.more['actions.yaml'] ?? []).filter((a) => !(a as { organisation?: string }).organisation);
  const ours = { ...bundle, more: { ...bundle.more, 'actions.yaml': actions } };
  await applyBundle(there, ours);
  expect(changesSomething(await planBundle(there, ours))).toBe(false);
});

test('a record is not rewritten by a file', async () => {
  const ctx = t.ctx(t.cast.alice);
  const dir = join(root, 'tout', 'petite-campagne');
  const path = join(dir, 'decisions.yaml');
  writeFileSync(path, readFileSync(path, 'utf8').replace('Janvier.', 'Février.'));
  await expect(planFolder(ctx, dir)).rejects.toMatchObject({ code: 'deja_note' });
});

test('a stranger exports nothing; a folder that holds something else is left alone', async () => {
  await expect(exportCampaign(t.ctx(t.cast.etranger), join(root, 'petite-campagne'))).rejects.toMatchObject({
    kind: 'not-found',
  });
  const dir = join(root, 'ailleurs', 'petite-campagne');
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, 'photos.zip'), 'x');
  await expect(exportCampaign(t.ctx(t.cast.alice), dir)).rejects.toMatchObject({ code: 'dossier_occupe' });
  expect(readdirSync(dir)).toEqual(['photos.zip']);
});

test('an export replaces what it made before, and keeps what is not its own', async () => {
  const dir = join(root, 'encore', 'petite-campagne');
  const ctx = t.ctx(t.cast.alice);
  await exportCampaign(ctx, dir);
  writeFileSync(join(dir, 'envois', 'ancien.yaml'), 'titre: ancien');
  writeFileSync(join(dir, 'LISEZ-MOI.md'), 'à nous');
  await exportCampaign(ctx, dir);
  expect(readdirSync(dir)).toContain('LISEZ-MOI.md');
  expect(readdirSync(join(dir, 'envois'))).not.toContain('ancien.yaml');
  expect(readdirSync(join(dir, '..'))).toEqual(['petite-campagne']);
});

test('a block keeps the name that remarks are told by, where it is not its place', () => {
  expect(blockWritten({ id: 'b1', type: 'title', text: 'Un' }, 0)).toEqual({ titre: 'Un' });
  expect(blockWritten({ id: 'intro', type: 'title', text: 'Un' }, 0)).toMatchObject({ identifiant: 'intro' });
});
