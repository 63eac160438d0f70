import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { serve } from '@hono/node-server';
import { afterAll, expect, test } from 'vitest';
import { acrossOrganisations } from '../../src/db/database.ts';
import { readRelay } from '../../src/relay-kits/read-relay.ts';
import { saveKitSettings } from '../../src/relay-kits/settings.ts';
import { readReport } from '../../src/reports/report.ts';
import { openHouse } from '../structure/house.ts';
import { testDatabase } from '../support/database.ts';
import { makeApprovedPush } from '../support/factories.ts';
import { makeRelay, PHONE } from './cast.ts';

const t = await testDatabase();
const { app, service } = await openHouse(t.url);

// A click is judged by where it comes from too: it needs a real connection.
const server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 });
afterAll(() => void server.close());
const ask = (address: string, headers: Record<string, string> = PHONE) => {
  const { port } = server.address() as AddressInfo;
  return fetch(address.replace('https://pv.example', `http://127.0.0.1:${port}`), { headers, redirect: 'manual' });
};

test('a click through a relay’s link moves its own figure, and neither the newsletter’s nor another relay’s', async () => {
  const push = await makeApprovedPush(t);
  const ctx = { ...service, actor: t.cast.alice };
  await saveKitSettings(ctx, push.campaign, { extract: push.slug });
  const relayId = await makeRelay(t, push.campaign);
  const other = await makeRelay(t, push.campaign);
  const kitOf = async (id: number) => (await readRelay(ctx, push.campaign, id)).kit?.url ?? '';
  const clicks = async (id: number) => (await readRelay(ctx, push.campaign, id)).clicks;
  const letters = async () => (await readReport(ctx, push.campaign, { simulated: true })).figures.clics.value;

  const page = await (await ask(await kitOf(relayId))).text();
  await (await ask(await kitOf(other))).text();
  expect(await clicks(relayId)).toEqual({});
  const before = await letters();
  const link = /https:\/\/pv\.example\/r\/[\w-]{22}/.exec(page)?.[0] ?? '';
  const extract = await (await ask(`${await kitOf(relayId)}/extrait.txt`)).text();
  const study = /https:\/\/pv\.example\/r\/[\w-]{22}/.exec(extract)?.[0] ?? '';
  expect((await ask(link)).headers.get('location')).toBe(`https://pv.example/c/${push.campaign}`);
  // Asked for by a robot alone: three of its links in ten seconds would be doubtful (BOT-03).
  expect((await ask(study, { 'user-agent': 'LinkedInBot/1.0' })).headers.get('location')).toBe(
    'https://ressources.example/etude',
  );
  await ask(link, { 'user-agent': 'LinkedInBot/1.0' });

  await ask(`${await kitOf(relayId)}/affiche-a4.pdf`);
  const poster = await acrossOrganisations(t.db, (trx) =>
    trx
      .selectFrom('tokens as k')
      .innerJoin('links as l', 'l.id', 'k.link_id')
      .innerJoin('link_sources as s', 's.id', 'l.source_id')
      .select('k.token')
      .where('s.relay_id', '=', relayId)
      .where('s.kind', '=', 'affiche')
      .executeTakeFirstOrThrow(),
  );
  await ask(`https://pv.example/r/${poster.token}`);

  for (let i = 0; i < 60 && (await clicks(relayId)).affiche === undefined; i++) await pause(200);
  expect(await clicks(relayId)).toEqual({
    relais: { retained: 1, doubtful: 0, robots: 2 },
    affiche: { retained: 1, doubtful: 0, robots: 0 },
  });
  expect(await clicks(other)).toEqual({});
  expect(await letters()).toBe(before);
}, 40_000);
