import type { FieldError } from '../base/errors.ts';
import type { CampaignSheet } from '../campaigns/read-campaign.ts';
import { ACCEPTED, ACCEPTED_WORDS } from '../resources/file-types.ts';
import { RESOURCE_FORMAT_NAMES, RESOURCE_FORMATS } from '../resources/schema.ts';
import { Acts, Button, ButtonLink, Csrf, PageHead } from './ui/components.tsx';
import { Choices, ErrorSummary, errorOf, Field } from './ui/fields.tsx';

export type SupportValues = { format: string; title: string; way: string; url: string };

/** One more way to open a resource: a file that we keep, or an address elsewhere. */
export const SupportPage = (p: {
  campaign: CampaignSheet;
  resource: { slug: string; title: string };
  values: SupportValues;
  errors?: readonly FieldError[] | undefined;
  largestMb: number;
  csrf: string;
}) => {
  const back = `/campagnes/${p.campaign.slug}/ressources/${p.resource.slug}`;
  const { values: v, errors } = p;
  return (
    <>
      <PageHead
        back={{ href: back, label: p.resource.title }}
        kicker={p.campaign.name}
        title="Ajouter un format à ouvrir"
        lead="Un résumé d’une page, une infographie, une vidéo courte : ce qui se lit en peu de temps est ce qui sert."
      />
      <ErrorSummary errors={errors ?? []} />
      <form method="post" action={`${back}/formats`} enctype="multipart/form-data">
        <Csrf token={p.csrf} />
        <Field
          kind="select"
          name="format"
          label="Format"
          value={v.format}
          error={errorOf(errors, 'format')}
          required
          options={[
            { value: '', label: 'Choisissez' },
            ...RESOURCE_FORMATS.map((value) => ({ value, label: RESOURCE_FORMAT_NAMES[value] })),
          ]}
        />
        <Field
          name="title"
          label="Titre"
          hint="S’il y en a plusieurs du même format. Sinon, le nom du format suffit."
          value={v.title}
          error={errorOf(errors, 'title')}
          maxlength={160}
        />
        <Choices
          name="way"
          label="Où il est"
          value={v.way}
          error={errorOf(errors, 'way')}
          required
          options={[
            {
              value: 'fichier',
              label: 'Dans un fichier',
              more: (
                <Field
                  kind="file"
                  name="file"
                  label="Fichier"
                  hint={`${ACCEPTED_WORDS} ; ${p.largestMb} Mo au plus. Un fichier du même nom remplace le précédent, à la même adresse.`}
                  error={errorOf(errors, 'file')}
                  accept={ACCEPTED}
                  bare
                />
              ),
            },
            {
              value: 'adresse',
              label: 'À une adresse',
              more: (
                <Field
                  kind="url"
                  name="url"
                  label="Adresse"
                  hint="https://…"
                  value={v.url}
                  error={errorOf(errors, 'url')}
                  size="full"
                  bare
                />
              ),
            },
          ]}
        />
        <Acts>
          <Button primary>Ajouter</Button>
          <ButtonLink href={back} quiet>
            Ne rien ajouter
          </ButtonLink>
        </Acts>
      </form>
    </>
  );
};
