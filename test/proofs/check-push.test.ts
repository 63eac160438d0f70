import { describe, expect, test } from 'vitest';
import type { PageProbe } from '../../src/base/probe-page.ts';
import { withOrganisation } from '../../src/db/database.ts';
import { forecastPush } from '../../src/deliveries/forecast.ts';
import { addVersion } from '../../src/key-messages/add-version.ts';
import { checkPush } from '../../src/proofs/check-push.ts';
import type { Finding } from '../../src/proofs/check-schema.ts';
import { submitPush } from '../../src/proofs/submit-push.ts';
import { NOW, testDatabase } from '../support/database.ts';
import { approve, editPush, makePush, submit } from '../support/factories.ts';
import { codes } from './check-cast.ts';

const t = await testDatabase();
const alice = t.ctx(t.cast.alice);

const URL_OF = 'https://www.constructys.fr/gepp';
const answering = (status: number): PageProbe => ({
  probe: async () => ({ kind: 'status', status }),
  online: async () => true,
});
const nowhere: PageProbe = { probe: async () => ({ kind: 'dns', detail: 'ENOTFOUND' }), online: async () => false };

const words = (markdown: string, more: Record<string, unknown> = {}) => ({ type: 'text', markdown, ...more });
const pushOf = (...blocks: Record<string, unknown>[]) =>
  makePush(t, {
    campaign: { demo: true },
    push: { content: { subject: 'Une lettre', blocks: blocks.map((b, i) => ({ id: `b${i + 1}`, ...b })) } },
  });
const findings = async (pushId: number, at = {}): Promise<Finding[]> =>
  (await checkPush(alice, pushId, at)).findings.filter((f) => f.code !== 'validation_manquante');

describe('one proofreading for every organisation and level', () => {
  test('a plain letter has nothing to say, but whose yes is awaited', async () => {
    const push = await pushOf(
      words('Le texte de la lettre, et [la page de l’outil](https://ressources.example/gepp).'),
    );
    expect(await checkPush(alice, push.id)).toMatchObject({
      blocking: 0,
      warnings: 1,
      findings: [
        { code: 'validation_manquante', place: 'Validation', message: expect.stringContaining('OPCO de test') },
      ],
    });
  });

  test('what is the same everywhere is said once; what is not, with its level or its organisation', async () => {
    const push = await pushOf(
      words('Demandez à Pôle emploi.'),
      words('Demandez à l’ANPE.', { levels: ['terrain'] }),
      words('Demandez aux Assédic.', { organisations: ['btp'] }),
      words('Demandez à l’OPCAIM.', { organisations: ['btp'], levels: ['institutionnel', 'terrain'] }),
    );
    expect((await findings(push.id)).map((f) => f.place)).toEqual([
      'Bloc 1 (texte)',
      'Bloc 2 (texte), niveau terrain',
      'Bloc 3 (texte), Partenaire BTP',
      'Bloc 4 (texte), niveaux institutionnel et terrain, Partenaire BTP',
    ]);
  });

  test('what blocks comes first, and both are counted', async () => {
    const push = await pushOf(words('Avec Pôle emploi, lisez [la note](https://intranet/note).'));
    const check = await checkPush(alice, push.id);
    expect(check).toMatchObject({ blocking: 1, warnings: 2 });
    expect(check.findings[0]).toMatchObject({
      code: 'lien_interne',
      place: 'Bloc 1 (texte)',
      remedy: expect.stringContaining('adresse publique'),
    });
  });

  test('a content that cannot be composed is a finding like another', async () => {
    const push = await pushOf({ type: 'resource', resource: 'absente' });
    expect((await checkPush(alice, push.id)).findings[0]).toMatchObject({
      code: 'composition',
      level: 'bloquant',
      place: 'Message',
      message: expect.stringContaining('absente'),
    });
  });

  test('a partner reads it too; a stranger finds nothing, an évaluateur may not', async () => {
    const push = await pushOf(words('Avec Pôle emploi.'));
    expect((await checkPush(t.ctx(t.cast.bruno), push.id)).warnings).toBe(2);
    await expect(checkPush(t.ctx(t.cast.etranger), push.id)).rejects.toMatchObject({ kind: 'not-found' });
    await expect(checkPush(t.ctx(t.cast.david), push.id)).rejects.toMatchObject({ kind: 'forbidden' });
  });
});

