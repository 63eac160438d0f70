import type { FieldError } from '../base/errors.ts';
import type { Audience } from '../contacts/audience-queries.ts';
import { type AudienceInput, type AudienceRule, audienceSchema } from '../contacts/audience-schema.ts';

/** What was typed, as it was typed: a form that comes back loses nothing, and an address carries it whole. */
export type TypedAudience = {
  name: string;
  campaign: string;
  placedLevel: string;
  level: string[];
  public: string[];
  region: string[];
  sizeClass: string[];
  /** Several values, separated by commas. */
  departement: string;
  naf: string;
  idcc: string;
  job: string;
  tags: string;
  consentPurpose: string;
  consentValue: string;
};

const LISTS = ['level', 'public', 'region', 'sizeClass'] as const;
const TEXTS = ['departement', 'naf', 'idcc', 'job', 'tags'] as const;
const ONES = ['name', 'campaign', 'placedLevel', 'consentPurpose', 'consentValue'] as const;

/** From a form or an address, which name things alike. */
export function typedAudience(all: (name: string) => string[]): TypedAudience {
  const typed: Record<string, string | string[]> = {};
  for (const name of LISTS) typed[name] = all(name).filter((value) => value !== '');
  for (const name of [...TEXTS, ...ONES]) typed[name] = all(name).at(-1) ?? '';
  return typed as TypedAudience;
}

export function typedFrom({ name, campaignId, placedLevel, rule }: Audience): TypedAudience {
  return {
    name,
    campaign: campaignId === null ? '' : String(campaignId),
    placedLevel: placedLevel ?? '',
    level: rule.level ?? [],
    public: rule.public ?? [],
    region: rule.region ?? [],
    sizeClass: rule.sizeClass ?? [],
    departement: (rule.departement ?? []).join(', '),
    naf: (rule.naf ?? []).join(', '),
    idcc: (rule.idcc ?? []).join(', '),
    job: (rule.job ?? []).join(', '),
    tags: (rule.tags ?? []).join(', '),
    consentPurpose: rule.consent?.purpose ?? '',
    consentValue: rule.consent?.value ?? '',
  };
}

/** The address that shows this form again, for « Compter » without a script. */
export function queryOf(typed: TypedAudience): string {
  const query = new URLSearchParams();
  for (const name of LISTS) for (const value of typed[name]) query.append(name, value);
  for (const name of [...TEXTS, ...ONES]) if (typed[name] !== '') query.set(name, typed[name]);
  return query.toString();
}

/** Criteria that the form does not ask for, kept as they are when an audience written elsewhere is changed here. */
export type KeptCriteria = Pick<AudienceRule, 'organisation' | 'not'>;

const values = (text: string): string[] =>
  text
    .split(/[,;\n]/)
    .map((value) => value.trim())
    .filter(Boolean);

const ruleOf = (typed: TypedAudience, kept: KeptCriteria): unknown => {
  const rule: Record<string, unknown> = { ...kept };
  for (const name of LISTS) if (typed[name].length > 0) rule[name] = typed[name];
  for (const name of TEXTS) if (values(typed[name]).length > 0) rule[name] = values(typed[name]);
  if (typed.consentPurpose !== '')
    rule.consent = { purpose: typed.consentPurpose, value: typed.consentValue || 'granted' };
  return rule;
};

const ruleSchema = audienceSchema.shape.rule;

/** The rule alone, for a count; null and the errors where something typed cannot be understood. */
export function readRule(
  typed: TypedAudience,
  kept: KeptCriteria,
): { rule: AudienceRule | null; errors: FieldError[] } {
  const parsed = ruleSchema.safeParse(ruleOf(typed, kept));
  if (parsed.success) return { rule: parsed.data, errors: [] };
  return { rule: null, errors: fieldErrors(parsed.error.issues) };
}

/** The whole audience, ready to be saved. */
export function readForm(
  typed: TypedAudience,
  kept: KeptCriteria,
  fixed: { slug: string; campaignId: number | null },
): { input: AudienceInput | null; errors: FieldError[] } {
  const candidate = {
    slug: fixed.slug,
    campaignId: fixed.campaignId,
    name: typed.name,
    rule: ruleOf(typed, kept),
    placedLevel: typed.placedLevel || null,
  };
  const parsed = audienceSchema.safeParse(candidate);
  if (!parsed.success)
    return {
      input: null,
      errors: fieldErrors(parsed.error.issues.map((i) => (i.path[0] === 'rule' ? { ...i, path: i.path.slice(1) } : i))),
    };
  return { input: candidate as AudienceInput, errors: [] };
}

/** One message per field: three wrong codes of one list are one thing to correct. */
function fieldErrors(issues: { path: PropertyKey[]; message: string }[]): FieldError[] {
  const errors = new Map<string, string>();
  for (const issue of issues) {
    const field = issue.path[0] === 'consent' ? 'consentPurpose' : String(issue.path[0] ?? 'name');
    if (!errors.has(field)) errors.set(field, issue.message);
  }
  return [...errors].map(([field, message]) => ({ field, message }));
}

/** « Dirigeants de Bretagne » → `dirigeants-de-bretagne`; with a number when it is taken. */
export function slugFrom(name: string, taken: ReadonlySet<string>): string {
  const base =
    name
      .normalize('NFD')
      .replace(/\p{M}/gu, '')
      .toLowerCase()
      .replace(/œ/g, 'oe')
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-+|-+$/g, '')
      .slice(0, 70)
      .replace(/-+$/, '') || 'audience';
  for (let n = 1; ; n++) {
    const slug = n === 1 ? base : `${base}-${n}`;
    if (!taken.has(slug)) return slug;
  }
}
