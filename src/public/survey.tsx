import type { Context } from 'hono';
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { longDate } from '../base/dates.ts';
import { type FieldError, Refusal } from '../base/errors.ts';
import { answerSurvey, type Instance, type OpenSurvey, openSurvey, type SurveyAddress } from '../surveys/answer.ts';
import { QUESTION_WORDS } from '../surveys/schema.ts';
import { Acts, Button, ButtonLink, Facts, PageHead, Prose, Section } from '../web/ui/components.tsx';
import { Choices, ErrorSummary, errorOf, Field } from '../web/ui/fields.tsx';
import { PublicLayout } from '../web/ui/layout.tsx';

export type SurveyDeps = Instance & {
  demo: boolean;
  networkOf: (c: Context) => string;
};

const smallForm = bodyLimit({ maxSize: 16 * 1024, onError: (c) => c.text('Cette réponse est trop longue.', 413) });

/**
 * `GET|POST /questionnaires/:token`, of a group, and `/questionnaires/:campaign/:survey`, which anybody may hand on. Reading
 * it answers nothing, for what filters mail opens every address (BOT-04).
 */
export function surveyPages(deps: SurveyDeps) {
  const app = new Hono();

  const show = async (c: Context, address: SurveyAddress) => {
    const open = await openSurvey(deps, address);
    if (!open) return c.notFound();
    if (c.req.query('reponse') === 'faite') return c.html(<Thanks open={open} demo={deps.demo} />);
    if (open.closed) return c.html(<Closed open={open} demo={deps.demo} />);
    return c.html(<Ask open={open} demo={deps.demo} action={c.req.path} typed={{}} />);
  };

  const take = async (c: Context, address: SurveyAddress) => {
    const open = await openSurvey(deps, address);
    if (!open) return c.notFound();
    const typed = typedIn(await c.req.parseBody(), open);
    try {
      await answerSurvey({ ...deps, network: deps.networkOf(c) }, address, typed);
      return c.redirect(`${c.req.path}?reponse=faite`, 303);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      if (error.kind === 'conflict')
        return c.html(<Closed open={open} demo={deps.demo} because={error.message} />, 409);
      if (error.kind !== 'invalid') throw error;
      return c.html(<Ask open={open} demo={deps.demo} action={c.req.path} typed={typed} errors={error.fields} />, 422);
    }
  };

  app.get('/questionnaires/:token', (c) => show(c, { token: c.req.param('token') }));
  app.post('/questionnaires/:token', smallForm, (c) => take(c, { token: c.req.param('token') }));
  app.get('/questionnaires/:campaign/:survey', (c) => show(c, c.req.param()));
  app.post('/questionnaires/:campaign/:survey', smallForm, (c) => take(c, c.req.param()));
  return app;
}

type Typed = Record<string, string>;

/** What was asked and nothing else; a question left alone is not there. */
function typedIn(body: Record<string, unknown>, { survey }: OpenSurvey): Typed {
  const names = [...survey.questions, ...(survey.comment ? ['comment'] : [])];
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = body[name];
      return typeof value === 'string' && value !== '' ? [[name, value.replaceAll('\0', '')]] : [];
    }),
  );
}

type Shown = { open: OpenSurvey; demo: boolean };

const Ask = (p: Shown & { action: string; typed: Typed; errors?: readonly FieldError[] }) => {
  const { survey, campaign } = p.open;
  return (
    <PublicLayout title={survey.title} campaign={campaign} demo={p.demo}>
      <PageHead
        kicker={`Questionnaire anonyme de ${survey.organisation.name}`}
        title={survey.title}
        lead={survey.introduction || undefined}
      />
      <ErrorSummary errors={p.errors} />
      <form method="post" action={p.action}>
        {survey.questions.map((question) => {
          const { asked, scale, choices } = QUESTION_WORDS[question];
          return (
            <Choices
              name={question}
              label={asked}
              hint={scale ? `De ${choices[0]?.label}, à ${choices.at(-1)?.label}.` : undefined}
              value={p.typed[question]}
              error={errorOf(p.errors, question)}
              // Five numbers stand on one line of a phone.
              options={scale ? choices.map(({ value }) => ({ value, label: value })) : choices}
              inline={scale || choices.length === 2}
              bare
            />
          );
        })}
        {survey.comment && (
          <Field
            kind="textarea"
            name="comment"
            label="Un mot de plus ?"
            hint="Sans votre nom, ni rien qui permette de vous reconnaître."
            value={p.typed.comment}
            error={errorOf(p.errors, 'comment')}
            rows={4}
            maxlength={1000}
            size="full"
          />
        )}
        <Acts>
          <Button primary>Envoyer ma réponse</Button>
        </Acts>
      </form>
      <Anonymous open={p.open} />
    </PublicLayout>
  );
};

/** Told where it is asked: what is kept, and why nobody can be found again. */
const Anonymous = ({ open: { survey, campaign, everybody } }: { open: OpenSurvey }) => (
  <Section title="Pourquoi c’est anonyme">
    <Facts
      items={[
        [
          'L’adresse de cette page',
          everybody
            ? 'est la même pour tout le monde : elle ne dit ni qui vous êtes, ni par où vous êtes venu'
            : `est la même pour ${survey.k} personnes ou plus : elle ne dit pas qui vous êtes`,
        ],
        ['Ce qui est gardé', 'vos réponses et le jour, sans heure, sans nom, sans adresse, sans cookie'],
        ['Qui les lit', `${survey.organisation.name} et ses partenaires, sous forme de totaux`],
        ...(survey.comment
          ? [['Votre mot', `est lu par ${survey.organisation.name} seulement, mêlé à d’autres, sans date`] as const]
          : []),
        ['Ensuite', 'une réponse envoyée ne peut plus être retrouvée, donc ni corrigée ni retirée'],
        ...(survey.closesAt ? [['Jusqu’à quand', longDate(new Date(survey.closesAt.getTime() - 1))] as const] : []),
      ]}
    />
    <p>
      <a href={`/confidentialite/${campaign.slug}`}>Tout sur les données personnelles de cette campagne</a>
    </p>
  </Section>
);

const Thanks = ({ open: { survey, campaign }, demo }: Shown) => (
  <PublicLayout title="Merci de votre réponse" campaign={campaign} demo={demo}>
    <PageHead
      title="Merci, votre réponse est comptée."
      lead="Elle est mêlée aux autres : personne ne saura laquelle est la vôtre."
    />
    <Prose>
      <p>{survey.title}</p>
    </Prose>
    <Acts>
      <ButtonLink href={`/c/${campaign.slug}`}>Découvrir la campagne</ButtonLink>
    </Acts>
  </PublicLayout>
);

const Closed = ({ open: { survey, campaign }, demo, because }: Shown & { because?: string }) => (
  <PublicLayout title="Questionnaire clos" campaign={campaign} demo={demo}>
    <PageHead
      title="Ce questionnaire n’est plus ouvert."
      lead={because ?? 'Merci à celles et ceux qui ont répondu : plus aucune réponse n’est prise.'}
    />
    <Prose>
      <p>
        {survey.title}, par {survey.organisation.name}.
      </p>
    </Prose>
    <Acts>
      <ButtonLink href={`/c/${campaign.slug}`}>Découvrir la campagne</ButtonLink>
    </Acts>
  </PublicLayout>
);
