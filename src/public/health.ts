import { Hono } from 'hono';
import { sql } from 'kysely';
import type { Ctx } from '../base/context.ts';

export type HealthDeps = Pick<Ctx, 'db'> & {
  journal: () => { failing: boolean; lagSeconds: number };
  queue: () => Promise<boolean>;
};

/** `/healthz`: this process answers. `/readyz`: and it has its database, its queue and its journal. */
export function healthPages(deps: HealthDeps) {
  const app = new Hono();
  app.get('/healthz', (c) => c.json({ ok: true }));
  app.get('/readyz', async (c) => {
    const within = <T>(work: Promise<T>): Promise<boolean> =>
      Promise.race([
        work.then(
          (v) => v !== false,
          () => false,
        ),
        new Promise<boolean>((r) => setTimeout(r, 2_000, false).unref()),
      ]);
    const journal = deps.journal();
    const state = {
      database: await within(sql`select 1`.execute(deps.db.kysely)),
      queue: await within(deps.queue()),
      journal: !journal.failing,
      journalLagSeconds: journal.lagSeconds,
    };
    return c.json(state, state.database && state.queue && state.journal ? 200 : 503);
  });
  return app;
}
