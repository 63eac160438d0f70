import type { Context } from 'hono';
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { log } from '../base/log.ts';
import type { VisitCounter } from '../pages/visit-counter.ts';
import { featuresOf } from '../tracking/features.ts';

export type VisitDeps = { visits: VisitCounter; networkOf: (c: Context) => string };

/**
 * What a partner's page carries. No cookie, nothing stored, nothing read of the machine but what every request says; it
 * sends the path (without parameters), the host that led there, and two words of the address, then forgets. It does
 * nothing where the browser asks not to be tracked, nor where the site says that its visitor refuses
 * (`window.porteVoixRefus`, or `data-mesure="non"` on `<html>`).
 */
export const VISIT_SCRIPT = `(function(w,d,n){var s=d.currentScript,l=w.location,q,r="";if(!s||n.doNotTrack=="1"||w.doNotTrack=="1"||n.globalPrivacyControl||w.porteVoixRefus||d.documentElement.getAttribute("data-mesure")=="non")return;try{r=new URL(d.referrer).host}catch(e){}q=new URLSearchParams(l.search);fetch(new URL("/v",s.src),{method:"POST",mode:"cors",credentials:"omit",keepalive:true,referrerPolicy:"origin",body:JSON.stringify({k:s.getAttribute("data-cle"),p:l.pathname,r:r,m:q.get("utm_medium"),d:q.get("de")})}).catch(function(){})})(window,document,navigator)
`;

const LARGEST = 4 * 1024;
const small = bodyLimit({ maxSize: LARGEST, onError: (c) => c.body(null, 413) });

/** `GET /v.js` and `POST /v`: visits of partners' pages. Neither sets a cookie; whoever refuses is not counted here either. */
export function visitPages({ visits, networkOf }: VisitDeps) {
  const app = new Hono();
  app.get('/v.js', (c) =>
    c.body(VISIT_SCRIPT, 200, {
      'Content-Type': 'text/javascript; charset=utf-8',
      'Cache-Control': 'public, max-age=3600',
      'X-Content-Type-Options': 'nosniff',
      'Cross-Origin-Resource-Policy': 'cross-origin',
    }),
  );

  app.post('/v', small, async (c) => {
    const header = (name: string): string | undefined => c.req.header(name);
    const origin = header('origin') ?? '';
    // A page may send this without asking first, and may read no answer: there is none to read.
    const cors: Record<string, string> = origin === '' ? {} : { 'Access-Control-Allow-Origin': origin, Vary: 'Origin' };
    if (header('dnt') === '1' || header('sec-gpc') === '1') return c.body(null, 204, cors);
    const told = readTold(await c.req.text());
    if (!told) return c.body(null, 400);
    const agent = header('user-agent') ?? '';
    const visitor = {
      address: networkOf(c),
      agent,
      features: featuresOf('GET', { userAgent: agent, secPurpose: header('sec-purpose'), purpose: header('purpose') }),
    };
    try {
      const counted = await visits.hit(visitor, told, origin);
      if (counted === 'trop') return c.body(null, 429);
      if (counted === 'inconnu' || counted === 'illisible') return c.body(null, 403);
    } catch (error) {
      // A visit that cannot be counted is nobody's trouble but ours.
      log.warn({ error: (error as Error).message }, 'visite non comptée');
    }
    return c.body(null, 204, cors);
  });
  return app;
}

/** Null: not what our script sends. Each part is whatever somebody wrote: it is checked where it is used. */
function readTold(text: string) {
  try {
    const told: unknown = JSON.parse(text);
    if (typeof told !== 'object' || told === null) return null;
    const { k, p, r, m, d } = told as Record<string, unknown>;
    return { key: k, path: p, referrer: r, medium: m, origin: d };
  } catch {
    return null;
  }
}
