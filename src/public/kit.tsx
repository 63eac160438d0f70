import type { Context } from 'hono';
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { toParisDay } from '../base/dates.ts';
import { Refusal } from '../base/errors.ts';
import { log } from '../base/log.ts';
import { declarePublication, withdrawDeclaration } from '../relay-kits/declare.ts';
import { kitCalendar, kitCode, kitPoster, webinarPoster } from '../relay-kits/kit-files.ts';
import { kitPicture } from '../relay-kits/kit-picture.ts';
import { leaveRelay } from '../relay-kits/leave.ts';
import { type Instance, type OpenKit, openKit } from '../relay-kits/open-kit.ts';
import { LARGEST_PICTURE, type Picture, pictureOf } from '../relay-kits/picture.ts';
import { readKit } from '../relay-kits/read-kit.ts';
import { recordAct, recordOpening } from '../relay-kits/record-act.ts';
import { featuresOf } from '../tracking/features.ts';
import { KitGone, KitView, LeaveView, LeftView, type TypedDeclaration } from './kit-pages.tsx';
import { count, refusesMeasure } from './measure.tsx';

export type KitDeps = Instance & { demo: boolean };

/** Whoever has the address has the kit: nothing keeps it, lists it, or tells the next site where one came from. */
const PRIVATE = { 'Cache-Control': 'no-store', 'Referrer-Policy': 'no-referrer', 'X-Robots-Tag': 'noindex, nofollow' };
const tooLong = (c: Context) => c.text('Cette demande est trop longue.', 413, PRIVATE);
const smallForm = bodyLimit({ maxSize: 4 * 1024, onError: tooLong });
const pictureForm = bodyLimit({ maxSize: LARGEST_PICTURE + 64 * 1024, onError: tooLong });

type KitEnv = { Variables: { kit: OpenKit } };

/**
 * `/kit/:token`, a relay's own page: no account, no cookie. A guessed, revoked or expired address and a relay that stopped
 * answer alike. GET shows; what a relay does is a POST (BOT-04).
 */
export function kitPages(deps: KitDeps) {
  const app = new Hono<KitEnv>();

  app.use('/kit/:token/*', async (c, next) => {
    const kit = await openKit(deps, c.req.param('token') ?? '');
    if (!kit) return c.html(<KitGone />, 404, PRIVATE);
    c.set('kit', kit);
    await next();
    for (const [name, value] of Object.entries(PRIVATE)) c.res.headers.set(name, value);
  });

  const show = async (c: Context<KitEnv>, typed?: TypedDeclaration, refused?: Refusal) => {
    const kit = c.get('kit');
    const page = await readKit(deps, kit, c.req.query('niveau'));
    return c.html(
      <KitView
        page={page}
        base={`/kit/${kit.token}`}
        demo={deps.demo}
        now={deps.now()}
        done={c.req.query('fait')}
        typed={typed ?? { publishedOn: toParisDay(deps.now()) }}
        errors={refused?.fields}
        refusedMeasure={refusesMeasure(c)}
      />,
      refused ? 422 : 200,
    );
  };

  app.get('/kit/:token', async (c) => {
    const kit = c.get('kit');
    await recordOpening(deps, kit, visit(c)).catch((error: Error) =>
      log.warn({ error: error.message }, 'kit non compté'),
    );
    const { organisationId, campaignId } = kit;
    // For all kits together: partners read these counts, and no relay may be told apart in them.
    await count(c, deps, { organisationId, campaignId, page: 'kits', what: 'visite' });
    return show(c);
  });

  app.post('/kit/:token/actes', smallForm, async (c) => {
    const kit = c.get('kit');
    const form = await c.req.parseBody();
    const [what, detail] = [String(form.quoi ?? ''), String(form.detail ?? '')];
    await recordAct(deps, kit, { what, detail }, visit(c));
    const file = what === 'telecharge' ? fileOf(kit, detail) : null;
    return file ? c.redirect(file, 303) : c.body(null, 204);
  });

  app.post('/kit/:token/publications', pictureForm, async (c) => {
    const kit = c.get('kit');
    const form = await c.req.parseBody();
    const text = (name: string) => (typeof form[name] === 'string' ? form[name].replaceAll('\0', '').trim() : '');
    const typed: TypedDeclaration = {
      channel: text('channel'),
      audience: text('audience'),
      publishedOn: text('publishedOn'),
      url: text('url'),
      note: text('note'),
    };
    try {
      await declarePublication(deps, kit, declaredFrom(typed), await pictureIn(form.picture));
      return c.redirect(`/kit/${kit.token}?fait=publie#publications`, 303);
    } catch (error) {
      if (!(error instanceof Refusal) || error.kind !== 'invalid') throw error;
      return show(c, typed, error);
    }
  });

  app.post('/kit/:token/publications/:id{[0-9]{1,15}}/retrait', smallForm, async (c) => {
    const kit = c.get('kit');
    await withdrawDeclaration(deps, kit, Number(c.req.param('id')));
    return c.redirect(`/kit/${kit.token}?fait=retire#publications`, 303);
  });

  app.get('/kit/:token/publications/:id{[0-9]{1,15}}/image', async (c) => {
    const picture = await kitPicture(deps, c.get('kit'), Number(c.req.param('id')));
    return picture ? image(c, picture) : c.html(<KitGone />, 404);
  });

  app.get('/kit/:token/arret', (c) => {
    const kit = c.get('kit');
    return c.html(<LeaveView relay={kit.relay} base={`/kit/${kit.token}`} demo={deps.demo} />);
  });

  app.post('/kit/:token/arret', smallForm, async (c) => {
    await leaveRelay(deps, c.get('kit'));
    return c.html(<LeftView demo={deps.demo} />);
  });

  app.get('/kit/:token/:file{affiche-a4\\.pdf|affiche-a3\\.pdf|carte\\.pdf}', async (c) => {
    const name = c.req.param('file');
    const format = name === 'carte.pdf' ? 'carte' : name === 'affiche-a3.pdf' ? 'a3' : 'a4';
    const pdf = await kitPoster(deps, c.get('kit'), format);
    return c.body(new Uint8Array(pdf), 200, asFile('application/pdf', name));
  });

  app.get('/kit/:token/webinaires/:webinar/affiche.pdf', async (c) => {
    const address = c.req.param('webinar');
    const pdf = await webinarPoster(deps, c.get('kit'), address);
    if (!pdf) return c.html(<KitGone />, 404);
    return c.body(new Uint8Array(pdf), 200, asFile('application/pdf', 'affiche-webinaire.pdf'));
  });

  app.get('/kit/:token/agenda.ics', async (c) =>
    c.body(await kitCalendar(deps, c.get('kit')), 200, asFile('text/calendar; charset=utf-8', 'agenda.ics')),
  );

  app.get('/kit/:token/code-qr.png', async (c) => {
    const { link } = await readKit(deps, c.get('kit'));
    return c.body(new Uint8Array(await kitCode(link)), 200, asFile('image/png', 'code-qr.png'));
  });

  app.get('/kit/:token/:extract{extrait\\.html|extrait\\.txt}', async (c) => {
    const { extract } = await readKit(deps, c.get('kit'), c.req.query('niveau'));
    if (!extract) return c.html(<KitGone />, 404);
    const name = c.req.param('extract');
    // As text: what others wrote never runs on this site.
    return c.body(
      name === 'extrait.html' ? extract.html : extract.text,
      200,
      asFile('text/plain; charset=utf-8', name),
    );
  });
  return app;
}

