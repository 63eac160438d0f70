import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openMetrics } from '../../src/api/metrics.ts';
import { metricsPages } from '../../src/api/metrics-page.ts';
import { readConfig } from '../../src/config.ts';
import { withOrganisation } from '../../src/db/database.ts';
import { freezePush } from '../../src/deliveries/freeze.ts';
import { type InstanceTotals, readInstanceTotals } from '../../src/reports/instance-totals.ts';
import { openHouse } from '../structure/house.ts';
import { NOW, testDatabase } from '../support/database.ts';
import { makeApprovedPush } from '../support/factories.ts';
import { freePort } from '../support/running.ts';

const t = await testDatabase();
const { app } = await openHouse(t.url);

const JOURNAL = {
  inserted: 7,
  malformed: 1,
  unknown: 2,
  written: 9,
  lost: 0,
  failing: false,
  lagSeconds: 3,
  error: null,
};
const POOL = { totalCount: 4, idleCount: 3, waitingCount: 0 };
const EMPTY: InstanceTotals = {
  rows: [],
  oldestRow: 0,
  outbox: { owed: 0, unknown: 0, oldest: 0 },
  importsWaiting: 0,
  bounces: [],
};

function made(totals: () => Promise<InstanceTotals>, clock = { at: NOW.getTime() }) {
  const metrics = openMetrics({
    now: () => new Date(clock.at),
    totals,
    queues: async () => [{ name: 'drain', ready: 2, active: 1, deferred: 0, failed: 0 }],
    journal: () => JOURNAL,
    pool: POOL,
  });
  return { ...metrics, clock };
}

describe('who reads it', () => {
  const TOKEN = 'x'.repeat(30);
  const house = metricsPages(
    made(async () => EMPTY),
    TOKEN,
  );
  let base: string;
  let close: () => Promise<unknown>;
  beforeAll(async () => {
    const port = await freePort();
    const server = serve({ fetch: house.fetch, hostname: '127.0.0.1', port });
    base = `http://127.0.0.1:${port}`;
    close = () => new Promise((resolve) => server.close(resolve));
  });
  afterAll(() => close());
  const status = async (headers: Record<string, string>): Promise<number> => {
    const response = await fetch(`${base}/metrics`, { headers });
    await response.arrayBuffer();
    return response.status;
  };

  test('this machine, asked straight', async () => {
    const response = await fetch(`${base}/metrics`);
    expect([response.status, response.headers.get('content-type')]).toEqual([
      200,
      'text/plain; version=0.0.4; charset=utf-8',
    ]);
    expect(await response.text()).toContain('porte_voix_journal_lag_seconds 3');
  });

  test.each(['x-forwarded-for', 'forwarded', 'x-real-ip', 'via', 'x-forwarded-host', 'x-forwarded-proto'])(
    'nobody that a proxy stands before (%s): it does not exist for them',
    async (header) => expect(await status({ [header]: '127.0.0.1' })).toBe(404),
  );

  test('whoever has the token, from anywhere; a token that is nearly it is none', async () => {
    const from = { 'x-forwarded-for': '192.0.2.1' };
    expect(await status({ ...from, authorization: `Bearer ${TOKEN}` })).toBe(200);
    for (const wrong of ['x', TOKEN.slice(1), `${TOKEN}x`, `${TOKEN} `.repeat(2)])
      expect(await status({ ...from, authorization: `Bearer ${wrong}` }), wrong).toBe(404);
    expect(await status({ ...from, authorization: TOKEN })).toBe(404);
  });

  test('without a socket, or without a token in the configuration: 404 like any address that does not exist', async () => {
    const asked = await app.request('https://pv.example/metrics', { headers: { authorization: 'Bearer null' } });
    const missing = await app.request('https://pv.example/rien-du-tout');
    expect([asked.status, missing.status]).toEqual([404, 303]);
    expect(await asked.text()).toContain('Cette page n’existe pas');
  });

  test('a token too short is refused at the start, and is not repeated', () => {
    const env = { SECRET: 'x'.repeat(40), DATABASE_URL: t.url };
    expect(readConfig(env).metricsToken).toBeNull();
    expect(readConfig({ ...env, METRICS_TOKEN: TOKEN }).metricsToken).toBe(TOKEN);
    expect(() => readConfig({ ...env, METRICS_TOKEN: 'secret' })).toThrow(/METRICS_TOKEN est trop court/);
  });
});

describe('what it says', () => {
  test('is read once in fifteen seconds, however many ask, and once more after', async () => {
    let reads = 0;
    const { text, clock } = made(async () => {
      reads += 1;
      return { ...EMPTY, rows: [{ state: 'planned', n: reads }] };
    });
    await Promise.all(Array.from({ length: 50 }, () => text()));
    expect(reads).toBe(1);
    clock.at += 15_001;
    expect((await text()).body).toContain('porte_voix_delivery_rows{state="planned"} 2');
    expect(reads).toBe(2);
  });

  test('nothing old is told for new when the database does not answer, and it is asked again', async () => {
    let down = false;
    const { text, clock } = made(async () => {
      if (down) throw new Error('canceling statement due to statement timeout');
      return { ...EMPTY, rows: [{ state: 'planned', n: 5 }] };
    });
    expect((await text()).body).toContain('porte_voix_totals_up 1');
    down = true;
    clock.at += 20_000;
    const { body } = await text();
    expect(body).toContain('porte_voix_totals_up 0');
    expect(body).not.toContain('porte_voix_delivery_rows{state="planned"}');
    expect(body).toContain('porte_voix_journal_hits_flushed 7');
    down = false;
    expect((await text()).body).toContain('porte_voix_totals_up 1');
  });

  test('pages are told by the pattern of their address: no slug, no secret, and one line for all that leads nowhere', async () => {
    const { timing, text } = made(async () => EMPTY);
    const pages = new Hono().use(timing);
    pages.get('/campagnes/:campaign/rapport', (c) => c.text('ok'));
    pages.get('/kit/:token', (c) => c.text('ok', 404));
    for (const path of ['/campagnes/zebre/rapport', '/kit/secret-du-relais', '/wp-admin.php', '/.env'])
      await pages.request(path);
    const { body } = await text();
    expect(body).toContain('_count{route="/campagnes/:campaign/rapport",method="GET",status="2xx"} 1');
    expect(body).toContain('_count{route="/kit/:token",method="GET",status="4xx"} 1');
    expect(body).toContain('_count{route="introuvable",method="GET",status="4xx"} 2');
    expect(body).not.toMatch(/zebre|secret-du-relais|wp-admin/);
  });

  test('totals of the instance are counted as they are, and rows of finished pushes are left alone', async () => {
    const push = await makeApprovedPush(t, { contacts: { opco: 30, btp: 0 } });
    await freezePush(t.ctx(t.cast.alice), push.id);
    const later = new Date(NOW.getTime() + 60_000);
    const totals = await readInstanceTotals(t.db, later);
    expect(totals.rows).toEqual([{ state: 'planned', n: 30 }]);
    expect(totals.oldestRow).toBe(60);
    expect(totals.outbox.owed).toBeGreaterThanOrEqual(0);
    await withOrganisation(t.db, t.cast.organisations.opco, (trx) =>
      trx.updateTable('pushes').set({ finished_at: later }).where('id', '=', push.id).execute(),
    );
    expect(await readInstanceTotals(t.db, later)).toMatchObject({ rows: [], oldestRow: 0 });
  });
});
