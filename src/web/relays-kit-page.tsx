import type { FieldError } from '../base/errors.ts';
import type { SettingsPage } from '../relay-kits/read-settings-page.ts';
import { Acts, Button, ButtonLink, Csrf, PageHead, Picture, Section } from './ui/components.tsx';
import { Check, Choices, ErrorSummary, errorOf, Field } from './ui/fields.tsx';

type Props = SettingsPage & { errors?: readonly FieldError[] | undefined; csrf: string; publicUrl: string };

export const KitSettingsPage = (p: Props) => {
  const { settings: s, campaign, errors } = p;
  const base = `/campagnes/${campaign.slug}/relais`;
  return (
    <>
      <PageHead
        back={{ href: base, label: 'Les relais' }}
        kicker={campaign.name}
        title="Ce que contient chaque kit"
        lead="Le même contenu pour tous, avec les liens de chacun. Un changement vaut aussitôt pour tous les kits."
      />
      <ErrorSummary errors={errors} />
      <form method="post" action={`${base}/kit`} enctype="multipart/form-data">
        <Csrf token={p.csrf} />
        <Section title="Le formulaire public">
          <Check
            name="open"
            label="Ouvrir « Obtenir notre kit » à tous"
            hint={
              <>
                Sur <a href={`/relayer/${campaign.slug}`}>{`${p.publicUrl}/relayer/${campaign.slug}`}</a>. Vous
                confirmez chaque demande.
              </>
            }
            checked={s.open}
          />
        </Section>
        <Section title="Les mots">
          <Field
            kind="textarea"
            name="introduction"
            label="Introduction"
            hint="En tête du kit : pourquoi relayer, et pour qui."
            value={s.introduction}
            error={errorOf(errors, 'introduction')}
            rows={4}
            maxlength={1500}
          />
          <Choices
            name="toutEdl"
            label="Éléments de langage"
            hint="Seuls ceux que tous les signataires ont validés paraissent."
            value={s.keyMessages === null ? 'tous' : 'choix'}
            required
            options={[
              { value: 'tous', label: 'Tous ceux qui sont validés' },
              {
                value: 'choix',
                label: 'Seulement certains',
                more:
                  p.wordings.length === 0 ? (
                    <p class="hint">Aucun n’est encore validé.</p>
                  ) : (
                    <Choices
                      kind="checkbox"
                      name="keyMessages"
                      label="Lesquels"
                      value={s.keyMessages ?? []}
                      options={p.wordings.map((w) => ({ value: w.slug, label: w.topic }))}
                    />
                  ),
              },
            ]}
          />
          <Field
            kind="select"
            name="extract"
            label="Extrait de lettre"
            hint="Il paraît une fois la lettre validée par tous."
            value={s.extract}
            error={errorOf(errors, 'extract')}
            options={[{ value: '', label: 'aucun' }, ...p.letters.map((l) => ({ value: l.slug, label: l.title }))]}
          />
        </Section>
        <Section title="L’affiche et la carte">
          <Field
            name="posterTitle"
            label="Titre"
            hint={`Sans titre, le nom de la campagne : ${campaign.name}.`}
            value={s.posterTitle}
            error={errorOf(errors, 'posterTitle')}
            maxlength={200}
          />
          <Field
            kind="textarea"
            name="posterText"
            label="Texte"
            value={s.posterText}
            error={errorOf(errors, 'posterText')}
            rows={3}
            maxlength={600}
          />
          <Field
            kind="url"
            name="destination"
            label="Où mènent les liens et les codes"
            hint={`Sans adresse, la page de la campagne : ${p.publicUrl}/c/${campaign.slug}. Une affiche déjà imprimée garde la sienne.`}
            value={s.destination}
            error={errorOf(errors, 'destination')}
          />
        </Section>
        <Section title="Les ressources et les visuels">
          <Choices
            name="touteRessource"
            label="Ressources"
            value={s.resources === null ? 'tous' : 'choix'}
            required
            options={[
              { value: 'tous', label: 'Toutes celles qui peuvent être lues' },
              {
                value: 'choix',
                label: 'Seulement certaines',
                more: (
                  <Choices
                    kind="checkbox"
                    name="resources"
                    label="Lesquelles"
                    value={s.resources ?? []}
                    options={p.resources.map((r) => ({ value: r.slug, label: r.title }))}
                  />
                ),
              },
            ]}
          />
          {p.visuals.length > 0 && (
            <Choices
              kind="checkbox"
              name="visuals"
              label="Visuels à proposer"
              value={s.visuals}
              options={p.visuals.map((v) => ({
                value: v.name,
                label: v.name,
                hint: <Picture src={v.src} alt="" small />,
              }))}
            />
          )}
          <Field
            kind="file"
            name="image"
            label="Ajouter un visuel"
            hint="PNG, JPEG, GIF ou WebP, 1 Mo au plus."
            error={errorOf(errors, 'image')}
            accept="image/png,image/jpeg,image/gif,image/webp"
          />
        </Section>
        <Acts>
          <Button primary>Enregistrer</Button>
          <ButtonLink href={base} quiet>
            Revenir aux relais
          </ButtonLink>
        </Acts>
      </form>
    </>
  );
};
