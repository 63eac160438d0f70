import { imagePath } from '../campaigns/image-file.ts';
import type { ShownLogo } from '../campaigns/logo.ts';
import { type FormProps, SettingsForm, titles } from './campaign-settings-forms.tsx';
import type { ColourAdvice } from './colour-advice.ts';
import { plural } from './push-words.tsx';
import { Logo, Picture, Swatch } from './ui/components.tsx';
import { Check, Choices, errorOf, Field, FieldRow } from './ui/fields.tsx';

export type IdentityValues = {
  nom: string;
  slogan: string;
  resume: string;
  debut: string;
  fin: string;
  couleur: string;
  accent: string;
  motdiese: string;
  /** A logo that was kept a moment ago, while something else was to correct. */
  logoGarde: string;
  retirerLogo: boolean;
};

export const IdentityForm = (
  p: FormProps<IdentityValues> & { logo: ShownLogo | null; advice?: readonly ColourAdvice[] },
) => {
  const { values: v, errors } = p;
  const text = (name: 'nom' | 'slogan' | 'motdiese', label: string, max: number, hint?: string) => (
    <Field
      name={name}
      label={label}
      hint={hint}
      value={v[name]}
      error={errorOf(errors, name)}
      maxlength={max}
      required={name === 'nom'}
      size="full"
      autocomplete="off"
    />
  );
  return (
    <SettingsForm
      {...p}
      part="/identite"
      title="L’identité de la campagne"
      lead="Ce que lisent et voient tous ceux à qui elle s’adresse : messages, pages publiques, affiches, cartes de partage."
      section="Son nom, ses couleurs, son logo"
      files
    >
      {text('nom', 'Nom', 160)}
      {text('slogan', 'Slogan', 200)}
      <Field
        kind="textarea"
        name="resume"
        label="Résumé"
        hint="En quelques phrases, pour les partenaires et pour qui découvre la campagne."
        value={v.resume}
        error={errorOf(errors, 'resume')}
        maxlength={2000}
      />
      <FieldRow>
        <Field kind="date" name="debut" label="Début" value={v.debut} error={errorOf(errors, 'debut')} required />
        <Field kind="date" name="fin" label="Fin" value={v.fin} error={errorOf(errors, 'fin')} required />
      </FieldRow>
      <FieldRow>
        <Field
          kind="color"
          name="couleur"
          label="Couleur principale"
          hint="Le bandeau et les titres."
          value={v.couleur}
          error={errorOf(errors, 'couleur')}
          required
        />
        <Field
          kind="color"
          name="accent"
          label="Couleur d’appel"
          hint="Les boutons et les liens."
          value={v.accent}
          error={errorOf(errors, 'accent')}
          required
        />
      </FieldRow>
      {p.advice?.length ? <Nuances advice={p.advice} error={errorOf(errors, 'nuances')} /> : null}
      {text('motdiese', 'Mot-dièse', 61, 'Sans #, ni espace, ni accent si possible : EssentielsInfraNum.')}
      <LogoField {...p} />
      {p.submitted.length > 0 && (
        <p>
          {plural(p.submitted.length, 'envoi déjà soumis garde', 'envois déjà soumis gardent')} l’identité qu’on y a lue
          : {titles(p.submitted)}. Soumettez de nouveau ceux qui doivent prendre la nouvelle.
        </p>
      )}
    </SettingsForm>
  );
};

const Nuances = ({ advice, error }: { advice: readonly ColourAdvice[]; error: string | undefined }) => (
  <Choices
    name="nuances"
    label="Ces couleurs se lisent mal : que faire ?"
    error={error}
    required
    bare
    options={[
      {
        value: 'proposees',
        label: advice.length < 2 ? 'Prendre la nuance proposée' : 'Prendre les nuances proposées',
        hint: (
          <>
            {advice.map((a) => (
              <>
                <Swatch colour={a.nearest} />{' '}
              </>
            ))}
            : la nuance lisible la plus proche, partout la même.
          </>
        ),
      },
      {
        value: 'gardees',
        label: 'Garder les vôtres',
        hint: 'Pages et messages les fonceront d’eux-mêmes là où elles porteraient du texte.',
      },
    ]}
  />
);

const LogoField = ({ campaign, logo, values: v, errors }: FormProps<IdentityValues> & { logo: ShownLogo | null }) => (
  <>
    {logo && (
      <div>
        <Logo {...logo} alt="Logo actuel" />
      </div>
    )}
    {v.logoGarde && v.logoGarde !== campaign.identity.logo && (
      <Picture
        small
        src={imagePath(campaign.slug, v.logoGarde)}
        alt=""
        caption="Le nouveau logo, gardé : il reste à enregistrer."
      />
    )}
    <input type="hidden" name="logoGarde" value={v.logoGarde} />
    <Field
      kind="file"
      name="logo"
      label={logo ? 'Remplacer le logo' : 'Logo'}
      hint="PNG ou JPEG, 1 Mo au plus, 64 pixels au moins. Il est montré sur fond blanc, pour se lire aussi dans le sombre."
      accept="image/png,image/jpeg"
      error={errorOf(errors, 'logo')}
    />
    {logo && <Check name="retirerLogo" label="Retirer le logo" checked={v.retirerLogo} />}
  </>
);
