import type { Child } from 'hono/jsx';
import { parseParis } from '../base/dates.ts';
import type { FieldError, Refusal } from '../base/errors.ts';
import { LEVEL_NAMES } from '../base/words.ts';
import type { Bundle } from '../plan/bundle.ts';
import { audiencesFor } from '../plan/from-model.ts';
import { type Around, type Draft, keyAnswer, paramsOf, partnersOf, stepUrl } from './new-campaign-state.ts';
import { periodText, plural, recurrenceText, whenOf } from './push-words.tsx';
import { Acts, Button, ButtonLink, Csrf, Empty, Facts, PageHead, Section } from './ui/components.tsx';
import { Check, Choices, ErrorSummary, errorOf, Field, FieldRow } from './ui/fields.tsx';
import { Steps } from './ui/flow.tsx';
import { DataTable } from './ui/table.tsx';

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
  'Comment s’appelle-t-elle, et quand ?',
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
type StepProps = Props & { errors: readonly FieldError[] | undefined };

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
        <ErrorSummary errors={step === STEPS.length ? undefined : errors} message={refusal.message || undefined} />
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

const screen = (p: StepProps): Child => {
  const { draft: d, errors } = p;
  switch (p.step) {
    case 1:
      return (
        <Choices
          name="modele"
          label="Partir de"
          required
          bare
          value={d.modele || p.models[0]?.campaign.slug}
          error={errorOf(errors, 'modele')}
          options={p.models.map((m) => ({
            value: m.campaign.slug,
            label: m.campaign.name,
            hint: `${m.campaign.tagline ? `${m.campaign.tagline}. ` : ''}${plural(m.pushes.length, 'envoi', 'envois')}, ${plural(m.audiences.length, 'audience', 'audiences')}, ${plural(m.resources.length, 'ressource', 'ressources')}.`,
          }))}
        />
      );
    case 2:
      return (
        <>
          <Field
            name="nom"
            label="Nom de la campagne"
            size="full"
            value={d.nom}
            error={errorOf(errors, 'nom')}
            required
            maxlength={160}
          />
          <Field
            name="slogan"
            label="Slogan"
            size="full"
            value={d.slogan}
            error={errorOf(errors, 'slogan')}
            maxlength={200}
          />
          <FieldRow>
            <Field name="debut" label="Début" kind="date" value={d.debut} error={errorOf(errors, 'debut')} required />
            <Field name="fin" label="Fin" kind="date" value={d.fin} error={errorOf(errors, 'fin')} required />
          </FieldRow>
        </>
      );
    case 3:
      return (
        <FieldRow>
          <Field
            name="couleur"
            label="Couleur principale"
            hint="Le bandeau et les titres."
            kind="color"
            value={d.couleur}
            error={errorOf(errors, 'couleur')}
            required
          />
          <Field
            name="accent"
            label="Couleur d’appel"
            hint="Les boutons et les liens."
            kind="color"
            value={d.accent}
            error={errorOf(errors, 'accent')}
            required
          />
        </FieldRow>
      );
    case 4:
      return <Partners {...p} />;
    case 5:
      return <Audiences {...p} />;
    case 6:
      return <Pushes {...p} />;
    default:
      return <Summary {...p} />;
  }
};

const Partners = ({ organisations, mine, draft: d, errors }: StepProps) => {
  const roles = new Map(d.partenaires ?? []);
  return (
    <>
      <p>
        <strong>{mine.name}</strong> pilote la campagne : elle écrit le tronc commun, et signe.
      </p>
      {organisations
        .filter((o) => o.id !== mine.id)
        .map((o) => (
          <>
            <input type="hidden" name="organisation" value={o.slug} />
            <Field
              name={`role-${o.slug}`}
              label={o.name}
              kind="select"
              bare
              value={roles.get(o.slug) ?? ''}
              error={errorOf(errors, `role-${o.slug}`)}
              options={[
                { value: '', label: 'ne participe pas' },
                { value: 'signataire', label: 'signataire : écrit à ses contacts et valide' },
                { value: 'relais', label: 'relais : fait passer le message' },
              ]}
            />
          </>
        ))}
    </>
  );
};

