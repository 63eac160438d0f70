import type { Hono } from 'hono';
import { sql } from 'kysely';
import { sha256 } from '../../src/base/tokens.ts';
import { acrossOrganisations } from '../../src/db/database.ts';
import { csrfToken } from '../../src/organisations/sessions.ts';
import type { Service } from '../../src/service.ts';
import type { Person, TestDatabase } from '../support/database.ts';
import type { World } from './world.ts';

/** Every address of the service, as it is plugged together; middlewares answer to any method and are no page. */
export const routesOf = (app: Hono): string[] => [
  ...new Set(app.routes.filter((r) => r.method !== 'ALL').map((r) => `${r.method} ${r.path}`)),
];

export const methodOf = (route: string): string => route.slice(0, route.indexOf(' '));
const pathOf = (route: string): string => route.slice(route.indexOf(' ') + 1);
/** It names something that belongs to an organisation. */
export const hasIds = (route: string): boolean => pathOf(route).includes(':');

/** The route's address with the ids of the organisations of the world. */
export function address(route: string, world: World): string {
  const path = pathOf(route);
  const ids: [RegExp, string | number][] = [
    [/^\/campagnes\/:campaign(?=[/.]|$)/, `/campagnes/${world.campaign}`],
    [/\/partenaires\/:organisation(?=[/.]|$)/, '/partenaires/btp'],
    [/\/envois\/:push(?=[/.]|$)/, `/envois/${world.push}`],
    [/\/actions\/:action(?=[/.]|$)/, `/actions/${world.action}`],
    [/\/webinaires\/:webinaire(?=[/.]|$)/, `/webinaires/${world.webinar}`],
    [/\/inscriptions\/:id\{[^/]+\}(?=[/.]|$)/, `/inscriptions/${world.registrationId}`],
    [/\/releves\/:id\{[^/]+\}(?=[/.]|$)/, `/releves/${world.attendanceImportId}`],
    [/\/temps-forts\/:event(?=[/.]|$)/, `/temps-forts/${world.event}`],
    [/\/ressources\/:resource(?=[/.]|$)/, `/ressources/${world.resource}`],
    [/\/(fichiers|formats)\/:id\{[^/]+\}(?=[/.]|$)/, `/$1/${world.resourceFileId}`],
    [/\/elements\/:edl(?=[/.]|$)/, `/elements/${world.keyMessage}`],
    [/\/questionnaires\/:questionnaire(?=[/.]|$)/, `/questionnaires/${world.survey}`],
    [/\/pages\/sites\/:id\{[^/]+\}(?=[/.]|$)/, `/pages/sites/${world.siteId}`],
    [/\/pages\/:page(?=[/.]|$)/, `/pages/${world.page}`],
    [/\/declarations\/:id\{[^/]+\}(?=[/.]|$)/, `/declarations/${world.statementId}`],
    [/\/exports\/:id\{[^/]+\}(?=[/.]|$)/, `/exports/${world.exportId}`],
    [/\/sceaux\/:id\{[^/]+\}(?=[/.]|$)/, `/sceaux/${world.sealId}`],
    [/\/partages\/:id\{[^/]+\}(?=[/.]|$)/, `/partages/${world.shareId}`],
    [/\/cles\/:id\{[^/]+\}(?=[/.]|$)/, `/cles/${world.keyId}`],
    [/\/glossaire\/:id\{[^/]+\}(?=[/.]|$)/, `/glossaire/${world.termId}`],
    [/\/blocs\/:block(?=[/.]|$)/, '/blocs/b1'],
    [/^\/contacts\/imports\/:id\{[^/]+\}(?=[/.]|$)/, `/contacts/imports/${world.importId}`],
    [/^\/contacts\/:id\{[^/]+\}(?=[/.]|$)/, `/contacts/${world.contactId}`],
    [/^\/audiences\/:id\{[^/]+\}(?=[/.]|$)/, `/audiences/${world.audienceId}`],
    [/\/domaines\/:id\{[^/]+\}(?=[/.]|$)/, `/domaines/${world.senderDomainId}`],
    [/^\/sollicitations\/:id\{[^/]+\}(?=[/.]|$)/, `/sollicitations/${world.solicitationId}`],
    [/\/relais\/:relay\{[^/]+\}(?=[/.]|$)/, `/relais/${world.relayId}`],
    [/\/publications\/:declaration\{[^/]+\}(?=[/.]|$)/, `/publications/${world.declarationId}`],
    [/\/destinataires\/:row\{[^/]+\}(?=[/.]|$)/, `/destinataires/${world.rowId}`],
    [/^\/courrier\/:id\{[^/]+\}(?=[/.]|$)/, `/courrier/${world.mailId}`],
    [/\/pieces\/:n\{[^/]+\}$/, '/pieces/1'],
    [/^\/memoire\/decisions\/:id\{[^/]+\}(?=[/.]|$)/, `/memoire/decisions/${world.decisionId}`],
    [/^\/memoire\/veille\/:id\{[^/]+\}(?=[/.]|$)/, `/memoire/veille/${world.watchNoteId}`],
  ];
  const filled = ids.reduce((done, [param, id]) => done.replace(param, String(id)), path);
  if (/:\w/.test(filled))
    throw new Error(`${route} : ce test ne sait pas remplir cette adresse, dites-lui avec quel identifiant.`);
  if (path.endsWith('/destinataires/renvoi')) return `${filled}?ligne=${world.rowId}`;
  // A framed message is one variant of a push: it is named by its organisation and its level.
  return filled.endsWith('.html') && path.includes(':push') ? `${filled}?organisation=opco&niveau=terrain` : filled;
}

