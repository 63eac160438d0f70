import { describe, expect, test } from 'vitest';
import { withOrganisation } from '../../src/db/database.ts';
import { glossaryOfCampaign } from '../../src/key-messages/glossary-queries.ts';
import { readGlossary } from '../../src/key-messages/read-glossary.ts';
import { removeTerm } from '../../src/key-messages/remove-term.ts';
import { saveTerm, writeTerm } from '../../src/key-messages/save-term.ts';
import { avoidedIn } from '../../src/proofs/check-wording.ts';
import { reviewWordings, reviewWords } from '../../src/proofs/review-wordings.ts';
import { testDatabase } from '../support/database.ts';
import { makeCampaign } from '../support/factories.ts';

const t = await testDatabase();
const { id } = await makeCampaign(t);
const { alice, bruno, chloe, david, etranger } = t.cast;

const RACCORDEUR = {
  term: 'raccordeur de fibre optique',
  definition: 'Qui relie un logement au réseau.',
  avoid: ['poseur de fibre', 'raccordeur', 'technicien C++', 'raccordeur-installateur'],
};

describe('what is written that should not be', () => {
  const found = (words: string) => avoidedIn(words, [RACCORDEUR]).map((f) => f.written);

  test.each([
    ['Un poseur de fibre près de chez vous.', ['poseur de fibre']],
    ['Les POSEURS  de fibres recrutent.', ['POSEURS  de fibres']],
    ['Les raccordeurs recrutent.', ['raccordeurs']],
    // Inside the term itself, it is the term that is said.
    ['Un raccordeur de fibre optique recrute.', []],
    ['Des raccordeurs de fibre optique, et un raccordeur.', ['raccordeur']],
    ['Un technicien C++, un technicien Cxx.', ['technicien C++']],
    ['Les raccordeurs-installateurs.', ['raccordeurs-installateurs']],
    ['Un déraccordeur, un raccordeurisme.', []],
  ])('« %s »', (words, written) => {
    expect(found(words)).toEqual(written);
  });

  test('each word once a text, with what to write instead and who says so', () => {
    expect(
      reviewWords(
        {
          terrain: { post: 'Un poseur de fibre, puis un poseur de fibre, et votre OPCA.' },
          operationnel: { titre: 'Rien' },
        },
        [RACCORDEUR],
      ),
    ).toEqual([
      {
        level: 'terrain',
        format: 'post',
        written: 'poseur de fibre',
        say: 'raccordeur de fibre optique',
        source: 'glossaire de la campagne',
      },
      expect.objectContaining({ written: 'OPCA', say: 'OPCO (opérateur de compétences)' }),
    ]);
  });
});

describe('the glossary of a campaign', () => {
  test('is written by the lead, read by its partners, and unknown to others', async () => {
    const { id: term } = await saveTerm(t.ctx(alice), id, RACCORDEUR);
    for (const person of [bruno, chloe, david]) {
      expect(await readGlossary(t.ctx(person), id)).toMatchObject([{ id: term, ...RACCORDEUR }]);
      await expect(saveTerm(t.ctx(person), id, { ...RACCORDEUR, term: 'Autre' })).rejects.toMatchObject({
        kind: 'forbidden',
      });
      await expect(removeTerm(t.ctx(person), id, term)).rejects.toMatchObject({ kind: 'forbidden' });
    }
    expect(await readGlossary(t.ctx(etranger), id)).toEqual([]);
    await expect(saveTerm(t.ctx(etranger), id, { ...RACCORDEUR, term: 'Autre' })).rejects.toMatchObject({
      kind: 'not-found',
    });
    expect(await reviewWordings(t.ctx(bruno), id, { terrain: { titre: 'Poseur de fibre' } })).toHaveLength(1);
  });

  test('does not contradict itself', async () => {
    const save = (input: object) => saveTerm(t.ctx(alice), id, { definition: 'd', avoid: [], ...input });
    await expect(save({ term: 'Raccordeur de Fibre Optique' })).rejects.toMatchObject({ code: 'terme_existe' });
    await expect(save({ term: 'Poseur de fibre' })).rejects.toMatchObject({ code: 'terme_evite' });
    await expect(save({ term: 'Fibre', avoid: ['raccordeur de fibre optique'] })).rejects.toMatchObject({
      code: 'terme_recommande',
    });
    await expect(save({ term: 'Fibre', avoid: ['fibre'] })).rejects.toMatchObject({ kind: 'invalid' });
    await expect(save({ term: 'Fibre', definition: '' })).rejects.toMatchObject({ kind: 'invalid' });
    await expect(save({ term: 'F' })).rejects.toMatchObject({ fields: [{ field: 'term' }] });
  });

  test('a word is corrected, taken out, and written again by a folder without doubling it', async () => {
    const terms = () => withOrganisation(t.db, alice.organisationId, (trx) => glossaryOfCampaign(trx, id));
    const [first] = await readGlossary(t.ctx(alice), id);
    await saveTerm(t.ctx(alice), id, { ...RACCORDEUR, avoid: [] }, first!.id);
    expect(await terms()).toEqual([{ ...RACCORDEUR, avoid: [] }]);
    await withOrganisation(t.db, alice.organisationId, (trx) => writeTerm(trx, t.ctx(alice), id, RACCORDEUR));
    expect(await terms()).toEqual([RACCORDEUR]);
    await removeTerm(t.ctx(alice), id, first!.id);
    expect(await terms()).toEqual([]);
    await expect(removeTerm(t.ctx(alice), id, first!.id)).rejects.toMatchObject({ kind: 'not-found' });
  });
});
