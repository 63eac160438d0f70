import type { Context } from 'hono';
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { Refusal } from '../base/errors.ts';
import { cancelByLink } from '../webinars/cancel-registration.ts';
import { changeRegistration } from '../webinars/change-registration.ts';
import { disown } from '../webinars/disown-registration.ts';
import { type MyRegistration, openRegistration } from '../webinars/my-registration.ts';
import { registrationFile } from '../webinars/public-calendar.ts';
import {
  DisownRegistration,
  LeaveRegistration,
  RegistrationGone,
  RegistrationView,
  type TypedChange,
} from './registration-pages.tsx';
import { webinarPath } from './webinar-words.ts';
import type { WebinarDeps } from './webinars.tsx';

/** Whoever has the address has the registration: nothing keeps it, lists it, or tells the next site where one came from. */
const PRIVATE = { 'Cache-Control': 'no-store', 'Referrer-Policy': 'no-referrer', 'X-Robots-Tag': 'noindex, nofollow' };
const smallForm = bodyLimit({
  maxSize: 8 * 1024,
  onError: (c) => c.text('Cette demande est trop longue.', 413, PRIVATE),
});

type Env = { Variables: { mine: MyRegistration; base: string } };

/** `/inscriptions/:token`, a person's own registration: no account, no cookie. GET shows; changing is a POST (BOT-04). */
export function registrationPages(deps: WebinarDeps) {
  const app = new Hono<Env>();

  app.use('/inscriptions/:token/*', async (c, next) => {
    const token = c.req.param('token') ?? '';
    const mine = await openRegistration(deps, token);
    if (!mine) return c.html(<RegistrationGone />, 404, PRIVATE);
    c.set('mine', mine);
    c.set('base', `/inscriptions/${token}`);
    await next();
    for (const [name, value] of Object.entries(PRIVATE)) c.res.headers.set(name, value);
  });

  const show = (c: Context<Env>, typed?: TypedChange, refused?: Refusal) =>
    c.html(
      <RegistrationView
        mine={c.get('mine')}
        base={c.get('base')}
        demo={deps.demo}
        done={c.req.query('fait')}
        typed={typed ?? c.get('mine')}
        errors={refused?.fields}
      />,
      refused ? 422 : 200,
    );

  app.get('/inscriptions/:token', (c) => show(c));

  app.post('/inscriptions/:token', smallForm, async (c) => {
    const body = await c.req.parseBody();
    const text = (name: string): string => (typeof body[name] === 'string' ? body[name].replaceAll('\0', '') : '');
    const typed = {
      firstName: text('firstName'),
      lastName: text('lastName'),
      company: text('company'),
      question: text('question'),
    };
    try {
      await changeRegistration(deps, c.req.param('token'), typed);
      return c.redirect(`${c.get('base')}?fait=change`, 303);
    } catch (error) {
      if (!(error instanceof Refusal) || error.kind !== 'invalid') throw error;
      return show(c, typed, error);
    }
  });

  app.get('/inscriptions/:token/annulation', (c) =>
    c.get('mine').changeable
      ? c.html(<LeaveRegistration mine={c.get('mine')} base={c.get('base')} demo={deps.demo} />)
      : c.redirect(c.get('base'), 303),
  );

  app.post('/inscriptions/:token/annulation', smallForm, async (c) => {
    await cancelByLink(deps, c.req.param('token'));
    return c.redirect(`${c.get('base')}?fait=annule`, 303);
  });

  app.get('/inscriptions/:token/pas-moi', (c) =>
    c.html(<DisownRegistration mine={c.get('mine')} base={c.get('base')} demo={deps.demo} />),
  );

  app.post('/inscriptions/:token/pas-moi', smallForm, async (c) => {
    const { address } = await disown(deps, c.req.param('token'));
    return c.redirect(webinarPath(address, '?inscription=effacee'), 303);
  });

  app.get('/inscriptions/:token/agenda.ics', (c) =>
    c.body(registrationFile(deps, c.get('mine')), 200, {
      'Content-Type': 'text/calendar; charset=utf-8',
      'Content-Disposition': 'attachment; filename="webinaire.ics"',
      'X-Content-Type-Options': 'nosniff',
    }),
  );
  return app;
}
