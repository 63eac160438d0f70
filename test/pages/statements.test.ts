import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sha256 } from '../../src/base/tokens.ts';
import { withOrganisation } from '../../src/db/database.ts';
import { contradictions, type Stated } from '../../src/pages/compare-statements.ts';
import { declareFigure, withdrawStatement } from '../../src/pages/declare-figure.ts';
import { readPage } from '../../src/pages/read-pages.ts';
import { removeWatchedPage, saveWatchedPage } from '../../src/pages/save-watched-page.ts';
import { statementSchema } from '../../src/pages/schema.ts';
import { statementFile } from '../../src/pages/statement-file.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { makeCampaign } from '../support/factories.ts';
import { png } from '../support/images.ts';

let id = 0;
const said = (over: Partial<Stated>): Stated => {
  id += 1;
  return {
    ...statementSchema.parse({
      value: 9000,
      unit: 'visites',
      windowSaid: 'deux mois',
      saidBy: 'l’agence',
      source: 's',
    }),
    id,
    ...over,
  };
};
const dated = (from: string, to: string) => ({ from, to, windowSaid: '' });
const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, ' ');

describe('statements that do not agree (brief.md, « nobody could say »)', () => {
  test('the founding case: one number, told three ways, is one contradiction that says what nobody can conclude', () => {
    const three = [
      said({ atLeast: true }),
      said({ atLeast: true, unit: 'personnes', windowSaid: 'trois mois', saidBy: 'le rapport' }),
      said({ atLeast: true, unit: 'personnes', saidBy: 'une personne interrogée' }),
    ];
    const [found, ...others] = contradictions(three);
    expect(others).toEqual([]);
    expect(found?.ids).toEqual(three.map((s) => s.id));
    expect(found?.differs).toEqual(['unite', 'fenetre']);
    expect(plain(found?.says ?? '')).toBe(
      'Le même nombre est dit de choses différentes, et sur des périodes différentes : plus de 9 000 visites en deux mois, selon l’agence ; plus de 9 000 personnes en trois mois, selon le rapport ; plus de 9 000 personnes en deux mois, selon une personne interrogée.',
    );
    expect(found?.cannot).toContain('On ne peut pas en conclure combien de personnes sont venues');
    expect(found?.cannot).toContain('On ne peut pas en tirer un nombre par mois');
  });

  test.each<[string, Partial<Stated>, Partial<Stated>, string[] | null]>([
    ['the same said twice', {}, {}, null],
    ['« plus de 9 000 » and 9 412', { atLeast: true }, { value: 9412 }, null],
    ['9 000 and « plus de 9 412 »', {}, { value: 9412, atLeast: true }, ['valeur']],
    ['two numbers of one window', {}, { value: 8000 }, ['valeur']],
    ['two numbers of two vague windows', {}, { value: 12000, windowSaid: 'trois mois' }, null],
    ['one number, visits and clicks', {}, { unit: 'clics' }, ['unite']],
    ['a small number twice, by chance', { value: 12 }, { value: 12, unit: 'clics' }, null],
    ['sixty-one days are two months', {}, { ...dated('2023-10-16', '2023-12-15') }, null],
    ['ninety-two are not', {}, { ...dated('2023-10-01', '2023-12-31') }, ['fenetre']],
    ['« 8 semaines » and « deux mois »', {}, { windowSaid: '8 semaines' }, null],
    ['windows that say nothing comparable', { windowSaid: 'fin 2023' }, { windowSaid: 'à l’automne' }, null],
    [
      'a part larger than its whole',
      { value: 900, ...dated('2023-11-01', '2023-11-30') },
      { value: 800, ...dated('2023-10-01', '2023-12-31') },
      ['valeur', 'fenetre'],
    ],
    [
      'a part smaller than its whole',
      { value: 700, ...dated('2023-11-01', '2023-11-30') },
      { value: 800, ...dated('2023-10-01', '2023-12-31') },
      null,
    ],
    ['more people than visits', { value: 9500, unit: 'personnes' }, {}, ['valeur', 'unite']],
    ['fewer people than visits', { value: 4000, unit: 'personnes' }, {}, null],
    ['more visits than page views', {}, { value: 5000, unit: 'pages_vues' }, ['valeur', 'unite']],
    ['more people than « plus de 9 000 visites »', { value: 9500, unit: 'personnes' }, { atLeast: true }, null],
  ])('%s', (_, a, b, differs) => {
    for (const pair of [
      [said(a), said(b)],
      [said(b), said(a)],
    ])
      expect(contradictions(pair).map((c) => c.differs)).toEqual(differs === null ? [] : [differs]);
  });
});

