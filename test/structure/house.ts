import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Hono } from 'hono';
import { afterAll } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { openQueue } from '../../src/jobs/queue.ts';
import { buildApp, closeTracking, openTracking } from '../../src/server.ts';
import { openService, type Service } from '../../src/service.ts';

/** The whole service on this database, answering without a socket; no worker runs. Closed at the end of the file. */
export async function openHouse(databaseUrl: string): Promise<{ app: Hono; service: Service }> {
  const dataDir = mkdtempSync(join(tmpdir(), 'porte-voix-house-'));
  const service = await openService(
    readConfig({
      DATABASE_URL: databaseUrl,
      DATA_DIR: dataDir,
      PUBLIC_URL: 'https://pv.example',
      SECRET: 'x'.repeat(40),
    }),
    { migrate: false, pages: true },
  );
  const tracking = await openTracking(service);
  const queue = await openQueue(databaseUrl);
  afterAll(async () => {
    await closeTracking(tracking);
    await queue.stop();
    await service.close();
    rmSync(dataDir, { recursive: true, force: true });
  });
  return { app: buildApp({ service, tracking, queue }), service };
}
