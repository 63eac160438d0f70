import type { FieldError } from '../base/errors.ts';
import { LEVEL_NAMES, LEVELS, PUBLIC_NAMES, PUBLICS } from '../base/words.ts';
import { hasLeft } from '../campaigns/queries.ts';
import type { CampaignSheet } from '../campaigns/read-campaign.ts';
import type { WebinarCard } from '../webinars/read-webinars.ts';
import { PLATFORM_NAMES, PLATFORMS } from '../webinars/schema.ts';
import { Acts, Button, Fold, Section } from './ui/components.tsx';
import { Check, Choices, errorOf, Field, FieldRow } from './ui/fields.tsx';
import { SPEAKERS, type TypedWebinar } from './webinar-form.tsx';

/** The groups of the form of a webinar: what it is, when and where, who organises, who speaks. */

export type FormProps = {
  campaign: CampaignSheet;
  /** Null: a new one. */
  webinar: WebinarCard | null;
  resources: readonly { slug: string; title: string }[];
  now: Date;
  typed: TypedWebinar;
  errors?: readonly FieldError[] | undefined;
};

export const What = ({ typed, errors, resources }: FormProps) => (
  <Section title="Ce que c’est">
    <Field
      name="title"
      label="Titre"
      value={typed.title}
      error={errorOf(errors, 'title')}
      maxlength={160}
      size="full"
      required
    />
    <Field
      name="summary"
      label="En une phrase"
      hint="Pour les listes, les messages et les partages : ce que l’on saura faire en sortant."
      value={typed.summary}
      error={errorOf(errors, 'summary')}
      maxlength={400}
      size="full"
    />
    <Field
      kind="textarea"
      name="description"
      label="Le programme"
      hint="**gras**, listes avec un tiret, [un lien](https://…)."
      value={typed.description}
      error={errorOf(errors, 'description')}
      maxlength={6000}
      rows={7}
      size="full"
    />
    <Choices
      kind="checkbox"
      name="levels"
      label="À quel niveau"
      hint="Aucune case cochée : tous."
      value={typed.levels}
      error={errorOf(errors, 'levels')}
      options={LEVELS.map((value) => ({ value, label: LEVEL_NAMES[value] }))}
      inline
    />
    <Fold title="Pour qui, et autour de quelles ressources" open={typed.publics.length + typed.resources.length > 0}>
      <Choices
        kind="checkbox"
        name="publics"
        label="Publics"
        hint="Aucune case cochée : tout le monde."
        value={typed.publics}
        error={errorOf(errors, 'publics')}
        options={PUBLICS.filter((value) => value !== 'inconnu').map((value) => ({ value, label: PUBLIC_NAMES[value] }))}
        inline
      />
      {resources.length > 0 && (
        <Choices
          kind="checkbox"
          name="resources"
          label="Ressources présentées"
          hint="Elles paraissent sur la page, avec leur lien."
          value={typed.resources}
          error={errorOf(errors, 'resources')}
          options={resources.map(({ slug, title }) => ({ value: slug, label: title }))}
        />
      )}
    </Fold>
  </Section>
);

export const When = ({ typed, errors, webinar }: FormProps) => (
  <Section title="Quand et où" note="heure de Paris">
    <FieldRow>
      <Field kind="date" name="startsAt" label="Jour" value={typed.day} error={errorOf(errors, 'startsAt')} required />
      <Field kind="time" name="startHour" label="De" value={typed.from} required />
      <Field kind="time" name="endsAt" label="À" value={typed.to} error={errorOf(errors, 'endsAt')} required />
    </FieldRow>
    {typed.overnight && <Check name="overnight" label="Il finit le lendemain" checked />}
    <Field
      kind="select"
      name="platform"
      label="Avec quel outil"
      hint="Il dit comment lire, après coup, le fichier de présence."
      value={typed.platform}
      error={errorOf(errors, 'platform')}
      options={PLATFORMS.map((value) => ({ value, label: PLATFORM_NAMES[value] }))}
      bare
    />
    <Field
      kind="url"
      name="joinUrl"
      label="Lien de la réunion"
      hint="Donné aux seules personnes inscrites. Vous pourrez l’ajouter plus tard : elles en seront averties."
      value={typed.joinUrl}
      error={errorOf(errors, 'joinUrl')}
      inputmode="url"
      size="full"
    />
    <Field
      kind="textarea"
      name="joinNote"
      label="Pour se connecter"
      hint="Code, numéro de téléphone : pour les mêmes personnes."
      value={typed.joinNote}
      error={errorOf(errors, 'joinNote')}
      maxlength={600}
      rows={2}
      size="full"
    />
    {webinar && (
      <Field
        kind="url"
        name="replayUrl"
        label="Adresse de l’enregistrement"
        hint="Une fois qu’il est en ligne : la page publique y mène, et compte combien de fois."
        value={typed.replayUrl}
        error={errorOf(errors, 'replayUrl')}
        inputmode="url"
        size="full"
      />
    )}
  </Section>
);

export const Who = ({ campaign, typed, errors, now }: FormProps) => {
  const rank = (slug: string): number => {
    const i = typed.organisers.indexOf(slug);
    return i < 0 ? typed.organisers.length : i;
  };
  // One that left stays shown while it is named, so that it can be unticked.
  const partners = campaign.partners
    .filter((partner) => !hasLeft(partner, now) || typed.organisers.includes(partner.slug))
    .toSorted((a, b) => rank(a.slug) - rank(b.slug));
  return (
    <Section title="Qui organise">
      <Choices
        kind="checkbox"
        name="organisers"
        label="Organisations"
        hint="Qui s’inscrit choisit l’une d’elles, et ses données ne vont qu’à elle."
        value={typed.organisers}
        error={errorOf(errors, 'organisers')}
        options={partners.map(({ slug, name }) => ({ value: slug, label: name }))}
      />
    </Section>
  );
};

/** Always one empty row, to write the next name in; a row emptied is a person removed. */
export const Speakers = ({ typed, errors, action }: FormProps & { action: string }) => {
  const rows = [
    ...typed.speakers,
    ...(typed.speakers.length < SPEAKERS ? [{ name: '', role: '', organisation: '' }] : []),
  ];
  return (
    <Section title="Les intervenants" id="intervenants">
      {rows.map((s, i) => (
        <fieldset class="field">
          <legend>{s.name || s.role ? `Intervenant ${i + 1}` : 'Un intervenant de plus'}</legend>
          <FieldRow>
            <Field
              name={`speakers.${i}.name`}
              label="Nom"
              value={s.name}
              error={errorOf(errors, `speakers.${i}.name`)}
              maxlength={120}
              bare
            />
            <Field
              name={`speakers.${i}.role`}
              label="Fonction"
              value={s.role}
              error={errorOf(errors, `speakers.${i}.role`)}
              maxlength={160}
              bare
            />
            <Field
              name={`speakers.${i}.organisation`}
              label="Organisation"
              value={s.organisation}
              error={errorOf(errors, `speakers.${i}.organisation`)}
              maxlength={160}
              bare
            />
            {i < typed.speakers.length && (
              <Button
                quiet
                name="act"
                value={`remove-${i}`}
                formaction={`${action}#intervenants`}
                formnovalidate
                label={`Retirer ${s.name || 'cette ligne'}`}
              >
                Retirer
              </Button>
            )}
          </FieldRow>
        </fieldset>
      ))}
      {typed.speakers.length < SPEAKERS - 1 && (
        <Acts>
          <Button name="act" value="add" formaction={`${action}#intervenants`} formnovalidate>
            Ajouter un intervenant
          </Button>
        </Acts>
      )}
    </Section>
  );
};
