import { longDate, longDateTime } from '../base/dates.ts';
import type { FieldError } from '../base/errors.ts';
import type { FollowUpSheet } from '../follow-up/read-follow-up.ts';
import { FOLLOWED_NAMES } from '../follow-up/schema.ts';
import type { WebinarReport } from '../reports/webinars.ts';
import type { SurveyRow } from '../surveys/queries.ts';
import type { SurveySheet } from '../surveys/read-results.ts';
import { plural } from './push-words.tsx';
import { WebinarBreakdown, WebinarEssentials } from './report-webinars.tsx';
import type { TypedSurvey } from './survey-fields.tsx';
import { SurveyResults } from './survey-results.tsx';
import { Empty, PageHead, Prose, Row, Rows, Section, Todo } from './ui/components.tsx';
import { ErrorSummary } from './ui/fields.tsx';
import { Confirm } from './ui/flow.tsx';
import { LettersForm, ReplayForm, SurveyForm, type TypedLetters } from './webinar-suite-forms.tsx';
import { webinarUrl } from './webinar-words.tsx';

type SuiteProps = {
  sheet: FollowUpSheet;
  survey: TypedSurvey;
  letters: TypedLetters;
  replay: string;
  /** Null: no survey, or nothing this reader may read of it. */
  results: SurveySheet | null;
  report: WebinarReport | null;
  now: Date;
  csrf: string;
  errors?: readonly FieldError[];
};

/** What follows a webinar: three things to ready, letters to send, then what it brought. */
export const SuitePage = (p: SuiteProps) => {
  const { sheet } = p;
  const { webinar, campaign } = sheet;
  const held = webinar.said === 'tenu';
  // Once the letters have left, what they brought comes first.
  const sent = sheet.sent.length > 0 && !p.errors;
  return (
    <>
      <PageHead
        back={{ href: webinarUrl(campaign.slug, webinar.slug), label: webinar.title }}
        kicker={`Après le webinaire du ${longDate(webinar.startsAt)}`}
        title={titleOf(sheet)}
        lead={
          held ? 'L’enregistrement et les ressources à qui est venu, et en d’autres mots à qui n’a pas pu.' : undefined
        }
      />
      <ErrorSummary errors={p.errors} />
      {!held && <NotYet sheet={sheet} />}
      {held && sheet.runs && !sent && <Ready {...p} />}
      {sheet.sent.length > 0 && (
        <Section
          title="Ce qui est parti"
          action={sheet.runs ? { href: '#lettres', label: 'Écrire encore' } : undefined}
        >
          <Rows label="Lettres envoyées">
            {sheet.sent.map(({ at, to }) => (
              <Row
                when={longDateTime(at)}
                datetime={at.toISOString()}
                what={`Lettre aux ${to.map((t) => FOLLOWED_NAMES[t]).join(' et aux ')}`}
              />
            ))}
          </Rows>
        </Section>
      )}
      {p.results?.wasAsked && <SurveyResults results={p.results} now={p.now} />}
      {p.report?.figures && (
        <>
          <WebinarEssentials report={p.report} title="Les chiffres de ce webinaire" />
          <WebinarBreakdown report={p.report} />
          <Section title="À savoir en lisant ces chiffres">
            <Prose>
              <ul>
                {p.report.notes.map((note) => (
                  <li>{note}</li>
                ))}
              </ul>
            </Prose>
          </Section>
        </>
      )}
      {held && sheet.runs && sent && <Ready {...p} />}
    </>
  );
};

function titleOf({ webinar, groups, sent, runs }: FollowUpSheet): string {
  if (webinar.said === 'annule') return 'Il n’a pas eu lieu.';
  if (webinar.said !== 'tenu') return 'Il n’a pas encore eu lieu.';
  if (sent.length > 0) return 'Les lettres sont parties.';
  if (!groups) return 'Il a eu lieu : qui est venu ?';
  return runs ? 'Il a eu lieu : dites-leur merci.' : 'Il a eu lieu.';
}

const NotYet = ({ sheet: { webinar, campaign } }: { sheet: FollowUpSheet }) => (
  <Empty
    title="Rien ne s’écrit avant qu’il ait eu lieu."
    act={{ href: webinarUrl(campaign.slug, webinar.slug), label: 'Revenir au webinaire' }}
  >
    <p>
      Une fois noté sur sa page qu’il s’est tenu, vous pourrez donner ici son enregistrement, préparer un questionnaire
      et écrire aux personnes inscrites.
    </p>
  </Empty>
);

const Ready = (p: SuiteProps) => {
  const { groups, webinar, campaign, doubtful } = p.sheet;
  const presence = webinarUrl(campaign.slug, webinar.slug, '/presence');
  return (
    <>
      {doubtful.own > 0 && (
        <Todo
          title={`${plural(doubtful.own, 'présence reste', 'présences restent')} à vérifier dans votre organisation`}
          act={{ href: presence, label: 'Décider' }}
        >
          <p>Ces personnes ne reçoivent rien tant que vous n’avez pas dit si elles étaient là.</p>
        </Todo>
      )}
      <ReplayForm {...p} typed={p.replay} />
      <SurveyForm {...p} typed={p.survey} wasAsked={p.results?.wasAsked ?? false} />
      {groups ? (
        <LettersForm {...p} typed={p.letters} groups={groups} />
      ) : (
        <Section title="3. Les lettres" id="lettres">
          <Empty
            title="On ne sait pas encore qui est venu."
            act={{ href: presence, label: 'Importer le fichier de présence' }}
          >
            <p>Présents et absents ne lisent pas la même lettre : il faut d’abord le fichier de l’outil de réunion.</p>
          </Empty>
        </Section>
      )}
    </>
  );
};

export const CloseSurveyPage = (p: { sheet: FollowUpSheet; survey: SurveyRow; csrf: string }) => {
  const here = webinarUrl(p.sheet.campaign.slug, p.sheet.webinar.slug, '/suite');
  return (
    <>
      <PageHead
        back={{ href: here, label: 'Après le webinaire' }}
        kicker={p.survey.title}
        title="Clore ce questionnaire ?"
      />
      <Confirm
        action={`${here}/cloture`}
        csrf={p.csrf}
        effects={[
          ['Qui a reçu le lien', 'lira que le questionnaire est clos : plus aucune réponse n’est prise'],
          ['Les résultats', `paraissent aussi par niveau et par organisation, à partir de ${p.survey.k} réponses`],
          ['Ensuite', 'il ne peut pas être rouvert'],
        ]}
        submit="Clore le questionnaire"
        back={{ href: here, label: 'Le laisser ouvert' }}
        danger
      />
    </>
  );
};