const audiencesOf = ({ model, draft, mine }: Pick<StepProps, 'model' | 'draft' | 'mine'>) =>
  model ? audiencesFor(model, new Set(partnersOf(draft, mine).map((p) => p.organisation))) : [];

const Audiences = (p: StepProps) => {
  const available = audiencesOf(p);
  const lost = (p.model?.audiences.length ?? 0) - available.length;
  return (
    <Choices
      name="audiences"
      label="Audiences gardées"
      kind="checkbox"
      hint={
        lost > 0
          ? `${plural(lost, 'audience du modèle ne vise', 'audiences du modèle ne visent')} que des organisations qui ne participent pas : sans objet ici.`
          : undefined
      }
      value={p.draft.audiences}
      error={errorOf(p.errors, 'audiences')}
      options={available.map((a) => ({
        value: a.slug,
        label: a.name,
        hint: a.placedLevel ? `niveau ${LEVEL_NAMES[a.placedLevel]}` : undefined,
      }))}
    />
  );
};

const Pushes = ({ model, draft: d, errors }: StepProps) => {
  const kept = new Map(d.envois ?? []);
  return (
    <>
      {model?.pushes
        .filter((push) => d.audiences?.includes(push.audience))
        .map((push) => (
          <fieldset class="field">
            <legend>{push.title}</legend>
            <input type="hidden" name="envoi" value={push.slug} />
            <Check
              name={`garder-${push.slug}`}
              label={`Garder cet envoi : ${push.content.subject}`}
              checked={kept.has(push.slug)}
            />
            {push.recurrence ? (
              <p class="hint">Se répète : {recurrenceText(push.recurrence)}, pendant toute la campagne.</p>
            ) : (
              <Field
                name={`date-${push.slug}`}
                label={`Départ de ${push.title}`}
                kind="datetime-local"
                hint={
                  afterEnd(kept.get(push.slug), d.fin)
                    ? 'Après la fin de la campagne : avancez cette date, ou retirez l’envoi.'
                    : 'Heure de Paris.'
                }
                value={kept.get(push.slug) ?? ''}
                error={errorOf(errors, `date-${push.slug}`)}
              />
            )}
          </fieldset>
        ))}
    </>
  );
};

const afterEnd = (date: string | undefined, end: string): boolean => Boolean(date && date.slice(0, 10) > end);

const Summary = (p: StepProps) => {
  const { draft: d, model, organisations, mine } = p;
  const nameOf = (slug: string) => organisations.find((o) => o.slug === slug)?.name ?? slug;
  const kept = model?.pushes.flatMap((push) => {
    const found = d.envois?.find(([slug]) => slug === push.slug);
    return found ? [{ push, at: found[1] ? parseParis(found[1]) : null }] : [];
  });
  return (
    <>
      <Facts
        items={[
          ['Nom', d.nom],
          ['Slogan', d.slogan || 'aucun'],
          ['Période', periodText(d.debut, d.fin)],
          [
            'Partenaires',
            partnersOf(d, mine)
              .map((o) => `${nameOf(o.organisation)} (${o.role})`)
              .join(', '),
          ],
          [
            'Audiences',
            audiencesOf(p)
              .filter((a) => d.audiences?.includes(a.slug))
              .map((a) => a.name)
              .join(', '),
          ],
          [
            'Repris du modèle',
            `${plural(model?.resources.length ?? 0, 'ressource', 'ressources')}, ${plural(model?.keyMessages.length ?? 0, 'élément de langage', 'éléments de langage')}`,
          ],
        ]}
      />
      {kept && kept.length > 0 && (
        <DataTable
          caption={`${plural(kept.length, 'envoi', 'envois')}, en brouillon`}
          columns={[{ label: 'Envoi' }, { label: 'Départ' }]}
          rows={kept.map(({ push, at }) => [
            push.title,
            push.recurrence ? recurrenceText(push.recurrence) : whenOf(at),
          ])}
        />
      )}
    </>
  );
};
