import { Hono } from 'hono';
import { getCookie } from 'hono/cookie';
import { acceptInvitation, readInvitation } from '../approvals/accept-invitation.ts';
import { longDateTime } from '../base/dates.ts';
import { Refusal } from '../base/errors.ts';
import { readSession } from '../organisations/sessions.ts';
import { readInvitedTo } from '../proofs/invited-to.ts';
import type { WebContext, WebDeps, WebEnv } from './env.ts';
import { sessionCookie, unsignedForm } from './gate.ts';
import { formOf, secure } from './page.tsx';
import { enter } from './sign-in.tsx';
import { Acts, Button, ButtonLink, PageHead, Section } from './ui/components.tsx';
import { ErrorSummary, errorOf, Field } from './ui/fields.tsx';
import { PublicLayout } from './ui/layout.tsx';
import { networkOf } from './visitor.ts';

/** The link of a mail to a valideur: who asks what, then a code, which opens a session once. Opening the link opens nothing. */
export function invitationPages(deps: WebDeps) {
  const app = new Hono<WebEnv>();
  const address = '/invitation/:sealed{[\\w-]{43}}';

  app.use('/invitation/*', unsignedForm);

  app.get(address, (c) => invitation(c, c.req.param('sealed')));

  app.post(address, async (c) => {
    const form = await formOf(c);
    const sealed = c.req.param('sealed');
    try {
      const opened = await acceptInvitation(
        { ...deps, network: networkOf(c, deps.trustedProxies) },
        sealed,
        form.text('code'),
      );
      return await enter(c, deps, opened.secret, pathOf(opened.path));
    } catch (error) {
      if (!(error instanceof Refusal) || error.kind === 'not-found') throw error;
      return invitation(c, sealed, error);
    }
  });

  async function invitation(c: WebContext, sealed: string, error?: Refusal) {
    const seen = await readInvitation(deps, sealed);
    const path = pathOf(seen.path);
    const secret = getCookie(c, sessionCookie(secure(c)));
    const session = secret ? await readSession(deps, secret) : null;
    if (session?.actor.organisationId === seen.organisation.id) return c.redirect(path, 303);
    // Used, too old or tried too often: one signs in as usual, and lands where the mail led.
    if (!seen.open && !(error?.kind === 'invalid' || error?.kind === 'too-many'))
      return c.redirect(`/connexion?retour=${encodeURIComponent(path)}`, 303);
    const asked = await readInvitedTo(deps, path);
    return c.html(
      <PublicLayout title="Une validation vous est demandée" demo={deps.demo}>
        <PageHead
          title={
            asked?.push
              ? `${asked.lead} vous demande de relire « ${asked.push.title} ».`
              : 'Une validation vous est demandée.'
          }
          lead={leadOf(asked, seen.organisation.name)}
        />
        {error && <ErrorSummary errors={error.fields} message={error.fields.length ? undefined : error.message} />}
        <Section title="Votre code">
          {seen.open && (
            <form method="post" action={`/invitation/${sealed}`}>
              <Field
                name="code"
                kind="code"
                label="Code à six chiffres"
                hint="Il est dans le message qui vous a mené ici, et sert une seule fois."
                required
                error={errorOf(error?.fields, 'code')}
              />
              <Acts>
                <Button primary>Lire et décider</Button>
              </Acts>
            </form>
          )}
          <Acts>
            <ButtonLink quiet href={`/connexion?retour=${encodeURIComponent(path)}`}>
              Sans le code : se connecter avec son adresse
            </ButtonLink>
          </Acts>
        </Section>
      </PublicLayout>,
      error ? (error.kind === 'too-many' ? 429 : 422) : 200,
    );
  }
  return app;
}

type Asked = Awaited<ReturnType<typeof readInvitedTo>>;

const leadOf = (asked: Asked, organisation: string): string =>
  [
    asked ? `Campagne « ${asked.campaign} », pour ${organisation}.` : `Pour ${organisation}.`,
    asked?.push?.answerBy ? `Réponse attendue avant le ${longDateTime(asked.push.answerBy)}.` : '',
    'Donnez le code du message : aucun mot de passe n’est nécessaire.',
  ]
    .filter(Boolean)
    .join(' ');

/** Only a path of ours: never another site. */
const pathOf = (path: string): string => (/^\/(?![/\\])[\w\-./%?&=#]*$/.test(path) ? path : '/');
