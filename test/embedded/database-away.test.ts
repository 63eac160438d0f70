import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { acrossOrganisations, openDatabase } from '../../src/db/database.ts';
import { binaries, runAs, serverAccount } from '../../src/embedded/binaries.ts';
import { newPlace, porteVoix, start } from '../support/running.ts';

const FIELD = fileURLToPath(new URL('../../campaigns/raccordeur-fibre-2023', import.meta.url));
const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';

/** The PostgreSQL server of this folder, stopped as an administrator stops it, and started again where it was. */
function serverOf(dataDir: string) {
  const account = serverAccount();
  const { bin, data, home } = binaries(dataDir, account);
  const port = readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')[3] ?? '';
  const { service } = JSON.parse(readFileSync(join(home, 'mots-de-passe.json'), 'utf8')) as { service: string };
  const control = (...args: string[]): void => {
    const { status, stderr } = runAs(account, join(bin, 'pg_ctl'), ['-D', data, '-w', ...args]);
    expect(status, stderr).toBe(0);
  };
  return {
    url: `postgresql://porte_voix:${service}@127.0.0.1:${port}/porte_voix`,
    stop: () => control('-m', 'fast', 'stop'),
    start: () =>
      control(
        '-l',
        join(home, 'postgres.log'),
        '-o',
        `-p ${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories=`,
        'start',
      ),
  };
}

test('with PostgreSQL really stopped every reader is led on, and nothing is lost when it is back (issue 6 §1)', {
  timeout: 180_000,
}, async () => {
  const place = await newPlace();
  const { url, said, stop } = await start(place);
  expect(await porteVoix(['campaign', 'apply', FIELD], { DATA_DIR: place.dataDir })).toMatchObject({ code: 0 });
  const server = serverOf(place.dataDir);
  const read = async <T>(query: string): Promise<T[]> => {
    const db = await openDatabase(server.url, 2);
    try {
      return await acrossOrganisations(db, async (trx) => (await sql.raw<T>(query).execute(trx)).rows);
    } finally {
      await db.close();
    }
  };
  const [link] = await read<{ token: string; url: string }>('select token, url from tokens where push_id = 0');
  const click = () =>
    fetch(`${url}/r/${link?.token}`, { redirect: 'manual', headers: { 'user-agent': FIREFOX } }).then((answer) => [
      answer.status,
      answer.headers.get('location'),
    ]);
  const health = async (path: string) => (await fetch(`${url}${path}`)).status;
  const led = [302, link?.url];
  expect(await click()).toEqual(led);

  server.stop();
  for (let second = 0; second < 5; second += 1) {
    expect(await Promise.all(Array.from({ length: 8 }, click))).toEqual(Array(8).fill(led));
    await pause(1_000);
  }
  expect([await health('/healthz'), await health('/readyz')]).toEqual([200, 503]);
  server.start();
  expect(await click()).toEqual(led);
  for (let wait = 0; wait < 60 && (await health('/readyz')) !== 200; wait += 1) await pause(500);

  const hits = () => read<{ n: number }>('select count(*) as n from hits').then((rows) => rows[0]?.n);
  for (let wait = 0; wait < 80 && (await hits()) !== 42; wait += 1) await pause(500);
  expect(await hits()).toBe(42);
  expect(said.stderr).toContain('les clics attendent sur le disque');
  expect(said.stderr).toContain('la base répond à nouveau');
  expect(await stop()).toMatchObject({ code: 0 });
  expect(said.stderr).not.toMatch(/^\s+at /m);
});
