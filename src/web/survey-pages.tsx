import { longDate } from '../base/dates.ts';
import type { CampaignRow } from '../campaigns/queries.ts';
import type { SurveyLine } from '../pushes/read-surveys.ts';
import type { SurveySheet } from '../surveys/read-results.ts';
import { QUESTION_WORDS } from '../surveys/schema.ts';
import { CampaignTabs } from './campaign-pages.tsx';
import { plural } from './push-words.tsx';
import { SurveyResults } from './survey-results.tsx';
import { Acts, ButtonLink, CopyButton, Empty, Facts, PageHead, Prose, Row, Rows, Section } from './ui/components.tsx';
import { Confirm } from './ui/flow.tsx';
import { State } from './ui/marks.tsx';

export const surveysUrl = (campaign: string, part = ''): string => `/campagnes/${campaign}/questionnaires${part}`;

type Rights = { mayWrite: boolean; mayReport: boolean };
type ListProps = Rights & {
  campaign: CampaignRow;
  surveys: readonly SurveyLine[];
  /** Empty where the reader may not read results. */
  results: readonly SurveySheet[];
};

/** What a campaign asks its readers: short, anonymous, by a letter or a kit. */
export const SurveysPage = (p: ListProps) => (
  <>
    <PageHead
      back={{ href: `/campagnes/${p.campaign.slug}/elements`, label: 'Éléments de langage' }}
      kicker={p.campaign.name}
      title="Les questionnaires"
      lead="Une à trois questions, anonymes, dans une lettre ou un kit : ce que les personnes font des outils, et ce qu’elles en pensent."
    >
      {p.mayWrite && (
        <Acts>
          <ButtonLink href={surveysUrl(p.campaign.slug, '/nouveau')}>Nouveau questionnaire</ButtonLink>
        </Acts>
      )}
    </PageHead>
    <CampaignTabs slug={p.campaign.slug} current="elements" mayReport={p.mayReport} />
    <Section
      title="Ceux de la campagne"
      note={p.surveys.length ? plural(p.surveys.length, 'questionnaire', 'questionnaires') : undefined}
    >
      {p.surveys.length === 0 ? (
        <Empty
          title="Aucun questionnaire."
          act={
            p.mayWrite
              ? { href: surveysUrl(p.campaign.slug, '/nouveau'), label: 'Écrire le premier' }
              : { href: `/campagnes/${p.campaign.slug}`, label: 'Revenir aux envois' }
          }
        >
          <p>
            Un clic dit l’intérêt ; l’usage, seules les personnes peuvent le dire. Demandez-le-leur en une minute, sans
            savoir qui répond.
          </p>
        </Empty>
      ) : (
        <Rows label="Questionnaires">
          {p.surveys.map((line) => (
            <Row
              what={line.survey.title}
              href={surveysUrl(p.campaign.slug, `/${line.survey.slug}`)}
              meta={metaOf(line, p.results)}
              end={line.closed ? <State kind="ok">clos</State> : <State kind="run">ouvert</State>}
            />
          ))}
        </Rows>
      )}
    </Section>
    <WebinarSurveys {...p} />
  </>
);

function metaOf({ survey, carriers, inKits }: SurveyLine, results: readonly SurveySheet[]): string {
  const found = results.find((r) => r.survey.id === survey.id);
  const where = [
    carriers.length > 0 && `dans ${plural(carriers.length, 'envoi', 'envois')}`,
    inKits && 'dans les kits des relais',
  ].filter(Boolean);
  return [
    survey.organisation.name,
    where.join(' et '),
    found?.wasAsked ? plural(found.sums.answered, 'réponse', 'réponses') : '',
  ]
    .filter(Boolean)
    .join(' · ');
}

/** Written and sent on their webinar's own pages: only found from here. */
const WebinarSurveys = ({ campaign, results }: ListProps) => {
  const after = results.filter((r) => r.survey.webinarId !== null);
  return after.length === 0 ? null : (
    <Section title="Après les webinaires" note="ils s’écrivent sur la page « suite » de chacun">
      <Rows label="Questionnaires des webinaires">
        {after.map(({ survey, sums, wasAsked }) => (
          <Row
            what={survey.title}
            href={`/campagnes/${campaign.slug}/webinaires`}
            meta={[
              survey.organisation.name,
              wasAsked ? plural(sums.answered, 'réponse', 'réponses') : 'pas encore parti',
            ].join(' · ')}
          />
        ))}
      </Rows>
    </Section>
  );
};

type OneProps = Rights & {
  campaign: CampaignRow;
  line: SurveyLine;
  results: SurveySheet | null;
  /** That anybody may hand on. */
  url: string;
  now: Date;
};

