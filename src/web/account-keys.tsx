import { Hono } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import { toParisDay } from '../base/dates.ts';
import { Refusal } from '../base/errors.ts';
import { openText, sealText } from '../base/tokens.ts';
import { readCampaigns } from '../campaigns/read-campaign.ts';
import { makeKey } from '../organisations/make-key.ts';
import { may } from '../organisations/permissions.ts';
import { readKeys } from '../organisations/read-keys.ts';
import { revokeKey } from '../organisations/revoke-key.ts';
import { KeysPage, NewKeyPage } from './account-keys-page.tsx';
import { acting, ID, idOf } from './acting.ts';
import type { WebContext, WebDeps, WebEnv } from './env.ts';
import { formOf, page, redirectWith, secure } from './page.tsx';

const LIST = '/compte/cles';
/** A new key crosses one redirect, sealed, in the browser that asked for it; then nobody can show it again. */
const ONCE = 'porte-voix-cle';
const ONCE_SECONDS = 120;
/** Of how many campaigns the address is given ready to copy, the newest first. */
const SHOWN = 5;

/** Keys with which one's other programs read: made, shown once, listed, closed. */
export function accountKeyPages(deps: WebDeps) {
  const app = new Hono<WebEnv>();

  const list = async (c: WebContext, typed?: { label: string; until: string; error: Refusal }) => {
    const ctx = acting(c);
    return page(
      c,
      { title: 'Vos clés', status: typed ? 422 : 200 },
      <KeysPage
        keys={await readKeys(ctx)}
        organisation={c.get('session').organisation.name}
        mayMake={may(ctx.actor, 'key.write')}
        csrf={c.get('session').csrf}
        typed={typed ?? { label: '', until: toParisDay(new Date(deps.now().getTime() + 180 * 86_400_000)) }}
      />,
    );
  };

  app.get(LIST, (c) => list(c));
  app.post(LIST, async (c) => {
    const form = await formOf(c);
    const asked = { label: form.text('label'), until: form.text('until') };
    try {
      const { secret } = await makeKey(acting(c), asked);
      keepOnce(c, secret);
    } catch (error) {
      if (error instanceof Refusal && error.kind !== 'forbidden') return list(c, { ...asked, error });
      throw error;
    }
    return c.redirect(`${LIST}/nouvelle`, 303);
  });
  app.get(`${LIST}/nouvelle`, async (c) => {
    const secret = takeOnce(c);
    // Shown already: what can still be done with it stands in the list.
    if (secret === null) return list(c);
    const campaigns = (await readCampaigns(acting(c))).slice(0, SHOWN);
    const shown = { title: 'Votre nouvelle clé' };
    return page(c, shown, <NewKeyPage secret={secret} publicUrl={deps.publicUrl} campaigns={campaigns} />);
  });
  app.post(`${LIST}/${ID}/fermeture`, async (c) => {
    await revokeKey(acting(c), idOf(c));
    return redirectWith(c, LIST, { kind: 'ok', text: 'Cette clé n’ouvre plus rien.' });
  });
  return app;
}

const once = (c: WebContext, maxAge: number) =>
  ({ path: LIST, httpOnly: true, sameSite: 'Strict', maxAge, secure: secure(c) }) as const;

function keepOnce(c: WebContext, secret: string): void {
  const sealed = sealText(c.get('deps').secrets.sealing, `${c.get('session').actor.userId} ${secret}`);
  setCookie(c, ONCE, sealed.toString('base64url'), once(c, ONCE_SECONDS));
}

function takeOnce(c: WebContext): string | null {
  const sealed = getCookie(c, ONCE);
  if (!sealed) return null;
  setCookie(c, ONCE, '', once(c, 0));
  const [userId, secret = null] =
    openText(c.get('deps').secrets.sealing, Buffer.from(sealed, 'base64url'))?.split(' ') ?? [];
  return Number(userId) === c.get('session').actor.userId ? secret : null;
}
