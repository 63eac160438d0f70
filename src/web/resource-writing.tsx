import { Hono } from 'hono';
import { type FieldError, Refusal } from '../base/errors.ts';
import { type CampaignSheet, readCampaign } from '../campaigns/read-campaign.ts';
import { allow } from '../organisations/permissions.ts';
import { addFile, addLink, removeSupport } from '../resources/attach.ts';
import { LARGEST_FILE } from '../resources/file-store.ts';
import { readAxes, readRelatable, readResourcePage } from '../resources/read-resource-page.ts';
import { freeSlug, saveResource } from '../resources/save-resource.ts';
import { acting } from './acting.ts';
import type { WebContext, WebDeps, WebEnv } from './env.ts';
import { formOf, page, redirectWith } from './page.tsx';
import { quoted } from './push-words.tsx';
import { EMPTY_RESOURCE, type ResourceValues, resourceInput, typedResource, valuesOf } from './resource-form.ts';
import { ResourceFormPage } from './resource-form-page.tsx';
import { SupportPage, type SupportValues } from './resource-support-page.tsx';

const BASE = '/campagnes/:campaign/ressources';

/** Writing one's own resources: the sheet, then what can be opened. */
export function resourceFormPages(deps: WebDeps) {
  const app = new Hono<WebEnv>();

  app.get(`${BASE}/nouvelle`, async (c) => {
    const { campaign } = await opened(c);
    return sheet(c, campaign, null, EMPTY_RESOURCE);
  });

  app.post(`${BASE}/nouvelle`, async (c) => {
    const { ctx, campaign } = await opened(c);
    const typed = typedResource(await formOf(c));
    const slug = await freeSlug(ctx, campaign.id, typed.title);
    return orAgain(
      async () => {
        await saveResource(ctx, campaign.id, resourceInput(typed, { slug, retiredOn: null }));
        return redirectWith(c, `/campagnes/${campaign.slug}/ressources/${slug}`, {
          kind: 'ok',
          text: `${quoted(typed.title.trim())} est dans l’inventaire.`,
        });
      },
      (errors) => sheet(c, campaign, null, typed, errors),
    );
  });

  app.get(`${BASE}/:resource/modifier`, async (c) => {
    const { campaign, resource } = await openedResource(c);
    return sheet(c, campaign, resource.slug, valuesOf(resource));
  });

  app.post(`${BASE}/:resource/modifier`, async (c) => {
    const { ctx, campaign, resource } = await openedResource(c);
    const typed = typedResource(await formOf(c));
    return orAgain(
      async () => {
        await saveResource(ctx, campaign.id, resourceInput(typed, resource));
        return redirectWith(c, `/campagnes/${campaign.slug}/ressources/${resource.slug}`, {
          kind: 'ok',
          text: 'La fiche est enregistrée.',
        });
      },
      (errors) => sheet(c, campaign, resource.slug, typed, errors),
    );
  });

  app.get(`${BASE}/:resource/formats`, async (c) => {
    const { campaign, resource } = await openedResource(c);
    return supports(c, campaign, resource, { format: '', title: '', way: 'fichier', url: '' });
  });

  app.post(`${BASE}/:resource/formats`, async (c) => {
    const { ctx, campaign, resource } = await openedResource(c);
    const form = await formOf(c);
    const typed = {
      format: form.text('format'),
      title: form.text('title'),
      way: form.text('way'),
      url: form.text('url'),
    };
    return orAgain(
      async () => {
        const { format, title, url } = typed;
        if (typed.way === 'adresse') await addLink(ctx, campaign.id, resource.slug, { format, title, url });
        else {
          const file = form.file('file');
          if (!file)
            throw new Refusal('invalid', 'fichier_absent', 'Le format n’est pas ajouté.', [
              { field: 'file', message: 'Choisissez un fichier qui n’est pas vide, ou donnez une adresse.' },
            ]);
          const bytes = file.stream();
          await addFile(
            ctx,
            campaign.id,
            resource.slug,
            { format, title, file: { name: file.name, bytes } },
            deps.dataDir,
          );
        }
        return redirectWith(c, `/campagnes/${campaign.slug}/ressources/${resource.slug}`, {
          kind: 'ok',
          text: 'Le format est ajouté.',
        });
      },
      (errors) => supports(c, campaign, resource, typed, errors),
    );
  });

  app.post(`${BASE}/:resource/formats/:id{[0-9]{1,15}}/retrait`, async (c) => {
    const { ctx, campaign, resource } = await openedResource(c);
    await removeSupport(ctx, campaign.id, resource.slug, Number(c.req.param('id')));
    return redirectWith(c, `/campagnes/${campaign.slug}/ressources/${resource.slug}`, {
      kind: 'ok',
      text: 'Ce format n’est plus proposé.',
    });
  });

  async function sheet(
    c: WebContext,
    campaign: CampaignSheet,
    slug: string | null,
    values: ResourceValues,
    errors?: readonly FieldError[],
  ) {
    const ctx = acting(c);
    return page(
      c,
      {
        title: slug ? 'Corriger une ressource' : 'Ajouter une ressource',
        current: '/campagnes',
        status: errors ? 422 : 200,
      },
      <ResourceFormPage
        campaign={campaign}
        slug={slug}
        values={values}
        errors={errors}
        relatable={await readRelatable(ctx, campaign.id, { ...values, slug: slug ?? '' })}
        axes={await readAxes(ctx, campaign.id)}
        csrf={c.get('session').csrf}
      />,
    );
  }

  function supports(
    c: WebContext,
    campaign: CampaignSheet,
    resource: { slug: string; title: string },
    values: SupportValues,
    errors?: readonly FieldError[],
  ) {
    return page(
      c,
      { title: 'Ajouter un format', current: '/campagnes', status: errors ? 422 : 200 },
      <SupportPage
        campaign={campaign}
        resource={resource}
        values={values}
        errors={errors}
        largestMb={LARGEST_FILE / 1024 / 1024}
        csrf={c.get('session').csrf}
      />,
    );
  }
  return app;
}

/** A form is for whom may send it: the others are told so before they have written anything. */
async function opened(c: WebContext) {
  const ctx = acting(c);
  const campaign = await readCampaign(ctx, c.req.param('campaign') ?? '');
  allow(ctx.actor, 'campaign.write');
  return { ctx, campaign };
}

async function openedResource(c: WebContext) {
  const { ctx, campaign } = await opened(c);
  const resource = await readResourcePage(ctx, campaign.id, c.req.param('resource') ?? '');
  if (!resource.mine)
    throw new Refusal(
      'forbidden',
      'ressource_prise',
      `${resource.owner.name} tient cette ressource, et seule la modifie. Demandez-le-lui, ou ajoutez la vôtre.`,
    );
  return { ctx, campaign, resource };
}

/** A form whose fields are refused is shown again with them; any other refusal is a page. */
async function orAgain(
  act: () => Promise<Response>,
  again: (errors: readonly FieldError[]) => Response | Promise<Response>,
) {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof Refusal) || error.kind !== 'invalid' || error.fields.length === 0) throw error;
    return again(error.fields);
  }
}
