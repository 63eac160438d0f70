import type { Context } from 'hono';
import { Hono } from 'hono';
import type { Ctx } from '../base/context.ts';
import { publicRelease } from '../proofs/public-release.ts';
import { embargoWords } from '../pushes/embargo.ts';
import { pressPageHeaders } from '../rendering/press-page.ts';
import { PageHead } from '../web/ui/components.tsx';
import { PublicLayout } from '../web/ui/layout.tsx';
import { count } from './measure.tsx';
import { keptShareCard } from './share-card.ts';

const NO_STORE = { 'Cache-Control': 'no-store', 'X-Robots-Tag': 'noindex', 'Referrer-Policy': 'no-referrer' };

/**
 * `GET /communiques/:campagne/:envoi`: a press release, from its hour on. Before, who has the exact address is told until
 * when, and nothing else: 403, kept by no cache, so that no network makes a picture of it. (The images it shows stand at
 * addresses made from their own content, which nobody guesses.)
 */
export function releasePages(deps: Pick<Ctx, 'db' | 'now' | 'publicUrl'>) {
  const app = new Hono();

  app.get('/communiques/:campagne/:envoi', async (c) => {
    const release = await publicRelease(deps, c.req.param('campagne'), c.req.param('envoi'));
    if (!release) return c.notFound();
    if (release.kind === 'embargo') return underEmbargo(c, release.until);
    const { organisationId, campaignId, pushId, html } = release;
    await count(c, deps, { organisationId, campaignId, page: `communique:${pushId}`, what: 'visite' });
    return c.body(html, 200, pressPageHeaders(deps.publicUrl));
  });

  /** The picture of a shared link. */
  app.get('/communiques/:campagne/:envoi/carte.png', async (c) => {
    const release = await publicRelease(deps, c.req.param('campagne'), c.req.param('envoi'));
    if (!release) return c.notFound();
    if (release.kind === 'embargo') return underEmbargo(c, release.until);
    const { title, campaign } = release;
    const { name: tagline, colour, accent, partners } = campaign;
    const { png, etag } = keptShareCard({ title, tagline, colour, accent, partners });
    return c.body(new Uint8Array(png), 200, {
      'Content-Type': 'image/png',
      'Cache-Control': 'public, max-age=3600',
      ETag: etag,
      'X-Content-Type-Options': 'nosniff',
      'Cross-Origin-Resource-Policy': 'cross-origin',
    });
  });
  return app;
}

/** Without its title, its campaign or a word of it. Also in the place of the « version en ligne » of a message. */
export const underEmbargo = (c: Context, until: Date) =>
  c.html(
    <PublicLayout title="Sous embargo">
      <PageHead
        title="Sous embargo"
        lead={`Ce communiqué est sous embargo jusqu’au ${embargoWords(until)}. Revenez à cette heure : la même adresse le montrera.`}
      />
    </PublicLayout>,
    403,
    NO_STORE,
  );