export const SurveyPage = (p: OneProps) => {
  const { survey, closed, own } = p.line;
  // Once somebody was asked, what they say comes first.
  const said = p.results?.wasAsked ? p.results : null;
  const at = (part: string) => surveysUrl(p.campaign.slug, `/${survey.slug}${part}`);
  return (
    <>
      <PageHead
        back={{ href: surveysUrl(p.campaign.slug), label: 'Les questionnaires' }}
        kicker={`Questionnaire de ${survey.organisation.name}`}
        title={survey.title}
        lead={survey.introduction || undefined}
      >
        {own && !closed && (
          <Acts>
            <ButtonLink href={at('/modifier')}>Modifier</ButtonLink>
            <ButtonLink href={at('/cloture')} quiet>
              Clore
            </ButtonLink>
          </Acts>
        )}
      </PageHead>
      <Section title="Ce qui est demandé">
        <Prose>
          <ol>
            {survey.questions.map((q) => (
              <li>{QUESTION_WORDS[q].asked}</li>
            ))}
            {survey.comment && <li>Une ligne libre, que {survey.organisation.name} est seule à lire.</li>}
          </ol>
        </Prose>
        <Facts
          items={[
            ['Où il en est', closed ? <State kind="ok">clos</State> : <State kind="run">ouvert</State>],
            ...(survey.closesAt && !survey.closedAt
              ? [['Jusqu’au', longDate(new Date(survey.closesAt.getTime() - 1))] as const]
              : []),
          ]}
        />
      </Section>
      {said && <SurveyResults results={said} now={p.now} />}
      <Where {...p} />
      {p.mayReport && !said && (
        <Section title="Ce qu’elles et ils en disent">
          <Empty title="Personne n’a encore été interrogé.">
            <p>Ajoutez ce questionnaire à une lettre, ou confiez son adresse : les réponses paraîtront ici.</p>
          </Empty>
        </Section>
      )}
    </>
  );
};

const Where = ({ campaign, line: { survey, closed, inKits, carriers }, url }: OneProps) => (
  <Section title="Par où on y répond">
    {carriers.length > 0 && (
      <Rows label="Envois qui le portent">
        {carriers.map((c) => (
          <Row
            what={c.title}
            href={`/campagnes/${campaign.slug}/envois/${c.slug}`}
            meta={c.submitted ? 'soumis : modifier le questionnaire redemande ses validations' : undefined}
          />
        ))}
      </Rows>
    )}
    <Facts
      items={[
        [
          'Dans une lettre',
          `par un bloc « questionnaire » : son lien est le même pour ${survey.k} personnes ou plus d’une organisation et d’un niveau`,
        ],
        [
          'Dans les kits',
          inKits
            ? 'proposé à tous les relais, tant qu’il est ouvert'
            : closed
              ? 'il n’y est plus'
              : 'ils proposent les questionnaires de l’organisation pilote',
        ],
        [
          'Par son adresse',
          'la même pour tout le monde : personne n’y est interrogé en particulier, il n’y a donc pas de taux de réponse',
        ],
      ]}
    />
    {!closed && (
      <>
        <p id="adresse">{url}</p>
        <Acts>
          <CopyButton from="adresse">Copier l’adresse</CopyButton>
        </Acts>
      </>
    )}
  </Section>
);

export const CloseSurveyPage = (p: { campaign: CampaignRow; line: SurveyLine; csrf: string }) => {
  const { survey, carriers } = p.line;
  const here = surveysUrl(p.campaign.slug, `/${survey.slug}`);
  const waiting = carriers.filter((c) => c.submitted);
  return (
    <>
      <PageHead back={{ href: here, label: survey.title }} kicker={p.campaign.name} title="Clore ce questionnaire ?" />
      <Confirm
        action={`${here}/cloture`}
        csrf={p.csrf}
        effects={[
          ['Qui a reçu le lien', 'lira que le questionnaire est clos : plus aucune réponse n’est prise'],
          ['Les résultats', `paraissent aussi par niveau et par organisation, à partir de ${survey.k} réponses`],
          ...(waiting.length > 0
            ? [
                [
                  'Les envois qui le portent',
                  `${waiting.map((c) => `« ${c.title} »`).join(', ')} : à corriger, puis à valider de nouveau`,
                ] as const,
              ]
            : []),
          ['Ensuite', 'il ne peut pas être rouvert'],
        ]}
        submit="Clore le questionnaire"
        back={{ href: here, label: 'Le laisser ouvert' }}
        danger
      />
    </>
  );
};
