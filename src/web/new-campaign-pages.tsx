import type { Refusal } from '../base/errors.ts';
import type { Bundle } from '../plan/bundle.ts';
import { screen } from './new-campaign-screens.tsx';
import { type Around, type Draft, keyAnswer, paramsOf, stepUrl } from './new-campaign-state.ts';
import { Acts, Button, ButtonLink, Csrf, Empty, PageHead, Section } from './ui/components.tsx';
import { ErrorSummary } from './ui/fields.tsx';
import { Steps } from './ui/flow.tsx';

const SECTIONS = [
  'Les modèles',
  'Le nom et les dates',
  'Les couleurs',
  'Les organisations',
  'Les audiences du modèle',
  'Les envois du modèle',
  'La campagne',
];
const STEPS = ['Modèle', 'Nom et période', 'Couleurs', 'Partenaires', 'Audiences', 'Envois', 'Résumé'];
const TITLES = [
  'De quel modèle partir ?',
  'Quel nom, et quelles dates ?',
  'Quelles sont ses couleurs ?',
  'Avec qui, et qui signe ?',
  'À qui parle-t-elle ?',
  'Quels envois garder, et quand ?',
  'Tout est là. On la crée ?',
];
const LEADS = [
  'Un modèle apporte les envois, les audiences, les ressources et les éléments de langage. Vous changerez tout ce que vous voudrez.',
  'Les dates des envois suivront celle du début.',
  'Elles teintent les messages et les pages publiques. Leur contraste est ajusté tout seul.',
  'Une signataire écrit à ses contacts sous son nom, et valide ce qui part. Un relais fait passer le message.',
  'Chaque audience est une règle : elle choisira les contacts au moment de l’envoi.',
  'Les dates gardent le jour de la semaine du modèle. Rien ne part sans validation.',
  'Les envois seront des brouillons : vous pourrez tout relire avant de soumettre.',
];

type Props = Around & { models: readonly Bundle[]; draft: Draft; step: number; refusal?: Refusal; csrf: string };

/** One screen, filled already; the others travel with it. */
export const NewCampaignPage = (p: Props) => {
  const { draft, step, refusal } = p;
  const errors = refusal?.fields;
  return (
    <>
      <PageHead back={{ href: '/campagnes', label: 'Campagnes' }} title={TITLES[step - 1]} lead={LEADS[step - 1]} />
      <Steps
        current={step}
        steps={STEPS.map((label, i) => ({ label, href: i + 1 < step ? stepUrl(i + 1, draft) : undefined }))}
      />
      {refusal && (
        <ErrorSummary
          errors={step === STEPS.length ? undefined : errors}
          message={step === STEPS.length ? whole(refusal) : undefined}
        />
      )}
      {p.models.length ? (
        <Section title={SECTIONS[step - 1] ?? ''}>
          <form method="post" action="/campagnes/nouvelle">
            <Csrf token={p.csrf} />
            <input type="hidden" name="etape" value={step} />
            <input type="hidden" name="avant" value={keyAnswer(step, draft)} />
            {paramsOf(draft)
              .filter(([name]) => !ASKED[step - 1]?.includes(name))
              .map(([name, value]) => (
                <input type="hidden" name={name} value={value} />
              ))}
            {screen({ ...p, errors })}
            <Acts>
              <Button primary>{step === STEPS.length ? 'Créer la campagne' : 'Continuer'}</Button>
              {step > 1 && (
                <ButtonLink href={stepUrl(step - 1, draft)} quiet>
                  Revenir
                </ButtonLink>
              )}
            </Acts>
          </form>
        </Section>
      ) : (
        <Empty title="Aucun modèle n’est installé ici.">
          <p>
            Un modèle est un dossier de campagne livré avec le service. Demandez à la personne qui l’a installé de le
            remettre en place.
          </p>
        </Empty>
      )}
    </>
  );
};

/** The last screen has no field to point to: it says what is missing, and where it is given. */
const whole = ({ fields, message }: Refusal): string =>
  fields.some((f) => f.field === 'contactPoint')
    ? 'Votre organisation n’a pas encore de contact « données personnelles » : son administrateur le donne à la page Organisation.'
    : fields.map((f) => f.message).join(' ') || message;

/** Names that a screen asks itself, and so does not carry. */
const ASKED = [
  ['modele'],
  ['nom', 'slogan', 'debut', 'fin'],
  ['couleur', 'accent'],
  ['partenaires'],
  ['audiences'],
  ['envois'],
  [],
];
