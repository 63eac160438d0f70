import type { Child } from 'hono/jsx';
import type { FieldError } from '../base/errors.ts';
import type { CampaignSheet } from '../campaigns/read-campaign.ts';
import {
  CELL_DIMENSION_NAMES,
  CELL_DIMENSIONS,
  LINK_MODE_HINTS,
  LINK_MODE_NAMES,
  LINK_MODES,
  NATURE_NAMES,
  NATURES,
} from '../campaigns/schema.ts';
import { settingsUrl } from './campaign-presence.tsx';
import { capital } from './capital.ts';
import { listed, plural, quoted } from './push-words.tsx';
import { Acts, Button, ButtonLink, Csrf, PageHead, Section } from './ui/components.tsx';
import { Choices, ErrorSummary, errorOf, Field, FieldRow } from './ui/fields.tsx';

/** What each of these pages is given: the campaign, what was typed, and what is wrong with it. */
export type FormProps<V> = {
  campaign: CampaignSheet;
  values: V;
  errors?: readonly FieldError[] | undefined;
  /** What is refused as a whole, when no field of this page is to correct. */
  message?: string | undefined;
  csrf: string;
  /** Titles of the pushes that are submitted or approved, and have not ended. */
  submitted: readonly string[];
};

type FrameProps = Pick<FormProps<unknown>, 'campaign' | 'csrf' | 'errors' | 'message'> & {
  part: string;
  title: string;
  lead: string;
  section: string;
  files?: boolean;
  children?: Child;
};

/** The frame of each of them: where one is, what is to correct, one form, save or leave. */
export const SettingsForm = (p: FrameProps) => (
  <>
    <PageHead
      back={{ href: settingsUrl(p.campaign.slug), label: 'La campagne' }}
      kicker={p.campaign.name}
      title={p.title}
      lead={p.lead}
    />
    <ErrorSummary errors={p.errors} message={p.message} />
    <Section title={p.section}>
      <form
        method="post"
        action={settingsUrl(p.campaign.slug, p.part)}
        enctype={p.files ? 'multipart/form-data' : undefined}
        novalidate
      >
        <Csrf token={p.csrf} />
        {p.children}
        <Acts>
          <Button primary name="acte" value="enregistrer">
            Enregistrer
          </Button>
          <ButtonLink href={settingsUrl(p.campaign.slug)} quiet>
            Revenir sans enregistrer
          </ButtonLink>
        </Acts>
      </form>
    </Section>
  </>
);

export const titles = (submitted: readonly string[]): string => listed(submitted.map(quoted));

/** Said before anything is saved: what it would ask of the partners again. */
export const Reopening = ({ what, submitted }: { what: string; submitted: readonly string[] }) =>
  submitted.length ? (
    <p>
      <strong>
        {what}, {plural(submitted.length, 'envoi devra', 'envois devront')} être{' '}
        {submitted.length < 2 ? 'validé' : 'validés'} de nouveau
      </strong>{' '}
      : {titles(submitted)}. Rien n’en part d’ici là.
    </p>
  ) : null;

export type LawValues = { nature: string; baseLegale: string; accord: string; contact: string };

const NATURE_HINTS = {
  information_de_mission: 'Les organisations informent dans le cadre de la mission que la loi leur donne.',
  prospection_b2b: 'Vers des professionnels, sur un sujet de leur métier ; ils ont pu s’y opposer.',
  prospection_b2c: 'Seulement vers les personnes qui ont dit oui : les autres sont écartées.',
  transactionnel: 'Lié à un service que la personne a demandé.',
} as const;

