import { beforeEach, describe, expect, test } from 'vitest';
import { acrossOrganisations, withOrganisation } from '../../src/db/database.ts';
import { previewFollowUp, readFollowUp } from '../../src/follow-up/read-follow-up.ts';
import { saveWebinarSurvey } from '../../src/follow-up/save-webinar-survey.ts';
import { writeFollowUp } from '../../src/follow-up/write-follow-up.ts';
import { groupsOf } from '../../src/surveys/groups.ts';
import { setReplay } from '../../src/webinars/set-replay.ts';
import { testDatabase } from '../support/database.ts';
import { makeCampaign } from '../support/factories.ts';
import { linksIn, mailsAbout, person } from '../webinars/letters-house.ts';
import { madeWebinar, registered } from '../webinars/made-webinar.ts';
import { AFTER, type Held, heldWebinar } from './followed.ts';

const t = await testDatabase();
const campaign = await makeCampaign(t, { k: 20 });
const { alice, bruno, chloe, david, etranger } = t.cast;
const { opco, btp } = t.cast.organisations;
const ctx = (who = alice) => t.ctx(who, AFTER);
let held: Held;
let slug: string;

beforeEach(async () => {
  held = await heldWebinar(t, campaign.slug);
  slug = held.webinar.slug;
});

const PRESENTS = { to: 'presents', subject: 'Merci', words: 'Merci d’être **venus**.', survey: false };
const ABSENTS = { to: 'absents', subject: 'À revoir', words: 'Voici ce que vous avez manqué.', survey: false };
const write = (...letters: object[]) => writeFollowUp(ctx(), campaign.slug, slug, { letters });
const mails = () => mailsAbout(t, held.webinar);
const addresses = async (ids: readonly number[]) =>
  (await Promise.all(ids.map((id) => person(t, id)))).map((p) => p.address).toSorted();
const survey = (over: object = {}) =>
  saveWebinarSurvey(ctx(), campaign.slug, slug, { title: 'Votre avis', questions: ['satisfaction'], ...over });