const visit = (c: Context) =>
  featuresOf(c.req.method, {
    userAgent: c.req.header('user-agent'),
    secPurpose: c.req.header('sec-purpose'),
    purpose: c.req.header('purpose'),
    xMoz: c.req.header('x-moz'),
  });

const asFile = (type: string, name: string): Record<string, string> => ({
  'Content-Type': type,
  'Content-Disposition': `attachment; filename="${name}"`,
  'X-Content-Type-Options': 'nosniff',
});

const image = (c: Context, { bytes, type }: Picture) =>
  c.body(new Uint8Array(bytes), 200, {
    'Content-Type': type,
    'X-Content-Type-Options': 'nosniff',
    'Content-Security-Policy': "default-src 'none'; sandbox",
  });

/** Where the file stands that a relay says it takes. */
function fileOf(kit: OpenKit, detail: string): string | null {
  const base = `/kit/${kit.token}`;
  const [kind, name] = detail.split(':');
  if (kind === 'affiche') return `${base}/affiche-${name}.pdf`;
  if (kind === 'affiche-webinaire') return `${base}/webinaires/${name}/affiche.pdf`;
  if (kind === 'carte') return `${base}/carte.pdf`;
  if (kind === 'agenda') return `${base}/agenda.ics`;
  if (kind === 'qr') return `${base}/code-qr.png`;
  if (kind === 'extrait') return `${base}/extrait.${name === 'html' ? 'html' : 'txt'}`;
  return kind === 'visuel' ? `/fichiers/${kit.campaign}/${name}` : null;
}

/** « 1 200 » and « 1200 » are one number; nothing typed is nothing said. */
const declaredFrom = (typed: TypedDeclaration) => ({
  channel: typed.channel,
  audience: typed.audience ? Number(typed.audience.replace(/[\s\u00a0\u202f]/g, '')) : null,
  publishedOn: typed.publishedOn,
  url: typed.url || null,
  note: typed.note ?? '',
});

async function pictureIn(value: unknown): Promise<Picture | null> {
  if (!(value instanceof File) || value.size === 0) return null;
  return pictureOf(Buffer.from(await value.arrayBuffer()));
}
