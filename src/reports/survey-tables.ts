import { LEVEL_NAMES, LEVELS, type Level } from '../base/words.ts';
import {
  type AnsweredGroup,
  ENOUGH,
  HANDED_ON,
  isExact,
  levelLine,
  linesOf,
  organisationLine,
  type QuestionResult,
  type SurveySums,
  sumsOf,
} from '../surveys/results.ts';
import { QUESTION_WORDS, QUESTIONS, type Question } from '../surveys/schema.ts';
import type { SurveyFigureName } from './definitions.ts';
import { counted, type Figure, figure, type Scope } from './figure.ts';
import { SEVERAL } from './lines.ts';
import type { CountedSurvey } from './surveys.ts';
import type { Row, Table } from './tables.ts';

/** Names of organisations, by id. */
type Names = ReadonlyMap<number, string>;
type Line = { key: string; label: string; surveys: readonly CountedSurvey[] };

const ASKED_BY: SurveyFigureName[] = ['avisReponses', 'avisDemandes', 'avisTaux'];
const SAID = {
  satisfaction: 'avisSatisfaction',
  facilite: 'avisFacilite',
  connaissance: 'avisConnaissance',
} as const satisfies Partial<Record<Question, SurveyFigureName>>;

const USES = {
  ponctuel: 'usagePonctuel',
  regulier: 'usageRegulier',
  interne: 'usageInterne',
  envisage: 'usageEnvisage',
  pas_prevu: 'usagePasPrevu',
} as const satisfies Record<string, SurveyFigureName>;

/** Satisfaction, ease and knowledge: survey by survey, then by level and by organisation once closed. */
export function opinionTables(scope: Scope, surveys: readonly CountedSurvey[], names: Names): Table[] {
  const rows = (lines: readonly Line[]): Row[] =>
    lines.map((line) => {
      const sums = sumsOfLine(line);
      return { key: line.key, label: line.label, figures: { ...answered(scope, sums), ...opinions(scope, sums) } };
    });
  // What no survey asked has no column.
  const said = (Object.keys(SAID) as (keyof typeof SAID)[])
    .filter((q) => surveys.some((s) => s.survey.questions.includes(q)))
    .map((q) => SAID[q]);
  const closed = `Questionnaires clos. Chaque ligne réunit des groupes entiers de ${scope.k} réponses ou plus.`;
  return [
    {
      key: 'surveys',
      title: 'Questionnaires',
      counted: 'Un par un. Une même personne peut avoir répondu à plusieurs.',
      columns: [...ASKED_BY, 'avisLien', ...said],
      rows: rows(bySurvey(surveys)),
    },
    {
      key: 'surveys-level',
      title: 'Satisfaction par niveau',
      counted: closed,
      columns: [...ASKED_BY, ...said],
      rows: rows(byLevel(scope, surveys)),
    },
    {
      key: 'surveys-organisation',
      title: 'Satisfaction par organisation',
      counted: closed,
      columns: [...ASKED_BY, ...said],
      rows: rows(byOrganisation(scope, surveys, names)),
    },
  ];
}

/** What people say they do with it. */
export function useTables(scope: Scope, all: readonly CountedSurvey[], names: Names): Table[] {
  const surveys = all.filter((s) => s.survey.questions.includes('usage'));
  const table = (key: string, title: string, lines: readonly Line[]): Table => ({
    key,
    title,
    counted: `Ce que disent celles et ceux qui ont répondu : « ${QUESTION_WORDS.usage.asked} »`,
    columns: Object.values(USES),
    rows: lines.map((line) => ({ key: line.key, label: line.label, figures: uses(scope, sumsOfLine(line)) })),
  });
  return [
    table('uses', 'Usage déclaré, par questionnaire', bySurvey(surveys)),
    table('uses-level', 'Usage déclaré, par niveau', byLevel(scope, surveys)),
    table('uses-organisation', 'Usage déclaré, par organisation', byOrganisation(scope, surveys, names)),
  ];
}

const sumsOfLine = ({ surveys }: Line): SurveySums => {
  const groups = surveys.flatMap((s) => s.groups);
  const asked = QUESTIONS.filter((q) => surveys.some((s) => s.survey.questions.includes(q)));
  return sumsOf(
    asked,
    groups,
    surveys.flatMap((s) => s.counts),
    surveys.length > 0 && isExact(groups),
  );
};

const bySurvey = (surveys: readonly CountedSurvey[]): Line[] =>
  surveys.map((s) => ({ key: s.survey.slug, label: `${s.survey.title}${s.closed ? '' : ' (ouvert)'}`, surveys: [s] }));

