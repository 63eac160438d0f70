import type { Context } from 'hono';
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { Child } from 'hono/jsx';
import type { Ctx } from '../base/context.ts';
import { Refusal } from '../base/errors.ts';
import { sha256 } from '../base/tokens.ts';
import { findPublicCampaign } from '../campaigns/find-public-campaign.ts';
import { PublicLayout } from '../web/ui/layout.tsx';
import { ShareTags } from '../web/ui/share.tsx';
import { comingWebinars, publicWebinars, webinarsOfFeed } from '../webinars/coming.ts';
import { writerIn } from '../webinars/origins.ts';
import { prefill } from '../webinars/prefill.ts';
import { webinarFile, webinarsFeed } from '../webinars/public-calendar.ts';
import { type PublicWebinar, publicWebinar } from '../webinars/public-webinar.ts';
import { register } from '../webinars/register.ts';
import { replayOf } from '../webinars/replay.ts';
import { count, refusesMeasure } from './measure.tsx';
import { keptShareCard } from './share-card.ts';
import { newsField, type TypedRegistration } from './webinar-form.tsx';
import { FramedWebinars, WebinarsView } from './webinar-list.tsx';
import { DisownedView, RegisteredView, type WebinarProps, WebinarView } from './webinar-page.tsx';
import { organisersText, spanText, webinarPath } from './webinar-words.ts';

export type WebinarDeps = Pick<Ctx, 'db' | 'secrets' | 'now' | 'publicUrl'> & {
  demo: boolean;
  networkOf: (c: Context) => string;
};

const smallForm = bodyLimit({ maxSize: 16 * 1024, onError: (c) => c.text('Cette demande est trop longue.', 413) });

/** What somebody's own link shows: kept by nobody, told to no other site. */
const PRIVATE = { 'Cache-Control': 'no-store', 'Referrer-Policy': 'no-referrer', 'X-Robots-Tag': 'noindex, nofollow' };

/** For anybody, without a session and without a cookie: what is announced, and registering to it (POST only, BOT-04). */
export function webinarPages(deps: WebinarDeps) {
  const app = new Hono();

  /** `?campagne=`: of one campaign; undefined: there is none of that name. */
  const campaignOf = async (c: Context) => {
    const slug = c.req.query('campagne');
    if (slug === undefined) return null;
    return (await findPublicCampaign(deps, slug)) ?? undefined;
  };
  const query = (campaign: { slug: string } | null): string => (campaign ? `?campagne=${campaign.slug}` : '');

  app.get('/webinaires', async (c) => {
    const campaign = await campaignOf(c);
    if (campaign === undefined) return c.notFound();
    const list = await publicWebinars(deps, campaign?.id);
    const [organisationId, campaignId] = [campaign?.organisationId ?? 0, campaign?.id ?? 0];
    await count(c, deps, { organisationId, campaignId, page: 'webinaires', what: 'visite' });
    const title = campaign ? `Webinaires : ${campaign.name}` : 'Webinaires';
    const path = `/webinaires${query(campaign)}`;
    return c.html(
      <PublicLayout
        title={title}
        index
        demo={deps.demo}
        campaign={campaign ?? undefined}
        head={
          <ShareTags
            title={title}
            description="Ce qui est annoncé, et ce qui peut être revu."
            url={deps.publicUrl + path}
            siteName={campaign?.name ?? 'Porte-voix'}
            image={campaign ? campaignCard(deps, campaign) : undefined}
          />
        }
      >
        <WebinarsView list={list} query={query(campaign)} campaign={campaign} refused={refusesMeasure(c)} />
      </PublicLayout>,
    );
  });

  app.get('/webinaires/integrer', async (c) => {
    const campaign = await campaignOf(c);
    if (campaign === undefined) return c.notFound();
    // This address alone may be shown inside any other site; it counts nothing, so that nothing is to be refused in a frame.
    c.header('content-security-policy', FRAMED_POLICY);
    return c.html(
      <PublicLayout title="Webinaires" campaign={campaign ?? undefined} framed>
        <FramedWebinars coming={await comingWebinars(deps, campaign?.id)} query={query(campaign)} />
      </PublicLayout>,
    );
  });

  app.get('/webinaires/agenda.ics', async (c) => {
    const campaign = await campaignOf(c);
    if (campaign === undefined) return c.notFound();
    const name = campaign ? `Webinaires : ${campaign.name}` : 'Webinaires';
    return calendar(c, webinarsFeed(deps, name, await webinarsOfFeed(deps, campaign?.id)), 'webinaires.ics');
  });

  const show = (c: Context, p: Omit<WebinarProps, 'refused'>, status: 200 | 409 | 422 | 429 = 200, own = false) =>
    c.html(
      <Page deps={deps} webinar={p.webinar} own={own}>
        <WebinarView {...p} refused={refusesMeasure(c)} />
      </Page>,
      status,
      own ? PRIVATE : {},
    );

  app.get('/webinaires/:address', async (c) => {
    const webinar = await publicWebinar(deps, c.req.param('address'));
    if (!webinar) return c.notFound();
    if (c.req.query('inscription') === 'faite')
      return c.html(
        <Page deps={deps} webinar={webinar} own>
          <RegisteredView webinar={webinar} />
        </Page>,
      );
    if (c.req.query('inscription') === 'effacee')
      return c.html(
        <Page deps={deps} webinar={webinar} own>
          <DisownedView webinar={webinar} />
        </Page>,
      );
    const { organisationId, campaignId } = webinar;
    await count(c, deps, { organisationId, campaignId, page: `webinaire:${webinar.id}`, what: 'visite' });
    const origin = originIn(c);
    return show(c, { webinar, origin, typed: { organisation: writerIn(origin) ?? '' } });
  });

  app.get('/webinaires/:address/carte.png', async (c) => {
    const w = await publicWebinar(deps, c.req.param('address'));
    if (!w) return c.notFound();
    const { colour, accent } = w.campaign;
    const partners = w.organisers.map((o) => o.name);
    const { png, etag } = keptShareCard({
      title: w.title,
      tagline: `Webinaire, ${spanText(w)}`,
      colour,
      accent,
      partners,
    });
    return c.body(new Uint8Array(png), 200, {
      'Content-Type': 'image/png',
      'Cache-Control': 'public, max-age=3600',
      ETag: etag,
      'X-Content-Type-Options': 'nosniff',
      // Networks show it in their own pages.
      'Cross-Origin-Resource-Policy': 'cross-origin',
    });
  });

  app.get('/webinaires/:address/agenda.ics', async (c) => {
    const webinar = await publicWebinar(deps, c.req.param('address'));
    return webinar ? calendar(c, webinarFile(deps, webinar), `${webinar.address}.ics`) : c.notFound();
  });

  // A link made for one person, so that they need not type: never counted (PRV-12).
  app.get('/webinaires/:address/moi/:token', async (c) => {
    const { address, token } = c.req.param();
    const webinar = await publicWebinar(deps, address);
    if (!webinar) return c.notFound();
    const origin = originIn(c);
    const known = await prefill(deps, address, token);
    return show(
      c,
      { webinar, origin, typed: known ?? { organisation: writerIn(origin) ?? '' }, personal: true },
      200,
      true,
    );
  });

  app.post('/webinaires/:address/inscription', smallForm, async (c) => {
    const webinar = await publicWebinar(deps, c.req.param('address'));
    if (!webinar) return c.notFound();
    const typed = typedIn(await c.req.parseBody(), webinar);
    const { origin, ...shown } = typed;
    try {
      await register({ ...deps, network: deps.networkOf(c) }, webinar.address, typed);
      return c.redirect(webinarPath(webinar.address, '?inscription=faite'), 303);
    } catch (error) {
      const status = error instanceof Refusal ? REFUSED[error.kind] : undefined;
      if (!(error instanceof Refusal) || !status) throw error;
      // It may have closed since the form was opened.
      const now = (await publicWebinar(deps, webinar.address)) ?? webinar;
      const { fields, message } = error;
      return show(
        c,
        { webinar: now, origin, typed: shown, ...(fields.length > 0 ? { errors: fields } : { message }) },
        status,
        true,
      );
    }
  });

  app.get('/webinaires/:address/replay', async (c) => {
    const replay = await replayOf(deps, c.req.param('address'));
    if (!replay) return c.notFound();
    const { organisationId, campaignId } = replay;
    await count(c, deps, { organisationId, campaignId, page: `replay:${replay.id}`, what: 'visite' });
    return c.redirect(replay.url, 303);
  });
  return app;
}

