import { decideCells } from '../base/cells.ts';
import type { Ctx } from '../base/context.ts';
import { sealId } from '../base/tokens.ts';
import type { Level } from '../base/words.ts';
import type { Trx } from '../db/database.ts';
import type { SurveyRow } from './queries.ts';
import type { Audience } from './schema.ts';

/** Somebody a survey is sent to; a level that is not known counts as one of its own. */
export type Asked = { organisationId: number; level: Level | null };
/** So many people alike. */
export type Part = Asked & { people: number };

/** What answers are kept with: never a person. */
export type GroupRow = {
  id: number;
  surveyId: number;
  /** Of a mixed one, the survey's own. */
  organisationId: number;
  /** Several organisations together. */
  mixed: boolean;
  /** Null: several, or none known. */
  level: Level | null;
  audience: Audience;
  /** How many people were given its address. */
  asked: number;
};

/** What the address of a group is sealed for. */
export const SURVEY_ADDRESS = 'questionnaire';

/** The address that a whole group shares. */
export const surveyUrl = (instance: Pick<Ctx, 'secrets' | 'publicUrl'>, groupId: number): string =>
  `${instance.publicUrl}/questionnaires/${sealId(instance.secrets.doors, SURVEY_ADDRESS, groupId)}`;

/** The address that anybody may hand on: one for all, which says nothing of where somebody comes from. */
export const publicSurveyUrl = ({ publicUrl }: Pick<Ctx, 'publicUrl'>, campaign: string, survey: string): string =>
  `${publicUrl}/questionnaires/${campaign}/${survey}`;

const NAMED = /^\/questionnaires\/[a-z0-9-]+\/([a-z0-9-]+)$/;
/** The slug of the survey that such an address leads to; null: it leads elsewhere. */
export const surveyNamedBy = ({ publicUrl }: Pick<Ctx, 'publicUrl'>, url: string): string | null =>
  url.startsWith(`${publicUrl}/`) ? (NAMED.exec(url.slice(publicUrl.length))?.[1] ?? null) : null;

/**
 * Puts these people into the groups through which they answer, in a transaction across organisations; answers the group of
 * each, in their order. A group is one level of one organisation, of k people or more; the others join their organisation's,
 * then one of several organisations (PRV-11). Fewer than k who come once groups are open join the nearest of them. Null: fewer than k
 * in all, who could not be asked without being known.
 */
export async function openGroups(
  trx: Trx,
  survey: Pick<SurveyRow, 'id' | 'organisationId' | 'campaignId' | 'k'>,
  people: readonly Asked[],
  audience: Audience,
  now: Date,
): Promise<number[] | null> {
  const alike = [...Map.groupBy(people, (p) => `${p.organisationId}/${p.level}`)];
  const parts = alike.flatMap(([, same]): Part[] => (same[0] ? [{ ...same[0], people: same.length }] : []));
  const groups = await openGroupsOf(trx, survey, parts, audience, now);
  const groupOf = new Map(alike.map(([key], index) => [key, groups?.[index] ?? 0]));
  return groups && people.map((p) => groupOf.get(`${p.organisationId}/${p.level}`) ?? 0);
}

