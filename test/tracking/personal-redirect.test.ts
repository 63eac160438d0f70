import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { idsSealer } from '../../src/base/tokens.ts';
import type { Database } from '../../src/db/database.ts';
import { redirect } from '../../src/public/redirect.ts';
import { type Journal, openJournal } from '../../src/tracking/journal.ts';
import { personalOpener, personalSealer } from '../../src/tracking/personal-links.ts';
import { openTokenStore } from '../../src/tracking/token-store.ts';
import { agreedScene, type OwnLink } from '../support/agreed.ts';
import { NOW, SECRETS, type TestDatabase, testDatabase } from '../support/database.ts';
import { temporaryFolder } from '../support/running.ts';

const T0 = NOW.getTime();
const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
const open = personalOpener(SECRETS);
const seal = personalSealer(SECRETS);

let t: TestDatabase;
let linkOf: (person: number, n?: number) => OwnLink;

beforeAll(async () => {
  t = await testDatabase();
  ({ linkOf } = await agreedScene(t));
});
const close: (() => unknown)[] = [];
afterAll(() => {
  for (const c of close) c();
});

describe('where a link of one’s own leads', () => {
  const away = {
    ...({} as Database),
    kysely: new Proxy({} as Database['kysely'], {
      get: () => () => {
        throw new Error('connexion refusée');
      },
    }),
  } as Database;
  const storeOn = (database: Database, folder: string) =>
    openTokenStore(database, folder, { now: () => T0, everyMs: 0, open });

  async function listen(tokens: ReturnType<typeof storeOn>, journal: Journal) {
    const app = redirect({ tokens, journal, trustedProxies: 0, secrets: SECRETS, now: () => T0 });
    const server = await new Promise<ReturnType<typeof serve>>((resolve) => {
      const s = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, () => resolve(s));
    });
    close.push(() => server.close());
    const { port } = server.address() as AddressInfo;
    return (token: string) =>
      fetch(`http://127.0.0.1:${port}/r/${token}?url=https://evil.example/`, {
        redirect: 'manual',
        headers: { 'user-agent': FIREFOX },
      });
  }

  test('to its page, from memory, from the snapshot with the database away, from the database on a miss', async () => {
    const folder = temporaryFolder();
    const journal = await openJournal(folder);
    close.push(() => journal.close());
    const online = storeOn(t.db, folder);
    const { token, link } = linkOf(0);
    expect(online.find(token)).toBeUndefined();
    expect((await (await listen(online, journal))(token)).headers.get('location')).toMatch(
      /^https:\/\/page\.example\/\d$/,
    );
    // One miss brought the whole push: anybody's link is now at hand.
    expect(online.find(linkOf(7, 2).token)).toMatch(/^https:\/\/page\.example\/\d$/);
    const fresh = storeOn(t.db, folder);
    await fresh.refresh();
    expect(fresh.find(token)).toBe(online.find(token));
    const offline = await (await listen(storeOn(away, folder), journal))(token);
    expect([offline.status, offline.headers.get('location')]).toEqual([302, fresh.find(token)]);
    expect(link).toBeGreaterThan(0);
  });

  test('a forged or altered one gets the plain page, even with the database away: nobody needs to be asked (SEC-10)', async () => {
    const folder = temporaryFolder();
    const journal = await openJournal(folder);
    close.push(() => journal.close());
    const ask = await listen(storeOn(t.db, folder), journal);
    const offline = await listen(storeOn(away, folder), journal);
    const { token, delivery, cell, link } = linkOf(0);
    const altered = `${token.slice(0, 20)}${token[20] === 'A' ? 'B' : 'A'}${token.slice(21)}`;
    const ofAnotherUse = idsSealer(SECRETS.doors, 'autre')([delivery, cell, link]);
    for (const forged of [altered, ofAnotherUse, 'A'.repeat(43), `${cell}%2F${link}`]) {
      for (const get of [ask, offline]) {
        const answer = await get(forged);
        expect([forged, answer.status]).toEqual([forged, 404]);
        expect(await answer.text()).toContain('Ce lien ne mène nulle part');
      }
    }
    expect(journal.state().written).toBe(0);
  });

  test('one that may exist gets a 503 while nobody can say; one whose push is gone, the plain page', async () => {
    const folder = temporaryFolder();
    const journal = await openJournal(folder);
    close.push(() => journal.close());
    expect((await (await listen(storeOn(away, folder), journal))(linkOf(0).token)).status).toBe(503);
    const gone = seal({ delivery: 1, cell: 999_999, link: 999_999 });
    expect((await (await listen(storeOn(t.db, temporaryFolder()), journal))(gone)).status).toBe(404);
  });
});
