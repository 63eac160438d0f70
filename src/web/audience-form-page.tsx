import type { FieldError } from '../base/errors.ts';
import { LEVEL_NAMES, LEVELS, PUBLIC_NAMES, PUBLICS, SIZE_CLASSES, SIZE_NAMES } from '../base/words.ts';
import type { CampaignChoice } from '../contacts/read-audiences-page.ts';
import type { TypedAudience } from './audience-form.ts';
import { BACK, type Counted, CountedRegion, Sample } from './audience-pages.tsx';
import { REGION_CHOICES } from './contacts-pages.tsx';
import { Acts, Button, ButtonLink, Columns, Csrf, Fold, PageHead, Section } from './ui/components.tsx';
import { Choices, ErrorSummary, errorOf, Field, FieldRow } from './ui/fields.tsx';

type FormProps = {
  /** null: a new audience. */
  id: number | null;
  typed: TypedAudience;
  errors: FieldError[];
  counted: Counted;
  campaigns: CampaignChoice[];
  csrf: string;
};

export const AudienceFormPage = (p: FormProps) => (
  <>
    <PageHead
      title={p.id === null ? 'Composer une audience' : 'Modifier l’audience'}
      lead="Chaque critère rempli restreint la liste ; laissez vide ce qui n’importe pas."
      back={p.id === null ? BACK : { href: `/audiences/${p.id}`, label: p.typed.name }}
    />
    <ErrorSummary errors={p.errors} />
    <Columns
      aside={
        <Section title="Combien">
          <CountedRegion counted={p.counted} />
        </Section>
      }
    >
      <form
        method="post"
        id="audience"
        data-audience={p.id ?? undefined}
        action={p.id === null ? '/audiences/nouvelle' : `/audiences/${p.id}/modification`}
        novalidate
      >
        <Csrf token={p.csrf} />
        <Criteria {...p} />
        <Acts>
          <Button primary>Enregistrer l’audience</Button>
          <Button name="geste" value="compter">
            Compter
          </Button>
          <ButtonLink href={p.id === null ? '/audiences' : `/audiences/${p.id}`} quiet>
            Annuler
          </ButtonLink>
        </Acts>
      </form>
    </Columns>
    {p.counted.preview && <Sample preview={p.counted.preview} />}
    <script src="/audiences/apercu.js" type="module" />
  </>
);

const Criteria = ({ id, typed: t, errors, campaigns }: FormProps) => {
  const several = (name: 'departement' | 'naf' | 'idcc' | 'job' | 'tags', label: string, hint: string) => (
    <Field
      name={name}
      label={label}
      hint={hint}
      value={t[name]}
      error={errorOf(errors, name)}
      autocomplete="off"
      size="full"
      bare
    />
  );
  return (
    <>
      <Section title="Qui">
        <Choices
          kind="checkbox"
          inline
          name="level"
          label="Niveau"
          value={t.level}
          error={errorOf(errors, 'level')}
          options={LEVELS.map((value) => ({ value, label: LEVEL_NAMES[value] }))}
        />
        <Choices
          kind="checkbox"
          inline
          name="public"
          label="Public"
          value={t.public}
          error={errorOf(errors, 'public')}
          options={PUBLICS.map((value) => ({ value, label: PUBLIC_NAMES[value] }))}
        />
        {several('job', 'Fonction', 'Des mots de la fonction, séparés par des virgules : gérant, RH, formation.')}
        {several('tags', 'Étiquettes', 'Séparées par des virgules ; une seule suffit pour être choisi.')}
      </Section>
      <Section title="Où">
        <Fold title="choisir des régions" open={t.region.length > 0 || Boolean(errorOf(errors, 'region'))}>
          <Choices
            kind="checkbox"
            inline
            name="region"
            label="Région"
            value={t.region}
            error={errorOf(errors, 'region')}
            options={REGION_CHOICES}
          />
        </Fold>
        {several('departement', 'Département', 'Numéros ou noms, séparés par des virgules : 35, 2A, Creuse.')}
      </Section>
      <Section title="Quelle structure">
        <Choices
          kind="checkbox"
          inline
          name="sizeClass"
          label="Effectif"
          value={t.sizeClass}
          error={errorOf(errors, 'sizeClass')}
          options={SIZE_CLASSES.map((value) => ({ value, label: SIZE_NAMES[value] }))}
        />
        {several('naf', 'Code NAF', 'Le début suffit : 61, 43.21.')}
        {several('idcc', 'Convention collective (IDCC)', 'Numéros séparés par des virgules : 1597, 2148.')}
      </Section>
      <Section title="Leurs accords">
        <FieldRow>
          <Field
            kind="select"
            name="consentPurpose"
            label="Accord"
            value={t.consentPurpose}
            error={errorOf(errors, 'consentPurpose')}
            bare
            options={[
              { value: '', label: 'peu importe' },
              { value: 'message', label: 'recevoir des messages' },
              { value: 'mesure_clic', label: 'mesure des clics' },
              { value: 'mesure_ouverture', label: 'mesure des ouvertures' },
            ]}
          />
          <Field
            kind="select"
            name="consentValue"
            label="Réponse"
            value={t.consentValue || 'granted'}
            bare
            options={[
              { value: 'granted', label: 'accepté' },
              { value: 'refused', label: 'refusé' },
              { value: 'unknown', label: 'pas de réponse connue' },
            ]}
          />
        </FieldRow>
      </Section>
      <Section title="L’audience">
        <Field
          name="name"
          label="Nom"
          hint="Pour la retrouver : « Dirigeants de TPE en Bretagne »."
          value={t.name}
          error={errorOf(errors, 'name')}
          maxlength={120}
          size="full"
          required
        />
        <Field
          kind="select"
          name="placedLevel"
          label="Leur parler à un autre niveau"
          hint="Sinon, chacun est abordé à son niveau habituel."
          value={t.placedLevel}
          error={errorOf(errors, 'placedLevel')}
          options={[
            { value: '', label: 'à leur niveau habituel' },
            ...LEVELS.map((value) => ({ value, label: `au niveau ${LEVEL_NAMES[value]}` })),
          ]}
        />
        {id === null && (
          <Field
            kind="select"
            name="campaign"
            label="Pour quelle campagne"
            value={t.campaign}
            error={errorOf(errors, 'campaign')}
            options={[
              { value: '', label: 'toutes les campagnes de votre organisation' },
              ...campaigns.map((c) => ({ value: String(c.id), label: c.name })),
            ]}
          />
        )}
      </Section>
    </>
  );
};
