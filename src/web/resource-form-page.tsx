import type { FieldError } from '../base/errors.ts';
import { LEVEL_NAMES, LEVELS, PUBLIC_NAMES } from '../base/words.ts';
import type { CampaignSheet } from '../campaigns/read-campaign.ts';
import { RESOURCE_FORMAT_NAMES, RESOURCE_FORMATS, RESOURCE_KIND_NAMES, RESOURCE_KINDS } from '../resources/schema.ts';
import { NAMED_PUBLICS, type ResourceValues } from './resource-form.ts';
import { Acts, Button, ButtonLink, Csrf, Fold, PageHead, Section } from './ui/components.tsx';
import { Check, Choices, ErrorSummary, errorOf, Field, FieldRow } from './ui/fields.tsx';

export type ResourceFormProps = {
  campaign: CampaignSheet;
  /** Null: a new one. */
  slug: string | null;
  values: ResourceValues;
  errors?: readonly FieldError[] | undefined;
  relatable: readonly { slug: string; title: string }[];
  axes: readonly string[];
  csrf: string;
};

export const ResourceFormPage = (p: ResourceFormProps) => {
  const { campaign: c, slug, values: v, errors } = p;
  const back = slug ? `/campagnes/${c.slug}/ressources/${slug}` : `/campagnes/${c.slug}/ressources`;
  const field = (name: keyof ResourceValues) => ({ name, value: String(v[name]), error: errorOf(errors, name) });
  return (
    <>
      <PageHead
        back={{ href: back, label: slug ? v.title || 'La ressource' : 'Les ressources' }}
        kicker={c.name}
        title={slug ? 'Corriger la fiche' : 'Ajouter une ressource'}
        lead="Seuls le titre et la forme sont obligatoires : l’inventaire dira ce qui manque."
      />
      <ErrorSummary errors={errors ?? []} />
      <form method="post" action={slug ? `${back}/modifier` : `${back}/nouvelle`}>
        <Csrf token={p.csrf} />
        <Section title="Ce que c’est">
          <Field {...field('title')} label="Titre" size="full" maxlength={160} required />
          <Field
            {...field('kind')}
            kind="select"
            label="Forme"
            required
            options={[
              { value: '', label: 'Choisissez' },
              ...RESOURCE_KINDS.map((value) => ({ value, label: RESOURCE_KIND_NAMES[value] })),
            ]}
          />
          <Field
            {...field('summary')}
            kind="textarea"
            rows={3}
            label="Résumé"
            hint="Deux phrases : ce que c’est, et ce qu’on en fait."
            maxlength={1000}
          />
          <Field
            {...field('axis')}
            label="Axe ou action du programme"
            hint={
              p.axes.length ? `Déjà employés ici : ${p.axes.join(' ; ')}.` : 'L’inventaire public se range par axe.'
            }
            maxlength={120}
          />
          <FieldRow>
            <Field {...field('carriedBy')} label="Qui l’a portée" maxlength={160} />
            <Field {...field('years')} label="Années" hint="2021-2022" maxlength={40} size="short" />
          </FieldRow>
        </Section>
        <Section title="À quoi elle sert, à chaque niveau">
          {LEVELS.map((level) => (
            <Field
              kind="textarea"
              rows={2}
              name={`levelUses.${level}`}
              label={`Au niveau ${LEVEL_NAMES[level]}`}
              value={v.levelUses[level]}
              error={errorOf(errors, `levelUses.${level}`)}
              maxlength={300}
            />
          ))}
          <Fold
            title="et pour chaque public"
            open={NAMED_PUBLICS.some((who) => v.uses[who] || errorOf(errors, `uses.${who}`))}
          >
            {NAMED_PUBLICS.map((who) => (
              <Field
                name={`uses.${who}`}
                label={`Pour : ${PUBLIC_NAMES[who]}`}
                value={v.uses[who]}
                error={errorOf(errors, `uses.${who}`)}
                size="full"
                maxlength={300}
              />
            ))}
          </Fold>
        </Section>
        <Section title="Où elle est">
          <Field
            {...field('url')}
            kind="url"
            label="Adresse de sa page"
            hint="Vide, elle n’est publiée nulle part. Fichiers et autres adresses s’ajoutent depuis sa page."
            size="full"
          />
          <Choices
            kind="checkbox"
            name="formats"
            label="Elle existe sous ces formats"
            inline
            value={v.formats}
            error={errorOf(errors, 'formats')}
            options={RESOURCE_FORMATS.map((value) => ({ value, label: RESOURCE_FORMAT_NAMES[value] }))}
          />
          <Check
            name="listed"
            label="La montrer dans l’espace public"
            hint="Dès qu’elle peut être ouverte. Sinon, seuls les partenaires la voient."
            checked={v.listed}
          />
          <Field {...field('contact')} label="À qui poser une question" hint="Affiché à tous." maxlength={160} />
        </Section>
        <Section title="Ses dates">
          <FieldRow>
            <Field
              {...field('publishedOn')}
              kind="date"
              label="Publiée le"
              hint="Le public ne la voit pas avant."
              size="short"
            />
            <Field
              {...field('reviewOn')}
              kind="date"
              label="À relire avant le"
              hint="Un message vous le rappelle deux semaines plus tôt."
              size="short"
            />
          </FieldRow>
        </Section>
        {p.relatable.length > 0 && (
          <Section title="Voir aussi">
            <Choices
              kind="checkbox"
              name="related"
              label="Les ressources à lire avec elle"
              value={v.related}
              error={errorOf(errors, 'related')}
              options={p.relatable.map((r) => ({ value: r.slug, label: r.title }))}
            />
          </Section>
        )}
        <Acts>
          <Button primary>Enregistrer</Button>
          <ButtonLink href={back} quiet>
            Ne rien changer
          </ButtonLink>
        </Acts>
      </form>
    </>
  );
};
