/**
 * The client's address: the connection's own, unless `trustedProxies` proxies of ours stand in front; then the entry
 * that the outermost of them wrote. What a client writes further left in the header is never believed (BOT-06).
 */
export function clientAddress(forwardedFor: string | undefined, remote: string, trustedProxies: number): string {
  if (trustedProxies === 0) return remote;
  const hops = (forwardedFor ?? '')
    .split(',')
    .map((hop) => hop.trim())
    .filter((hop) => hop !== '');
  return hops.at(-trustedProxies) ?? remote;
}

/** Whom a provider gave the address to: one IPv4, or a whole IPv6 /64, of which one machine may use any. */
export function subscriberOf(address: string): string {
  return !address.includes(':') || address.includes('.') ? address : firstGroups(address, 4);
}

/** How an IPv6 address begins, written in one way only: `2001:db8:0` of `2001:0DB8::1`, to three groups of sixteen bits. */
export function firstGroups(address: string, groups: number): string {
  const [head = '', tail] = address.toLowerCase().split('%', 1)[0]?.split('::') ?? [];
  const left = head === '' ? [] : head.split(':');
  const right = tail ? tail.split(':') : [];
  const missing = tail === undefined ? 0 : Math.max(0, 8 - left.length - right.length);
  return [...left, ...Array<string>(missing).fill('0'), ...right]
    .slice(0, groups)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':');
}
