import { Hono } from 'hono';
import { getCookie } from 'hono/cookie';
import { shortDateTime } from '../base/dates.ts';
import { Refusal } from '../base/errors.ts';
import { type Account, choosePassword, closeOtherSessions, readAccount } from '../organisations/account.ts';
import { may } from '../organisations/permissions.ts';
import type { WebContext, WebEnv } from './env.ts';
import { sessionCookie } from './gate.ts';
import { formOf, page, redirectWith, secure } from './page.tsx';
import { Acts, Button, Csrf, PageHead, Prose, Row, Rows, Section } from './ui/components.tsx';
import { ErrorSummary, errorOf, Field } from './ui/fields.tsx';

/** One's own account: a password for those who want one, and where it is open. */
export function accountPages() {
  const app = new Hono<WebEnv>();
  const secretOf = (c: WebContext) => getCookie(c, sessionCookie(secure(c))) ?? '';
  const own = (c: WebContext) => ({ ...c.get('ctx'), actor: c.get('session').actor });
  const show = async (c: WebContext, error?: Refusal) =>
    page(
      c,
      { title: 'Votre compte', status: error ? 422 : 200 },
      <AccountPage
        account={await readAccount(own(c), secretOf(c))}
        address={c.get('session').actor.address}
        csrf={c.get('session').csrf}
        keys={may(c.get('session').actor, 'key.write')}
        error={error}
      />,
    );

  app.get('/compte', (c) => show(c));

  app.post('/compte/mot-de-passe', async (c) => {
    const form = await formOf(c);
    try {
      await choosePassword(own(c), secretOf(c), { present: form.text('actuel'), chosen: form.text('password') });
    } catch (error) {
      if (error instanceof Refusal) return show(c, error);
      throw error;
    }
    return redirectWith(c, '/compte', {
      kind: 'ok',
      text: 'Votre mot de passe est enregistré. Les autres connexions sont fermées.',
    });
  });

  app.post('/compte/connexions', async (c) => {
    await closeOtherSessions(own(c), secretOf(c));
    return redirectWith(c, '/compte', { kind: 'ok', text: 'Les autres connexions sont fermées.' });
  });
  return app;
}

const AccountPage = ({
  account,
  address,
  csrf,
  keys,
  error,
}: {
  account: Account;
  address: string;
  csrf: string;
  /** May give other programs a key. */
  keys: boolean;
  error?: Refusal;
}) => (
  <>
    <PageHead
      title="Votre compte"
      lead={`Vous entrez avec ${address} et un code reçu par courriel${account.hasPassword ? ', ou avec votre mot de passe' : ''}.`}
      back={{ href: '/', label: 'Aujourd’hui' }}
    />
    {error && <ErrorSummary errors={error.fields} message={error.message} />}
    <Section title={account.hasPassword ? 'Changer de mot de passe' : 'Choisir un mot de passe'} note="facultatif">
      <form method="post" action="/compte/mot-de-passe">
        <Csrf token={csrf} />
        <input type="hidden" name="identifiant" value={address} autocomplete="username" />
        {account.hasPassword && (
          <Field
            name="actuel"
            kind="password"
            label="Mot de passe actuel"
            autocomplete="current-password"
            required
            error={errorOf(error?.fields, 'actuel')}
          />
        )}
        <Field
          name="password"
          kind="password"
          label="Nouveau mot de passe"
          hint="12 caractères au moins : une phrase convient très bien."
          autocomplete="new-password"
          required
          error={errorOf(error?.fields, 'password')}
        />
        <Acts>
          <Button primary>Enregistrer</Button>
        </Acts>
      </form>
    </Section>
    {keys && (
      <Section title="Depuis un autre programme" action={{ href: '/compte/cles', label: 'Vos clés' }}>
        <Prose>
          <p>
            Un tableur ou un tableau de bord peut lire les résultats que vous lisez, avec une clé que vous faites et
            fermez vous-même. <a href="/api">Comment faire</a>
          </p>
        </Prose>
      </Section>
    )}
    <Section title="Où votre compte est ouvert">
      <Rows label="Connexions en cours">
        {account.sessions.map((s) => (
          <Row
            what={s.current ? 'Cette connexion' : 'Une autre connexion'}
            meta={`ouverte ${shortDateTime(s.openedAt)}`}
            end={`vue ${shortDateTime(s.seenAt)}`}
          />
        ))}
      </Rows>
      {account.sessions.length > 1 && (
        <form method="post" action="/compte/connexions">
          <Csrf token={csrf} />
          <Acts>
            <Button>Fermer les autres connexions</Button>
          </Acts>
        </form>
      )}
      <Prose>
        <p>Une connexion se ferme d’elle-même après douze heures sans usage, et après sept jours dans tous les cas.</p>
      </Prose>
    </Section>
  </>
);
