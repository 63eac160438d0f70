import { Hono } from 'hono';
import { type FieldError, Refusal } from '../base/errors.ts';
import { systemResolver } from '../mail/resolver.ts';
import { allow, may } from '../organisations/permissions.ts';
import { addDomain } from '../senders/add-domain.ts';
import { changeBounceAddress } from '../senders/change-bounce-address.ts';
import { checkDomain } from '../senders/check-domain.ts';
import { proveSignature } from '../senders/prove-signature.ts';
import { readSenderDomain, readSenders, type ShownTransport } from '../senders/read-senders.ts';
import { removeDomain } from '../senders/remove-domain.ts';
import { saveTransport } from '../senders/save-transport.ts';
import type { TransportInput } from '../senders/schema.ts';
import { testTransport } from '../senders/test-transport.ts';
import { stopUsingTransport, useTransport } from '../senders/use-transport.ts';
import { acting, ID, idOf } from './acting.ts';
import type { WebContext, WebDeps, WebEnv } from './env.ts';
import { formOf, page, redirectWith } from './page.tsx';
import { AddDomainPage, DomainPage, RemoveDomainPage } from './senders-domain-pages.tsx';
import { SendersView } from './senders-pages.tsx';
import { SERVER_FIELDS, type ServerForm, ServerPage } from './senders-server-page.tsx';

const ENVOI = '/organisation/envoi';
const DOMAIN = `${ENVOI}/domaines/${ID}`;

/** How the organisation's mail leaves: its server and its domains. Its people read; only an administrateur changes it. */
export function senderPages(deps: WebDeps) {
  const app = new Hono<WebEnv>();
  const resolver = deps.resolver ?? systemResolver();
  const instance = { demo: deps.demo };

  app.get(ENVOI, async (c) => {
    const { actor } = acting(c);
    return page(
      c,
      { title: 'Envoi', current: '/organisation' },
      <SendersView
        senders={await readSenders(acting(c))}
        mayWrite={may(actor, 'organisation.write')}
        demo={deps.demo}
        address={actor.address}
        csrf={c.get('session').csrf}
      />,
    );
  });

  app.get(`${ENVOI}/serveur`, async (c) => {
    allow(acting(c).actor, 'organisation.write');
    const { transport } = await readSenders(acting(c));
    return showServer(c, transport ? formOfTransport(transport) : EMPTY_SERVER, transport?.hasSecret ?? false);
  });

  app.post(`${ENVOI}/serveur`, async (c) => {
    const form = await formOf(c);
    const typed = Object.fromEntries(SERVER_FIELDS.map((name) => [name, form.text(name).trim()])) as ServerForm;
    try {
      await saveTransport(acting(c), inputOf(typed, form.text('secret')), instance);
    } catch (error) {
      const { transport } = await readSenders(acting(c));
      return showServer(c, typed, transport?.hasSecret ?? false, refusedFields(error));
    }
    return redirectWith(c, ENVOI, { kind: 'ok', text: 'Les réglages du serveur sont enregistrés.' });
  });

  app.post(`${ENVOI}/essai`, async (c) => {
    const ctx = acting(c);
    const { ok } = await testTransport(ctx, { to: ctx.actor.address }, instance);
    return redirectWith(c, `${ENVOI}#essai`, {
      kind: ok ? 'ok' : 'problem',
      text: ok
        ? `Le serveur a pris le message d’essai : il doit arriver à ${ctx.actor.address}.`
        : 'Le serveur n’a pas pris le message d’essai. Ses réponses sont ci-dessous.',
    });
  });

  app.post(`${ENVOI}/usage`, async (c) => {
    const own = (await formOf(c)).text('usage') === 'propre';
    await (own ? useTransport : stopUsingTransport)(acting(c));
    return redirectWith(c, ENVOI, {
      kind: 'ok',
      text: own
        ? 'Vos prochains messages partiront par votre serveur.'
        : 'Vos prochains messages partiront par le serveur commun.',
    });
  });

  app.get(`${ENVOI}/domaines/nouveau`, async (c) => {
    allow(acting(c).actor, 'organisation.write');
    const { senderDomain, domains } = await readSenders(acting(c));
    const domain = domains.some((d) => d.domain === senderDomain) ? '' : senderDomain;
    return showNewDomain(c, { domain, signing: 'ici', bounceAddress: '' });
  });

  app.post(`${ENVOI}/domaines/nouveau`, async (c) => {
    const form = await formOf(c);
    const typed = {
      domain: form.text('domain'),
      signing: form.text('signing'),
      bounceAddress: form.text('bounceAddress').trim(),
    };
    try {
      const { id, domain } = await addDomain(acting(c), {
        ...typed,
        signing: typed.signing as 'ici',
        bounceAddress: typed.bounceAddress || null,
      });
      return redirectWith(c, `${ENVOI}/domaines/${id}`, { kind: 'ok', text: `${domain} est ajouté.` });
    } catch (error) {
      return showNewDomain(c, typed, refusedFields(error));
    }
  });

  app.get(DOMAIN, async (c) => showDomain(c));

  app.post(`${DOMAIN}/verification`, async (c) => {
    const { domain, verified } = await checkDomain(acting(c), idOf(c), resolver);
    return redirectWith(c, `${ENVOI}/domaines/${idOf(c)}`, checkedFlash(domain, verified));
  });

  app.post(`${DOMAIN}/signature`, async (c) => {
    const file = (await formOf(c)).file('message');
    try {
      const message = file ? Buffer.from(await file.arrayBuffer()) : Buffer.alloc(0);
      const { domain, verified } = await proveSignature(acting(c), idOf(c), message, resolver);
      return redirectWith(c, `${ENVOI}/domaines/${idOf(c)}`, checkedFlash(domain, verified));
    } catch (error) {
      return showDomain(c, { errors: refusedFields(error) });
    }
  });

  app.post(`${DOMAIN}/retours`, async (c) => {
    const bounce = (await formOf(c)).text('bounceAddress').trim();
    try {
      await changeBounceAddress(acting(c), idOf(c), bounce || null);
    } catch (error) {
      return showDomain(c, { errors: refusedFields(error), bounce });
    }
    return redirectWith(c, `${ENVOI}/domaines/${idOf(c)}`, {
      kind: 'ok',
      text: 'L’adresse de retour est enregistrée. Vérifiez de nouveau le domaine.',
    });
  });

  app.get(`${DOMAIN}/retrait`, async (c) => {
    allow(acting(c).actor, 'organisation.write');
    const domain = await readSenderDomain(acting(c), idOf(c));
    return page(
      c,
      { title: `Retirer ${domain.domain}`, current: '/organisation' },
      <RemoveDomainPage domain={domain} csrf={c.get('session').csrf} />,
    );
  });

  app.post(`${DOMAIN}/retrait`, async (c) => {
    const { domain } = await removeDomain(acting(c), idOf(c));
    return redirectWith(c, ENVOI, { kind: 'ok', text: `${domain} est retiré.` });
  });

  const showServer = (c: WebContext, form: ServerForm, hasSecret: boolean, errors?: FieldError[]) =>
    page(
      c,
      { title: 'Serveur d’envoi', current: '/organisation', status: errors ? 422 : 200 },
      <ServerPage form={form} hasSecret={hasSecret} demo={deps.demo} errors={errors} csrf={c.get('session').csrf} />,
    );

  return app;
}

