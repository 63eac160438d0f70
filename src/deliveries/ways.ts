import type { Ctx } from '../base/context.ts';
import { log } from '../base/log.ts';
import { acrossOrganisations } from '../db/database.ts';
import { type Pool as Connections, openPool } from '../mail/pool.ts';
import type { TransportLimits } from '../mail/transport.ts';
import { type TransportInUse, transportsInUse } from '../senders/queries.ts';
import type { Instance } from '../senders/schema.ts';
import type { Pool } from './drain.ts';
import { SHARED, type WaysOut } from './lanes.ts';
import { type Limits, NO_LIMITS } from './pace.ts';

/** Settings changed on a page are known to every process this soon. */
const READ_EVERY_MS = 5_000;

type Own = { settings: string; transport: TransportInUse; connections: Connections | null };

/** Every way out of this process: the instance's server, and those of the organisations that have their own. */
export type Ways = WaysOut & Pool & { close: (withinMs?: number) => Promise<void> };

/**
 * Mail of an organisation with a server of its own leaves by it, any other by `shared`; connections are opened when first
 * needed. A server whose settings changed is let go once its messages are answered.
 */
export async function openWays(
  ctx: Pick<Ctx, 'db' | 'secrets'>,
  shared: Connections,
  instance: Instance & { limits?: TransportLimits; bounceAddress?: string | null },
): Promise<Ways> {
  const own = new Map<number, Own>();
  const leaving = new Set<Promise<void>>();
  let limits = new Map<number, Limits>();
  const letGo = (one: Own): void => {
    if (!one.connections) return;
    const left = one.connections.close().finally(() => leaving.delete(left));
    leaving.add(left);
  };
  const read = async (): Promise<void> => {
    const found = await acrossOrganisations(ctx.db, (trx) => transportsInUse(trx, ctx.secrets, instance));
    for (const [organisationId, one] of own)
      if (settingsOf(found.get(organisationId)) !== one.settings) {
        own.delete(organisationId);
        letGo(one);
      }
    for (const [organisationId, transport] of found)
      if (!own.has(organisationId))
        own.set(organisationId, { settings: settingsOf(transport), transport, connections: null });
    const all: [number, TransportLimits][] = [...found];
    if (instance.limits) all.unshift([SHARED, instance.limits]);
    limits = new Map(all.map(([id, { perMinute, perDay }]) => [id, { ...NO_LIMITS, perMinute, perDay }]));
  };
  await read();
  const timer = setInterval(() => {
    read().catch((error: Error) => log.warn({ error: error.message }, 'serveurs d’envoi : nouvelle lecture plus tard'));
  }, READ_EVERY_MS).unref();
  return {
    paced: !instance.demo,
    bounceAddress: instance.bounceAddress ?? null,
    limitsOf: () => limits,
    send: (mail, organisationId) => {
      const one = own.get(organisationId);
      if (!one) return shared.send(mail);
      one.connections ??= openPool(one.transport);
      return one.connections.send(mail);
    },
    close: async (withinMs) => {
      clearInterval(timer);
      await Promise.all([
        shared.close(withinMs),
        ...[...own.values()].map((one) => one.connections?.close(withinMs)),
        ...leaving,
      ]);
    },
  };
}

const settingsOf = (transport: TransportInUse | undefined): string => JSON.stringify(transport ?? null);
