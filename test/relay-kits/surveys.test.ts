import { expect, test } from 'vitest';
import { closeCampaignSurvey, saveCampaignSurvey } from '../../src/pushes/edit-survey.ts';
import { testDatabase } from '../support/database.ts';
import { makeCampaign } from '../support/factories.ts';
import { actsOf, kitHouse, kitPath, makeRelay, PUBLIC_URL } from './cast.ts';

const t = await testDatabase();
const { alice, bruno } = t.cast;

test('every kit hands on the same address of the lead’s open surveys: nothing says through whom an answer came (PRV-21)', async () => {
  const campaign = await makeCampaign(t);
  const house = kitHouse(t);
  const relays = [await makeRelay(t, campaign.slug), await makeRelay(t, campaign.slug)];
  const paths = await Promise.all(relays.map((id) => kitPath(t, campaign.slug, id)));
  for (const path of paths) expect((await house.get(path)).text).not.toContain('Votre avis');
  const write = (who: typeof alice, slug: string) =>
    saveCampaignSurvey(t.ctx(who), campaign.slug, { slug, title: `Le questionnaire ${slug}`, questions: ['usage'] });
  await write(alice, 'vos-usages');
  await write(bruno, 'du-partenaire');
  const address = `${PUBLIC_URL}/questionnaires/${campaign.slug}/vos-usages`;
  for (const path of paths) {
    const { text } = await house.get(path);
    expect(text).toContain(address);
    expect(text).toContain('on compte des réponses, sans taux');
    expect(text).not.toContain('du-partenaire');
  }
  expect((await house.post(`${paths[0]}/actes`, { quoi: 'copie', detail: 'questionnaire' })).status).toBe(204);
  expect(await actsOf(t, relays[0] ?? 0)).toContain('copie questionnaire');
  await closeCampaignSurvey(t.ctx(alice), campaign.slug, 'vos-usages');
  for (const path of paths) expect((await house.get(path)).text).not.toContain('Votre avis');
});
