/**
 * The client's address: the connection's own, unless `trustedProxies` proxies of ours stand in front; then the entry
 * that the outermost of them wrote. What a client writes further left in the header is never believed (BOT-06).
 */
export function clientAddress(forwardedFor: string | undefined, remote: string, trustedProxies: number): string {
  if (trustedProxies === 0) return remote;
  const hops = (forwardedFor ?? '').split(',').map((hop) => hop.trim()).filter((hop) => hop !== '');
  return hops.at(-trustedProxies) ?? remote;
}
