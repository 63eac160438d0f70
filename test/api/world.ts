import type { Hono } from 'hono';
import { makeKey } from '../../src/organisations/make-key.ts';
import type { Service } from '../../src/service.ts';
import type { Person, TestDatabase } from '../support/database.ts';

export type Asked = { status: number; type: string; headers: Headers; text: string; json: unknown };

/** Asks as a program does: a key, no cookie, no session. */
export function program(app: Hono, t: TestDatabase, service: Service) {
  /** A key made today by the service's own clock, for a fortnight. */
  const keyOf = async (person: Person): Promise<{ id: number; secret: string }> => {
    const until = new Date(service.now().getTime() + 14 * 86_400_000).toISOString().slice(0, 10);
    return makeKey(t.ctx(person, service.now()), { label: 'Essai', until });
  };
  const ask = async (path: string, secret?: string, init: RequestInit = {}): Promise<Asked> => {
    const headers = { ...(secret === undefined ? {} : { authorization: `Bearer ${secret}` }), ...init.headers };
    const response = await app.request(`https://pv.example${path}`, { ...init, headers });
    const text = await response.text();
    const type = response.headers.get('content-type') ?? '';
    const json: unknown = type.includes('json') && text !== '' ? JSON.parse(text) : null;
    return { status: response.status, type, headers: response.headers, text, json };
  };
  return { keyOf, ask };
}
