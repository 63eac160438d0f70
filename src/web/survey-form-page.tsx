import type { FieldError } from '../base/errors.ts';
import type { CampaignRow } from '../campaigns/queries.ts';
import type { SurveyLine } from '../pushes/read-surveys.ts';
import { SurveyFields, type TypedSurvey } from './survey-fields.tsx';
import { surveysUrl } from './survey-pages.tsx';
import { Acts, Button, ButtonLink, Csrf, Flash, PageHead, Section } from './ui/components.tsx';
import { ErrorSummary } from './ui/fields.tsx';

export const emptySurvey: TypedSurvey = {
  title: '',
  introduction: 'Une minute, pour que la suite vous soit utile.',
  questions: ['satisfaction', 'usage'],
  comment: true,
  closesOn: '',
};

type Props = {
  campaign: CampaignRow;
  /** Null: a new one. */
  line: SurveyLine | null;
  typed: TypedSurvey;
  wasAsked: boolean;
  csrf: string;
  errors?: readonly FieldError[] | undefined;
};

export const SurveyFormPage = (p: Props) => {
  const { campaign, line } = p;
  const back = line ? surveysUrl(campaign.slug, `/${line.survey.slug}`) : surveysUrl(campaign.slug);
  const submitted = line?.carriers.filter((c) => c.submitted) ?? [];
  return (
    <>
      <PageHead
        back={{ href: back, label: line ? line.survey.title : 'Les questionnaires' }}
        kicker={campaign.name}
        title={line ? 'Modifier le questionnaire' : 'Un nouveau questionnaire'}
      />
      <ErrorSummary errors={p.errors} />
      {submitted.length > 0 && (
        <Flash
          kind="problem"
          text={`Ses questions sont soumises avec ${submitted.map((c) => `« ${c.title} »`).join(', ')} : les modifier redemande les validations.`}
        />
      )}
      <Section title="Ce que vous demandez" note="anonyme, une minute">
        <form method="post" action={line ? `${back}/modifier` : surveysUrl(campaign.slug, '/nouveau')}>
          <Csrf token={p.csrf} />
          <SurveyFields {...p} />
          <Acts>
            <Button primary>{line ? 'Enregistrer' : 'Créer ce questionnaire'}</Button>
            <ButtonLink href={back} quiet>
              Ne rien changer
            </ButtonLink>
          </Acts>
        </form>
      </Section>
    </>
  );
};
