import type { Secrets } from '../base/context.ts';
import { openReturn } from '../base/return-address.ts';
import { hmac, sameBytes, sha256 } from '../base/tokens.ts';
import { normaliseAddress } from '../contacts/addresses.ts';
import { believable, deliveryOfMessageId } from './facts.ts';
import { readBrevo } from './providers/brevo.ts';
import type { ProviderEvent, ReadEvents } from './providers/provider.ts';
import { type Recorded, type ReturnCtx, recordFact } from './record-return.ts';

/** Providers that tell by webhook. The next one: its file beside brevo.ts, and its line here. */
export const PROVIDERS = { brevo: readBrevo } as const satisfies Record<string, ReadEvents>;
export type ProviderName = keyof typeof PROVIDERS;

/** The secret part of a provider's address: 160 bits that only this instance can make. */
export const webhookKey = (secrets: Secrets, provider: ProviderName): string =>
  hmac(secrets.returns, `webhook/${provider}`).subarray(0, 20).toString('hex');

export const isWebhookKey = (secrets: Secrets, provider: ProviderName, key: string): boolean =>
  sameBytes(Buffer.from(webhookKey(secrets, provider)), Buffer.from(key));

/** Records what a provider tells, each event by itself; null when the body is not of its form. */
export async function recordEvents(ctx: ReturnCtx, provider: ProviderName, body: unknown): Promise<Recorded[] | null> {
  const events = PROVIDERS[provider](body);
  if (!events) return null;
  const recorded: Recorded[] = [];
  for (const event of events) recorded.push(await recordFact(ctx, factOfEvent(ctx, provider, event)));
  return recorded;
}

function factOfEvent(ctx: ReturnCtx, source: ProviderName, event: ProviderEvent) {
  const address = event.address === null ? null : normaliseAddress(event.address);
  const at = event.at ? believable(event.at, ctx.now()) : ctx.now();
  return {
    source,
    class: event.class,
    reason: event.reason,
    confidence: event.confidence,
    words: event.words,
    status: event.status,
    replyCode: event.replyCode,
    deliveryId: referenced(ctx.secrets, event.references),
    address: address && 'normalised' in address ? address.normalised : null,
    trusted: true,
    at,
    digest: sha256(JSON.stringify([source, event.address, event.references, event.class, event.reason])),
  };
}

function referenced(secrets: Secrets, references: readonly string[]): number | null {
  const id = deliveryOfMessageId(
    secrets,
    references.map((r) => (r.startsWith('<') ? r : `<${r}>`)),
  );
  if (id !== null) return id;
  for (const reference of references) {
    // A header of the provider's own may carry the letters of the return address, with or without the rest of it.
    const opened = openReturn(secrets, /^[a-z2-7]{42}$/i.test(reference) ? `x+${reference}@x` : reference);
    if (opened !== null) return opened;
  }
  return null;
}