describe('the letters after a webinar', () => {
  test('say one thing to those who came, another to those who did not, each from its own organisation', async () => {
    await write(PRESENTS, ABSENTS);
    const all = await mails();
    expect(
      all
        .filter((m) => m.subject === 'Merci')
        .map((m) => m.to)
        .toSorted(),
    ).toEqual(await addresses(held.presents));
    expect(
      all
        .filter((m) => m.subject === 'À revoir')
        .map((m) => m.to)
        .toSorted(),
    ).toEqual(await addresses(held.absents));
    for (const mail of all) {
      expect(mail).toMatchObject({ kind: 'webinaire-suite', once: true });
      expect(mail.from.address).toBe(mail.organisationId === opco ? 'lettre@opco.example' : 'lettre@btp.example');
      expect(mail.calendar).toBeUndefined();
    }
  });

  test('nothing is written to whoever may have come, until somebody has decided; then a second time reaches them alone', async () => {
    await write(PRESENTS, ABSENTS);
    const before = (await mails()).length;
    expect(before).toBe(54);
    const [one = 0] = held.doubtful;
    await acrossOrganisations(t.db, (trx) =>
      trx.updateTable('attendances').set({ state: 'oui' }).where('registration_id', '=', one).execute(),
    );
    expect((await readFollowUp(ctx(), campaign.slug, slug)).doubtful).toEqual({ own: 0, others: null });
    await write(PRESENTS, ABSENTS);
    const later = (await mails()).slice(before);
    expect(later.map((m) => [m.to, m.subject])).toEqual([[(await person(t, one)).address, 'Merci']]);
  });

  test('carry the recording by our link and the resources, in text and HTML alike (MAIL-40)', async () => {
    await setReplay(ctx(), campaign.slug, slug, { replayUrl: 'https://video.example/watch?v=1' });
    await write(PRESENTS);
    const [mail] = await mails();
    expect(linksIn(mail?.text ?? '')).toEqual([`https://pv.example/webinaires/${held.webinar.address}/replay`]);
    expect(linksIn(mail?.html ?? '')).toEqual(linksIn(mail?.text ?? ''));
  });

  test('carry the address of the person’s group, which k people or more share', async () => {
    await survey();
    await write({ ...PRESENTS, survey: true });
    const sent = await mails();
    const addressOf = (text: string) => linksIn(text).find((l) => l.includes('/questionnaires/')) ?? '';
    const shared = Map.groupBy(sent, (m) => addressOf(m.text));
    expect([...shared.keys()].every((address) => address.startsWith('https://pv.example/questionnaires/'))).toBe(true);
    expect([...shared.values()].map((of) => [of[0]?.organisationId, of.length])).toEqual([
      [opco, 25],
      [btp, 24],
    ]);
    const { survey: row } = await readFollowUp(ctx(), campaign.slug, slug);
    const groups = await acrossOrganisations(t.db, (trx) => groupsOf(trx, row?.id ?? 0));
    expect(groups.map((g) => [g.audience, g.asked])).toEqual([
      ['presents', 25],
      ['presents', 24],
    ]);
  });

  test('five who did not come are too few to be asked without being known: their letter goes without the survey', async () => {
    await survey();
    const done = await write({ ...ABSENTS, survey: true });
    expect(done).toMatchObject([{ to: 'absents', surveyed: false }]);
    expect((await mails()).every((m) => !m.text.includes('/questionnaires/'))).toBe(true);
  });

  test('a hostile word in them is words, and a name stays a name', async () => {
    await person(t, held.presents[0] ?? 0, { first_name: 'Zoé<img src=x>', last_name: 'Bcc: tous@exemple.fr' });
    await write({ ...PRESENTS, words: 'Voir [ici](javascript:alert(1))\n\n<script>alert(1)</script>' });
    for (const { html } of await mails()) {
      expect(html).not.toMatch(/<script|<img|href="javascript:/);
    }
  });
});

describe('who is not written to', () => {
  test('whoever refused messages, of the organisation, the campaign or all; whoever cancelled', async () => {
    const [a = 0, b = 0, c = 0, d = 0, e = 0] = held.presents;
    const hash = async (id: number) => (await person(t, id)).addressHash as Buffer;
    const refuse = async (id: number, scope: string) => ({
      organisation_id: opco,
      campaign_id: scope === 'campagne' ? campaign.id : null,
      scope,
      address_hash: await hash(id),
      reason: 'opposition',
      source: 'test',
      at: AFTER,
    });
    const rows = [await refuse(a, 'organisation'), await refuse(b, 'campagne'), await refuse(c, 'instance')];
    const consent = { organisation_id: opco, address_hash: await hash(d), purpose: 'message', value: 'refused' };
    await acrossOrganisations(t.db, async (trx) => {
      await trx.insertInto('suppressions').values(rows).execute();
      await trx
        .insertInto('consents')
        .values({ ...consent, source: 'test', actor: 'test', at: AFTER })
        .execute();
    });
    await person(t, e, { cancelled_at: AFTER, cancelled_by: 'lien' });
    expect((await readFollowUp(ctx(), campaign.slug, slug)).groups?.[0]).toMatchObject({
      waiting: { own: 20, others: 20 },
      refused: { own: 4, others: null },
    });
    await write(PRESENTS);
    const written = (await mails()).map((m) => m.to);
    expect(written).toHaveLength(44);
    for (const address of await addresses([a, b, c, d, e])) expect(written).not.toContain(address);
  });

  test('nobody of a partner that has left the campaign: nothing leaves under its name any more', async () => {
    const other = await makeCampaign(t, { k: 20 });
    const { webinar } = await heldWebinar(t, other.slug);
    await withOrganisation(t.db, btp, (trx) =>
      trx
        .insertInto('withdrawals')
        .values({
          campaign_id: other.id,
          organisation_id: btp,
          effective_at: new Date('2020-01-01T00:00:00Z'),
          reason: 'Fin de la convention.',
          recorded_by: 'test',
          recorded_at: AFTER,
        })
        .execute(),
    );
    await writeFollowUp(ctx(), other.slug, webinar.slug, { letters: [PRESENTS, ABSENTS] });
    expect(new Set((await mailsAbout(t, webinar)).map((m) => m.organisationId))).toEqual(new Set([opco]));
  });

  test('each letter counts among the solicitations of its registrant’s organisation', async () => {
    await write(PRESENTS, ABSENTS);
    const counted = await acrossOrganisations(t.db, (trx) =>
      trx
        .selectFrom('solicitation_mails')
        .select((eb) => ['organisation_id', eb.fn.countAll<number>().as('n')])
        .where(
          'address_hash',
          'in',
          trx.selectFrom('registrations').select('address_hash').where('webinar_id', '=', held.webinar.id),
        )
        .groupBy('organisation_id')
        .orderBy('organisation_id')
        .execute(),
    );
    expect(counted).toEqual([
      { organisation_id: opco, n: 28 },
      { organisation_id: btp, n: 26 },
    ]);
  });
});

describe('before it may be written', () => {
  test('a webinar that has not been held, or of which nobody knows who came, waits', async () => {
    const coming = await madeWebinar(t, campaign.slug);
    await registered(t, coming, 'opco', 2);
    const letter = { letters: [PRESENTS] };
    await expect(writeFollowUp(ctx(), campaign.slug, coming.slug, letter)).rejects.toMatchObject({
      code: 'webinaire_a_venir',
    });
    await acrossOrganisations(t.db, (trx) =>
      trx
        .updateTable('attendance_imports')
        .set({ withdrawn_at: AFTER })
        .where('webinar_id', '=', held.webinar.id)
        .execute(),
    );
    await expect(write(PRESENTS)).rejects.toMatchObject({ code: 'presence_inconnue' });
    expect(await mails()).toEqual([]);
  });

  test('a survey that is closed, or was never written, is not promised', async () => {
    await expect(write({ ...PRESENTS, survey: true })).rejects.toMatchObject({ code: 'questionnaire_absent' });
    expect(await mails()).toEqual([]);
  });

  test.each([
    [[], 'letters'],
    [[{ ...PRESENTS, subject: '' }], 'letters.0.subject'],
    [[PRESENTS, PRESENTS], 'letters'],
    [[{ ...PRESENTS, to: 'tous' }], 'letters.0.to'],
  ])('%j is refused with its field', async (letters, field) => {
    await expect(write(...letters)).rejects.toMatchObject({ fields: [expect.objectContaining({ field })] });
  });

  test('only who runs it writes; an evaluator does not, and a stranger learns nothing', async () => {
    const by = (who: typeof alice) => writeFollowUp(ctx(who), campaign.slug, slug, { letters: [PRESENTS] });
    await expect(by(bruno)).rejects.toMatchObject({ kind: 'forbidden' });
    await expect(by(david)).rejects.toMatchObject({ kind: 'forbidden' });
    await expect(by(etranger)).rejects.toMatchObject({ kind: 'not-found' });
    await expect(readFollowUp(ctx(etranger), campaign.slug, slug)).rejects.toMatchObject({ kind: 'not-found' });
    await expect(setReplay(ctx(bruno), campaign.slug, slug, { replayUrl: null })).rejects.toMatchObject({
      kind: 'forbidden',
    });
    expect(await mails()).toEqual([]);
  });
});

describe('twice, at once, and cut off', () => {
  test('asked twice at the same second, each person has one letter', async () => {
    const tries = await Promise.allSettled([write(PRESENTS, ABSENTS), write(PRESENTS, ABSENTS)]);
    expect(tries.map((r) => r.status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(tries.find((r) => r.status === 'rejected')).toMatchObject({ reason: { code: 'suite_faite' } });
    const to = (await mails()).map((m) => m.to);
    expect([to.length, new Set(to).size]).toEqual([54, 54]);
  });

  test('wherever a process dies it leaves nothing: no letter, no group, no solicitation; then all of it', async () => {
    await survey();
    const letters = [{ ...PRESENTS, survey: true }, ABSENTS];
    const left = () =>
      acrossOrganisations(t.db, async (trx) => ({
        letters: await trx
          .selectFrom('webinar_letters')
          .select('kind')
          .where('webinar_id', '=', held.webinar.id)
          .execute(),
        acts: await trx
          .selectFrom('webinar_acts')
          .select('what')
          .where('what', '=', 'suite')
          .where('webinar_id', '=', held.webinar.id)
          .execute(),
        groups: await trx
          .selectFrom('survey_groups as g')
          .innerJoin('surveys as s', 's.id', 'g.survey_id')
          .select('g.id')
          .where('s.webinar_id', '=', held.webinar.id)
          .execute(),
      }));
    let deaths = 0;
    // Each time the clock is asked once more before it stops the process.
    for (; deaths < 40; deaths++) {
      const dying = { ...ctx(), now: clockThatDies(deaths) };
      const done = await writeFollowUp(dying, campaign.slug, slug, { letters }).then(
        () => true,
        (error: Error) => error.message !== 'coupure',
      );
      if (done) break;
      expect(await left()).toEqual({ letters: [], acts: [], groups: [] });
      expect(await mails()).toEqual([]);
    }
    expect(deaths).toBeGreaterThan(5);
    expect(await mails()).toHaveLength(54);
  });

  const clockThatDies = (after: number) => {
    let asked = 0;
    return () => {
      asked += 1;
      if (asked > after) throw new Error('coupure');
      return AFTER;
    };
  };
});

describe('what is told of them', () => {
  test('one’s own exactly, partners’ to the nearest ten and from k up: the file says nothing of theirs (no oracle)', async () => {
    const sheet = await readFollowUp(ctx(), campaign.slug, slug);
    expect(sheet.groups?.map((g) => [g.to, g.waiting])).toEqual([
      ['presents', { own: 25, others: 20 }],
      ['absents', { own: 3, others: null }],
    ]);
    expect(sheet.doubtful).toEqual({ own: 1, others: null });
    expect(await write(PRESENTS)).toEqual([{ to: 'presents', written: { own: 25, others: 20 }, surveyed: false }]);
    const partner = await readFollowUp(ctx(bruno), campaign.slug, slug);
    expect(partner).toMatchObject({ runs: false, groups: [{ written: { own: 24, others: 30 } }, {}] });
    expect((await readFollowUp(ctx(chloe), campaign.slug, slug)).groups?.[0]?.written).toEqual({ own: 0, others: 50 });
  });

  test('the preview reads as the letter will, and writes nothing', async () => {
    await setReplay(ctx(), campaign.slug, slug, { replayUrl: 'https://video.example/1' });
    const [preview] = await previewFollowUp(ctx(), campaign.slug, slug, { letters: [PRESENTS] });
    expect(await mails()).toEqual([]);
    expect(preview).toMatchObject({ to: 'presents', from: { address: 'lettre@opco.example' } });
    await person(t, held.presents[0] ?? 0, { first_name: 'Camille', last_name: 'Exemple' });
    await write(PRESENTS);
    expect((await mails())[0]?.text).toBe(preview?.text);
  });

  test('a registrant present under two names is one person, and one letter', async () => {
    const [one = 0] = held.presents;
    await acrossOrganisations(t.db, async (trx) => {
      const row = await trx
        .selectFrom('attendances')
        .selectAll()
        .where('registration_id', '=', one)
        .executeTakeFirstOrThrow();
      await trx
        .insertInto('attendances')
        .values({ ...row, person: 'autre nom', state: 'douteux' })
        .execute();
    });
    await write(PRESENTS);
    const address = (await person(t, one)).address;
    expect((await mails()).filter((m) => m.to === address)).toHaveLength(1);
  });
});