export const LawForm = (p: FormProps<LawValues>) => {
  const { values: v, errors } = p;
  return (
    <SettingsForm
      {...p}
      part="/cadre"
      title="Le cadre juridique"
      lead="Ce que chacun peut lire sur la page publique de la campagne : pourquoi on lui écrit, et qui en répond."
      section="Nature, base légale, accord"
    >
      <Choices
        name="nature"
        label="Nature de la campagne"
        value={v.nature}
        error={errorOf(errors, 'nature')}
        required
        bare
        options={NATURES.map((n) => ({ value: n, label: capital(NATURE_NAMES[n]), hint: NATURE_HINTS[n] }))}
      />
      <Reopening what="Si vous changez la nature" submitted={p.submitted} />
      <Field
        kind="textarea"
        rows={3}
        name="baseLegale"
        label="Base légale"
        hint="Par exemple : mission d’intérêt public de l’opérateur de compétences."
        value={v.baseLegale}
        error={errorOf(errors, 'baseLegale')}
        maxlength={500}
        required
      />
      <Field
        kind="textarea"
        rows={10}
        name="accord"
        label="L’essentiel de l’accord entre les organisations"
        hint="Article 26 du RGPD : qui décide de quoi, qui informe, qui répond aux demandes. Nécessaire dès qu’elles sont deux ; publié tel quel."
        value={v.accord}
        error={errorOf(errors, 'accord')}
        maxlength={4000}
      />
      <Field
        name="contact"
        label="Point de contact pour les personnes concernées"
        hint="Une adresse électronique ou une page. Nécessaire dès que les organisations sont deux."
        value={v.contact}
        error={errorOf(errors, 'contact')}
        maxlength={200}
        size="full"
        autocomplete="off"
      />
    </SettingsForm>
  );
};

export type MeasureValues = {
  liens: string;
  dimensions: string[];
  k: string;
  personne: string;
  jours: string;
  entreprise: string;
  joursEntreprise: string;
};

export const MeasureForm = (p: FormProps<MeasureValues>) => {
  const { values: v, errors } = p;
  const count = (name: 'k' | 'personne' | 'jours' | 'entreprise' | 'joursEntreprise', label: string, hint?: string) => (
    <Field
      kind="number"
      name={name}
      label={label}
      hint={hint}
      value={v[name]}
      error={errorOf(errors, name)}
      min={1}
      size="short"
      required
    />
  );
  return (
    <SettingsForm
      {...p}
      part="/mesure"
      title="La mesure et la sollicitation"
      lead="Ce que l’on saura des lecteurs, et combien de fois on leur écrit."
      section="Liens, groupes, plafonds"
    >
      <Reopening what="Si vous changez l’un de ces réglages" submitted={p.submitted} />
      <Choices
        name="liens"
        label="Liens des messages"
        value={v.liens}
        error={errorOf(errors, 'liens')}
        required
        bare
        options={LINK_MODES.map((mode) => ({
          value: mode,
          label: capital(LINK_MODE_NAMES[mode]),
          hint: LINK_MODE_HINTS[mode],
        }))}
      />
      <Choices
        kind="checkbox"
        name="dimensions"
        label="Résultats donnés par"
        hint="Trois au plus : chacune rend les groupes plus petits, et les petits groupes sont réunis."
        value={v.dimensions}
        error={errorOf(errors, 'dimensions')}
        options={CELL_DIMENSIONS.map((d) => ({ value: d, label: capital(CELL_DIMENSION_NAMES[d]) }))}
      />
      {count('k', 'Plus petit groupe publié', 'Aucun chiffre n’est donné pour moins de destinataires. 10 au moins.')}
      <FieldRow>
        {count('personne', 'Messages au plus par personne')}
        {count('jours', 'En combien de jours')}
      </FieldRow>
      <FieldRow>
        {count('entreprise', 'Messages au plus par entreprise')}
        {count('joursEntreprise', 'En combien de jours')}
      </FieldRow>
      <p class="meta">
        Au-delà, un message attend son tour ; s’il arriverait trop tard, il n’est pas envoyé. Tout compte : les envois
        de chaque organisation, et ce qui est déclaré.
      </p>
    </SettingsForm>
  );
};