describe('submission', () => {
  test('is refused by what blocks, sentence by sentence, and leaves nothing behind', async () => {
    const push = await pushOf(words('Lisez [la note](https://intranet/note).'), {
      type: 'button',
      label: 'Ouvrir',
      url: 'http://localhost:3000/',
    });
    await expect(submit(t, push.id)).rejects.toMatchObject({
      kind: 'invalid',
      code: 'preflight',
      message: expect.stringMatching(/^2 points.*Bloc 1/),
      fields: [
        { field: 'Bloc 1 (texte)', message: expect.stringContaining('intranet') },
        { field: 'Bloc 2 (bouton)', message: expect.stringContaining('localhost:3000') },
      ],
    });
    const kept = await withOrganisation(t.db, t.cast.organisations.opco, (trx) =>
      trx.selectFrom('proofs').select('id').where('push_id', '=', push.id).execute(),
    );
    expect(kept).toEqual([]);
  });

  test('is not refused by what is only to be looked at', async () => {
    const push = await pushOf(words('Avec Pôle emploi, [cliquez ici](http://bit.ly/abc).'));
    expect(await findings(push.id)).not.toEqual([]);
    expect(await submit(t, push.id)).toMatchObject({ asked: 2 });
  });

  test('weighs what leaves: 100 KB block (MAIL-41)', async () => {
    const long =
      'Les métiers de la fibre recrutent, et les entreprises cherchent comment former leurs équipes. '.repeat(80);
    const push = await pushOf(...Array.from({ length: 15 }, () => words(long)));
    await expect(submit(t, push.id)).rejects.toMatchObject({
      code: 'preflight',
      message: expect.stringContaining('100 ko'),
    });
  });

  test('to nobody is refused, where the forecast is known', async () => {
    const push = await makePush(t, { campaign: { demo: true }, contacts: { opco: 0, btp: 0 } });
    const forecast = await forecastPush(alice, push.id);
    await expect(submitPush(alice, push.id, { forecast })).rejects.toMatchObject({
      code: 'preflight',
      message: expect.stringMatching(/^Audience/),
    });
  });

  test('from a domain that is not verified is refused, for each signatory, in a real service (MAIL-10)', async () => {
    const push = await pushOf(words('Le texte.'));
    const { opco, btp } = t.cast.organisations;
    for (const id of [opco, btp])
      await withOrganisation(t.db, id, (trx) =>
        trx
          .updateTable('organisations')
          .set({ sender_address: `lettre@domaine-${id}.fr` })
          .where('id', '=', id)
          .execute(),
      );
    expect(codes(await findings(push.id, { demo: true }))).toEqual([]);
    expect((await findings(push.id, { demo: false })).map((f) => `${f.code} ${f.place}`)).toEqual([
      'expediteur_non_verifie Expéditeur OPCO de test',
      'expediteur_non_verifie Expéditeur Partenaire BTP',
    ]);
    await expect(submitPush(alice, push.id, { demo: false })).rejects.toMatchObject({ code: 'preflight' });
  });
});

