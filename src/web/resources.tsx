import { Hono } from 'hono';
import { toParisDay } from '../base/dates.ts';
import { LEVELS } from '../base/words.ts';
import { readCampaign } from '../campaigns/read-campaign.ts';
import { allow, may } from '../organisations/permissions.ts';
import { carriedOf, readDiffusion } from '../reports/read-diffusion.ts';
import { readResourceVisits } from '../reports/read-resource-visits.ts';
import { fileResponse } from '../resources/file-response.ts';
import { ownResourceFile } from '../resources/find-file.ts';
import { type Diffusion, INVENTORY_STATES, type InventoryFilters, readInventory } from '../resources/read-inventory.ts';
import { readResourcePage } from '../resources/read-resource-page.ts';
import { restoreResource, retireResource } from '../resources/retire-resource.ts';
import { RESOURCE_KINDS } from '../resources/schema.ts';
import { acting } from './acting.ts';
import type { WebContext, WebDeps, WebEnv } from './env.ts';
import { page, redirectWith } from './page.tsx';
import { quoted } from './push-words.tsx';
import { NAMED_PUBLICS } from './resource-form.ts';
import { ResourceView } from './resource-view.tsx';
import { resourceFormPages } from './resource-writing.tsx';
import { ResourcesPage } from './resources-list.tsx';
import { SharePage } from './resources-share.tsx';
import { PageHead } from './ui/components.tsx';
import { Confirm } from './ui/flow.tsx';

const BASE = '/campagnes/:campaign/ressources';

