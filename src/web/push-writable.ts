import { conflict } from '../base/errors.ts';
import { allow } from '../organisations/permissions.ts';
import { type PushSheet, readPush } from '../pushes/read-push.ts';
import { acting } from './acting.ts';
import type { WebContext } from './env.ts';

/** The push of the address. */
export const sheet = (c: WebContext): Promise<PushSheet> =>
  readPush(acting(c), c.req.param('campaign') ?? '', c.req.param('push') ?? '');

/** Refused before anything is typed, rather than after. */
export async function writable(c: WebContext): Promise<PushSheet> {
  const push = await sheet(c);
  allow(acting(c).actor, 'push.write');
  if (!push.leads)
    throw conflict(
      'not_lead',
      'Le contenu est écrit par l’organisation pilote : demandez-lui ce changement depuis la page « Validation ».',
    );
  if (push.cancelledAt || push.finishedAt)
    throw conflict(
      'envoi_clos',
      `Cet envoi est ${push.cancelledAt ? 'annulé' : 'terminé'} : il ne change plus. Créez-en un autre à partir de son contenu.`,
    );
  return push;
}
