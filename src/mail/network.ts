import { lookup } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { networkInterfaces } from 'node:os';

/** Where a name given by a user may lead: to this machine only, or to any but this one. */
export type Network = 'loopback' | 'outside';

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8);
LOOPBACK.addAddress('::1', 'ipv6');

/** Never another machine's mail server: unspecified, link-local (where clouds keep their keys), multicast, reserved. */
const NOWHERE = new BlockList();
for (const [net, prefix] of [
  ['0.0.0.0', 8],
  ['169.254.0.0', 16],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const)
  NOWHERE.addSubnet(net, prefix);
NOWHERE.addAddress('::', 'ipv6');
NOWHERE.addSubnet('fe80::', 10, 'ipv6');
NOWHERE.addSubnet('ff00::', 8, 'ipv6');

export const isAddress = (host: string): boolean => isIP(host) !== 0;

const holds = (list: BlockList, address: string): boolean => {
  const family = isIP(address);
  return family !== 0 && list.check(address, family === 6 ? 'ipv6' : 'ipv4');
};

const ownAddresses = (): string[] =>
  Object.values(networkInterfaces()).flatMap((all) => (all ?? []).map(({ address }) => address));

/** Whether this address (not a name) may be reached. Private networks are outside: an on-premise relay is on one. */
export const within = (network: Network, address: string): boolean =>
  network === 'loopback'
    ? holds(LOOPBACK, address)
    : isAddress(address) &&
      !holds(LOOPBACK, address) &&
      !holds(NOWHERE, address) &&
      !ownAddresses().includes(address.replace(/^::ffff:(?=\d+\.)/i, ''));

/** What `connect` asks where a name leads: only what may be reached is answered. */
export const lookupWithin =
  (network: Network): LookupFunction =>
  (host, options, done) =>
    lookup(host, { ...options, all: true }, (error, found) => {
      if (error) return done(error, []);
      const allowed = found.filter(({ address }) => within(network, address));
      const first = allowed[0];
      if (!first) return done(new Error('ce nom mène à une adresse qui n’est pas permise ici'), []);
      if (options.all) done(null, allowed);
      else done(null, first.address, first.family);
    });