/** The inventory of a campaign: read by all its partners, each resource written by the organisation that holds it. */
export function resourcePages(deps: WebDeps) {
  const app = new Hono<WebEnv>();

  app.get(BASE, async (c) => {
    const ctx = acting(c);
    const campaign = await readCampaign(ctx, c.req.param('campaign'));
    const filters = filtersOf(c);
    const inventory = await readInventory(ctx, campaign.id, {
      filters,
      carried: carriedOf(await readDiffusion(ctx, campaign.id)),
      page: pageOf(c.req.query('page')),
    });
    return page(
      c,
      { title: `Ressources, ${campaign.name}`, current: '/campagnes', wide: true },
      <ResourcesPage
        campaign={campaign}
        inventory={inventory}
        filters={filters}
        mayWrite={may(ctx.actor, 'campaign.write')}
        mayReport={may(ctx.actor, 'report.read')}
      />,
    );
  });

  app.get(`${BASE}/partager`, async (c) => {
    const campaign = await readCampaign(acting(c), c.req.param('campaign'));
    return page(
      c,
      { title: `Montrer les ressources, ${campaign.name}`, current: '/campagnes' },
      <SharePage campaign={campaign} publicUrl={deps.publicUrl} />,
    );
  });

  app.route('/', resourceFormPages(deps));

  app.get(`${BASE}/:resource`, async (c) => {
    const ctx = acting(c);
    const campaign = await readCampaign(ctx, c.req.param('campaign'));
    const resource = await readResourcePage(ctx, campaign.id, c.req.param('resource'));
    const carriers = (await readDiffusion(ctx, campaign.id)).get(resource.slug) ?? [];
    const today = toParisDay(deps.now());
    const diffusion: Diffusion =
      resource.retiredOn !== null && resource.retiredOn <= today
        ? 'retiree'
        : carriers.some((x) => x.sent)
          ? 'diffusee'
          : carriers.length
            ? 'prevue'
            : 'jamais';
    return page(
      c,
      { title: `${resource.title}, ${campaign.name}`, current: '/campagnes' },
      <ResourceView
        campaign={campaign}
        resource={resource}
        carriers={carriers}
        diffusion={diffusion}
        visits={may(ctx.actor, 'report.read') ? await readResourceVisits(ctx, resource.id) : null}
        due={resource.reviewOn !== null && resource.reviewOn <= today}
        mayWrite={may(ctx.actor, 'campaign.write')}
        mayReadPushes={may(ctx.actor, 'push.read')}
        csrf={c.get('session').csrf}
      />,
    );
  });

  app.get(`${BASE}/:resource/fichiers/:id{[0-9]{1,15}}`, async (c) => {
    const ctx = acting(c);
    const campaign = await readCampaign(ctx, c.req.param('campaign'));
    const file = await ownResourceFile(ctx, campaign.id, c.req.param('resource'), Number(c.req.param('id')));
    return fileResponse(deps.dataDir, file, c.req.raw, false);
  });

  app.get(`${BASE}/:resource/retrait`, async (c) => {
    const ctx = acting(c);
    allow(ctx.actor, 'campaign.write');
    const campaign = await readCampaign(ctx, c.req.param('campaign'));
    const resource = await readResourcePage(ctx, campaign.id, c.req.param('resource'));
    const carriers = (await readDiffusion(ctx, campaign.id)).get(resource.slug) ?? [];
    const here = `/campagnes/${campaign.slug}/ressources/${resource.slug}`;
    return page(
      c,
      { title: `Retirer ${resource.title}`, current: '/campagnes' },
      <>
        <PageHead
          back={{ href: here, label: resource.title }}
          kicker={campaign.name}
          title={`Retirer ${quoted(resource.title)} de l’inventaire ?`}
        />
        <Confirm
          action={`${here}/retrait`}
          csrf={c.get('session').csrf}
          submit="Retirer de l’inventaire"
          back={{ href: here, label: 'La garder' }}
          effects={[
            ['Les listes', 'elle n’y paraît plus, ni ici ni dans l’espace public'],
            ['Sa page publique', 'elle reste à la même adresse, et dit que la ressource n’est plus à jour'],
            ['Les envois prévus', planned(carriers.filter((x) => !x.sent).map((x) => x.title))],
            ['Revenir en arrière', 'un bouton la remet dans l’inventaire'],
          ]}
        />
      </>,
    );
  });

  app.post(`${BASE}/:resource/retrait`, async (c) => {
    const { ctx, campaign, slug } = await named(c);
    const { title } = await retireResource(ctx, campaign.id, slug);
    return redirectWith(c, `/campagnes/${campaign.slug}/ressources/${slug}`, {
      kind: 'ok',
      text: `${quoted(title)} est retirée de l’inventaire.`,
    });
  });

  app.post(`${BASE}/:resource/retour`, async (c) => {
    const { ctx, campaign, slug } = await named(c);
    const { title } = await restoreResource(ctx, campaign.id, slug);
    return redirectWith(c, `/campagnes/${campaign.slug}/ressources/${slug}`, {
      kind: 'ok',
      text: `${quoted(title)} est de nouveau dans l’inventaire.`,
    });
  });
  return app;
}

const planned = (titles: readonly string[]): string =>
  titles.length ? `${titles.map(quoted).join(', ')} la portent encore : corrigez-les si besoin` : 'aucun ne la porte';

async function named(c: WebContext) {
  const ctx = acting(c);
  const campaign = await readCampaign(ctx, c.req.param('campaign') ?? '');
  return { ctx, campaign, slug: c.req.param('resource') ?? '' };
}

const LONGEST_SEARCH = 200;

function filtersOf(c: WebContext): InventoryFilters {
  const one = <W extends string>(words: readonly W[], name: string): W | undefined =>
    words.find((w) => w === c.req.query(name));
  return {
    search: c.req.query('q')?.trim().slice(0, LONGEST_SEARCH) || undefined,
    state: one(INVENTORY_STATES, 'etat'),
    kind: one(RESOURCE_KINDS, 'type'),
    owner: /^[a-z0-9-]{1,80}$/.exec(c.req.query('porteur') ?? '')?.[0],
    level: one(LEVELS, 'niveau'),
    public: one(NAMED_PUBLICS, 'public'),
  };
}

const pageOf = (text: string | undefined): number => {
  const at = Number(text);
  return Number.isSafeInteger(at) && at > 0 ? at : 1;
};
