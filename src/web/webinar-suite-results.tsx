import { toParisDay } from '../base/dates.ts';
import { LEVEL_NAMES } from '../base/words.ts';
import { DEFINITIONS } from '../reports/definitions.ts';
import type { SurveySheet } from '../surveys/read-results.ts';
import { ENOUGH, type QuestionResult } from '../surveys/results.ts';
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
      <Empty title={`Moins de ${ENOUGH} réponses pour l’instant.`}>
        <p>Les résultats paraissent à partir de {ENOUGH} : une moyenne de deux serait l’avis de deux personnes.</p>
      </Empty>
    ) : (
      r.sums.questions.map((q) => <Question result={q} sheet={r} now={now} />)
    )}
    {r.byLevel.length > 1 && <ByLevel results={r} />}
    {!r.closed && r.sums.questions !== null && (
      <p class="meta">
        Par niveau et par organisation : une fois le questionnaire clos, à partir de {r.survey.k} réponses.
      </p>
    )}
    <Comments results={r} />
  </Section>
);

const noteOf = ({ sums }: SurveySheet): string =>
  `${plural(sums.answered, 'réponse', 'réponses')} sur ${sums.exact ? '' : 'environ '}${number(sums.asked)} personnes${sums.rate === null ? '' : `, ${number(sums.rate)}\u00a0%`}`;

const Question = ({ result: q, sheet, now }: { result: QuestionResult; sheet: SurveySheet; now: Date }) => {
  const { asked, short } = QUESTION_WORDS[q.question];
  const most = q.counts.reduce((a, b) => (b.n > a.n ? b : a));
  return (
    <BarChart
      id={`reponses-${q.question}`}
      title={asked}
      summary={
        q.n === 0
          ? 'Personne n’a répondu à cette question.'
          : q.mean === null
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
  const { source } = DEFINITIONS.satisfaction;
  return {
    unit: 'réponses',
    window: {
      from: toParisDay(survey.createdAt),
      to: toParisDay(closed ? (survey.closedAt ?? survey.closesAt ?? now) : now),
      zone: 'Europe/Paris',
    },
    source,
    definition: `Réponses à « ${survey.title} » (${what}). Rien n’identifie qui répond : une personne peut répondre deux fois.`,
    leftOut: `${sums.exact ? '' : 'Environ '}${number(Math.max(sums.asked - sums.answered, 0))} personnes interrogées n’ont pas répondu.${closed ? '' : ' Le questionnaire est encore ouvert.'}`,
    ruleVersion: 'version 1',
  };
}

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
      level ? capital(LEVEL_NAMES[level]) : 'Plusieurs niveaux',
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
