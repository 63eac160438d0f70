import type { Context, MiddlewareHandler } from 'hono';
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import type { Ctx } from '../base/context.ts';
import { log } from '../base/log.ts';
import type { VisitCounter } from '../pages/visit-counter.ts';
import { countPage, type PageEvent } from '../tracking/count-page.ts';
import { featuresOf } from '../tracking/features.ts';
import { Acts, Button, PageHead, Prose } from '../web/ui/components.tsx';
import { PublicLayout } from '../web/ui/layout.tsx';

/** Remembers one thing: not to count. It is the only cookie of the public pages, and only for who asks for it (PRV-20). */
const REFUSED = 'nomesure';
/** Thirteen months: longer would be a tracker’s life (standards §1.3). */
const REFUSED_SECONDS = 13 * 30 * 86_400;

/** By the button of the page `/mesure`, or by what the browser says to every site. */
export const refusesMeasure = (c: Context): boolean =>
  getCookie(c, REFUSED) !== undefined || c.req.header('dnt') === '1' || c.req.header('sec-gpc') === '1';

type Deps = Pick<Ctx, 'db' | 'now'>;

type Visits = { visits: VisitCounter; networkOf: (c: Context) => string };
declare module 'hono' {
  interface ContextVariableMap {
    /** How public pages tell a visit from the openings that make it up. */
    visits?: Visits;
  }
}

/** Gives every public page the counter of visits, which lives as long as the process. */
export const countingVisits =
  (visits: Visits): MiddlewareHandler =>
  async (c, next) => {
    c.set('visits', visits);
    await next();
  };

/**
 * Counts an opening, a download or a copy, unless the visitor refuses; and the visit that an opening begins, apart (the two
 * are never added). A count that fails hides no page.
 */
export async function count(c: Context, deps: Deps, event: PageEvent): Promise<void> {
  if (c.req.method === 'HEAD' || refusesMeasure(c)) return;
  const features = featuresOf(c.req.method, {
    userAgent: c.req.header('user-agent'),
    secPurpose: c.req.header('sec-purpose'),
    purpose: c.req.header('purpose'),
    xMoz: c.req.header('x-moz'),
  });
  await countPage(deps.db, event, features, deps.now()).catch((error: Error) =>
    log.warn({ error: error.message, page: event.page }, 'page non comptée'),
  );
  const counting = c.get('visits');
  if (event.what !== 'visite' || !counting) return;
  const visitor = { address: counting.networkOf(c), agent: c.req.header('user-agent') ?? '', features };
  const referrer = URL.parse(c.req.header('referer') ?? '')?.host ?? '';
  const told = { referrer, medium: c.req.query('utm_medium'), origin: c.req.query('de') };
  await counting.visits
    .ownPage(visitor, event, told)
    .catch((error: Error) => log.warn({ error: error.message, page: event.page }, 'visite non comptée'));
}

const smallForm = bodyLimit({ maxSize: 1024, onError: (c) => c.text('Cette demande est trop longue.', 413) });

/** At the end of every page that is counted (PRV-23). */
export const MeasureNote = ({ refused }: { refused: boolean }) => (
  <Acts>
    <p class="note">
      {refused
        ? 'Votre visite n’est pas comptée. '
        : 'Cette page compte ses visites, sans cookie et sans savoir de qui. '}
      <a href="/mesure">{refused ? 'Revoir ce choix' : 'Ne pas être compté'}</a>
    </p>
  </Acts>
);

/** `GET /mesure` says what is counted; one click (POST) refuses it, or takes it back (BOT-04). */
export function measurePages({ publicUrl }: Pick<Ctx, 'publicUrl'>) {
  const app = new Hono();
  app.get('/mesure', (c) =>
    c.html(
      <MeasurePage
        cookie={getCookie(c, REFUSED) !== undefined}
        browser={c.req.header('dnt') === '1' || c.req.header('sec-gpc') === '1'}
      />,
    ),
  );
  app.post('/mesure', smallForm, async (c) => {
    const secure = publicUrl.startsWith('https:');
    const form = await c.req.parseBody();
    if (form.choix === 'accepter') deleteCookie(c, REFUSED, { path: '/', secure });
    else setCookie(c, REFUSED, '1', { path: '/', maxAge: REFUSED_SECONDS, httpOnly: true, sameSite: 'Lax', secure });
    return c.redirect('/mesure', 303);
  });
  return app;
}

const MeasurePage = ({ cookie, browser }: { cookie: boolean; browser: boolean }) => (
  <PublicLayout title="Mesure d’audience">
    <PageHead
      title={
        cookie || browser
          ? 'Vos visites ne sont pas comptées.'
          : 'Vos visites sont comptées, sans savoir que c’est vous.'
      }
      lead="Les pages publiques comptent combien de fois elles sont ouvertes et combien de fichiers sont téléchargés, heure par heure. Rien d’autre."
    />
    <Prose>
      <p>
        Ni cookie, ni empreinte, ni adresse de connexion, ni lien avec une liste de contacts : le compte d’une page est
        un nombre. Il sert aux organisations qui publient ces ressources à savoir lesquelles sont lues.
      </p>
      <p>
        {browser
          ? 'Votre navigateur demande à ne pas être suivi (« Do Not Track » ou « Global Privacy Control ») : nous le respectons, il n’y a rien d’autre à faire.'
          : cookie
            ? 'Ce navigateur garde un seul témoin, « nomesure », qui dit de ne pas vous compter. Il s’efface au bout de treize mois.'
            : 'Vous pouvez refuser d’être compté. Votre navigateur gardera alors un seul témoin (cookie), « nomesure », qui ne dit que cela.'}
      </p>
      <p>
        Sur le site d’un partenaire qui porte notre script, aucun témoin n’est lu, pas même celui-là : le refus passe
        par votre navigateur (« Do Not Track » ou « Global Privacy Control »), ou par le choix que ce site vous propose.
      </p>
    </Prose>
    {!browser && (
      <form method="post" action="/mesure">
        <input type="hidden" name="choix" value={cookie ? 'accepter' : 'refuser'} />
        <Acts>
          <Button primary>{cookie ? 'Compter à nouveau mes visites' : 'Ne plus compter mes visites'}</Button>
        </Acts>
      </form>
    )}
  </PublicLayout>
);
