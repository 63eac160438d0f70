import { fileURLToPath } from 'node:url';
import { sql } from 'kysely';
import { beforeAll, expect, test } from 'vitest';
import { acrossOrganisations, withOrganisation } from '../../src/db/database.ts';
import { applyFolder, planFolder, validateFolder } from '../../src/plan/apply.ts';
import { createDemoOrganisations } from '../../src/plan/demo-organisations.ts';
import { changesSomething } from '../../src/plan/diff.ts';
import { formatPlan } from '../../src/plan/format.ts';
import { getPush, signatoriesOf } from '../../src/pushes/queries.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { copyOfPetite, PETITE } from './folders.ts';

const ESSENTIELS = fileURLToPath(new URL('../../campaigns/essentiels-infranum', import.meta.url));
let t: TestDatabase;
beforeAll(async () => {
  t = await testDatabase();
});

const counts = () =>
  acrossOrganisations(t.db, async (trx) => {
    const { rows } = await sql<Record<string, number>>`select
      (select count(*) from campaigns) as campaigns, (select count(*) from campaign_partners) as partners,
      (select count(*) from campaign_targets) as targets, (select count(*) from audiences) as audiences,
      (select count(*) from resources) as resources, (select count(*) from key_messages) as messages,
      (select count(*) from key_message_versions) as versions, (select count(*) from pushes) as pushes,
      (select count(*) from push_signatories) as signatories, (select count(*) from audit_log) as audit`.execute(trx);
    return rows[0];
  });

const push = (slug: string) =>
  withOrganisation(t.db, t.cast.organisations.opco, async (trx) => {
    const row = await getPush(trx, `petite-campagne/${slug}`);
    return { ...row, signatories: (await signatoriesOf(trx, row.id)).map((s) => s.slug) };
  });