const EMPTY_SERVER: ServerForm = {
  host: '',
  port: '587',
  security: 'starttls',
  auth: 'mot_de_passe',
  username: '',
  connections: '4',
  perMinute: '',
  perDay: '',
};

const formOfTransport = (t: ShownTransport): ServerForm => ({
  host: t.host,
  port: String(t.port),
  security: t.security,
  auth: t.auth,
  username: t.username,
  connections: String(t.connections),
  perMinute: String(t.perMinute ?? ''),
  perDay: String(t.perDay ?? ''),
});

/** Texts as they were typed: what they must be is the verb's to say. */
const inputOf = (typed: ServerForm, secret: string) =>
  ({ ...typed, secret, perMinute: typed.perMinute || null, perDay: typed.perDay || null }) as TransportInput;

const checkedFlash = (domain: string, verified: boolean) =>
  verified
    ? { kind: 'ok' as const, text: `${domain} est vérifié.` }
    : { kind: 'problem' as const, text: `${domain} n’est pas en règle : ce qui est à faire est écrit ci-dessous.` };

/** Field errors of a refused form; anything else goes to the error page. */
function refusedFields(error: unknown): FieldError[] {
  if (error instanceof Refusal && error.kind === 'invalid' && error.fields.length > 0) return error.fields;
  throw error;
}

async function showDomain(c: WebContext, answer: { errors?: FieldError[]; bounce?: string } = {}) {
  const ctx = acting(c);
  const domain = await readSenderDomain(ctx, idOf(c));
  return page(
    c,
    { title: domain.domain, current: '/organisation', status: answer.errors ? 422 : 200 },
    <DomainPage
      domain={domain}
      mayWrite={may(ctx.actor, 'organisation.write')}
      demo={c.get('deps').demo}
      csrf={c.get('session').csrf}
      {...answer}
    />,
  );
}

const showNewDomain = (
  c: WebContext,
  typed: { domain: string; signing: string; bounceAddress: string },
  errors?: FieldError[],
) =>
  page(
    c,
    { title: 'Ajouter un domaine d’expédition', current: '/organisation', status: errors ? 422 : 200 },
    <AddDomainPage {...typed} errors={errors} csrf={c.get('session').csrf} />,
  );