/** Each survey decides by itself what it may tell; lines of one name are added up. */
function linesBy(
  scope: Scope,
  surveys: readonly CountedSurvey[],
  keyOf: (g: AnsweredGroup) => string | null,
  name: (key: string) => string,
  order: readonly string[],
): Line[] {
  const told = surveys.flatMap((s) =>
    linesOf(s.groups, { keyOf, k: scope.k, closed: s.closed }).map(({ key, groups }) => ({
      key: key ?? SEVERAL,
      survey: { ...s, groups },
    })),
  );
  const place = (key: string): number =>
    order.includes(key) ? order.indexOf(key) : order.length + (key === HANDED_ON ? 2 : key === SEVERAL ? 1 : 0);
  return [...Map.groupBy(told, (line) => line.key)]
    .map(([key, lines]) => ({
      key,
      label: key === HANDED_ON ? 'par le lien public' : name(key),
      surveys: lines.map((l) => l.survey),
    }))
    .toSorted((a, b) => place(a.key) - place(b.key) || a.label.localeCompare(b.label, 'fr'));
}

const byLevel = (scope: Scope, surveys: readonly CountedSurvey[]): Line[] =>
  linesBy(
    scope,
    surveys,
    levelLine,
    (key) => (key === SEVERAL ? 'plusieurs niveaux' : LEVEL_NAMES[key as Level]),
    LEVELS,
  );

const byOrganisation = (scope: Scope, surveys: readonly CountedSurvey[], names: Names): Line[] =>
  linesBy(
    scope,
    surveys,
    organisationLine,
    (key) => (key === SEVERAL ? 'plusieurs organisations' : (names.get(Number(key)) ?? 'ancien partenaire')),
    [...names.keys()].map(String),
  );

function answered(scope: Scope, sums: SurveySums): Row['figures'] {
  const nobody = 'Personne n’a été interrogé en particulier : il n’y a pas de taux.';
  const rounded = sums.exact ? '' : 'À la dizaine : plusieurs organisations l’ont envoyé.';
  return {
    avisReponses: figure('avisReponses', sums.answered, scope),
    avisDemandes: figure('avisDemandes', sums.asked === 0 ? null : sums.asked, scope, [
      sums.asked === 0 ? nobody : rounded,
    ]),
    avisTaux: figure('avisTaux', sums.rate, scope, [
      sums.rate === null ? nobody : rounded,
      counted(sums.unasked, 'réponse par le lien public', 'réponses par le lien public'),
    ]),
    avisLien: figure('avisLien', sums.unasked, scope),
  };
}

const resultOf = ({ questions }: SurveySums, question: Question): QuestionResult | undefined =>
  questions?.find((q) => q.question === question);

/** Why a figure is not said, or on how many answers it stands. */
function standsOn(sums: SurveySums, question: Question): string[] {
  const found = resultOf(sums, question);
  if (sums.questions === null) return [`Moins de ${ENOUGH} réponses peuvent être lues.`];
  if (!found) return ['Cette question n’est pas posée.'];
  const waiting = sums.answered - sums.told;
  return [
    found.counts.length === 0
      ? `Moins de ${ENOUGH} réponses à cette question.`
      : `Sur ${counted(found.n, 'réponse', 'réponses')}`,
    waiting > 0
      ? `${counted(waiting, 'réponse attend', 'réponses attendent').slice(0, -1)} d’être lues avec d’autres.`
      : '',
  ];
}

function opinions(scope: Scope, sums: SurveySums): Row['figures'] {
  const mean = (name: 'avisSatisfaction' | 'avisFacilite', question: Question): Figure =>
    figure(name, resultOf(sums, question)?.mean ?? null, scope, standsOn(sums, question));
  const known = resultOf(sums, 'connaissance');
  const yes = known?.counts.find((c) => c.value === 'oui')?.n;
  return {
    avisSatisfaction: mean('avisSatisfaction', 'satisfaction'),
    avisFacilite: mean('avisFacilite', 'facilite'),
    avisConnaissance: figure(
      'avisConnaissance',
      known && yes !== undefined ? Math.round((100 * yes) / known.n) : null,
      scope,
      standsOn(sums, 'connaissance'),
    ),
  };
}

function uses(scope: Scope, sums: SurveySums): Row['figures'] {
  const told = resultOf(sums, 'usage')?.counts ?? [];
  return Object.fromEntries(
    Object.entries(USES).map(([value, name]) => [
      name,
      figure(name, told.find((c) => c.value === value)?.n ?? null, scope, standsOn(sums, 'usage')),
    ]),
  );
}