/** What `push submit` leaves behind: a stored proof that the push points to. */
const submitted = (pushId: number) =>
  acrossOrganisations(t.db, async (trx) => {
    const { id } = await trx
      .insertInto('proofs')
      .values({
        organisation_id: t.cast.organisations.opco,
        campaign_id: 1,
        push_id: pushId,
        content_version: 1,
        created_by: 'test',
        created_at: new Date(),
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    await trx.updateTable('pushes').set({ current_proof_id: id }).where('id', '=', pushId).execute();
    return id;
  });

test('a plan changes nothing, applying does what the plan prints, applying again does nothing', async () => {
  const ctx = t.ctx(t.cast.alice);
  const empty = await counts();
  const planned = await planFolder(ctx, PETITE);
  expect(await counts()).toEqual(empty);
  const applied = await applyFolder(ctx, PETITE);
  expect(formatPlan(applied)).toBe(formatPlan(planned));
  const after = await counts();
  expect(after).toMatchObject({
    campaigns: 1,
    partners: 3,
    targets: 1,
    audiences: 2,
    resources: 1,
    versions: 1,
    pushes: 2,
    signatories: 3,
  });
  expect(changesSomething(await planFolder(ctx, PETITE))).toBe(false);
  expect(changesSomething(await applyFolder(ctx, PETITE))).toBe(false);
  expect(await counts()).toEqual(after);
});

test('a change of content clears the proof of its push, and of no other', async () => {
  const ctx = t.ctx(t.cast.alice);
  const [before, other] = [await push('premiere'), await push('lettre')];
  const kept = await submitted(other.id);
  await submitted(before.id);
  const folder = copyOfPetite().edit('envois/premiere.yaml', 'objet: Pour commencer', 'objet: Pour bien commencer');
  await applyFolder(ctx, folder.dir);
  expect(await push('premiere')).toMatchObject({ contentVersion: before.contentVersion + 1, currentProofId: null });
  expect(await push('lettre')).toMatchObject({ contentVersion: 1, currentProofId: kept });
});

test('a change that nobody approves (the phase) keeps the proof and the version', async () => {
  const before = await push('premiere');
  const proof = await submitted(before.id);
  const folder = copyOfPetite()
    .edit('envois/premiere.yaml', 'objet: Pour commencer', 'objet: Pour bien commencer')
    .edit('envois/premiere.yaml', 'phase: pendant', 'phase: amont');
  await applyFolder(t.ctx(t.cast.alice), folder.dir);
  expect(await push('premiere')).toMatchObject({
    phase: 'amont',
    contentVersion: before.contentVersion,
    currentProofId: proof,
  });
});

test('an audience that selects others asks for the approval of its pushes again', async () => {
  const folder = copyOfPetite()
    .edit('envois/premiere.yaml', 'objet: Pour commencer', 'objet: Pour bien commencer')
    .edit('envois/premiere.yaml', 'phase: pendant', 'phase: amont')
    .edit('campagne.yaml', 'niveaux: terrain', 'niveaux: [terrain, opérationnel]')
    .edit(
      'messages/bienvenue.md',
      'Accompagner, mode d’emploi.',
      'Accompagner.\n## Paragraphe\nUn guide pour accompagner.',
    );
  await applyFolder(t.ctx(t.cast.alice), folder.dir);
  expect((await push('premiere')).currentProofId).toBeNull();
});

test('applying that stops half-way leaves nothing', async () => {
  const { id } = await push('premiere');
  await acrossOrganisations(t.db, (trx) =>
    trx.updateTable('pushes').set({ finished_at: new Date() }).where('id', '=', id).execute(),
  );
  const before = await counts();
  // The resource and the message would be written before the push that has already left refuses.
  const folder = copyOfPetite()
    .edit('ressources.yaml', 'Le guide', 'Le nouveau guide')
    .edit('messages/bienvenue.md', 'On vous aide.', 'On vous aide bien.')
    .edit('envois/premiere.yaml', 'titre: Bonjour', 'titre: Bonsoir');
  await expect(applyFolder(t.ctx(t.cast.alice), folder.dir)).rejects.toMatchObject({
    kind: 'conflict',
    code: 'envoi_clos',
  });
  expect(await counts()).toEqual(before);
  const title = await withOrganisation(t.db, t.cast.organisations.opco, (trx) =>
    trx.selectFrom('resources').select('title').execute(),
  );
  expect(title).toEqual([{ title: 'Le guide' }]);
});

test('only the lead, and only a communicant, applies a campaign', async () => {
  await expect(applyFolder(t.ctx(t.cast.bruno), PETITE)).rejects.toMatchObject({ kind: 'forbidden' });
  await expect(applyFolder(t.ctx(t.cast.etranger), PETITE)).rejects.toMatchObject({ kind: 'forbidden' });
  await expect(planFolder(t.ctx(t.cast.david), PETITE)).rejects.toMatchObject({ kind: 'forbidden' });
});

test('an organisation that does not exist is named, with the command that creates it', async () => {
  const folder = copyOfPetite().edit('campagne.yaml', 'organisation: federation', 'organisation: cpnef');
  await expect(applyFolder(t.ctx(t.cast.alice), folder.dir)).rejects.toThrow(/« cpnef ».*organisation create cpnef/);
});

test('a broken folder is refused with the lines to correct', async () => {
  const folder = copyOfPetite().edit('envois/lettre.yaml', 'canal: newsletter', 'canal: pigeon');
  expect(await validateFolder(PETITE)).toEqual([]);
  expect(await validateFolder(folder.dir)).toMatchObject([{ file: 'envois/lettre.yaml', line: 2, column: 8 }]);
  await expect(applyFolder(t.ctx(t.cast.alice), folder.dir)).rejects.toThrow(/envois\/lettre\.yaml:2:8/);
});

test('the demonstration applies on an empty house: its organisations, then its campaign, twice without harm', async () => {
  const now = () => new Date('2026-11-22T10:00:00Z');
  // The cast already holds an organisation called « federation »: it is kept as it is.
  const ids = await createDemoOrganisations({ db: t.db, now }, ESSENTIELS);
  expect(await createDemoOrganisations({ db: t.db, now }, ESSENTIELS)).toEqual(ids);
  expect(ids.get('federation')).toBe(t.cast.organisations.federation);
  const ctx = t.ctx({ kind: 'command', name: 'start', organisationId: ids.get('afdas') as number });
  const applied = await applyFolder(ctx, ESSENTIELS);
  expect(applied.every((c) => c.action === 'créer')).toBe(true);
  expect(changesSomething(await applyFolder(ctx, ESSENTIELS))).toBe(false);
});