describe('once submitted', () => {
  test('the missing approvals are those that are left', async () => {
    const push = await pushOf(words('Le texte.'));
    await submit(t, push.id);
    await approve(t, push.id, t.cast.alice);
    const [awaited] = (await checkPush(alice, push.id)).findings;
    expect(awaited).toMatchObject({
      code: 'validation_manquante',
      message: 'Accords attendus avant tout départ : Partenaire BTP.',
    });
    await approve(t, push.id, t.cast.bruno);
    expect((await checkPush(alice, push.id)).findings).toEqual([]);
  });

  test('a wording written since is told, and a new submission takes it', async () => {
    const push = await pushOf(words('Le texte.'));
    const says = (text: string, at: Date) =>
      addVersion(t.ctx(t.cast.alice, at), push.campaignId, {
        slug: 'gepp',
        topic: 'L’outil GEPP',
        wordings: Object.fromEntries(
          ['institutionnel', 'operationnel', 'terrain'].map((l) => [l, { accroche: text, paragraphe: text }]),
        ),
      });
    await says('L’outil GEPP aide chaque entreprise à préparer ses recrutements.', NOW);
    await editPush(t, push, {
      content: { subject: 'Une lettre', blocks: [{ id: 'b1', type: 'key-message', keyMessage: 'gepp' }] },
    });
    await submit(t, push.id, new Date(NOW.getTime() + 1_000));
    expect(codes(await findings(push.id))).toEqual([]);
    await says('L’outil GEPP aide vos équipes à préparer demain.', new Date(NOW.getTime() + 60_000));
    expect(await findings(push.id)).toMatchObject([
      {
        code: 'edl_remplace',
        level: 'a_voir',
        place: 'Bloc 1 (élément de langage)',
        remedy: expect.stringContaining('Soumettez de nouveau'),
      },
    ]);
    await submit(t, push.id, new Date(NOW.getTime() + 120_000));
    expect(await findings(push.id)).toEqual([]);
    // Copied by hand instead of named, the old words would stay for ever.
    await editPush(t, push, {
      content: {
        subject: 'Une lettre',
        blocks: [{ id: 'b1', ...words('L’outil GEPP aide chaque entreprise à préparer ses recrutements.') }],
      },
    });
    expect(await findings(push.id)).toMatchObject([
      { code: 'edl_remplace', place: 'Bloc 1 (texte)', message: expect.stringContaining('version 1') },
    ]);
  });
});

describe('what pages answer', () => {
  const linked = () => pushOf(words(`Ouvrez [l’outil GEPP](${URL_OF}?${Math.random()}).`));

  test('is not asked unless a person wants it: one line says that nobody knows', async () => {
    const push = await linked();
    expect(await checkPush(alice, push.id)).toMatchObject({ pages: 1, askedAt: null });
    expect(await findings(push.id)).toMatchObject([{ code: 'liens_non_verifies', level: 'a_voir' }]);
    expect(codes(await findings(push.id, { probe: nowhere }))).toEqual(['a_voir liens_non_verifies']);
  });

  test('is kept for every process, blocks the submission for a day, and leaves a trace', async () => {
    const push = await linked();
    expect(codes(await findings(push.id, { probe: answering(404) }))).toEqual(['bloquant lien_mort']);
    // Nothing is asked here: what was kept is read.
    expect(await findings(push.id)).toMatchObject([
      { code: 'lien_mort', place: 'Bloc 1 (texte)', block: { id: 'b1', n: 1 } },
    ]);
    await expect(submit(t, push.id)).rejects.toMatchObject({ code: 'preflight' });
    expect((await checkPush(t.ctx(t.cast.bruno), push.id)).blocking).toBe(1);
    const later = new Date(NOW.getTime() + 25 * 3_600_000);
    expect((await checkPush(t.ctx(t.cast.alice, later), push.id)).blocking).toBe(0);
    const trace = await withOrganisation(t.db, t.cast.organisations.opco, (trx) =>
      trx
        .selectFrom('audit_log')
        .select('detail')
        .where('subject', '=', `push:${push.id}`)
        .where('action', '=', 'push.check-links')
        .execute(),
    );
    expect(trace).toEqual([{ detail: { pages: 1, ok: 0 } }]);
  });

  test('once mended, the page is asked again and no longer blocks', async () => {
    const push = await linked();
    await findings(push.id, { probe: answering(503) });
    expect(await checkPush(alice, push.id, { probe: answering(200) })).toMatchObject({
      blocking: 0,
      pages: 1,
      askedAt: NOW,
    });
    expect(await submit(t, push.id)).toMatchObject({ asked: 2 });
  });

  test('two processes that ask the same pages at once wait for nobody', async () => {
    const [one, two] = [await linked(), await linked()];
    await Promise.all([one, two, one, two].map((push) => checkPush(alice, push.id, { probe: answering(200) })));
    expect((await checkPush(alice, one.id)).askedAt).toEqual(NOW);
  });

  test('no address is kept as it is written', async () => {
    const columns = await withOrganisation(t.db, t.cast.organisations.opco, (trx) =>
      trx.selectFrom('link_checks').selectAll().execute(),
    );
    expect(columns.length).toBeGreaterThan(0);
    expect(JSON.stringify(columns)).not.toContain('constructys');
  });
});
