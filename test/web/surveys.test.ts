import { beforeAll, describe, expect, test } from 'vitest';
import { acrossOrganisations } from '../../src/db/database.ts';
import { submitPush } from '../../src/proofs/submit-push.ts';
import { saveCampaignSurvey } from '../../src/pushes/edit-survey.ts';
import { publicGroup } from '../../src/surveys/groups.ts';
import { findSurvey } from '../../src/surveys/queries.ts';
import { NOW, testDatabase } from '../support/database.ts';
import { type MadePush, makePush } from '../support/factories.ts';
import { house } from './campaigns/house.ts';
import { visit } from './contacts/visit.ts';

const t = await testDatabase();
const served = house(t);
const alice = await visit(served, t.cast.alice);
const bruno = await visit(served, t.cast.bruno);
const david = await visit(served, t.cast.david);
const etranger = await visit(served, t.cast.etranger);

let push: MadePush;
let all: string;
beforeAll(async () => {
  push = await makePush(t);
  all = `/campagnes/${push.campaign}/questionnaires`;
});
const typed = { title: 'Que faites-vous de l’outil ?', questions: ['usage', 'satisfaction'], closesOn: '2027-01-31' };
const answered = (slug: string, say: readonly object[]) =>
  acrossOrganisations(t.db, async (trx) => {
    const survey = (await findSurvey(trx, push.campaignId, slug))!;
    const group_id = await publicGroup(trx, survey, NOW);
    const row = {
      survey_id: survey.id,
      campaign_id: push.campaignId,
      organisation_id: survey.organisationId,
      group_id,
    };
    for (const answers of say)
      await trx
        .insertInto('survey_answers')
        .values({ ...row, answers: JSON.stringify(answers), comment: 'Mot libre', on_day: '2026-11-22' })
        .execute();
  });

describe('the surveys of a campaign', () => {
  test('an empty list says what to do, to whoever may do it', async () => {
    expect((await alice.get(all)).text).toContain('Écrire le premier');
    const read = await david.get(all);
    expect([read.status, read.text.includes('Écrire le premier')]).toEqual([200, false]);
    expect((await david.get(`${all}/nouveau`)).status).toBe(403);
    for (const path of [all, `${all}/nouveau`, `${all}/rien`]) expect((await etranger.get(path)).status).toBe(404);
  });

  test('a form with a mistake comes back with what was typed', async () => {
    const four = ['satisfaction', 'facilite', 'connaissance', 'usage'];
    for (const [over, message] of [
      [{ questions: [] }, 'Posez au moins une question.'],
      [{ questions: four }, 'Trois questions au plus'],
      [{ title: '' }, 'Donnez un titre'],
      [{ closesOn: '2026-02-30' }, 'Donnez une date qui existe'],
      [{ closesOn: '2026-11-20' }, 'Ce jour est déjà passé'],
    ] as const) {
      const fields: Record<string, string | string[]> = {
        ...typed,
        ...over,
        questions: [...('questions' in over ? over.questions : typed.questions)],
      };
      const { status, text } = await alice.post(`${all}/nouveau`, fields);
      expect([status, text.includes(message)], message).toEqual([422, true]);
      if (!('title' in over)) expect(text).toContain('Que faites-vous de l’outil ?');
    }
  });

  test('one is written, shown with its address, changed, and closed after a warning', async () => {
    const { status, location } = await alice.post(`${all}/nouveau`, typed);
    expect([status, location]).toEqual([303, `${all}/que-faites-vous-de-l-outil`]);
    const { text } = await alice.get(location);
    for (const words of [
      `https://pv.example/questionnaires/${push.campaign}/que-faites-vous-de-l-outil`,
      'dimanche 31 janvier 2027',
      'proposé à tous les relais',
      'il n’y a donc pas de taux de réponse',
      'Personne n’a encore été interrogé',
    ])
      expect(text).toContain(words);
    // Its own organisation alone changes it.
    expect((await bruno.get(location)).text).not.toContain('Modifier');
    expect((await bruno.get(`${location}/modifier`)).status).toBe(403);
    expect((await bruno.post(`${location}/cloture`)).status).toBe(403);
    expect((await alice.post(`${location}/modifier`, { ...typed, title: 'Un autre titre' })).status).toBe(303);
    await answered('que-faites-vous-de-l-outil', Array(11).fill({ satisfaction: 4, usage: 'regulier' }));
    const open = await alice.get(location);
    expect(open.text).toContain('Ces résultats portent sur les 5 premières réponses');
    expect(open.text).not.toContain('Mot libre');
    expect((await alice.get(`${location}/modifier`)).text).toContain('Les questions ne changent plus');
    expect((await alice.get(`${location}/cloture`)).text).toContain('il ne peut pas être rouvert');
    expect((await alice.post(`${location}/cloture`)).status).toBe(303);
    const closed = await alice.get(location);
    expect(closed.text).toContain('11 réponses');
    expect(closed.text).not.toContain('Ces résultats portent sur');
    expect((await alice.get(`${location}/cloture`)).status).toBe(303);
    expect((await alice.get(all)).text).toContain('clos');
  });
});

describe('in a letter', () => {
  const content = () => `/campagnes/${push.campaign}/envois/${push.slug}/contenu`;
  test('the block offers the open ones of the campaign; who approves reads the questions', async () => {
    await saveCampaignSurvey(t.ctx(t.cast.alice), push.campaign, {
      slug: 'vos-usages',
      title: 'Vos usages',
      questions: ['usage'],
    });
    expect((await alice.get(`${content()}/blocs/nouveau`)).text).toContain('Questionnaire');
    const form = await alice.get(`${content()}/blocs/nouveau?type=survey`);
    expect(form.text).toContain('Vos usages');
    expect(form.text).not.toContain('Un autre titre');
    const version = /name="version" value="(\d+)"/.exec(form.text)?.[1] ?? '';
    const block = { type: 'survey', survey: 'vos-usages', version };
    expect((await alice.post(`${content()}/blocs/nouveau`, { ...block, survey: '' })).status).toBe(422);
    expect((await alice.post(`${content()}/blocs/nouveau`, block)).status).toBe(303);
    expect((await alice.get(content())).text).toContain('Vos usages');
    await submitPush(t.ctx(t.cast.alice), push.id);
    const page = await bruno.get(`/campagnes/${push.campaign}/envois/${push.slug}/validation`);
    expect(page.text).toContain('Le questionnaire « Vos usages »');
    expect(page.text).toContain('Quel usage en faites-vous');
    // Changing it says what that does before it is done.
    const modify = await alice.get(`${all}/vos-usages/modifier`);
    expect(modify.text).toContain('les modifier redemande les validations');
    const saved = await alice.post(`${all}/vos-usages/modifier`, { title: 'Vos usages', questions: ['satisfaction'] });
    expect(saved.status).toBe(303);
    expect((await alice.get(`/campagnes/${push.campaign}/envois/${push.slug}/validation`)).text).toContain(
      'Rien n’est soumis en ce moment',
    );
  });
});
