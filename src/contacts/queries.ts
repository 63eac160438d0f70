import { type RawBuilder, sql } from 'kysely';
import type { Level, Public, SizeClass } from '../base/words.ts';
import type { Trx } from '../db/database.ts';

export type ContactListRow = {
  id: number;
  address: string;
  firstName: string | null;
  lastName: string | null;
  company: string | null;
  job: string | null;
  level: Level;
  public: Public;
  departement: string | null;
  region: string | null;
};

/** The columns of a list, over the alias `c`. */
export const LIST_COLUMNS = sql`c.id, c.address, c.first_name as "firstName", c.last_name as "lastName", c.company, c.job,
  c.level, c.public, c.departement, c.region`;

export type ContactFilter = { search?: string; level?: Level; public?: Public; region?: string };
/** `next` is what to pass as `after` for the following page; null on the last one. */
export type Page<T> = { rows: T[]; next: number | null };

const PAGE = 30;

function matching(organisationId: number, filter: ContactFilter): RawBuilder<unknown> {
  const conditions = [sql`c.organisation_id = ${organisationId}`];
  if (filter.level) conditions.push(sql`c.level = ${filter.level}`);
  if (filter.public) conditions.push(sql`c.public = ${filter.public}`);
  if (filter.region) conditions.push(sql`c.region = ${filter.region}`);
  for (const word of (filter.search ?? '').trim().split(/\s+/).filter(Boolean).slice(0, 8)) {
    const anywhere = `%${word.replace(/[\\%_]/g, '\\$&')}%`;
    conditions.push(
      sql`(c.address ilike ${anywhere} or c.last_name ilike ${anywhere} or c.first_name ilike ${anywhere} or c.company ilike ${anywhere})`,
    );
  }
  return sql.join(conditions, sql` and `);
}

/** Newest first, by key: a page stays right while others import. Every word of the search must be found somewhere. */
export async function listContacts(
  trx: Trx,
  organisationId: number,
  filter: ContactFilter = {},
  after: number | null = null,
): Promise<Page<ContactListRow>> {
  const { rows } = await sql<ContactListRow>`
    select ${LIST_COLUMNS} from contacts c
    where ${matching(organisationId, filter)} and ${after === null ? sql`true` : sql`c.id < ${after}`}
    order by c.id desc limit ${PAGE + 1}`.execute(trx);
  const page = rows.slice(0, PAGE);
  return { rows: page, next: rows.length > PAGE ? page.at(-1)!.id : null };
}

export type ContactCard = ContactListRow & {
  addressHash: Buffer;
  civility: string | null;
  siret: string | null;
  naf: string | null;
  nafNomenclature: string | null;
  idcc: string | null;
  headcount: number | null;
  sizeClass: SizeClass;
  postalCode: string | null;
  addressKind: string;
  tags: string[];
  note: string | null;
  source: string;
  collectedOn: string | null;
  noticeSentAt: Date | null;
  lastContactAt: Date | null;
  createdAt: Date;
  updatedAt: Date;
};

/** Whole contacts; `rest` is what follows `where`, over the alias `c`, and names the organisation. */
export const contactCards = async (trx: Trx, rest: RawBuilder<unknown>): Promise<ContactCard[]> =>
  (
    await sql<ContactCard>`
    select ${LIST_COLUMNS}, c.address_hash as "addressHash", c.civility, c.siret, c.naf_code as naf, c.naf_nomenclature as "nafNomenclature",
      c.idcc, c.headcount, c.size_class as "sizeClass", c.postal_code as "postalCode", c.address_kind as "addressKind", c.tags, c.note,
      c.source, c.collected_on as "collectedOn", c.notice_sent_at as "noticeSentAt", c.last_contact_at as "lastContactAt",
      c.created_at as "createdAt", c.updated_at as "updatedAt"
    from contacts c where ${rest}`.execute(trx)
  ).rows;

export const contactById = async (trx: Trx, organisationId: number, id: number): Promise<ContactCard | undefined> =>
  (await contactCards(trx, sql`c.organisation_id = ${organisationId} and c.id = ${id}`))[0];

export type ContactCounts = {
  total: number;
  level: Record<string, number>;
  public: Record<string, number>;
  region: Record<string, number>;
};

/** How many contacts by level, public and region (the empty key: region unknown), in one pass. */
export async function countContacts(trx: Trx, organisationId: number): Promise<ContactCounts> {
  const { rows } = await sql<{
    level: string | null;
    public: string | null;
    region: string | null;
    dimension: number;
    n: number;
  }>`
    select c.level, c.public, c.region, grouping(c.level, c.public, c.region) as dimension, count(*) as n
    from contacts c where c.organisation_id = ${organisationId}
    group by grouping sets ((c.level), (c.public), (c.region), ())`.execute(trx);
  // `grouping` sets a bit for each column that is NOT grouped by: 3 = level, 5 = public, 6 = region, 7 = all.
  const by = (dimension: number, column: 'level' | 'public' | 'region') =>
    Object.fromEntries(
      rows
        .filter((r) => r.dimension === dimension)
        .sort((a, b) => b.n - a.n)
        .map((r) => [r[column] ?? '', r.n]),
    );
  return {
    total: rows.find((r) => r.dimension === 7)?.n ?? 0,
    level: by(3, 'level'),
    public: by(5, 'public'),
    region: by(6, 'region'),
  };
}