export type Answer = { status: number; location: string; text: string };
export type Session = { cookie: string; csrf: string };

/** Asks the service as a browser does, without a socket. */
export function asker(t: TestDatabase, app: Hono, service: Service) {
  const sessions = new Map<number, Session>();

  async function ask(
    method: string,
    path: string,
    headers: Record<string, string> = {},
    fields: Record<string, string> = {},
  ): Promise<Answer> {
    const body = method === 'GET' ? undefined : new URLSearchParams(fields);
    const response = await app.request(`https://pv.example${path}`, { method, headers, body });
    return { status: response.status, location: response.headers.get('location') ?? '', text: await response.text() };
  }

  /** A cookie and a form token of this person, as sign-in gives them; the same ones until they are used up. */
  async function session(person: Person): Promise<Session> {
    const open = sessions.get(person.userId);
    if (open) return open;
    const secret = `essai-${Math.random()}`;
    const now = service.now();
    await acrossOrganisations(t.db, (trx) =>
      trx
        .insertInto('sessions')
        .values({
          id_hash: sha256(secret),
          user_id: person.userId,
          organisation_id: person.organisationId,
          created_at: now,
          last_seen_at: now,
          expires_at: new Date(now.getTime() + 86_400_000),
        })
        .execute(),
    );
    const made = { cookie: `__Host-porte-voix=${secret}`, csrf: csrfToken(service, secret) };
    sessions.set(person.userId, made);
    return made;
  }

  async function as(person: Person, route: string, path: string, fields: Record<string, string> = {}): Promise<Answer> {
    const { cookie, csrf } = await session(person);
    const answer = await ask(methodOf(route), path, { cookie }, { csrf, ...fields });
    // What was done may have been leaving: the next question begins with a session of its own.
    if (methodOf(route) === 'POST' && answer.status === 303) sessions.delete(person.userId);
    return answer;
  }

  return { ask, session, as };
}

/** Whose rows are watched: all of them by default. */
export type Whose = { of?: number; except?: number };

/**
 * Answers, each time it is asked, in which tables rows have moved since the last time. Nothing was written by anybody
 * while no number of a transaction was given out: then there is nothing to look at.
 */
export async function watch(t: TestDatabase, whose: Whose = {}): Promise<() => Promise<string[]>> {
  const sums = await sumsOf(t, whose);
  const written = async (): Promise<string | undefined> =>
    (await sql<{ xid: string }>`select pg_snapshot_xmax(pg_current_snapshot())::text as xid`.execute(t.db.kysely))
      .rows[0]?.xid;
  let before = await sums();
  let last = await written();
  return async () => {
    const now = await written();
    if (now === last) return [];
    const after = await sums();
    const moved = [...after].filter(([table, sum]) => before.get(table) !== sum).map(([table]) => table);
    [before, last] = [after, now];
    return moved;
  };
}

/** One number per table, in one statement. A person's own sessions are nobody's content. */
async function sumsOf(t: TestDatabase, { of, except }: Whose): Promise<() => Promise<Map<string, string>>> {
  const tables = await acrossOrganisations(t.db, async (trx) => {
    const found = await sql<{ name: string; columns: string }>`
      select p.table_name as name, string_agg(quote_ident(p.column_name), ', ' order by p.column_name) as columns
      from information_schema.column_privileges p
      where p.grantee = current_user and p.privilege_type = 'SELECT' and p.table_schema = 'public' and p.table_name <> 'sessions'
        and exists (select 1 from information_schema.columns c where c.table_name = p.table_name and c.column_name = 'organisation_id')
      group by 1 order by 1`.execute(trx);
    return found.rows;
  });
  const rows =
    of !== undefined
      ? sql`organisation_id = ${of}`
      : except !== undefined
        ? sql`organisation_id <> ${except}`
        : sql`true`;
  const all = sql.join(
    tables.map(
      ({
        name,
        columns,
      }) => sql`select ${name} as name, (select count(*) || '/' || coalesce(sum(hashtextextended(x::text, 0)), 0)
        from (select ${sql.raw(columns)} from ${sql.id(name)} where ${rows}) x) as sum`,
    ),
    sql` union all `,
  );
  return () =>
    acrossOrganisations(t.db, async (trx) => {
      const found = await sql<{ name: string; sum: string }>`${all}`.execute(trx);
      return new Map(found.rows.map(({ name, sum }) => [name, sum]));
    });
}
