import { sha256 } from '../base/tokens.ts';
import { type ShareCard, shareCard } from '../rendering/share-card.ts';

const KEPT = 50;
const drawn = new Map<string, Buffer>();

/** The picture of a shared link, drawn once for what it says: a network that asks for it often costs nothing more. */
export function keptShareCard(card: ShareCard): { png: Buffer; etag: string } {
  const key = sha256(JSON.stringify(card)).toString('base64url');
  const png = drawn.get(key) ?? shareCard(card);
  if (!drawn.has(key) && drawn.size >= KEPT) drawn.delete(drawn.keys().next().value ?? '');
  drawn.set(key, png);
  return { png, etag: `"${key}"` };
}
