import { ImapFlow } from 'imapflow';
import { unavailable } from '../base/errors.ts';
import { log } from '../base/log.ts';
import type { ImapAccess } from '../config.ts';
import { type Recorded, type ReturnCtx, recordReturn } from './record-return.ts';

/** What one round of reading came to, by outcome; `failed`: left unread, to be tried at the next round. */
export type ReadRound = Record<Recorded['outcome'] | 'failed', number>;

/** A round ends there; the next one goes on. */
const MESSAGES = 500;
/** Of each message: the report stands first. */
const MAX_BYTES = 1024 * 1024;
const TIMEOUT = 20_000;

const WHY: Record<string, string> = {
  ECONNREFUSED: 'aucun serveur n’y répond : vérifiez l’hôte et le port',
  ENOTFOUND: 'ce nom d’hôte n’existe pas',
  ETIMEDOUT: 'le serveur ne répond pas à temps',
};

/**
 * Reads what came back since the last round: each unread message once, then marks it read. A message that cannot be
 * recorded stays unread and stops nothing; two rounds at once record a return once (MAIL-31). Null: no mailbox is
 * configured. Refuses (`unavailable`) when the mailbox cannot be opened, in a sentence without its password.
 */
export async function readReturns(
  ctx: ReturnCtx,
  config: { bounceMailbox: ImapAccess | null },
): Promise<ReadRound | null> {
  const access = config.bounceMailbox;
  if (!access) return null;
  const client = clientOf(access);
  // Cut in the middle of a round, each command already says so itself.
  client.on('error', (error: Error) => log.debug({ error: error.message }, 'boîte des retours'));
  try {
    await client.connect();
    await client.mailboxOpen(access.mailbox);
  } catch (error) {
    client.close();
    throw unavailable('bounce_mailbox', `La boîte des retours (BOUNCE_IMAP_URL) ne s’ouvre pas : ${whyOf(error)}.`);
  }
  try {
    return await readUnseen(ctx, client);
  } catch (error) {
    throw unavailable(
      'bounce_mailbox',
      `La lecture de la boîte des retours s’est interrompue : ${whyOf(error)}. Elle reprendra où elle en est.`,
    );
  } finally {
    await client.logout().catch(() => client.close());
  }
}

async function readUnseen(ctx: ReturnCtx, client: ImapFlow): Promise<ReadRound> {
  const round: ReadRound = { applied: 0, noted: 0, quarantined: 0, known: 0, ignored: 0, failed: 0 };
  const unseen = (await client.search({ seen: false }, { uid: true })) || [];
  for (const uid of unseen.slice(0, MESSAGES)) {
    const message = await client.fetchOne(String(uid), { source: { maxLength: MAX_BYTES } }, { uid: true });
    // Read or removed by somebody else since.
    if (message === false || !message.source) continue;
    try {
      const { outcome } = await recordReturn(ctx, { source: 'imap', bytes: message.source });
      round[outcome]++;
    } catch (error) {
      log.warn({ uid, error: (error as Error).message }, 'retour non enregistré, laissé non lu');
      round.failed++;
      continue;
    }
    await client.messageFlagsAdd(String(uid), ['\\Seen'], { uid: true });
  }
  return round;
}

const clientOf = (access: ImapAccess): ImapFlow =>
  new ImapFlow({
    host: access.host,
    port: access.port,
    secure: access.security === 'tls',
    // Otherwise imapflow upgrades when the server offers it, and goes on in clear when it does not.
    ...(access.security === 'tls' ? {} : { doSTARTTLS: access.security === 'starttls' }),
    auth: { user: access.user, pass: access.password },
    logger: false,
    disableAutoIdle: true,
    connectionTimeout: TIMEOUT,
    greetingTimeout: TIMEOUT,
    socketTimeout: 3 * TIMEOUT,
    clientInfo: { name: 'Porte-voix' },
  });

function whyOf(error: unknown): string {
  const e = error as { code?: string; authenticationFailed?: boolean; responseText?: string; message?: string };
  if (e.authenticationFailed) return 'le compte ou le mot de passe est refusé';
  return WHY[e.code ?? ''] ?? e.responseText ?? e.message ?? 'cause inconnue';
}
