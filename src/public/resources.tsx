import { type Context, Hono } from 'hono';
import type { Child } from 'hono/jsx';
import type { Ctx } from '../base/context.ts';
import { toParisDay } from '../base/dates.ts';
import { findPublicCampaign } from '../campaigns/find-public-campaign.ts';
import { fileResponse, isDownload } from '../resources/file-response.ts';
import { publicResourceFile } from '../resources/find-file.ts';
import { publicInventory } from '../resources/public-inventory.ts';
import { publicResource } from '../resources/public-resource.ts';
import { PublicLayout } from '../web/ui/layout.tsx';
import { ShareTags } from '../web/ui/share.tsx';
import { comingWebinars } from '../webinars/coming.ts';
import { count, refusesMeasure } from './measure.tsx';
import { FEED_PAGE, feedResponse, jsonFeed, rssFeed } from './resource-feeds.ts';
import { FramedResources, ResourcesSpace } from './resource-list.tsx';
import { ResourceSheet } from './resource-sheet.tsx';
import { filtersOf, listAddress, pageOf, resourcePath } from './resource-words.ts';
import { keptShareCard } from './share-card.ts';

type Deps = Pick<Ctx, 'db' | 'now' | 'publicUrl'> & { dataDir: string; demo: boolean };
type Campaign = Awaited<ReturnType<typeof findPublicCampaign>>;

const PER_PAGE = 60;
/** In a frame the page stays short: its height is set by the site around. */
const PER_FRAME = 12;
const EVERYWHERE = 'Les ressources de toutes les campagnes';

