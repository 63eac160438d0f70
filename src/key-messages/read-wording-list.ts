import { sql } from 'kysely';
import type { Actor, Ctx } from '../base/context.ts';
import { toParisDay } from '../base/dates.ts';
import { searched } from '../base/search-words.ts';
import { LEVELS, type Level } from '../base/words.ts';
import { type Trx, withOrganisation } from '../db/database.ts';
import { allow } from '../organisations/permissions.ts';
import { WORDING_FORMATS } from './schema.ts';
import { fromColumn, textsOf, type Validity, validityOf } from './stored.ts';

export type WordingState = 'brouillon' | 'a_valider' | 'changement' | 'valide';
export const LIST_FILTERS = ['a_valider', 'brouillon', 'valide', 'perime', 'a_venir'] as const;
export type ListFilter = (typeof LIST_FILTERS)[number];

export type WordingLine = {
  id: number;
  slug: string;
  topic: string;
  versionId: number;
  version: number;
  createdAt: Date;
  validFrom: string | null;
  validTo: string | null;
  /** Of its newest version. `changement`: one signatory at least asks for changes. */
  state: WordingState;
  validity: Validity;
  /** Organisations whose yes is missing. */
  missing: number[];
  /** How many of the forms are written for each level. */
  written: Record<Level, number>;
  /** The version that may be said outside today; null: none. */
  usable: number | null;
};

export const FORMS = WORDING_FORMATS.length;
const PAGE = 50;

export type WordingList = { lines: WordingLine[]; total: number; page: number; pages: number };

/** The éléments de langage of a campaign by topic, those that were looked for only; empty for a stranger. */
export function readWordingList(
  ctx: Ctx<Exclude<Actor, { kind: 'clock' }>>,
  campaignId: number,
  p: { search?: string; filter?: ListFilter | undefined; page?: number } = {},
): Promise<WordingList> {
  allow(ctx.actor, 'campaign.read');
  return withOrganisation(ctx.db, ctx.actor.organisationId, (trx) =>
    wordingList(trx, campaignId, ctx.now(), { search: p.search?.trim() ?? '', filter: p.filter, page: p.page ?? 1 }),
  );
}

type Found = Pick<
  WordingLine,
  'id' | 'slug' | 'versionId' | 'version' | 'createdAt' | 'validFrom' | 'validTo' | 'state' | 'missing' | 'usable'
> & { topicNow: string; wordings: unknown; total: number };

async function wordingList(
  trx: Trx,
  campaignId: number,
  now: Date,
  p: { search: string; filter: ListFilter | undefined; page: number },
): Promise<WordingList> {
  const today = sql`${toParisDay(now)}::date`;
  const missing = sql`array(select missing_wording_approvals(l.id))`;
  const state = sql<WordingState>`case
    when not exists (select from wording_requests r where r.version_id = l.id) then 'brouillon'
    when not exists (select from missing_wording_approvals(l.id)) then 'valide'
    when exists (select from missing_wording_approvals(l.id) o (id) where
      (select a.decision from approvals a where a.subject = 'edl:' || l.id and a.organisation_id = o.id
        order by a.id desc limit 1) = 'changement') then 'changement'
    else 'a_valider' end`;
  const filters = {
    a_valider: sql`${state} in ('a_valider', 'changement')`,
    brouillon: sql`${state} = 'brouillon'`,
    valide: sql`${state} = 'valide'`,
    perime: sql`l.valid_to < ${today}`,
    a_venir: sql`l.valid_from > ${today}`,
  };
  const texts = sql`l.topic_then || ' ' ||
    coalesce((select string_agg(t #>> '{}', ' ') from jsonb_path_query(l.wordings, 'lax $.*.*') t), '')`;
  // Whole words as French reads them, or the beginning of anything: « recrut » is looked for too.
  const found = p.search
    ? sql`exists (select from (select ${texts} as words) s where fr_vector(s.words) @@ fr_query(${searched(p.search)})
        or strpos(fold_fr(s.words), fold_fr(${p.search})) > 0)`
    : sql`true`;
  // Where each stands is asked of the rows of the page only, unless that is what they are chosen by.
  const { rows } = await sql<Found>`
    with last as (
      select distinct on (v.key_message_id) v.*, coalesce(v.wordings ->> 'sujet', m.topic) as topic_then, m.slug, m.topic
      from key_messages m join key_message_versions v on v.key_message_id = m.id
      where m.campaign_id = ${campaignId}
      order by v.key_message_id, v.version desc
    ), l as (
      select *, count(*) over () as total from last l
      where ${found} and ${p.filter ? filters[p.filter] : sql`true`}
      order by fold_fr(topic_then), key_message_id
      limit ${PAGE} offset ${(p.page - 1) * PAGE}
    )
    select key_message_id as id, slug, topic as "topicNow", id as "versionId", version, wordings,
      created_at as "createdAt", valid_from as "validFrom", valid_to as "validTo", total,
      ${missing} as missing, ${state} as state,
      (select max(u.version) from key_message_versions u where u.key_message_id = l.key_message_id
        and (u.valid_from is null or u.valid_from <= ${today}) and (u.valid_to is null or u.valid_to >= ${today})
        and wording_is_validated(u.id)) as usable
    from l order by fold_fr(topic_then), key_message_id`.execute(trx);
  const total = rows[0]?.total ?? 0;
  return {
    lines: rows.map(({ topicNow, wordings, total: _, missing, ...row }) => {
      const said = fromColumn(wordings, topicNow);
      const texts = textsOf(said.wordings);
      const count = (level: Level) => texts.filter((t) => t.level === level).length;
      return {
        ...row,
        topic: said.topic,
        missing: missing.map(Number),
        validity: validityOf(row, now),
        written: Object.fromEntries(LEVELS.map((l) => [l, count(l)])) as Record<Level, number>,
      };
    }),
    total,
    page: p.page,
    pages: Math.max(1, Math.ceil(total / PAGE)),
  };
}
