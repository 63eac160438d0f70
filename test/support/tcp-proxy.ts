import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { connect, createServer } from 'node:net';

/**
 * What the network does from now on. `pass`: lets all through. `stall`: keeps every byte, as a network that has gone
 * silent, and delivers it at the next `pass`. `refuse`: cuts what is open and turns away who comes.
 */
export type Weather = 'pass' | 'stall' | 'refuse';

export type TcpProxy = {
  port: number;
  /** The same address, through the proxy. */
  through: (url: string) => string;
  set: (weather: Weather) => void;
  /** Cuts what is open now; who comes next is let in. */
  cut: () => number;
  /** How late every piece of data arrives from now on, in each direction. */
  delay: (ms: number) => void;
  /** Connections let in since the beginning. */
  taken: () => number;
  close: () => Promise<void>;
};

type Pair = { near: Socket; far: Socket };

/** A TCP proxy on 127.0.0.1 in front of a server, SMTP or PostgreSQL, whose network can be made to fail. */
export async function startProxy(target: { host: string; port: number }): Promise<TcpProxy> {
  const pairs = new Set<Pair>();
  let weather: Weather = 'pass';
  let late = 0;
  let taken = 0;
  const waiting: (() => void)[] = [];

  const deliver = async (to: Socket, data: Buffer): Promise<void> => {
    if (late > 0) await new Promise((resolve) => setTimeout(resolve, late));
    if (weather === 'stall') await new Promise<void>((resolve) => waiting.push(resolve));
    if (to.writable) to.write(data);
  };
  /** One way, in order: what follows waits for what is before it. Answers how to wait for all of it. */
  const carry = (from: Socket, to: Socket): (() => Promise<void>) => {
    let last = Promise.resolve();
    from.on('data', (data: Buffer) => {
      last = last.then(() => deliver(to, data));
    });
    from.on('end', () => {
      last = last.then(() => void to.end());
    });
    return () => last;
  };
  const destroy = (pair: Pair) => {
    pairs.delete(pair);
    pair.near.resetAndDestroy();
    pair.far.destroy();
  };
  const cut = (): number => {
    const open = [...pairs];
    for (const pair of open) destroy(pair);
    return open.length;
  };

  const server = createServer((near) => {
    // A cut is part of the test, whoever hears of it.
    near.on('error', () => undefined);
    if (weather === 'refuse') return near.resetAndDestroy();
    taken += 1;
    const far = connect(target);
    const pair = { near, far };
    pairs.add(pair);
    near.setNoDelay(true);
    far.setNoDelay(true);
    carry(near, far);
    const delivered = carry(far, near);
    far.on('error', () => destroy(pair));
    near.on('close', () => {
      pairs.delete(pair);
      far.destroy();
    });
    far.on('close', () => void delivered().then(() => near.destroySoon()));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  const set = (next: Weather) => {
    weather = next;
    if (next !== 'stall') for (const resume of waiting.splice(0)) resume();
    if (next === 'refuse') cut();
  };
  return {
    port,
    through: (address) => {
      const url = new URL(address);
      url.host = `127.0.0.1:${port}`;
      return url.href;
    },
    set,
    cut,
    delay: (ms) => {
      late = ms;
    },
    taken: () => taken,
    close: async () => {
      set('refuse');
      server.close();
      await once(server, 'close');
    },
  };
}
