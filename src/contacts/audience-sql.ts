import { type RawBuilder, type SqlBool, sql } from 'kysely';
import { type AudienceCriteria, audienceRuleSchema } from './audience-schema.ts';

type Condition = RawBuilder<SqlBool>;

const all = (conditions: Condition[]): Condition =>
  conditions.length === 0 ? sql`true` : sql`(${sql.join(conditions, sql` and `)})`;
const literally = (text: string): string => text.replace(/[\\%_]/g, '\\$&');

/** What each criterion asks of the contact `c`. Values are parameters, never text of the query. */
const CONDITIONS: { [K in keyof Required<AudienceCriteria>]: (wanted: NonNullable<AudienceCriteria[K]>) => Condition } =
  {
    level: (levels) => sql`c.level = any(${levels})`,
    public: (publics) => sql`c.public = any(${publics})`,
    organisation: (slugs) => sql`c.organisation_id in (select o.id from organisations o where o.slug = any(${slugs}))`,
    departement: (codes) => sql`c.departement = any(${codes})`,
    region: (names) => sql`c.region = any(${names})`,
    sizeClass: (classes) => sql`c.size_class = any(${classes})`,
    naf: (prefixes) => sql`c.naf_code like any(${prefixes.map((prefix) => `${literally(prefix)}%`)})`,
    idcc: (codes) => sql`c.idcc = any(${codes})`,
    job: (words) => sql`c.job ilike any(${words.map((word) => `%${literally(word)}%`)})`,
    tags: (tags) => sql`c.tags && ${tags}::text[]`,
    consent: ({
      purpose,
      value,
    }) => sql`coalesce((select k.value from consents k where k.organisation_id = c.organisation_id
    and k.address_hash = c.address_hash and k.purpose = ${purpose} order by k.id desc limit 1), 'unknown') = ${value}`,
  };

function criteria(rule: AudienceCriteria): Condition[] {
  const condition = <K extends keyof AudienceCriteria>(key: K): Condition[] => {
    const wanted = rule[key];
    return wanted === undefined ? [] : [CONDITIONS[key](wanted as NonNullable<AudienceCriteria[K]>)];
  };
  return (Object.keys(CONDITIONS) as (keyof AudienceCriteria)[]).flatMap(condition);
}

/**
 * An audience rule as a condition on a contact aliased `c`: the same for the count on a page and for the list that is
 * drawn, so that the two agree. The rule is checked again here, since a criterion passed over would widen the list.
 * It says nothing of oppositions, nor of who may see which contacts: that is the transaction's and the caller's part.
 */
export function compileAudience(rule: unknown): Condition {
  const { not, ...wanted } = audienceRuleSchema.parse(rule);
  const conditions = criteria(wanted);
  // `is not true` and not `not`: a contact without a region is outside « sauf Bretagne »'s exception.
  if (not) conditions.push(sql`${all(criteria(not))} is not true`);
  return all(conditions);
}
