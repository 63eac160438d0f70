import { beforeEach, describe, expect, test } from 'vitest';
import { acrossOrganisations } from '../../src/db/database.ts';
import { checkPush } from '../../src/proofs/check-push.ts';
import { readApprovals } from '../../src/proofs/read-approvals.ts';
import { readBefore } from '../../src/proofs/read-before.ts';
import { closeCampaignSurvey, saveCampaignSurvey } from '../../src/pushes/edit-survey.ts';
import { saveWebinar } from '../../src/pushes/edit-webinar.ts';
import { readCampaignSurveys } from '../../src/pushes/read-surveys.ts';
import { openRegistrations } from '../../src/webinars/act-webinar.ts';
import { NOW, testDatabase } from '../support/database.ts';
import { approve, editPush, type MadePush, makePush, submit, submitAndApprove } from '../support/factories.ts';
import { WEBINAR } from '../webinars/made-webinar.ts';

const t = await testDatabase();
const { alice, bruno, david, etranger } = t.cast;
const SURVEY = { slug: 'vos-usages', title: 'Vos usages', questions: ['satisfaction', 'usage'], comment: false };
let push: MadePush;

const write = (over: object = {}, who = alice) => saveCampaignSurvey(t.ctx(who), push.campaign, { ...SURVEY, ...over });
const carry = (survey = SURVEY.slug) =>
  editPush(t, push, { content: { subject: 'Votre avis', blocks: [{ id: 'b1', type: 'survey', survey }] } });
const proofOf = () =>
  acrossOrganisations(
    t.db,
    async (trx) =>
      (await trx.selectFrom('pushes').select('current_proof_id').where('id', '=', push.id).executeTakeFirstOrThrow())
        .current_proof_id,
  );

beforeEach(async () => {
  push = await makePush(t);
});

describe('the questions are approved with the message', () => {
  test.each([
    ['another question', { questions: ['facilite', 'usage'] }],
    ['another title', { title: 'Autre chose' }],
    ['another introduction', { introduction: 'Une minute.' }],
    ['a free line', { comment: true }],
  ])('%s asks for the approvals again', async (_, over) => {
    await write();
    await carry();
    await submitAndApprove(t, push.id);
    expect(await proofOf()).not.toBeNull();
    expect(await write(over)).toMatchObject({ outcome: 'updated', reopened: 1 });
    expect(await proofOf()).toBeNull();
    await submit(t, push.id);
    // Both are asked again, though not a byte of a message may have moved.
    expect((await readApprovals(t.ctx(bruno), push.id)).signatories.map((s) => s.missing)).toEqual([true, true]);
  });

  test('the day it ends asks nobody again, nor does saving the same', async () => {
    await write();
    await carry();
    await submitAndApprove(t, push.id);
    expect(await write({ closesAt: new Date('2027-06-30T22:00:00Z') })).toMatchObject({ reopened: 0 });
    expect(await write({ closesAt: new Date('2027-06-30T22:00:00Z') })).toMatchObject({ outcome: 'unchanged' });
    expect(await proofOf()).not.toBeNull();
  });

  test('a message that does not carry it is left alone', async () => {
    await write();
    await write({ slug: 'autre-chose', title: 'Autre chose' });
    await carry('autre-chose');
    await submitAndApprove(t, push.id);
    expect(await write({ title: 'Bien autre chose' })).toMatchObject({ reopened: 0 });
    expect(await proofOf()).not.toBeNull();
  });

  test('a partner’s survey in the lead’s message: changed, the message is reopened all the same', async () => {
    await write({}, bruno);
    await carry();
    await submitAndApprove(t, push.id);
    expect(await write({ title: 'Autre chose' }, bruno)).toMatchObject({ reopened: 1 });
    expect(await proofOf()).toBeNull();
  });

  test('so is one that announces a partner’s webinar', async () => {
    const { slug } = await saveWebinar(t.ctx(bruno), push.campaign, { ...WEBINAR, organisers: ['btp'] });
    await openRegistrations(t.ctx(bruno), push.campaign, slug);
    await editPush(t, push, {
      channel: 'webinaire',
      deadlineAt: WEBINAR.startsAt,
      content: { subject: 'Webinaire', webinar: slug, blocks: [] },
    });
    await submitAndApprove(t, push.id);
    const moved = { ...WEBINAR, slug, organisers: ['btp'], title: 'Un autre titre' };
    expect(await saveWebinar(t.ctx(bruno), push.campaign, moved)).toMatchObject({ reopened: 1 });
    expect(await proofOf()).toBeNull();
  });

  test('who approves reads the questions, and what moved in them since', async () => {
    await write();
    await carry();
    await submitAndApprove(t, push.id);
    expect((await readApprovals(t.ctx(bruno), push.id)).surveys).toMatchObject([{ questions: SURVEY.questions }]);
    await write({ questions: ['usage'] });
    await submit(t, push.id);
    const terms = (await readBefore(t.ctx(bruno), push.id))?.terms;
    expect(terms).toEqual([
      {
        what: 'Questionnaire',
        before: expect.stringContaining('êtes-vous satisfait'),
        after: expect.not.stringContaining('êtes-vous satisfait'),
      },
    ]);
  });
});

