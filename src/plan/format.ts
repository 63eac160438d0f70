import { longDateTime } from '../base/dates.ts';
import { LEVEL_NAMES, type Level } from '../base/words.ts';
import { WORDING_FORMAT_NAMES, type WordingFormat } from '../key-messages/schema.ts';
import type { Change, FieldChange, Part } from './diff.ts';

const MARKS: Record<Change['action'], string> = { créer: '+', modifier: '~', rien: '=', garder: '·' };
const PARTS: Partial<Record<Part, string>> = {
  campagne: 'campagne',
  audience: 'audience',
  ressource: 'ressource',
  image: 'image',
  edl: 'élément de langage',
  envoi: 'envoi',
};
const FIELDS: Record<string, string> = {
  name: 'nom',
  tagline: 'slogan',
  summary: 'résumé',
  identity: 'identité',
  startsOn: 'début',
  endsOn: 'fin',
  nature: 'nature',
  legalBasis: 'base légale',
  arrangement: 'accord entre partenaires',
  contactPoint: 'point de contact',
  linkMode: 'liens',
  cellDimensions: 'dimensions des résultats',
  k: 'plus petit groupe',
  caps: 'plafonds de sollicitation',
  demo: 'démonstration',
  partners: 'partenaires',
  targets: 'cibles',
  rule: 'règle',
  placedLevel: 'niveau donné',
  title: 'titre',
  kind: 'type',
  carriedBy: 'porté par',
  years: 'années',
  url: 'adresse',
  uses: 'usages',
  formats: 'formats',
  topic: 'sujet',
  validFrom: 'valable du',
  validTo: 'valable jusqu’au',
  channel: 'canal',
  phase: 'phase',
  audience: 'audience',
  signatories: 'signataires',
  scheduledAt: 'départ',
  deadlineAt: 'échéance',
  recurrence: 'récurrence',
  window: 'période de départ',
  answerBy: 'réponse avant',
  silence: 'en cas de silence',
  subject: 'objet',
  subjects: 'objets par niveau',
  preheader: 'pré-en-tête',
  blocks: 'blocs',
  press: 'communiqué',
};

/** What a plan would do (or what applying did), for people: one line per part, one per field that moves. */
export function formatPlan(changes: readonly Change[], verb: 'à faire' | 'fait' = 'à faire'): string {
  const lines = changes
    .filter((c) => c.action !== 'rien')
    .flatMap((c) => [
      `${MARKS[c.action]} ${PARTS[c.what] ?? c.what} ${c.slug}${c.action === 'garder' ? ' (absent du dossier, laissé tel quel)' : ''}`,
      ...c.fields.map((f) => `    ${fieldLine(f)}`),
    ]);
  const count = (action: Change['action']) => changes.filter((c) => c.action === action).length;
  const [created, changed, same] = [count('créer'), count('modifier'), count('rien')];
  if (!created && !changed) lines.push('Rien à changer : la campagne est déjà comme le dossier.');
  else if (verb === 'fait') lines.push(`Fait : créés ${created}, modifiés ${changed}, déjà à jour ${same}.`);
  else lines.push(`À faire : ${created} à créer, ${changed} à modifier, ${same} déjà à jour.`);
  return lines.join('\n');
}

function fieldLine({ field, before, after }: FieldChange): string {
  const [level, format] = field.split('.');
  const name = format
    ? `${WORDING_FORMAT_NAMES[format as WordingFormat] ?? format}, niveau ${LEVEL_NAMES[level as Level]}`
    : (FIELDS[field] ?? field);
  return `${name} : ${shown(before)} → ${shown(after)}`;
}

function shown(value: unknown): string {
  if (value === undefined || value === null || value === '') return '(rien)';
  if (value instanceof Date) return longDateTime(value);
  if (isPeriod(value)) return `du ${longDateTime(value.from)} au ${longDateTime(value.to)}`;
  if (typeof value === 'string') return `« ${short(value.replace(/\s+/g, ' '))} »`;
  if (Array.isArray(value) && value.some((item) => typeof item === 'object'))
    return `${value.length} ${value.length > 1 ? 'éléments' : 'élément'}`;
  if (Array.isArray(value)) return value.join(', ') || '(rien)';
  return short(typeof value === 'object' ? JSON.stringify(value) : String(value));
}

const isPeriod = (value: unknown): value is { from: Date; to: Date } =>
  typeof value === 'object' &&
  value !== null &&
  'from' in value &&
  value.from instanceof Date &&
  'to' in value &&
  value.to instanceof Date;

const short = (text: string): string => (text.length > 60 ? `${text.slice(0, 57)}…` : text);