/** The same for people who are only counted; the group of each part, in their order. */
export async function openGroupsOf(
  trx: Trx,
  survey: Pick<SurveyRow, 'id' | 'organisationId' | 'campaignId' | 'k'>,
  parts: readonly Part[],
  audience: Audience,
  now: Date,
): Promise<number[] | null> {
  if (parts.length === 0) return [];
  const open = await groupsOf(trx, survey.id, audience);
  const places =
    open.length > 0 ? parts.map((p) => (p.people >= survey.k ? placeOf(p) : nearest(open, p))) : planned(survey, parts);
  if (places === null) return null;
  const asked = Map.groupBy(places.keys(), (index) => keyOf(places[index] as Place));
  const ids = new Map<string, number>();
  for (const [key, indexes] of asked) {
    const place = places[indexes[0] ?? 0];
    if (!place) continue;
    const row = await trx
      .insertInto('survey_groups')
      .values({
        survey_id: survey.id,
        campaign_id: survey.campaignId,
        organisation_id: place.organisationId,
        mixed: place.mixed,
        level: place.level,
        audience,
        asked: indexes.reduce((sum, index) => sum + (parts[index]?.people ?? 0), 0),
        created_at: now,
      })
      .onConflict((on) =>
        on
          .columns(['survey_id', 'organisation_id', 'mixed', 'level', 'audience'])
          .doUpdateSet((eb) => ({ asked: eb('survey_groups.asked', '+', eb.ref('excluded.asked')) })),
      )
      .returning('id')
      .executeTakeFirstOrThrow();
    ids.set(key, row.id);
  }
  return places.map((place) => ids.get(keyOf(place)) ?? 0);
}

const placeOf = ({ organisationId, level }: Part): Place => ({ organisationId, mixed: false, level });

type Place = Pick<GroupRow, 'organisationId' | 'mixed' | 'level'>;
const keyOf = (p: Place): string => `${p.organisationId}/${p.mixed}/${p.level}`;

/** As groups of recipients share links: small ones join what differs least from them. */
function planned(survey: Pick<SurveyRow, 'organisationId' | 'k'>, parts: readonly Part[]): Place[] | null {
  const plan = decideCells(
    parts.map(({ organisationId, level, people }) => ({
      dims: { organisation: String(organisationId), level: level ?? '' },
      count: people,
    })),
    ['organisation', 'level'],
    survey.k,
  );
  if (!plan) return null;
  return parts.map((_, index) => {
    const { organisation, level } = plan.cells[plan.cellOf(index)]?.dims ?? {};
    const mixed = organisation == null;
    return {
      organisationId: mixed ? survey.organisationId : Number(organisation),
      mixed,
      level: (level || null) as Level | null,
    };
  });
}

/** Its own, its organisation’s, one of several organisations, else any: each holds k people or more already. */
function nearest(open: readonly GroupRow[], { organisationId, level }: Asked): Place {
  const own = open.filter((g) => !g.mixed && g.organisationId === organisationId);
  const several = open.filter((g) => g.mixed);
  const found =
    own.find((g) => g.level === level) ??
    own.find((g) => g.level === null) ??
    several.find((g) => g.level === level) ??
    several[0] ??
    own[0] ??
    open.toSorted((a, b) => b.asked - a.asked || a.id - b.id)[0];
  return found as Place;
}

/** The group of whoever was handed the address on, made with its first answer: it asks nobody in particular. Across organisations. */
export async function publicGroup(
  trx: Trx,
  survey: Pick<SurveyRow, 'id' | 'organisationId' | 'campaignId'>,
  now: Date,
): Promise<number> {
  const { id } = await trx
    .insertInto('survey_groups')
    .values({
      survey_id: survey.id,
      campaign_id: survey.campaignId,
      organisation_id: survey.organisationId,
      mixed: true,
      level: null,
      audience: 'public',
      asked: 0,
      created_at: now,
    })
    // An update that changes nothing: the row is answered, whoever came first.
    .onConflict((on) =>
      on.columns(['survey_id', 'organisation_id', 'mixed', 'level', 'audience']).doUpdateSet({ asked: 0 }),
    )
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

/** Across organisations: of one survey, for one audience or for all. */
export async function groupsOf(trx: Trx, surveyId: number, audience?: Audience): Promise<GroupRow[]> {
  const rows = await trx
    .selectFrom('survey_groups')
    .select(['id', 'survey_id as surveyId', 'organisation_id as organisationId', 'mixed', 'level', 'audience', 'asked'])
    .where('survey_id', '=', surveyId)
    .$if(audience !== undefined, (q) => q.where('audience', '=', audience ?? 'tous'))
    .orderBy('id')
    .execute();
  return rows.map((r) => ({ ...r, level: r.level as Level | null, audience: r.audience as Audience }));
}