describe('the proofreading', () => {
  const found = async () => (await checkPush(t.ctx(alice), push.id)).findings.map((f) => [f.code, f.level]);

  test('a survey that nobody wrote blocks, and says what to do', async () => {
    await carry('nulle-part');
    const { findings } = await checkPush(t.ctx(alice), push.id);
    expect(findings[0]).toMatchObject({ code: 'composition', level: 'bloquant' });
    expect(findings[0]?.message).toContain('le questionnaire « nulle-part » n’existe pas');
  });

  test('one that is closed blocks; closing it reopens what was approved with it', async () => {
    await write();
    await carry();
    await submitAndApprove(t, push.id);
    expect(await closeCampaignSurvey(t.ctx(alice), push.campaign, SURVEY.slug)).toMatchObject({ reopened: 1 });
    expect(await found()).toContainEqual(['questionnaire_clos', 'bloquant']);
    await expect(submit(t, push.id)).rejects.toMatchObject({ code: 'preflight' });
    expect(await closeCampaignSurvey(t.ctx(alice), push.campaign, SURVEY.slug)).toMatchObject({ reopened: 0 });
  });

  test.each([
    ['2026-12-10T08:00:00Z', 'questionnaire_fini_avant', 'bloquant'],
    ['2026-12-13T08:00:00Z', 'questionnaire_court', 'a_voir'],
  ])('one that ends on %s against a departure on 11 December: %s', async (closesAt, code, level) => {
    await write({ closesAt: new Date(closesAt) });
    await editPush(t, push, {
      scheduledAt: new Date('2026-12-11T08:00:00Z'),
      content: { subject: 'Votre avis', blocks: [{ id: 'b1', type: 'survey', survey: SURVEY.slug }] },
    });
    expect(await found()).toContainEqual([code, level]);
  });

  test('one that is open all along is not spoken of', async () => {
    await write({ closesAt: new Date('2027-06-30T22:00:00Z') });
    await carry();
    expect((await found()).filter(([code]) => code?.startsWith('questionnaire'))).toEqual([]);
  });
});

describe('who writes it', () => {
  test('a new one takes its name from its title, once', async () => {
    const { slug: _, ...unnamed } = SURVEY;
    const first = await saveCampaignSurvey(t.ctx(alice), push.campaign, unnamed);
    const second = await saveCampaignSurvey(t.ctx(alice), push.campaign, unnamed);
    expect([first.slug, second.slug]).toEqual(['vos-usages', 'vos-usages-2']);
  });

  test('one to three questions, and an end to come', async () => {
    await expect(write({ questions: ['satisfaction', 'facilite', 'connaissance', 'usage'] })).rejects.toMatchObject({
      kind: 'invalid',
      fields: [expect.objectContaining({ field: 'questions' })],
    });
    const { slug: _, ...unnamed } = SURVEY;
    const over = { ...unnamed, closesAt: new Date(NOW.getTime() - 1) };
    await expect(saveCampaignSurvey(t.ctx(alice), push.campaign, over)).rejects.toMatchObject({
      fields: [expect.objectContaining({ field: 'closesAt' })],
    });
  });

  test('its organisation alone; everybody of the campaign sees it, a stranger nothing', async () => {
    await write();
    for (const who of [bruno, david])
      await expect(write({ title: 'x' }, who)).rejects.toMatchObject({ kind: 'forbidden' });
    await expect(write({ title: 'x' }, etranger)).rejects.toMatchObject({ kind: 'not-found' });
    const read = async (who = alice) => (await readCampaignSurveys(t.ctx(who), push.campaign)).surveys;
    expect(await read()).toMatchObject([{ own: true, inKits: true, closed: false, carriers: [] }]);
    expect(await read(bruno)).toMatchObject([{ own: false }]);
    expect(await read(david)).toMatchObject([{ own: false }]);
    await expect(read(etranger)).rejects.toMatchObject({ kind: 'not-found' });
  });

  test('its page says which messages carry it', async () => {
    await write();
    await carry();
    await submit(t, push.id);
    await approve(t, push.id, alice);
    expect((await readCampaignSurveys(t.ctx(alice), push.campaign)).surveys[0]?.carriers).toEqual([
      { slug: push.slug, title: 'La lettre', submitted: true },
    ]);
  });
});
