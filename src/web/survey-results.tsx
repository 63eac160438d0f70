import { toParisDay } from '../base/dates.ts';
import { LEVEL_NAMES } from '../base/words.ts';
import { DEFINITIONS } from '../reports/definitions.ts';
import type { SurveySheet } from '../surveys/read-results.ts';
import { ENOUGH, HANDED_ON, type QuestionResult } from '../surveys/results.ts';
import { QUESTION_WORDS } from '../surveys/schema.ts';
import { capital } from './capital.ts';
import { plural } from './push-words.tsx';
import { BarChart } from './ui/charts.tsx';
import { Empty, Prose, Section } from './ui/components.tsx';
import { number, type Passport } from './ui/figures.tsx';
import { DataTable } from './ui/table.tsx';

/** What people said: drawn, with its table beside; their own words last, for whoever may read them. */
export const SurveyResults = ({ results: r, now }: { results: SurveySheet; now: Date }) => (
  <Section title="Ce qu’elles et ils en disent" note={noteOf(r)}>
    {r.sums.questions === null ? (
      <Empty title={r.closed ? `Moins de ${ENOUGH} réponses.` : 'Pas encore assez de réponses.'}>
        <p>
          {r.closed
            ? `Les résultats paraissent à partir de ${ENOUGH} : une moyenne de deux serait l’avis de deux personnes.`
            : `Tant que le questionnaire est ouvert, ils paraissent de ${ENOUGH} en ${ENOUGH}, les dernières réponses à part : les premiers à ${2 * ENOUGH} réponses. Personne ne peut ainsi lire ce qu’une réponse de plus a changé.`}
        </p>
      </Empty>
    ) : (
      r.sums.questions.map((q) => <Question result={q} sheet={r} now={now} />)
    )}
    {r.byLevel.length > 1 && <ByLevel results={r} />}
    {!r.closed && r.sums.questions !== null && (
      <p class="meta">
        {told(r)} Par niveau et par organisation : une fois le questionnaire clos, à partir de {r.survey.k} réponses.
      </p>
    )}
    <Comments results={r} />
  </Section>
);

/** Of a webinar people are asked, one by one; a letter asks by messages, and an address that is handed on asks nobody. */
function noteOf({ sums, survey }: SurveySheet): string {
  const asked = `${sums.exact ? '' : 'environ '}${number(sums.asked)} ${survey.webinarId === null ? 'messages' : 'personnes'}`;
  const rate = sums.rate === null ? '' : `, ${number(sums.rate)}\u00a0%`;
  const n = plural(sums.answered, 'réponse', 'réponses');
  if (sums.asked === 0) return n;
  if (sums.unasked === 0) return `${n} sur ${asked}${rate}`;
  return `${n}, dont ${number(sums.answered - sums.unasked)} sur ${asked}${rate}, et ${number(sums.unasked)} par le lien public`;
}

const told = ({ sums }: SurveySheet): string =>
  sums.told < sums.answered
    ? `Ces résultats portent sur les ${number(sums.told)} premières réponses : tant qu’il est ouvert, les suivantes attendent d’être ${ENOUGH} ou plus.`
    : '';

const Question = ({ result: q, sheet, now }: { result: QuestionResult; sheet: SurveySheet; now: Date }) => {
  const { asked, short } = QUESTION_WORDS[q.question];
  if (q.counts.length === 0)
    return (
      <>
        <h3>{asked}</h3>
        <p class="meta">Moins de {ENOUGH} réponses à cette question : elles ne sont pas lues.</p>
      </>
    );
  const most = q.counts.reduce((a, b) => (b.n > a.n ? b : a));
  return (
    <BarChart
      id={`reponses-${q.question}`}
      title={asked}
      summary={
        q.mean === null
          ? `Le plus souvent : ${most.label} (${number(most.n)} sur ${number(q.n)}).`
          : `${number(q.mean)} sur 5 en moyenne, sur ${plural(q.n, 'réponse', 'réponses')}.`
      }
      passport={passportOf(sheet, short, now)}
      nameColumn="Réponse"
      bars={q.counts.map((c) => ({ label: capital(c.label), value: c.n }))}
    />
  );
};

function passportOf({ survey, closed, sums }: SurveySheet, what: string, now: Date): Passport {
  const { source } = DEFINITIONS[survey.webinarId === null ? 'avisSatisfaction' : 'satisfaction'];
  return {
    unit: 'réponses',
    window: {
      from: toParisDay(survey.createdAt),
      to: toParisDay(closed ? (survey.closedAt ?? survey.closesAt ?? now) : now),
      zone: 'Europe/Paris',
    },
    source,
    definition: `Réponses à « ${survey.title} » (${what}). Rien n’identifie qui répond : une personne peut répondre deux fois.`,
    leftOut: leftOutOf({ survey, closed, sums }),
    ruleVersion: 'version 1',
  };
}

function leftOutOf({ survey, closed, sums }: Pick<SurveySheet, 'survey' | 'closed' | 'sums'>): string {
  const silent = number(Math.max(sums.asked - sums.answered + sums.unasked, 0));
  const waiting = sums.answered - sums.told;
  return [
    sums.asked > 0 &&
      (survey.webinarId === null
        ? `${sums.exact ? '' : 'Environ '}${silent} messages sont restés sans réponse.`
        : `${sums.exact ? '' : 'Environ '}${silent} personnes interrogées n’ont pas répondu.`),
    !closed && 'Le questionnaire est encore ouvert.',
    waiting > 0 && `${number(waiting)} réponses attendent d’être lues avec d’autres.`,
  ]
    .filter(Boolean)
    .join(' ');
}

const levelName = (level: SurveySheet['byLevel'][number]['level']): string =>
  level === null ? 'Plusieurs niveaux' : level === HANDED_ON ? 'Par le lien public' : capital(LEVEL_NAMES[level]);

const ByLevel = ({ results: r }: { results: SurveySheet }) => (
  <DataTable
    caption="Par niveau"
    columns={[
      { label: 'Niveau' },
      { label: 'Réponses', numeric: true },
      { label: 'Taux', numeric: true },
      ...r.survey.questions
        .filter((q) => QUESTION_WORDS[q].scale)
        .map((q) => ({ label: `${capital(QUESTION_WORDS[q].short)}, sur 5`, numeric: true })),
    ]}
    rows={r.byLevel.map(({ level, sums }) => [
      levelName(level),
      sums.answered,
      sums.rate === null ? '–' : `${number(sums.rate)}\u00a0%`,
      ...(sums.questions ?? [])
        .filter((q) => QUESTION_WORDS[q.question].scale)
        .map((q) => (q.mean === null ? '–' : number(q.mean))),
    ])}
  />
);

const Comments = ({ results: r }: { results: SurveySheet }) =>
  r.survey.comment && r.mayReadComments ? (
    <>
      <h3>Leurs mots</h3>
      {r.comments ? (
        <>
          <p class="meta">Dans l’ordre de l’alphabet, sans date ni groupe : rien ne dit de qui ils sont.</p>
          <Prose>
            <ul>
              {r.comments.map((comment) => (
                <li>{comment}</li>
              ))}
            </ul>
          </Prose>
        </>
      ) : (
        <p class="meta">Ils se lisent à partir de {ENOUGH}, mêlés les uns aux autres.</p>
      )}
    </>
  ) : null;
