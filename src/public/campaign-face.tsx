import { Hono } from 'hono';
import type { Ctx } from '../base/context.ts';
import { type CampaignFace, campaignFace } from '../relay-kits/public-page.ts';
import { Acts, ButtonLink, PageHead, Prose, Section } from '../web/ui/components.tsx';
import { PublicLayout } from '../web/ui/layout.tsx';
import { ShareTags } from '../web/ui/share.tsx';
import { comingWebinars } from '../webinars/coming.ts';
import type { PublicWebinar } from '../webinars/public-webinar.ts';
import { count, MeasureNote, refusesMeasure } from './measure.tsx';
import { keptShareCard } from './share-card.ts';
import { WebinarRows } from './webinar-list.tsx';

export type FaceDeps = Pick<Ctx, 'db' | 'now' | 'publicUrl'> & { demo: boolean };

/** `GET /c/:campagne`: what a campaign is, for whoever follows a shared link or a poster, and its picture for networks. */
export function facePages(deps: FaceDeps) {
  const app = new Hono();

  app.get('/c/:campaign', async (c) => {
    const face = await campaignFace(deps, c.req.param('campaign'));
    if (!face) return c.notFound();
    const { id: campaignId, organisationId } = face;
    await count(c, deps, { organisationId, campaignId, page: 'campagne', what: 'visite' });
    const coming = await comingWebinars(deps, campaignId, 3);
    return c.html(<Face face={face} coming={coming} deps={deps} refused={refusesMeasure(c)} />);
  });

  app.get('/c/:campaign/carte.png', async (c) => {
    const face = await campaignFace(deps, c.req.param('campaign'));
    if (!face) return c.notFound();
    const { name: title, tagline, colour, accent, partners } = face;
    const { png, etag } = keptShareCard({ title, tagline, colour, accent, partners });
    return c.body(new Uint8Array(png), 200, {
      'Content-Type': 'image/png',
      'Cache-Control': 'public, max-age=3600',
      ETag: etag,
      'X-Content-Type-Options': 'nosniff',
      // Networks show it in their own pages.
      'Cross-Origin-Resource-Policy': 'cross-origin',
    });
  });
  return app;
}

type FaceProps = { face: CampaignFace; coming: PublicWebinar[]; deps: FaceDeps; refused: boolean };

const Face = ({ face: f, coming, deps, refused }: FaceProps) => (
  <PublicLayout
    title={f.name}
    campaign={f}
    demo={deps.demo}
    index
    head={
      <ShareTags
        title={f.name}
        description={f.tagline || f.summary || `Une campagne de ${f.partners.join(', ')}.`}
        url={`${deps.publicUrl}/c/${f.slug}`}
        siteName={f.name}
        image={{
          url: `${deps.publicUrl}/c/${f.slug}/carte.png`,
          alt: [f.name, f.tagline].filter(Boolean).join('. '),
        }}
      />
    }
  >
    <PageHead
      voice
      title={f.tagline || f.name}
      lead={`Une campagne menée ensemble par ${new Intl.ListFormat('fr').format(f.partners)}.`}
    >
      <Acts>
        <ButtonLink href={`/ressources/campagne/${f.slug}`} primary>
          Voir les ressources
        </ButtonLink>
        {f.kitsOpen && <ButtonLink href={`/relayer/${f.slug}`}>Obtenir notre kit</ButtonLink>}
      </Acts>
    </PageHead>
    <Prose>
      {f.summary !== '' && f.summary.split(/\n+/).map((text) => <p>{text}</p>)}
      <p>
        <a href={`/confidentialite/${f.slug}`}>Qui fait quoi, et vos données personnelles</a>
      </p>
    </Prose>
    {coming.length > 0 && (
      <Section title="Webinaires" action={{ href: `/webinaires?campagne=${f.slug}`, label: 'Tous' }}>
        <WebinarRows label="Webinaires à venir" webinars={coming} />
      </Section>
    )}
    <MeasureNote refused={refused} />
  </PublicLayout>
);
