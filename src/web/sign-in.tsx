import { Hono } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import { Refusal } from '../base/errors.ts';
import { serviceSender } from '../organisations/schema.ts';
import { closeSession, switchOrganisation } from '../organisations/sessions.ts';
import { requestCode, signInWithCode, signInWithPassword, type Visitor } from '../organisations/sign-in.ts';
import type { WebContext, WebDeps, WebEnv } from './env.ts';
import { sessionCookie, unsignedForm } from './gate.ts';
import { formOf, secure } from './page.tsx';
import { CodePage, SignInPage } from './sign-in-pages.tsx';
import { networkOf } from './visitor.ts';

const CHALLENGE = 'porte-voix-defi';

/** Pages before the session: no account is ever confirmed or denied by what they show. */
export function signInPages(deps: WebDeps) {
  const app = new Hono<WebEnv>();
  const visitor = (c: WebContext): Visitor => ({ ...deps, network: networkOf(c, deps.trustedProxies) });

  app.use('/connexion/*', unsignedForm);

  app.get('/connexion', (c) => c.html(<SignInPage demo={deps.demo} back={backOf(c.req.query('retour'))} />));

  app.post('/connexion', async (c) => {
    const form = await formOf(c);
    const back = backOf(form.text('retour'));
    try {
      const { challenge, shown } = await requestCode(visitor(c), form.text('adresse'), serviceSender(deps.publicUrl));
      await deps.wake({ kind: 'outbox' });
      setCookie(c, CHALLENGE, challenge, {
        path: '/connexion',
        httpOnly: true,
        sameSite: 'Lax',
        maxAge: 600,
        secure: secure(c),
      });
      return c.html(<CodePage address={form.text('adresse')} shown={shown} back={back} />);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return c.html(
        <SignInPage demo={deps.demo} back={back} address={form.text('adresse')} error={error} />,
        error.kind === 'too-many' ? 429 : 422,
      );
    }
  });

  app.post('/connexion/code', async (c) => {
    const form = await formOf(c);
    const back = backOf(form.text('retour'));
    try {
      const opened = await signInWithCode(visitor(c), {
        challenge: getCookie(c, CHALLENGE) ?? '',
        code: form.text('code'),
      });
      deleteCookie(c, CHALLENGE, { path: '/connexion', secure: secure(c) });
      return await enter(c, deps, opened.secret, back);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return c.html(<CodePage address={form.text('adresse')} shown={null} back={back} error={error} />, 422);
    }
  });

  app.post('/connexion/mot-de-passe', async (c) => {
    const form = await formOf(c);
    const back = backOf(form.text('retour'));
    try {
      const opened = await signInWithPassword(visitor(c), {
        address: form.text('adresse-mdp'),
        password: form.text('password'),
      });
      return await enter(c, deps, opened.secret, back);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return c.html(
        <SignInPage demo={deps.demo} back={back} address={form.text('adresse-mdp')} error={error} withPassword />,
        error.kind === 'too-many' ? 429 : 422,
      );
    }
  });
  return app;
}

/** Behind the gate: leaving, and acting for another of one's organisations. */
export function sessionPages(deps: WebDeps) {
  const app = new Hono<WebEnv>();
  const secretOf = (c: WebContext) => getCookie(c, sessionCookie(secure(c))) ?? '';
  app.post('/deconnexion', async (c) => {
    await closeSession(deps, secretOf(c));
    deleteCookie(c, sessionCookie(secure(c)), { path: '/', secure: secure(c) });
    return c.redirect('/connexion', 303);
  });
  app.post('/organisation-courante', async (c) => {
    await switchOrganisation(deps, secretOf(c), (await formOf(c)).text('organisation'));
    return c.redirect('/', 303);
  });
  return app;
}

/** The session this browser had before ends with the new one: nobody is left signed in behind it (ASVS 7.2.4). */
export async function enter(c: WebContext, deps: WebDeps, secret: string, back: string) {
  const before = getCookie(c, sessionCookie(secure(c)));
  if (before) await closeSession(deps, before);
  setCookie(c, sessionCookie(secure(c)), secret, { path: '/', httpOnly: true, sameSite: 'Lax', secure: secure(c) });
  return c.redirect(back, 303);
}

/** Only a path of ours: never another site. */
const backOf = (path: string | undefined): string => (path && /^\/(?![/\\])[\w\-./%?&=+]*$/.test(path) ? path : '/');