describe('a figure that somebody states', () => {
  let t: TestDatabase;
  let campaign: string;
  const dataDir = mkdtempSync(join(tmpdir(), 'x-pages-'));
  afterAll(() => rmSync(dataDir, { recursive: true, force: true }));
  const PAGE = { name: 'La fiche', url: 'https://ft.example/fiche', owner: 'France Travail' };
  const FIGURE = {
    value: 9000,
    atLeast: true,
    unit: 'visites',
    windowSaid: 'deux mois',
    saidBy: 'Le rapport',
    source: 'Rapport, page 40',
    quote: 'plus de 9 000 visites en deux mois',
  };
  beforeAll(async () => {
    t = await testDatabase();
    campaign = (await makeCampaign(t)).slug;
    await saveWatchedPage(t.ctx(t.cast.alice), campaign, PAGE);
  });
  const told = async () => (await readPage(t.ctx(t.cast.david), campaign, 'la-fiche')).statements;

  test('« personnes » is asked about, then kept as it was said, with the remark', async () => {
    const ctx = t.ctx(t.cast.alice);
    const persons = { ...FIGURE, unit: 'personnes' };
    await expect(declareFigure(ctx, campaign, 'la-fiche', persons)).rejects.toMatchObject({
      code: 'personnes_a_confirmer',
      fields: [{ field: 'unit', message: expect.stringContaining('Qui revient compte deux fois') }],
    });
    await expect(declareFigure(ctx, campaign, 'la-fiche', persons, { sure: true })).rejects.toMatchObject({
      code: 'remarque_manquante',
      fields: [{ field: 'note', message: expect.any(String) }],
    });
    expect(await told()).toEqual([]);
    const note = 'Rien ne dit comment elles ont été comptées.';
    await declareFigure(ctx, campaign, 'la-fiche', { ...persons, note }, { sure: true });
    expect(await told()).toMatchObject([
      { unit: 'personnes', note, value: 9000, atLeast: true, windowSaid: 'deux mois' },
    ]);
  });

  test('word for word it is written once; another organisation writes its own; nobody changes or withdraws another’s', async () => {
    const alice = t.ctx(t.cast.alice);
    const first = await declareFigure(alice, campaign, 'la-fiche', FIGURE);
    expect(await declareFigure(alice, campaign, 'la-fiche', FIGURE)).toEqual({ id: first.id, outcome: 'unchanged' });
    const bruno = await declareFigure(t.ctx(t.cast.bruno), campaign, 'la-fiche', { ...FIGURE, value: 8000 });
    expect(bruno.outcome).toBe('created');
    await expect(withdrawStatement(alice, campaign, 'la-fiche', bruno.id)).rejects.toMatchObject({ kind: 'forbidden' });
    await expect(withdrawStatement(t.ctx(t.cast.etranger), campaign, 'la-fiche', first.id)).rejects.toMatchObject({
      kind: 'not-found',
    });
    await expect(declareFigure(t.ctx(t.cast.david), campaign, 'la-fiche', FIGURE)).rejects.toMatchObject({
      kind: 'forbidden',
    });
    await withdrawStatement(t.ctx(t.cast.bruno), campaign, 'la-fiche', bruno.id);
    const all = await told();
    expect(all.find((s) => s.id === bruno.id)).toMatchObject({ value: 8000, withdrawnAt: expect.any(Date) });
    // Taken back, it may be said again: another row, and the first stays as it was.
    const again = await declareFigure(t.ctx(t.cast.bruno), campaign, 'la-fiche', { ...FIGURE, value: 8000 });
    expect(again).toMatchObject({ outcome: 'created' });
    expect(again.id).not.toBe(bruno.id);
  });

  test('its document is kept by its digest, and read by whoever reads the results', async () => {
    const bytes = png();
    const pieces = async function* () {
      yield bytes;
    };
    const { id: statement } = await declareFigure(
      t.ctx(t.cast.alice),
      campaign,
      'la-fiche',
      { ...FIGURE, source: 'Capture d’écran' },
      { evidence: { dataDir, name: '../../Capture d’écran.PNG', bytes: pieces() } },
    );
    const row = (await told()).find((s) => s.id === statement);
    expect(row).toMatchObject({ fileName: 'capture-d-ecran.png', fileHash: sha256(bytes).toString('hex') });
    const file = await statementFile(t.ctx(t.cast.david), campaign, 'la-fiche', statement, dataDir);
    expect(file).toMatchObject({ name: 'capture-d-ecran.png', size: bytes.length });
    await expect(statementFile(t.ctx(t.cast.etranger), campaign, 'la-fiche', statement, dataDir)).rejects.toMatchObject(
      { kind: 'not-found' },
    );
  });

  test.each([
    ['no window at all', { windowSaid: '' }, 'windowSaid'],
    ['half a window', { from: '2023-10-01' }, 'to'],
    ['a window that ends before it begins', { from: '2023-10-02', to: '2023-10-01' }, 'to'],
    ['another unit, unsaid', { unit: 'autre' }, 'note'],
    ['nobody says it', { saidBy: ' ' }, 'saidBy'],
    ['half a visit', { value: 9.5 }, 'value'],
  ])('%s is refused at its field', async (_, over, field) => {
    await expect(
      declareFigure(t.ctx(t.cast.alice), campaign, 'la-fiche', { ...FIGURE, ...over }),
    ).rejects.toMatchObject({ code: 'chiffre_invalide', fields: [{ field }] });
  });

  test('a page changes its windows, in the journal too; a baseline comes before; a removed page keeps its name', async () => {
    const ctx = t.ctx(t.cast.alice);
    const { slug } = await saveWatchedPage(ctx, campaign, { ...PAGE, name: 'Une autre' });
    const windows = {
      baselineFrom: '2023-09-01',
      baselineTo: '2023-09-30',
      windowFrom: '2023-10-01',
      windowTo: '2023-12-31',
    };
    expect(await saveWatchedPage(ctx, campaign, { ...PAGE, name: 'Une autre', slug, ...windows })).toMatchObject({
      outcome: 'updated',
    });
    await expect(
      saveWatchedPage(ctx, campaign, { ...PAGE, slug, ...windows, baselineTo: '2023-10-01' }),
    ).rejects.toMatchObject({ fields: [{ field: 'baselineTo' }] });
    await expect(saveWatchedPage(t.ctx(t.cast.bruno), campaign, { ...PAGE, slug })).rejects.toMatchObject({
      kind: 'forbidden',
    });
    const written = await withOrganisation(t.db, t.cast.organisations.opco, (trx) =>
      trx.selectFrom('audit_log').select('detail').where('action', '=', 'page.update').execute(),
    );
    expect(written[0]?.detail).toMatchObject({ before: { baselineFrom: null }, after: { baselineFrom: '2023-09-01' } });
    await removeWatchedPage(ctx, campaign, slug);
    expect(await saveWatchedPage(ctx, campaign, { ...PAGE, name: 'Une autre' })).toMatchObject({ slug: 'une-autre-2' });
    await expect(readPage(ctx, campaign, slug)).rejects.toMatchObject({ kind: 'not-found' });
    expect(await saveWatchedPage(ctx, campaign, { ...PAGE, name: 'Sites' })).toMatchObject({ slug: 'sites-2' });
  });
});
