import { getConnInfo } from '@hono/node-server/conninfo';
import type { Context } from 'hono';
import { clientAddress } from '../base/client-address.ts';

/** The network a request comes from: for slowing down guesses, never stored with what somebody reads. */
export function networkOf(c: Context, trustedProxies: number): string {
  const remote = 'incoming' in (c.env ?? {}) ? (getConnInfo(c).remote.address ?? '') : '';
  return clientAddress(c.req.header('x-forwarded-for'), remote, trustedProxies);
}
