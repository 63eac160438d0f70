import type { FieldError } from '../base/errors.ts';
import type { FollowedGroup, FollowUpSheet } from '../follow-up/read-follow-up.ts';
import { draftLetter, FOLLOWED, FOLLOWED_NAMES, type Followed } from '../follow-up/schema.ts';
import { plural } from './push-words.tsx';
import { SurveyFields, type TypedSurvey, typedFrom } from './survey-fields.tsx';
import { Acts, Button, ButtonLink, Csrf, Section } from './ui/components.tsx';
import { Check, errorOf, Field } from './ui/fields.tsx';
import { State } from './ui/marks.tsx';
import { roughText, webinarUrl } from './webinar-words.tsx';

/** The forms of what follows a webinar, as they are typed. */

export const typedSurvey = ({ survey, webinar }: FollowUpSheet): TypedSurvey =>
  survey
    ? typedFrom(survey)
    : {
        title: `Votre avis sur « ${webinar.title} »`.slice(0, 160),
        introduction: 'Une minute, pour que la prochaine fois soit meilleure.',
        questions: ['satisfaction', 'facilite', 'usage'],
        comment: true,
        closesOn: '',
      };

export type TypedLetters = Record<Followed, { chosen: boolean; subject: string; words: string; survey: boolean }>;

export function draftLetters(sheet: FollowUpSheet): TypedLetters {
  const draft = (to: Followed) => {
    const survey = to === 'presents' && sheet.surveyOpen && mayAsk(sheet, to);
    const { subject, words } = draftLetter(to, sheet.webinar, { replay: sheet.webinar.replayUrl !== null, survey });
    const waiting = sheet.groups?.find((g) => g.to === to)?.waiting.own ?? 0;
    // Once it has left, it leaves again for those decided since, and for nobody else.
    return { chosen: waiting > 0 || !sheet.sent.some((s) => s.to.includes(to)), subject, words, survey };
  };
  return { presents: draft('presents'), absents: draft('absents') };
}

const mayAsk = (sheet: FollowUpSheet, to: Followed): boolean =>
  sheet.groups?.find((g) => g.to === to)?.maySurvey ?? false;

/** What the verb is given. */
export const writtenLetters = (typed: TypedLetters) => ({
  letters: FOLLOWED.filter((to) => typed[to].chosen).map((to) => {
    const { subject, words, survey } = typed[to];
    return { to, subject, words, survey };
  }),
});

const FIELDS: Record<string, string> = { subject: 'objet', words: 'texte', survey: 'questionnaire' };

/** « letters.0.subject » is the subject of the first letter that was chosen. */
export function letterErrors(input: ReturnType<typeof writtenLetters>, fields: readonly FieldError[]): FieldError[] {
  return fields.map(({ field, message }) => {
    const [, index, name = ''] = field.split('.');
    const to = input.letters[Number(index)]?.to;
    return { field: to && FIELDS[name] ? `${FIELDS[name]}-${to}` : 'ecrire-presents', message };
  });
}

type FormProps = { sheet: FollowUpSheet; csrf: string; errors?: readonly FieldError[] };
const suiteUrl = ({ campaign, webinar }: FollowUpSheet, part = ''): string =>
  webinarUrl(campaign.slug, webinar.slug, `/suite${part}`);

export const ReplayForm = (p: FormProps & { typed: string }) => (
  <Section title="1. L’enregistrement" id="enregistrement">
    <form method="post" action={suiteUrl(p.sheet, '/replay')}>
      <Csrf token={p.csrf} />
      <Field
        kind="url"
        name="replay"
        label="Où le revoir"
        hint="L’adresse de la vidéo. Les lettres y mènent par notre lien, qui compte les ouvertures sans dire qui ouvre ; si l’adresse change, les lettres déjà parties suivent."
        value={p.typed}
        error={errorOf(p.errors, 'replay')}
        size="full"
        inputmode="url"
      />
      <Acts>
        <Button>Enregistrer l’adresse</Button>
      </Acts>
    </form>
  </Section>
);

export const SurveyForm = (p: FormProps & { typed: TypedSurvey; wasAsked: boolean }) => {
  const { survey, surveyOpen } = p.sheet;
  if (survey && !surveyOpen)
    return (
      <Section title="2. Le questionnaire" id="questionnaire">
        <p>
          <State kind="ok">questionnaire clos</State>
        </p>
        <p>« {survey.title} » : plus aucune réponse n’est prise. Ses résultats sont plus bas.</p>
      </Section>
    );
  return (
    <Section title="2. Le questionnaire" id="questionnaire" note="anonyme, une minute">
      <form method="post" action={suiteUrl(p.sheet, '/questionnaire')}>
        <Csrf token={p.csrf} />
        <SurveyFields {...p} />
        <Acts>
          <Button>{survey ? 'Enregistrer le questionnaire' : 'Préparer ce questionnaire'}</Button>
          {survey && (
            <ButtonLink href={suiteUrl(p.sheet, '/cloture')} quiet>
              Clore le questionnaire
            </ButtonLink>
          )}
        </Acts>
      </form>
    </Section>
  );
};

export const LettersForm = (p: FormProps & { typed: TypedLetters; groups: readonly FollowedGroup[] }) => (
  <Section title="3. Les lettres" id="lettres" note="chacune part au nom de l’organisation de la personne">
    <form method="post" action={suiteUrl(p.sheet, '/lettres')}>
      <Csrf token={p.csrf} />
      {p.groups.map((group) => (
        <LetterFields {...p} group={group} />
      ))}
      <Acts>
        <Button primary name="geste" value="apercu">
          Relire les lettres
        </Button>
      </Acts>
    </form>
  </Section>
);

const LetterFields = (p: FormProps & { typed: TypedLetters; group: FollowedGroup }) => {
  const { to, waiting, refused, maySurvey } = p.group;
  const told = { alone: p.sheet.alone, k: p.sheet.campaign.k };
  const typed = p.typed[to];
  const first = to === FOLLOWED[0];
  return (
    <>
      <h3>Aux {FOLLOWED_NAMES[to]}</h3>
      <Check
        name={`ecrire-${to}`}
        label={`Leur écrire : ${roughText(waiting, told)}`}
        hint={
          refused.own > 0
            ? `${plural(refused.own, 'personne', 'personnes')} de votre organisation refusent nos messages, et n’auront rien.`
            : undefined
        }
        checked={typed.chosen}
        error={first ? errorOf(p.errors, 'ecrire-presents') : undefined}
      />
      <Field
        name={`objet-${to}`}
        label="Objet"
        value={typed.subject}
        error={errorOf(p.errors, `objet-${to}`)}
        maxlength={160}
        size="full"
        required
      />
      <Field
        kind="textarea"
        name={`texte-${to}`}
        label="Le texte"
        hint="« Bonjour » et la signature s’ajoutent. Les liens de l’enregistrement et des ressources suivent le texte."
        value={typed.words}
        error={errorOf(p.errors, `texte-${to}`)}
        rows={8}
        maxlength={6000}
        size="full"
        required
      />
      {p.sheet.surveyOpen &&
        (maySurvey ? (
          <Check name={`questionnaire-${to}`} label="Finir par le lien du questionnaire" checked={typed.survey} />
        ) : (
          <p class="hint">
            Moins de {told.k} personnes : leurs réponses ne seraient pas anonymes, le questionnaire ne part pas avec
            cette lettre.
          </p>
        ))}
    </>
  );
};
