import type { Secrets } from '../base/context.ts';
import { longDateTime } from '../base/dates.ts';
import { hmac, sameBytes } from '../base/tokens.ts';
import { composeOne } from '../mail/send-one.ts';

type From = { id: number; name: string; sender_name: string; sender_address: string };

const markOf = (secrets: Secrets, organisationId: number): string =>
  hmac(secrets.returns, `trial/${organisationId}`).subarray(0, 16).toString('base64url');

/** A letter's own headers, so that what a relay does to them is seen; the mark tells one's own trial from another mail. */
export async function trialMessage(
  { secrets, publicUrl, now }: { secrets: Secrets; publicUrl: string; now: () => Date },
  from: From,
  to: string,
  host: string,
): Promise<Buffer> {
  return composeOne(
    {
      from: { name: from.sender_name, address: from.sender_address },
      to: { name: '', address: to },
      subject: 'Essai du serveur d’envoi',
      text: [
        `Ce message est un essai du serveur ${host}, demandé par ${from.name} le ${longDateTime(now())}.`,
        'Il vous est arrivé : ce serveur accepte le courrier de votre organisation.',
        'Si ce serveur signe lui-même vos messages, enregistrez celui-ci tel quel (fichier .eml) et déposez-le sur la page « Envoi » : sa signature y sera vérifiée.',
      ].join('\n\n'),
      headers: {
        'List-Unsubscribe': `<${publicUrl}/d/essai-${markOf(secrets, from.id)}>`,
        'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
        'Auto-Submitted': 'auto-generated',
      },
    },
    now(),
  );
}

/** Whether this is the trial of that organisation: made by anybody else it could not carry the mark. */
export function isTrialOf(secrets: Secrets, organisationId: number, unsubscribe: string | null): boolean {
  const mark = /\/d\/essai-([\w-]{22})$/.exec(unsubscribe ?? '')?.[1];
  return mark !== undefined && sameBytes(Buffer.from(mark), Buffer.from(markOf(secrets, organisationId)));
}
