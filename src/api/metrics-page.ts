import { getConnInfo } from '@hono/node-server/conninfo';
import { type Context, Hono } from 'hono';
import { sameBytes, sha256 } from '../base/tokens.ts';
import type { Metrics } from './metrics.ts';

/** `/metrics`, for this very machine or for whoever has the token of the configuration; for the others it does not exist. */
export function metricsPages({ text }: Pick<Metrics, 'text'>, token: string | null): Hono {
  return new Hono().get('/metrics', async (c) => {
    if (!holds(c, token) && !isFromHere(c)) return c.notFound();
    const { body, type } = await text();
    return c.body(body, 200, { 'content-type': type });
  });
}

const holds = (c: Context, token: string | null): boolean => {
  const given = /^bearer +(.+)$/i.exec(c.req.header('authorization') ?? '')?.[1];
  return token !== null && given !== undefined && sameBytes(sha256(given), sha256(token));
};

const LOOPBACK = /^(?:::1|(?:::ffff:)?127\.\d+\.\d+\.\d+)$/;
const LOOPBACK_HOST = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])(?::\d+)?$/i;
/** What proxies write on what they pass on. */
const PASSED_ON = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'x-real-ip', 'via'];

/** A connection from this machine that nobody handed on: behind a proxy of ours, everybody's comes from here. */
function isFromHere(c: Context): boolean {
  const remote = 'incoming' in (c.env ?? {}) ? (getConnInfo(c).remote.address ?? '') : '';
  return (
    LOOPBACK.test(remote) &&
    LOOPBACK_HOST.test(c.req.header('host') ?? '') &&
    PASSED_ON.every((name) => c.req.header(name) === undefined)
  );
}