/** For anybody, without a session and without a cookie: the inventories, their files, and how other sites show them. */
export function resourcePages(deps: Deps) {
  const app = new Hono();
  const today = () => toParisDay(deps.now());
  const inventory = (c: Context, campaign: string | undefined, perPage: number) =>
    publicInventory(deps, {
      filters: { ...filtersOf((name) => c.req.query(name)), campaign },
      today: today(),
      page: pageOf(c.req.query('page')),
      perPage,
    });

  const space = async (c: Context, campaign: Campaign) => {
    const found = await inventory(c, campaign?.slug, PER_PAGE);
    const base = campaign ? `/ressources/campagne/${campaign.slug}` : '/ressources';
    await count(c, deps, {
      organisationId: campaign?.organisationId ?? 0,
      campaignId: campaign?.id ?? 0,
      page: 'ressources',
      what: 'visite',
    });
    const title = campaign ? `Ressources : ${campaign.name}` : EVERYWHERE;
    const lead = 'Études, outils, fiches et vidéos : cherchez, ou dites qui vous êtes.';
    return c.html(
      <PublicLayout
        title={title}
        index
        demo={deps.demo}
        campaign={campaign ?? undefined}
        head={
          <>
            {share({ title, description: campaign?.tagline || lead, path: base, campaign })}
            <link rel="alternate" type="application/rss+xml" title={title} href={`${base}.rss`} />
            <link rel="alternate" type="application/feed+json" title={title} href={`${base}.json`} />
          </>
        }
      >
        <ResourcesSpace
          coming={await comingWebinars(deps, campaign?.id, 3)}
          inventory={found}
          filters={filtersOf((name) => c.req.query(name))}
          base={base}
          campaign={campaign}
          feed={base}
          refused={refusesMeasure(c)}
        />
      </PublicLayout>,
    );
  };

  const framed = async (c: Context, campaign: Campaign) => {
    const base = campaign ? `/ressources/integrer/${campaign.slug}` : '/ressources/integrer';
    const filters = filtersOf((name) => c.req.query(name));
    // This address alone may be shown inside any other site; it counts nothing, so that nothing is to be refused in a frame.
    c.header('content-security-policy', FRAMED_POLICY);
    return c.html(
      <PublicLayout title="Ressources" campaign={campaign ?? undefined} framed>
        <FramedResources
          inventory={await inventory(c, campaign?.slug, PER_FRAME)}
          filters={filters}
          base={base}
          whole={listAddress(campaign ? `/ressources/campagne/${campaign.slug}` : '/ressources', filters)}
        />
      </PublicLayout>,
    );
  };

  const feed = async (c: Context, campaign: Campaign, kind: 'rss' | 'json') => {
    const home = deps.publicUrl + (campaign ? `/ressources/campagne/${campaign.slug}` : '/ressources');
    const content = {
      title: campaign ? `Ressources : ${campaign.name}` : EVERYWHERE,
      description: campaign?.tagline || 'Ce que chaque ressource apporte à chaque public.',
      home,
      self: home,
      publicUrl: deps.publicUrl,
      inventory: await inventory(c, campaign?.slug, FEED_PAGE),
    };
    return kind === 'rss'
      ? feedResponse(c, rssFeed(content), 'application/rss+xml')
      : feedResponse(c, jsonFeed(content), 'application/feed+json');
  };

  const share = (p: { title: string; description: string; path: string; campaign: Campaign }): Child => (
    <ShareTags
      title={p.title}
      description={p.description}
      url={deps.publicUrl + p.path}
      siteName={p.campaign?.name ?? 'Porte-voix'}
      image={
        p.campaign
          ? {
              url: `${deps.publicUrl}/ressources/campagne/${p.campaign.slug}/carte.png`,
              alt: [p.campaign.name, p.campaign.tagline].filter(Boolean).join('. '),
            }
          : undefined
      }
    />
  );

  app.get('/ressources', (c) => space(c, null));
  app.get('/ressources.rss', (c) => feed(c, null, 'rss'));
  app.get('/ressources.json', (c) => feed(c, null, 'json'));
  app.get('/ressources/integrer', (c) => framed(c, null));
  app.get('/ressources/integrer/:campaign', async (c) => {
    const campaign = await findPublicCampaign(deps, c.req.param('campaign'));
    return campaign ? framed(c, campaign) : c.notFound();
  });
  app.get('/ressources/campagne/:campaign/carte.png', async (c) => {
    const campaign = await findPublicCampaign(deps, c.req.param('campaign'));
    if (!campaign) return c.notFound();
    const { name, tagline, colour, accent, partners } = campaign;
    const { png, etag } = keptShareCard({ title: name, tagline, colour, accent, partners });
    return c.body(new Uint8Array(png), 200, {
      'content-type': 'image/png',
      'cache-control': 'public, max-age=3600',
      etag,
    });
  });
  app.get('/ressources/campagne/:feed{[a-z0-9-]+\\.(?:rss|json)}', async (c) => {
    const [slug = '', kind] = c.req.param('feed').split('.');
    const campaign = await findPublicCampaign(deps, slug);
    return campaign ? feed(c, campaign, kind === 'rss' ? 'rss' : 'json') : c.notFound();
  });
  app.get('/ressources/campagne/:campaign', async (c) => {
    const campaign = await findPublicCampaign(deps, c.req.param('campaign'));
    return campaign ? space(c, campaign) : c.notFound();
  });

  app.get('/ressources/:campaign/:resource', async (c) => {
    const resource = await publicResource(deps, c.req.param('campaign'), c.req.param('resource'), today());
    const campaign = resource && (await findPublicCampaign(deps, resource.campaign.slug));
    if (!campaign) return c.notFound();
    await count(c, deps, { ...ownerOf(resource), page: `ressource:${resource.id}`, what: 'visite' });
    const { profile } = filtersOf((name) => c.req.query(name));
    return c.html(
      <PublicLayout
        title={`${resource.title} : ${campaign.name}`}
        index={resource.retiredOn === null}
        demo={deps.demo}
        campaign={campaign}
        head={share({
          title: resource.title,
          description: resource.summary || campaign.tagline,
          path: resourcePath(resource),
          campaign,
        })}
      >
        <ResourceSheet
          resource={resource}
          profile={profile}
          list={listAddress(`/ressources/campagne/${campaign.slug}`, { profile })}
          refused={refusesMeasure(c)}
        />
      </PublicLayout>,
    );
  });

  app.get('/ressources/:campaign/:resource/:file', async (c) => {
    const { campaign, resource, file } = c.req.param();
    const found = await publicResourceFile(deps, campaign, resource, file, today());
    if (!found) return c.notFound();
    const response = await fileResponse(deps.dataDir, found, c.req.raw, true);
    if (isDownload(c.req.raw, response))
      await count(c, deps, { ...ownerOf(found), page: `fichier:${found.id}`, what: 'telechargement' });
    return response;
  });
  return app;
}

const ownerOf = ({ organisationId, campaignId }: { organisationId: number; campaignId: number }) => ({
  organisationId,
  campaignId,
});

/** As every page's, but any site may show it. */
const FRAMED_POLICY =
  "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors *";
