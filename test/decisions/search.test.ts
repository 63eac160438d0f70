import { beforeAll, describe, expect, test } from 'vitest';
import { piecesOf, snippet } from '../../src/decisions/found.ts';
import { readMemory } from '../../src/decisions/read-memory.ts';
import { recordDecision } from '../../src/decisions/record-decision.ts';
import { recordWatchNote } from '../../src/decisions/watch-notes.ts';
import { testDatabase } from '../support/database.ts';
import { makeCampaign } from '../support/factories.ts';

const t = await testDatabase();
const alice = t.ctx(t.cast.alice);
let campaignId: number;

beforeAll(async () => {
  campaignId = (await makeCampaign(t)).id;
  const write = (over: object) => recordDecision(alice, campaignId, { instance: 'copil', date: '2026-11-02', ...over });
  await write({ subject: 'Les évaluations de la formation', decision: 'L’évaluation se fait à six mois.' });
  await write({ subject: 'Œuvrer avec les relais', decision: 'Le cœur de la filière : les nœuds <b>régionaux</b>.' });
  await write({
    subject: 'Retrait d’une branche',
    decision: 'Deux envois de moins ; les conseillers le disent. L’enjeu reste.',
  });
  await write({ subject: 'Budget', decision: 'Payé.', why: 'Le devis de l’agence & ses options < 40 000 €.' });
  await recordWatchNote(alice, campaignId, {
    date: '2026-11-03',
    title: 'Une étude de la branche',
    body: 'Les **métiers** de la fibre évoluent.',
    sourceName: 'Observatoire',
  });
});

const subjects = async (search: string): Promise<string[]> =>
  (await readMemory(alice, campaignId, { search })).decisions.map((d) => d.subject);

describe('French search', () => {
  test.each([
    'évaluation',
    'évaluations',
    'evaluation',
    'EVALUATION',
    'l’évaluation',
    "l'évaluation",
    '« l’évaluation »',
    'e\u0301valuation',
    '«\u00a0l’évaluation\u00a0»',
    'les évaluations',
    'ÉVALUATIONS',
    'évaluation à la formation',
    '"les évaluations de la formation"',
    'évaluer formation',
  ])('%s finds « Les évaluations de la formation »', async (words) => {
    expect(await subjects(words)).toEqual(['Les évaluations de la formation']);
  });

  test.each(['retrait', 'retraits', 'envoi', 'envois', 'conseiller', 'conseillers', 'enjeu', 'enjeux'])(
    '« %s » finds its singular and its plural, which the dictionary takes for two words',
    async (words) => {
      expect(await subjects(words)).toEqual(['Retrait d’une branche']);
    },
  );

  test.each(['oeuvrer', 'Œuvrer', 'ŒUVRER', 'coeur', 'cœur', 'nœud', 'noeuds'])(
    '%s finds what is written with œ',
    async (words) => {
      expect(await subjects(words)).toEqual(['Œuvrer avec les relais']);
    },
  );

  test('what is not there is not found, and words of nothing find nothing', async () => {
    expect(await subjects('satellite')).toEqual([]);
    expect(await subjects('le la les à cette')).toEqual([]);
    expect(await subjects('"')).toEqual([]);
    expect(await subjects(`') | & ! :* <-> \\`)).toEqual([]);
  });

  test('several words must all be there; a minus leaves one out', async () => {
    expect(await subjects('devis agence')).toEqual(['Budget']);
    expect(await subjects('devis satellite')).toEqual([]);
    expect(await subjects('devis -agence')).toEqual([]);
  });

  test('found words are marked as they were written', async () => {
    const found = async (search: string) => {
      const [d] = (await readMemory(alice, campaignId, { search })).decisions;
      return [...(d?.found?.subject ?? []), ...(d?.found?.text ?? [])].filter((p) => p.found).map((p) => p.text);
    };
    expect(await found('evaluation')).toEqual(['évaluations', 'évaluation']);
    expect(await found('coeur régional')).toEqual(['cœur', 'régionaux']);
    expect(await found('devis')).toEqual(['devis']);
  });

  test('a text with tags and ampersands comes back whole', async () => {
    const [d] = (await readMemory(alice, campaignId, { search: 'coeur' })).decisions;
    expect(d?.found?.text.map((p) => p.text).join('')).toBe('Le cœur de la filière : les nœuds <b>régionaux</b>.');
  });

  test('watch notes are searched with the decisions', async () => {
    const { notes } = await readMemory(alice, campaignId, { search: 'métier' });
    expect(notes.map((n) => n.title)).toEqual(['Une étude de la branche']);
    expect((await readMemory(alice, campaignId, { search: 'observatoires' })).notes).toHaveLength(1);
    expect((await readMemory(alice, campaignId, { search: 'satellite' })).notes).toEqual([]);
  });
});

describe('marks put back on the text', () => {
  const plain = (pieces: { text: string; found: boolean }[]) =>
    pieces.map((p) => (p.found ? `[${p.text}]` : p.text)).join('');

  test('letters that folding writes with two keep their place', () => {
    expect(plain(piecesOf('Le cœur, l’œuvre', "le \u0001coeur\u0002, l'\u0001oeuvre\u0002"))).toBe(
      'Le [cœur], l’[œuvre]',
    );
  });

  test('when the two texts are not of one length nothing is marked, and nothing is lost', () => {
    expect(plain(piecesOf('abc', '\u0001ab\u0002'))).toBe('abc');
    expect(plain(piecesOf('ab', 'a\u0001bcd\u0002'))).toBe('ab');
  });

  test('a long text is shown around its first found word', () => {
    const long = `${'avant '.repeat(100)}trouvé ${'après '.repeat(100)}`;
    const shown = plain(
      snippet(
        piecesOf(
          long,
          long.toLowerCase().replace('é', 'e').replace('trouve', '\u0001trouve\u0002').replaceAll('é', 'e'),
        ),
      ),
    );
    expect(shown).toContain('[trouvé]');
    expect(shown.startsWith('… avant')).toBe(true);
    expect(shown.endsWith(' …')).toBe(true);
    expect(shown.length).toBeLessThan(300);
  });
});
