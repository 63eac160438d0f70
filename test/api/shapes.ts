import type { OpenAPIHono, RouteConfig, z } from '@hono/zod-openapi';
import { expect } from 'vitest';
import { apiRoutes } from '../../src/api/api.ts';
import type { Database } from '../../src/db/database.ts';
import { NOW, SECRETS } from '../support/database.ts';
import type { Asked } from './world.ts';

export type Described = RouteConfig;

/** Every route as it is described: the document, and the shape of its good answer, are made of it. */
export function described(db: Database): Described[] {
  const instance = { db, now: () => NOW, secrets: SECRETS, publicUrl: 'https://pv.example' };
  const api = apiRoutes({ ...instance, demo: true, networkOf: () => '' }) as unknown as OpenAPIHono;
  return api.openAPIRegistry.definitions.flatMap((d) => (d.type === 'route' ? [d.route] : []));
}

/** What was answered is what is described: nothing more, and nothing less. */
export function checkAnswer(route: Described, { status, type, text, json }: Asked): void {
  expect(status, text).toBe(200);
  const { content } = route.responses[200] as { content: Record<string, { schema: z.ZodType }> };
  const [expected = '', described] = Object.entries(content)[0] ?? [];
  expect(type).toContain(expected);
  if (expected !== 'application/json') {
    expect(text).toContain(';Valeur;Unité;');
    return;
  }
  const parsed = described?.schema.safeParse(json);
  expect(parsed?.error?.issues).toBeUndefined();
  expect(parsed?.data).toEqual(json);
}
