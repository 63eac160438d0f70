import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { Ctx } from '../base/context.ts';
import type { KeyCtx } from '../organisations/open-by-key.ts';

/** What the doors of other programs are made with. */
export type ApiDeps = Omit<Ctx, 'actor'> & {
  /** Mail goes to the catcher: figures say so. */
  demo: boolean;
  /** Where a request comes from: to slow guesses down, kept by nobody. */
  networkOf: (c: Context) => string;
};

/** `ctx`: behind the gate, whoever holds the key. */
export type ApiEnv = { Variables: { ctx: KeyCtx } };
export type ApiApp = OpenAPIHono<ApiEnv>;
