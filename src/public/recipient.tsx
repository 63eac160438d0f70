import type { Context } from 'hono';
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { Ctx } from '../base/context.ts';
import { log } from '../base/log.ts';
import { chooseMeasurement, type Recipient, recipientOf, unsubscribe } from '../deliveries/recipient.ts';
import { webVersion } from '../proofs/web-version.ts';
import { webVersionHeaders } from '../rendering/web-version.ts';
import { Acts, Button, PageHead, Section } from '../web/ui/components.tsx';
import { PublicLayout } from '../web/ui/layout.tsx';
import { underEmbargo } from './communiques.tsx';
import { campaignOf, MEASURE_WORDING, Preferences } from './preferences.tsx';

export type RecipientDeps = Pick<Ctx, 'db' | 'secrets' | 'now' | 'publicUrl'> & {
  /** Tells the click journal that an unsubscribe link was fetched: scanners fetch it with the others (BOT rules). */
  onUnsubscribeVisit: (c: Context, confirmed: boolean) => Promise<void>;
};

const NO_STORE = { 'Cache-Control': 'no-store', 'Referrer-Policy': 'no-referrer', 'X-Robots-Tag': 'noindex' };

/** RFC 8058 sends 26 bytes, in one of two encodings; a page's button not much more. */
const smallForm = bodyLimit({ maxSize: 16 * 1024, onError: (c) => c.html(<Unknown />, 413, NO_STORE) });

/** One field of a form sent by a mailbox or by our page; a body that cannot be read says nothing, and is no fault of ours. */
async function fieldOf(c: Context, name: string): Promise<unknown> {
  try {
    return (await c.req.parseBody())[name];
  } catch (error) {
    log.debug({ error: (error as Error).message }, 'formulaire illisible');
    return undefined;
  }
}

/**
 * What a message's own links open. GET shows and changes nothing; only POST acts (BOT-04, RFC 8058): no session, no form
 * token, no redirect, and twice is once.
 */
export function recipientPages(deps: RecipientDeps) {
  const app = new Hono();

  app.get('/d/:token', async (c) => {
    const recipient = await recipientOf(deps, 'unsubscribe', c.req.param('token'));
    if (!recipient) return c.html(<Unknown />, 404, NO_STORE);
    await deps.onUnsubscribeVisit(c, false);
    return c.html(<Leave recipient={recipient} action={c.req.path} />, 200, NO_STORE);
  });

  app.post('/d/:token', smallForm, async (c) => {
    const recipient = await recipientOf(deps, 'unsubscribe', c.req.param('token'));
    if (!recipient) return c.html(<Unknown />, 404, NO_STORE);
    // A mailbox's one click sends `List-Unsubscribe=One-Click`; the page's buttons say which scope.
    const scope = (await fieldOf(c, 'portee')) === 'organisation' ? 'organisation' : 'campagne';
    await unsubscribe(deps, recipient, scope);
    await deps.onUnsubscribeVisit(c, true);
    return c.html(<Left recipient={recipient} scope={scope} action={c.req.path} />, 200, NO_STORE);
  });

  app.get('/preferences/:token', async (c) => {
    const recipient = await recipientOf(deps, 'preferences', c.req.param('token'));
    if (!recipient) return c.html(<Unknown />, 404, NO_STORE);
    return c.html(<Preferences recipient={recipient} action={c.req.path} />, 200, NO_STORE);
  });

  app.post('/preferences/:token', smallForm, async (c) => {
    const recipient = await recipientOf(deps, 'preferences', c.req.param('token'));
    if (!recipient) return c.html(<Unknown />, 404, NO_STORE);
    const granted = (await fieldOf(c, 'mesure')) === 'oui';
    await chooseMeasurement(deps, recipient, granted, MEASURE_WORDING);
    return c.html(
      <Preferences recipient={{ ...recipient, measure: granted ? 'granted' : 'refused' }} action={c.req.path} saved />,
      200,
      NO_STORE,
    );
  });

  app.get('/lettre/:token', async (c) => {
    const version = await webVersion(deps, c.req.param('token'));
    if (version === null) return c.html(<Unknown />, 404, NO_STORE);
    if ('embargo' in version) return underEmbargo(c, version.embargo);
    return c.body(version.html, 200, { ...webVersionHeaders(deps.publicUrl) });
  });
  return app;
}

type Props = { recipient: Recipient; action: string };

const Leave = ({ recipient: r, action }: Props) => (
  <PublicLayout title="Ne plus recevoir ces messages" campaign={campaignOf(r)}>
    <PageHead
      title={r.left.campaign ? 'Vous ne recevez plus ces messages.' : 'Ne plus recevoir ces messages ?'}
      lead={
        r.left.campaign
          ? `Votre adresse est écartée de la campagne « ${r.campaign} ».`
          : `Un clic suffit : plus aucun message de la campagne « ${r.campaign} », quelle que soit l’organisation qui l’envoie.`
      }
    />
    {!r.left.campaign && (
      <form method="post" action={action}>
        <input type="hidden" name="portee" value="campagne" />
        <Acts>
          <Button primary>Ne plus recevoir cette campagne</Button>
        </Acts>
      </form>
    )}
    <WholeOrganisation recipient={r} action={action} />
  </PublicLayout>
);

const Left = ({ recipient: r, scope, action }: Props & { scope: 'campagne' | 'organisation' }) => (
  <PublicLayout title="C’est noté" campaign={campaignOf(r)}>
    <PageHead
      title="C’est noté."
      lead={
        scope === 'campagne'
          ? `Vous ne recevrez plus les messages de la campagne « ${r.campaign} ».`
          : `Vous ne recevrez plus aucun message envoyé par ${r.organisation}.`
      }
    />
    {scope === 'campagne' && <WholeOrganisation recipient={r} action={action} />}
  </PublicLayout>
);

const WholeOrganisation = ({ recipient: r, action }: Props) =>
  r.left.organisation ? (
    <p class="prose">{r.organisation} ne vous écrit plus du tout.</p>
  ) : (
    <Section title={`Plus rien de ${r.organisation}`}>
      <p class="prose">Vous pouvez aussi refuser tous les messages de cette organisation, pour toutes ses campagnes.</p>
      <form method="post" action={action}>
        <input type="hidden" name="portee" value="organisation" />
        <Acts>
          <Button>Ne plus rien recevoir de {r.organisation}</Button>
        </Acts>
      </form>
    </Section>
  );

const Unknown = () => (
  <PublicLayout title="Lien incomplet">
    <PageHead
      title="Ce lien est incomplet."
      lead="Reprenez-le en entier dans le message, ou répondez au message pour demander ce que vous vouliez faire."
    />
  </PublicLayout>
);
