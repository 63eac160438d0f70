import type { Child } from 'hono/jsx';
import type { Level } from '../base/words.ts';
import type { CampaignSheet } from '../campaigns/read-campaign.ts';
import type { CampaignInput, CellDimension, LinkMode, Nature, TargetMeasure } from '../campaigns/schema.ts';
import {
  type FormProps,
  LawForm,
  type LawValues,
  MeasureForm,
  type MeasureValues,
} from './campaign-settings-forms.tsx';
import { NO_TARGET, SPARE_ROWS, type TargetRow, TargetsForm } from './campaign-settings-lists.tsx';
import type { formOf } from './page.tsx';

type Form = Awaited<ReturnType<typeof formOf>>;

/** One page of settings: what it shows, what it reads, and how its fields are called in the campaign. */
export type Part<V> = {
  path: string;
  title: string;
  stored: (campaign: CampaignSheet) => V;
  typed: (form: Form) => V;
  /** As the campaign's own words say it; the schema judges every value. */
  changes: (typed: V, campaign: CampaignSheet) => Partial<CampaignInput>;
  /** The field of this page for a field of the campaign; null: it stands on another page. */
  field: (path: string, typed: V) => string | null;
  view: (p: FormProps<V>) => Child;
};

const LAW_FIELDS: Record<string, string> = {
  nature: 'nature',
  legalBasis: 'baseLegale',
  arrangement: 'accord',
  contactPoint: 'contact',
};

export const LAW: Part<LawValues> = {
  path: '/cadre',
  title: 'Le cadre juridique',
  stored: (c) => ({ nature: c.nature, baseLegale: c.legalBasis, accord: c.arrangement, contact: c.contactPoint }),
  typed: (form) => ({
    nature: form.text('nature'),
    baseLegale: form.text('baseLegale'),
    accord: form.text('accord'),
    contact: form.text('contact'),
  }),
  changes: (v) => ({
    nature: v.nature as Nature,
    legalBasis: v.baseLegale,
    // Browsers send every line end as two characters.
    arrangement: v.accord.replaceAll('\r\n', '\n'),
    contactPoint: v.contact,
  }),
  field: (path) => LAW_FIELDS[path] ?? null,
  view: (p) => <LawForm {...p} />,
};

const MEASURE_FIELDS: Record<string, string> = {
  linkMode: 'liens',
  cellDimensions: 'dimensions',
  k: 'k',
  'caps.perPerson': 'personne',
  'caps.days': 'jours',
  'caps.perCompany': 'entreprise',
  'caps.companyDays': 'joursEntreprise',
};

/** An empty answer is no zero: the schema then says what is missing. */
const numberOf = (text: string): number => (text.trim() === '' ? Number.NaN : Number(text));

export const MEASURE: Part<MeasureValues> = {
  path: '/mesure',
  title: 'La mesure et la sollicitation',
  stored: (c) => ({
    liens: c.linkMode,
    dimensions: c.cellDimensions,
    k: String(c.k),
    personne: String(c.caps.perPerson),
    jours: String(c.caps.days),
    entreprise: String(c.caps.perCompany),
    joursEntreprise: String(c.caps.companyDays),
  }),
  typed: (form) => ({
    liens: form.text('liens'),
    dimensions: form.all('dimensions'),
    k: form.text('k'),
    personne: form.text('personne'),
    jours: form.text('jours'),
    entreprise: form.text('entreprise'),
    joursEntreprise: form.text('joursEntreprise'),
  }),
  changes: (v, c) => ({
    linkMode: v.liens as LinkMode,
    // Ticked in another order, they cut the same groups.
    cellDimensions: sameMembers(v.dimensions, c.cellDimensions) ? c.cellDimensions : (v.dimensions as CellDimension[]),
    k: numberOf(v.k),
    caps: {
      perPerson: numberOf(v.personne),
      days: numberOf(v.jours),
      perCompany: numberOf(v.entreprise),
      companyDays: numberOf(v.joursEntreprise),
    },
  }),
  field: (path) => MEASURE_FIELDS[path] ?? MEASURE_FIELDS[path.split('.')[0] ?? ''] ?? null,
  view: (p) => <MeasureForm {...p} />,
};

const sameMembers = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((x) => b.includes(x));

const MOST_ROWS = 60;
const TARGET_FIELDS: Record<string, string> = { measure: 'mesure', level: 'niveau', value: 'valeur', note: 'note' };

const kept = (rows: readonly TargetRow[]): { row: TargetRow; place: number }[] =>
  rows.flatMap((row, place) => (row.oter || row.valeur.trim() === '' ? [] : [{ row, place }]));

export const TARGETS: Part<TargetRow[]> = {
  path: '/cibles',
  title: 'Les cibles',
  stored: (c) => [
    ...c.targets.map((t) => ({
      mesure: t.measure,
      niveau: t.level ?? '',
      valeur: String(t.value),
      note: t.note,
      oter: false,
    })),
    ...Array.from({ length: SPARE_ROWS }, () => NO_TARGET),
  ],
  typed: (form) =>
    Array.from({ length: Math.min(Number(form.text('lignes')) || 0, MOST_ROWS) }, (_, i) => ({
      mesure: form.text(`mesure-${i}`),
      niveau: form.text(`niveau-${i}`),
      valeur: form.text(`valeur-${i}`),
      note: form.text(`note-${i}`),
      oter: form.text(`oter-${i}`) !== '',
    })),
  changes: (rows) => ({
    targets: kept(rows).map(({ row }) => ({
      measure: row.mesure as TargetMeasure,
      level: (row.niveau || null) as Level | null,
      value: numberOf(row.valeur),
      note: row.note,
    })),
  }),
  field: (path, rows) => {
    const [what, index, name] = path.split('.');
    const place = kept(rows)[Number(index)]?.place;
    return what === 'targets' && place !== undefined ? `${TARGET_FIELDS[name ?? ''] ?? 'valeur'}-${place}` : null;
  },
  view: (p) => <TargetsForm {...p} />,
};
