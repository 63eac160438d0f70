import { DnsTrouble, type Resolver } from '../../src/mail/resolver.ts';

export type Zone = {
  txt?: Record<string, string[]>;
  mx?: Record<string, string[]>;
  a?: Record<string, string[]>;
  ptr?: Record<string, string[]>;
  cname?: Record<string, string[]>;
  /** Host → what is wrong with its certificate; a host that is not here has a valid one. */
  certificate?: Record<string, string>;
  /** Names for which nobody answers. */
  silent?: string[];
};

/** A DNS that knows this zone and nothing else; `asked` is every question it was put, in order. */
export function fakeDns(zone: Zone = {}): Resolver & { asked: string[] } {
  const asked: string[] = [];
  const look = async <T>(kind: string, name: string, found: T[] | undefined): Promise<T[]> => {
    asked.push(`${kind} ${name}`);
    if (zone.silent?.includes(name)) throw new DnsTrouble(`le DNS n’a pas répondu pour ${name}`);
    return found ?? [];
  };
  return {
    asked,
    txt: (name) => look('txt', name, zone.txt?.[name]),
    mx: (name) =>
      look(
        'mx',
        name,
        zone.mx?.[name]?.map((exchange, n) => ({ exchange, priority: 10 * (n + 1) })),
      ),
    addresses: (name) => look('a', name, zone.a?.[name]),
    ptr: (address) => look('ptr', address, zone.ptr?.[address]),
    cname: (name) => look('cname', name, zone.cname?.[name]),
    certificate: async (host) => zone.certificate?.[host] ?? null,
  };
}