const REFUSED: Partial<Record<Refusal['kind'], 409 | 422 | 429>> = { conflict: 409, invalid: 422, 'too-many': 429 };

const originIn = (c: Context): string => (c.req.query('de') ?? '').slice(0, 200);

/** A form's fields in the shape of the verb; what is no text is left out. */
function typedIn(body: Record<string, unknown>, webinar: PublicWebinar) {
  const text = (name: string): string => {
    const value = body[name];
    return typeof value === 'string' ? value.replaceAll('\0', '') : '';
  };
  return {
    firstName: text('firstName'),
    lastName: text('lastName'),
    address: text('address'),
    company: text('company'),
    public: text('public'),
    departement: text('departement'),
    organisation: text('organisation'),
    question: text('question'),
    news: webinar.organisers.filter((o) => text(newsField(o.slug)) === o.slug).map((o) => o.slug),
    origin: text('de').slice(0, 200),
  } satisfies TypedRegistration & { origin: string };
}

const campaignCard = ({ publicUrl }: WebinarDeps, c: { slug: string; name: string; tagline: string }) => ({
  url: `${publicUrl}/c/${c.slug}/carte.png`,
  alt: [c.name, c.tagline].filter(Boolean).join('. '),
});

/** `own`: shows somebody what they typed, or what is known of them. */
const Page = (p: { deps: WebinarDeps; webinar: PublicWebinar; own?: boolean; children?: Child }) => {
  const { webinar: w } = p;
  const url = p.deps.publicUrl + webinarPath(w.address);
  return (
    <PublicLayout
      title={`${w.title} : ${w.campaign.name}`}
      campaign={w.campaign}
      demo={p.deps.demo}
      index={!p.own && w.state !== 'bientot'}
      head={
        p.own ? undefined : (
          <ShareTags
            title={w.title}
            description={[`Webinaire, ${spanText(w)}.`, w.summary || `Organisé par ${organisersText(w)}.`].join(' ')}
            url={url}
            siteName={w.campaign.name}
            image={{ url: `${url}/carte.png`, alt: `${w.title}. Webinaire, ${spanText(w)}` }}
          />
        )
      }
    >
      {p.children}
    </PublicLayout>
  );
};

/** Programs come back often: an unchanged calendar is 304. */
function calendar(c: Context, file: string, name: string): Response {
  // The stamp of a file says nothing of its content.
  const etag = `"${sha256(file).toString('base64url').slice(0, 27)}"`;
  const headers = { ETag: etag, 'Cache-Control': 'public, max-age=300', 'X-Content-Type-Options': 'nosniff' };
  const known = (c.req.header('if-none-match') ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  if (known.includes(etag)) return c.body(null, 304, headers);
  return c.body(file, 200, {
    ...headers,
    'Content-Type': 'text/calendar; charset=utf-8',
    'Content-Disposition': `inline; filename="${name}"`,
  });
}

/** As every page's, but any site may show it. */
const FRAMED_POLICY =
  "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors *";
