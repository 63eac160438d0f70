import { expect, test } from 'vitest';
import { openId } from '../../src/base/tokens.ts';
import { LEVELS } from '../../src/base/words.ts';
import { acrossOrganisations } from '../../src/db/database.ts';
import { saveCampaignSurvey } from '../../src/pushes/edit-survey.ts';
import { savePush } from '../../src/pushes/save-push.ts';
import { SURVEY_ADDRESS } from '../../src/surveys/groups.ts';
import { sayMeasure } from '../support/agreed.ts';
import { SECRETS, testDatabase } from '../support/database.ts';
import { editPush, letter, type MadePush, makePush, type PushOptions, submitAndApprove } from '../support/factories.ts';
import { answersIn, groupsIn, surveyHouse } from '../surveys/cast.ts';
import { drain, freeze } from './ledger.ts';
import { startSink } from './sink.ts';

/** A letter that carries a survey, really sent: who is led to which group of answers. */

const t = await testDatabase();
const { alice } = t.cast;
const { opco, btp } = t.cast.organisations;
const ASK = 'vos-usages';
const contentAsking = (block: object = {}) => ({
  subject: 'Et vous, qu’en faites-vous ?',
  blocks: [
    { id: 'b1', type: 'text', markdown: 'Bonjour.' },
    { id: 'b2', type: 'survey', survey: ASK, ...block },
  ],
});

async function asking(
  options: PushOptions,
  block: object = {},
  agreed = 0,
): Promise<{ push: MadePush; surveyId: number }> {
  const push = await makePush(t, options);
  await sayMeasure(t, 'opco', push.addresses.opco.slice(0, agreed), 'granted');
  const input = { slug: ASK, title: 'Vos usages', questions: ['satisfaction', 'usage'] };
  const { id } = await saveCampaignSurvey(t.ctx(alice), push.campaign, input);
  await editPush(t, push, { content: contentAsking(block) });
  await submitAndApprove(t, push.id);
  await freeze(t, push.id);
  return { push, surveyId: id };
}

const tokensOf = (push: { id: number }) =>
  acrossOrganisations(t.db, (trx) =>
    trx
      .selectFrom('tokens as k')
      .innerJoin('cells as c', 'c.id', 'k.cell_id')
      .innerJoin('links as l', 'l.id', 'k.link_id')
      .select(['k.url', 'k.token', 'c.organisation_id', 'c.level', 'c.recipients', 'l.url as named'])
      .where('k.push_id', '=', push.id)
      .execute(),
  );
const groupIn = (url: string): number =>
  openId(SECRETS.doors, SURVEY_ADDRESS, url.slice(url.lastIndexOf('/') + 1)) ?? 0;

test('each group of links leads to the answers of its organisation and level, of k people or more (PRV-11)', async () => {
  const { push, surveyId } = await asking({
    campaign: { k: 20, cellDimensions: ['level', 'region'] },
    contacts: { opco: 90, btp: 31 },
    contact: { level: (i) => LEVELS[i % 3] ?? 'terrain', region: (i) => (i % 2 ? 'Bretagne' : 'Normandie') },
  });
  const groups = await groupsIn(t, surveyId);
  expect(groups.map((g) => g.audience)).toEqual(groups.map(() => 'lettre'));
  for (const g of groups) expect(g.asked).toBeGreaterThanOrEqual(20);
  // Everybody who was sent a tracked link was asked, once.
  expect(groups.reduce((n, g) => n + g.asked, 0)).toBe(121);
  const tokens = await tokensOf(push);
  expect(new Set(tokens.map((x) => x.named))).toEqual(
    new Set([`https://pv.example/questionnaires/${push.campaign}/${ASK}`]),
  );
  for (const { url, organisation_id, level } of tokens)
    expect(groups.find((g) => g.id === groupIn(url))).toMatchObject({ organisation_id, level, mixed: false });
  const asked = Map.groupBy(tokens, (x) => groupIn(x.url));
  for (const g of groups) expect(asked.get(g.id)?.reduce((n, x) => n + x.recipients, 0)).toBe(g.asked);
});

