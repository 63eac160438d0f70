import type pg from 'pg';
import { type Database, withClient } from '../db/database.ts';
import { SOFT_DAYS, SOFT_PUSHES, suppressionOf, UNEXPLAINED_PUSHES } from '../mail/classify.ts';
import { LETS_GO } from './persist.ts';
import type { State } from './schema.ts';

export type Answer = {
  id: number;
  /** Of the claim that is answered: an answer written twice must not touch a row claimed again since. */
  handedAt: Date;
  state: Extract<State, 'accepted' | 'deferred' | 'failed' | 'unknown' | 'planned'>;
  reason: string | null;
  /** What the server's words were taken for (MAIL-20); null when it said yes, or nothing. */
  said: string | null;
  /** The next server's own words. */
  reply: string;
  nextAt: Date | null;
};

/**
 * Writes answers in one statement, fenced: only the worker that handed a row may settle it, and only while it is handed,
 * or unknown (a late answer). `planned` gives a row back whose final dot was certainly not sent. `counted`: some of them
 * may be in `flights`.
 */
export async function settle(
  db: Database,
  worker: string,
  answers: Answer[],
  now: Date,
  counted = true,
): Promise<void> {
  if (answers.length === 0) return;
  await withClient(
    db,
    'across',
    async (client) => {
      const again = answers.filter((a) => a.state === 'planned' || a.state === 'deferred').map((a) => a.id);
      if (again.length > 0) await reopenFinished(client, again);
      const values = [
        answers.map((a) => a.id),
        answers.map((a) => a.state),
        answers.map((a) => a.reason),
        answers.map((a) => a.reply.replaceAll('\0', '').slice(0, 500)),
        answers.map((a) => a.nextAt?.toISOString() ?? null),
        answers.map((a) => a.handedAt.toISOString()),
        worker,
        now,
        answers.map((a) => a.said),
      ];
      const { rows } = await client.query<{ id: number }>({ name: 'settle', text: SETTLE, values });
      if (counted) await client.query('delete from flights where delivery_id = any($1::bigint[])', [values[0]]);
      const written = new Set(rows.map((r) => r.id));
      const invalid = answers.filter((a) => a.reason === 'adresse_invalide' && written.has(a.id)).map((a) => a.id);
      if (invalid.length > 0) await suppressInvalid(client, invalid, now);
      const doubtful = answers.filter(
        (a) => a.said !== null && suppressionOf(a.said) === 'repeated' && written.has(a.id),
      );
      if (doubtful.length > 0)
        await suppressRepeated(
          client,
          doubtful.map((a) => a.id),
          now,
        );
    },
    BY_KEY,
  );
}

/** Fifty rows by their keys, whatever the planner believes of a list drawn a moment ago; the plan is made once. */
const BY_KEY = `set local enable_seqscan = off; set local enable_hashjoin = off; set local enable_mergejoin = off; set local plan_cache_mode = force_generic_plan; ${LETS_GO}`;

const SETTLE = `
  with settled as (
    update deliveries d set state = a.state, reason = a.reason, reply = a.reply, next_at = a.next_at,
      settled_at = $8, handed_at = case when a.state = 'planned' then null else d.handed_at end,
      attempts = d.attempts - case when a.state = 'planned' then 1 else 0 end
    from unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::timestamptz[], $9::text[])
      as a(id, state, reason, reply, next_at, handed_at, said)
    where d.id = a.id and d.worker = $7 and d.handed_at = a.handed_at and d.state in ('handed', 'unknown')
    returning d.id, d.contact_id, d.state, d.organisation_id, d.campaign_id, d.push_id, d.attempts, d.reply, a.said
  ), told as (
    -- A row's story, where it has one: taken at the first try, the row itself says it all.
    insert into delivery_events (organisation_id, campaign_id, push_id, delivery_id, at, what, reason, reply, actor)
    select s.organisation_id, s.campaign_id, s.push_id, s.id, $8, s.state, s.said, coalesce(s.reply, ''), $7 from settled s
    where s.state in ('deferred', 'failed', 'unknown')
      or s.state = 'accepted' and (s.attempts > 1 or exists (select from delivery_events e where e.delivery_id = s.id))
  ), noticed as (
    -- The first accepted message carried the art. 14 information (PRV-33): the next ones need not.
    update contacts c set notice_sent_at = $8 from settled s
    where c.id = s.contact_id and s.state = 'accepted' and c.notice_sent_at is null
  )
  select id from settled`;

/**
 * Rows owed again by a late answer (their lease had run out, they counted as unknown, and nothing else was left) make a
 * finished push go on. Locks it, as `finishPush` does.
 */
async function reopenFinished(client: pg.PoolClient, ids: number[]): Promise<void> {
  const { rows } = await client.query<{ id: number }>(
    'select p.id from pushes p where p.id in (select d.push_id from deliveries d where d.id = any($1::bigint[])) for update',
    [ids],
  );
  await client.query(
    `update pushes set finished_at = null
     where id = any($1::bigint[]) and finished_at is not null and cancelled_at is null`,
    [rows.map((p) => p.id)],
  );
}

/** An address its own server calls unknown is not written to again by that organisation (MAIL-20). */
const suppressInvalid = (client: pg.PoolClient, ids: number[], now: Date) =>
  client.query(
    `insert into suppressions (organisation_id, scope, address_hash, reason, source, at)
     select distinct organisation_id, 'organisation', address_hash, 'adresse_invalide', 'smtp', $2::timestamptz
     from deliveries where id = any($1::bigint[]) and state = 'failed'
     on conflict do nothing`,
    [ids, now],
  );

/**
 * A mailbox that is always full, a refusal nobody explains: of one organisation's tries, over as many pushes and days as
 * for what comes back (MAIL-20). Read from the stories of the contact's rows.
 */
const suppressRepeated = (client: pg.PoolClient, ids: number[], now: Date) =>
  client.query(
    `insert into suppressions (organisation_id, scope, address_hash, reason, source, at)
     select d.organisation_id, 'organisation', d.address_hash, 'adresse_invalide', 'smtp', $2::timestamptz
     from deliveries d
     cross join lateral (
       select count(distinct e.push_id) filter (where e.what = 'failed' and e.reason = 'refused_unexplained') as unexplained,
         count(distinct e.push_id) filter (where e.reason in ('mailbox_full', 'mailbox_unavailable')) as soft,
         max(e.at) filter (where e.reason in ('mailbox_full', 'mailbox_unavailable'))
           - min(e.at) filter (where e.reason in ('mailbox_full', 'mailbox_unavailable')) as during
       from deliveries o join delivery_events e on e.delivery_id = o.id
       where o.contact_id = d.contact_id and o.organisation_id = d.organisation_id and o.address_hash = d.address_hash
     ) story
     where d.id = any($1::bigint[])
       and (story.unexplained >= ${UNEXPLAINED_PUSHES}
         or story.soft >= ${SOFT_PUSHES} and story.during >= interval '${SOFT_DAYS} days')
     on conflict do nothing`,
    [ids, now],
  );
