import { BlockList, isIP } from 'node:net';

/** Networks that are nobody's public page (RFC 6890 and its registry): this machine, this house, test and multicast ranges. */
const CLOSED = new BlockList();
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const)
  CLOSED.addSubnet(network, prefix, 'ipv4');
// Documentation, and the two tunnels that carry an IPv4 address inside: they would lead around the list above.
CLOSED.addSubnet('2001:db8::', 32, 'ipv6');
CLOSED.addSubnet('2001::', 32, 'ipv6');
CLOSED.addSubnet('2002::', 16, 'ipv6');
const GLOBAL_V6 = new BlockList();
GLOBAL_V6.addSubnet('2000::', 3, 'ipv6');

/** Whether an IP address (without brackets) belongs to the public Internet. Anything else than an address does not. */
export function isPublicAddress(ip: string): boolean {
  const family = isIP(ip);
  if (family === 4) return !CLOSED.check(ip, 'ipv4');
  return family === 6 && GLOBAL_V6.check(ip, 'ipv6') && !CLOSED.check(ip, 'ipv6');
}

/** The host of a URL as an IP address, its brackets taken off; null when it is a name. */
export function ipOf(hostname: string): string | null {
  const bare = hostname.replace(/^\[|\]$/g, '');
  return isIP(bare) ? bare : null;
}