test('the message says it is anonymous, in both forms, and its link leads to a page that takes an answer', async () => {
  const { push, surveyId } = await asking({ campaign: { k: 20 }, contacts: { opco: 24, btp: 21 } });
  const sink = await startSink();
  await drain(t, push.id, sink.pool());
  await sink.close();
  expect(sink.received).toHaveLength(45);
  const tokens = await tokensOf(push);
  const house = surveyHouse(t);
  for (const { raw } of sink.received.slice(0, 3)) {
    const text = Buffer.from(raw, 'utf8').toString();
    expect(text.replaceAll('=\r\n', '')).toMatch(/anonyme/);
    const { url } = tokens.find((x) => raw.replaceAll('=\r\n', '').includes(`/r/${x.token}`))!;
    expect((await house.post(new URL(url).pathname, { usage: 'regulier' })).status).toBe(303);
  }
  expect(await answersIn(t, surveyId)).toHaveLength(3);
  for (const a of await answersIn(t, surveyId)) expect([opco, btp]).toContain(a.organisation_id);
});

test('fewer than k, or direct links: everybody is led to the address that is everybody’s, and nobody was asked', async () => {
  for (const campaign of [{ k: 20 }, { k: 20, linkMode: 'direct' as const }]) {
    const { push, surveyId } = await asking({ campaign, contacts: { opco: campaign.linkMode ? 40 : 12, btp: 7 } });
    expect(await tokensOf(push)).toEqual([]);
    expect(await groupsIn(t, surveyId)).toEqual([]);
    const sink = await startSink();
    await drain(t, push.id, sink.pool());
    await sink.close();
    for (const { raw } of sink.received)
      expect(raw.replaceAll('=\r\n', '')).toContain(`https://pv.example/questionnaires/${push.campaign}/${ASK}`);
  }
});

test('a block for one level, that fewer than k of a mixed group receive, leads them to everybody’s address', async () => {
  const { push, surveyId } = await asking(
    {
      campaign: { k: 20, cellDimensions: ['level'] },
      contacts: { opco: 40, btp: 0 },
      contact: { level: (i) => (i < 10 ? 'institutionnel' : i < 22 ? 'operationnel' : 'terrain') },
    },
    { levels: ['institutionnel'] },
  );
  expect(await tokensOf(push)).toEqual([]);
  expect(await groupsIn(t, surveyId)).toEqual([]);
});

test('a second letter asks again: more messages, the same groups, and its own for whom the first did not reach', async () => {
  const { push, surveyId } = await asking({ campaign: { k: 20 }, contacts: { opco: 25, btp: 0 } });
  const before = await groupsIn(t, surveyId);
  expect(before).toMatchObject([{ organisation_id: opco, asked: 25 }]);
  const { id } = await savePush(
    t.ctx(alice),
    push.campaign,
    letter({ slug: 'la-seconde', audience: String(push.input.audience), content: contentAsking() }),
  );
  await submitAndApprove(t, id);
  await freeze(t, id);
  expect(await groupsIn(t, surveyId)).toMatchObject([{ id: before[0]?.id, asked: 50 }]);
});

test('submitted again while it runs, what was asked is not counted twice', async () => {
  const { push, surveyId } = await asking({ campaign: { k: 20 }, contacts: { opco: 25, btp: 22 } });
  const before = await groupsIn(t, surveyId);
  await editPush(t, push, { content: { ...contentAsking(), subject: 'Un autre objet' } });
  await submitAndApprove(t, push.id);
  expect(await groupsIn(t, surveyId)).toEqual(before);
});

test('those with links of their own are led to everybody’s address: no click under a name beside an answer (PRV-10, PRV-21)', async () => {
  const options: PushOptions = {
    campaign: { k: 20, linkMode: 'individuel', cellDimensions: ['level'] },
    contacts: { opco: 50, btp: 0 },
  };
  const { push, surveyId } = await asking(options, {}, 25);
  // The other half are asked as a group.
  expect(await groupsIn(t, surveyId)).toMatchObject([{ organisation_id: opco, level: 'terrain', asked: 25 }]);
  const sink = await startSink();
  await drain(t, push.id, sink.pool());
  await sink.close();
  const own = new Set(push.addresses.opco.slice(0, 25));
  const named = `https://pv.example/questionnaires/${push.campaign}/${ASK}`;
  for (const { to, raw } of sink.received) {
    const whole = raw.replaceAll('=\r\n', '');
    expect([whole.includes(named), whole.includes('pv.example/r/')]).toEqual(
      own.has(to) ? [true, false] : [false, true],
    );
  }
});
