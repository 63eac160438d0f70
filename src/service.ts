import type { Ctx, Secrets } from './base/context.ts';
import { log } from './base/log.ts';
import type { Config } from './config.ts';
import { checkIsolation } from './db/check-isolation.ts';
import { type Database, openDatabase } from './db/database.ts';
import { migrate } from './db/migrate.ts';
import { knownPublicUrl, rememberPublicUrl } from './db/public-url.ts';
import { storeCaught } from './deliveries/catch-mails.ts';
import { openWays, type Ways } from './deliveries/ways.ts';
import { type Embedded, openEmbedded } from './embedded/postgres.ts';
import { type Catcher, startCatcher } from './mail/catcher.ts';
import { openPool } from './mail/pool.ts';
import { sendOne } from './mail/send-one.ts';
import { parseTransport, type Transport, type TransportLimits } from './mail/transport.ts';
import type { OutboxAnswer, OutboxMail, SendOwed } from './outbox/drain.ts';
import { messageIdOf } from './outbox/message-id.ts';

/** What every command stands on: the database, the keys, and a way out for mail. */
export type Service = Pick<Ctx, 'db' | 'secrets' | 'publicUrl' | 'now'> & {
  config: Config;
  /** No SMTP_URL: mail goes to the catcher of this very process, and so to the shared demonstration mailbox. */
  demo: boolean;
  embedded: Embedded | null;
  /** Every way out for letters, opened when first asked for. */
  ways: () => Promise<Ways>;
  sendOne: SendOwed;
  close: () => Promise<void>;
};

/**
 * Opens what the configuration names. `migrate: false` leaves an outer database as it is, and refuses an unprepared one.
 * `pages`: this process has the pages, and the other commands of the instance write links to them.
 */
export async function openService(config: Config, options = { migrate: true, pages: false }): Promise<Service> {
  const transport = config.smtpUrl === null ? null : parseTransport(config.smtpUrl);
  const embedded = config.databaseUrl === null ? await openEmbedded(config.dataDir) : null;
  const url = embedded?.url ?? config.databaseUrl!;
  try {
    if (embedded || options.migrate) await migrate(url);
    const db = await openDatabase(url);
    await checkIsolation(db);
    const publicUrl =
      config.publicUrl ?? (options.pages ? config.localUrl : ((await knownPublicUrl(db)) ?? config.localUrl));
    if (options.pages) await rememberPublicUrl(url, publicUrl);
    const mail = mailOf(transport, { db, secrets: config.secrets, bounceAddress: config.bounceAddress });
    return {
      db,
      config,
      embedded,
      demo: transport === null,
      secrets: config.secrets,
      publicUrl,
      now: () => new Date(),
      ways: mail.ways,
      sendOne: mail.sendOne,
      close: async () => {
        await mail.close();
        await db.close();
        await embedded?.leave();
      },
    };
  } catch (error) {
    await embedded?.leave();
    throw error;
  }
}

/** Opened when first needed: most commands send nothing. */
function mailOf(
  given: (Transport & TransportLimits) | null,
  ctx: { db: Database; secrets: Secrets; bounceAddress: string | null },
) {
  let catcher: Promise<Catcher> | undefined;
  let ways: Promise<Ways> | undefined;
  const transport = async (): Promise<Transport> => {
    if (given) return given;
    catcher ??= startCatcher({ onMails: (mails) => storeCaught(ctx.db, mails) });
    return parseTransport(`${(await catcher).url}?connections=10`);
  };
  return {
    ways: () =>
      (ways ??= transport().then((t) =>
        openWays(ctx, openPool(t), {
          demo: given === null,
          bounceAddress: ctx.bounceAddress,
          ...(given && { limits: given }),
        }),
      )),
    sendOne: async (mail: OutboxMail, beforeDot?: () => Promise<void>): Promise<OutboxAnswer> =>
      sendOne(
        await transport(),
        {
          from: mail.from,
          to: { name: '', address: mail.to },
          subject: mail.subject,
          text: mail.text,
          ...(mail.html === undefined ? {} : { html: mail.html }),
          replyTo: mail.replyTo,
          calendar: mail.calendar,
          headers: { 'Auto-Submitted': 'auto-generated' },
          ...(mail.once ? { messageId: messageIdOf(ctx.secrets, mail) } : {}),
        },
        beforeDot,
      ),
    close: async () => {
      await (await ways)?.close();
      await (await catcher)?.close();
      log.flush();
    },
  };
}
