import { once } from 'node:events';
import { PassThrough, type Readable } from 'node:stream';
import type { Actor, Ctx } from '../base/context.ts';
import { CSV_BOM, csvLine } from '../base/csv.ts';
import { toParisField } from '../base/dates.ts';
import { withOrganisation } from '../db/database.ts';
import { recordAudit } from '../memory/audit.ts';
import { type JournalFilter, type JournalRow, journalPeople, journalRows } from '../memory/journal.ts';
import { auditSentence } from '../memory/sentences.ts';
import { allow } from './permissions.ts';
import { namesOfPeople } from './read-people.ts';

type MemberCtx = Ctx<Exclude<Actor, { kind: 'clock' }>>;

/** One line of the journal: who, and what they did, in a sentence without its subject. */
export type JournalLine = Omit<JournalRow, 'detail'> & { who: string; did: string; more: string };

export const PAGE = 50;
const EXPORT_PAGE = 1000;

/** The organisation's own journal, the latest first; `next` begins the following page. */
export async function readJournal(
  ctx: MemberCtx,
  filter: JournalFilter,
  before: number | null,
): Promise<{ lines: JournalLine[]; next: number | null; people: { id: number; name: string }[] }> {
  allow(ctx.actor, 'audit.read');
  const { organisationId } = ctx.actor;
  const { rows, ids } = await withOrganisation(ctx.db, organisationId, async (trx) => ({
    rows: await journalRows(trx, organisationId, filter, { before, limit: PAGE + 1 }),
    ids: await journalPeople(trx, organisationId),
  }));
  const names = await namesOfPeople(ctx, [...ids, ...peopleIn(rows)]);
  const shown = rows.slice(0, PAGE);
  return {
    lines: shown.map((row) => lineOf(row, names)),
    next: rows.length > PAGE ? (shown.at(-1)?.id ?? null) : null,
    people: ids
      .map((id) => ({ id, name: names.get(id) ?? `Personne n° ${id}` }))
      .sort((a, b) => a.name.localeCompare(b.name, 'fr')),
  };
}

const COLUMNS = ['Date (heure de Paris)', 'Qui', 'Ce qui a été fait', 'Code', 'Sujet', 'Détail'];

/** The same as CSV, written while it is read; that somebody took it away is written in it (FR-03). */
export async function exportJournal(ctx: MemberCtx, filter: JournalFilter): Promise<Readable> {
  allow(ctx.actor, 'audit.read');
  const { organisationId } = ctx.actor;
  await withOrganisation(ctx.db, organisationId, (trx) =>
    recordAudit(trx, ctx, { action: 'journal.export', subject: `organisation:${organisationId}` }),
  );
  const body = new PassThrough();
  writeCsv(pages(ctx, filter), body).catch((error: Error) => body.destroy(error));
  return body;
}

/** One short transaction per page, by key: a slow reader holds no snapshot open. */
async function* pages(ctx: MemberCtx, filter: JournalFilter): AsyncGenerator<{ line: JournalLine; detail: unknown }[]> {
  const { organisationId } = ctx.actor;
  for (let before: number | null = null; ; ) {
    const at: number | null = before;
    const rows: JournalRow[] = await withOrganisation(ctx.db, organisationId, (trx) =>
      journalRows(trx, organisationId, filter, { before: at, limit: EXPORT_PAGE }),
    );
    const names = await namesOfPeople(ctx, peopleIn(rows));
    if (rows.length > 0) yield rows.map((row) => ({ line: lineOf(row, names), detail: row.detail }));
    if (rows.length < EXPORT_PAGE) return;
    before = rows.at(-1)?.id ?? null;
  }
}

async function writeCsv(list: ReturnType<typeof pages>, into: PassThrough): Promise<void> {
  into.write(CSV_BOM + csvLine(COLUMNS));
  for await (const page of list) {
    const text = page
      .map(({ line, detail }) =>
        csvLine([
          toParisField(line.at).replace('T', ' '),
          line.who,
          line.did,
          line.action,
          line.subject,
          JSON.stringify(detail),
        ]),
      )
      .join('');
    if (!into.write(text)) await once(into, 'drain');
  }
  into.end();
}

/** Who acted, and to whom it was done. */
const peopleIn = (rows: readonly JournalRow[]): number[] =>
  rows.flatMap((r) => [personOf(r), subjectPerson(r)]).filter((id) => id !== null);

function lineOf({ detail, ...row }: JournalRow, names: ReadonlyMap<number, string>): JournalLine {
  const name = row.name ?? names.get(subjectPerson(row) ?? 0) ?? null;
  const id = personOf(row);
  return {
    ...row,
    name,
    who: id === null ? serviceName(row.actor) : (names.get(id) ?? `Personne n° ${id}`),
    did: auditSentence(row.action, row.subject, name),
    more: moreOf(detail),
  };
}

/** Signing in is done by a person before there is a session to say so. */
const personOf = ({ userId, actor }: Pick<JournalRow, 'userId' | 'actor'>): number | null =>
  userId ?? (/^user:\d{1,15}$/.test(actor) ? Number(actor.slice(5)) : null);

const subjectPerson = ({ subject }: Pick<JournalRow, 'subject'>): number | null =>
  /^user:\d{1,15}$/.test(subject) ? Number(subject.slice(5)) : null;

/** Acts that no signed-in person did. */
function serviceName(actor: string): string {
  if (actor === 'destinataire') return 'Un destinataire';
  if (actor.startsWith('relais:')) return 'Un relais, depuis son kit';
  if (actor === 'commande' || actor === 'command') return 'Une commande du serveur';
  return 'Le service';
}

/** The reason somebody gave, where there is one. */
function moreOf(detail: Record<string, unknown>): string {
  const said = detail.why ?? detail.reason;
  return typeof said === 'string' ? said : '';
}
