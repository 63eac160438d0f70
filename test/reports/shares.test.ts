import { readSheet } from 'read-excel-file/node';
import { beforeAll, describe, expect, test } from 'vitest';
import { sealId } from '../../src/base/tokens.ts';
import { acrossOrganisations } from '../../src/db/database.ts';
import { readReport } from '../../src/reports/report.ts';
import { readSharedReport, readShares } from '../../src/seals/read-shares.ts';
import { revokeShare, shareReport } from '../../src/seals/share-report.ts';
import { address, asker, hasIds, methodOf, routesOf } from '../structure/ask.ts';
import { openHouse } from '../structure/house.ts';
import { makeOwnThings } from '../structure/own-things.ts';
import { PUBLIC } from '../structure/public-routes.ts';
import { makeWorld, PRIVATE, type World } from '../structure/world.ts';
import { NOW, SECRETS, testDatabase } from '../support/database.ts';
import { type MadeReport, reportHistory } from './history.ts';

const t = await testDatabase();
const { app, service } = await openHouse(t.url);
const { as } = asker(t, app, service);
const { alice, bruno, david, etranger } = t.cast;
const instance = { db: t.db, secrets: SECRETS, publicUrl: 'https://pv.example', now: () => NOW };
let made: MadeReport;
let world: World;
beforeAll(async () => {
  made = await reportHistory(t, 9);
  world = await makeWorld(t, service.config.dataDir);
  await makeOwnThings(t, alice);
});

const tokenOf = (id: number, secrets = SECRETS): string => sealId(secrets.doors, 'rapport', id);
const open = (token: string, now = NOW) => readSharedReport({ ...instance, now: () => now }, token, {});

describe('an address with an end', () => {
  test('opens the very figures that an evaluator of the organisation reads, until the end of its last day (Paris)', async () => {
    const { id } = await shareReport(t.ctx(alice), made.slug, { label: 'La DGEFP', until: '2026-12-31' });
    const shared = await open(tokenOf(id));
    expect(shared?.report).toEqual(await readReport(t.ctx(david), made.slug));
    expect(await open(tokenOf(id), new Date('2026-12-31T22:59:59Z'))).not.toBeNull();
    expect(await open(tokenOf(id), new Date('2026-12-31T23:00:00Z'))).toBeNull();
  });

  test('of a partner, it opens what that partner’s evaluators read', async () => {
    const { id } = await shareReport(t.ctx(bruno), made.slug, { label: 'Notre bureau', until: '2026-12-31' });
    const own = await readReport(t.ctx({ ...bruno, roles: ['evaluateur'] }), made.slug);
    expect((await open(tokenOf(id)))?.report).toEqual(own);
  });

  test('closed, forged, of another purpose or unknown: nothing, all alike', async () => {
    const { id } = await shareReport(t.ctx(alice), made.slug, { label: 'À fermer', until: '2026-12-31' });
    await expect(revokeShare(t.ctx(bruno), made.slug, id)).rejects.toMatchObject({ kind: 'not-found' });
    await revokeShare(t.ctx(alice), made.slug, id);
    await revokeShare(t.ctx(alice), made.slug, id);
    for (const token of [tokenOf(id), tokenOf(99_999), sealId(SECRETS.doors, 'kit', id), 'x'.repeat(43), ''])
      expect(await open(token)).toBeNull();
    const { shares } = await readShares(t.ctx(alice), made.slug);
    expect(shares.find((s) => s.id === id)?.revokedAt).toEqual(NOW);
  });

  test('a day that is past, more than a year away, or none, and nobody named: refused with the field', async () => {
    const share = (label: string, until: string) => shareReport(t.ctx(alice), made.slug, { label, until });
    for (const until of ['2026-11-21', '2028-01-01', 'demain', '2026-02-30'])
      await expect(share('x', until)).rejects.toMatchObject({ kind: 'invalid', fields: [{ field: 'until' }] });
    await expect(share('  ', '2026-12-31')).rejects.toMatchObject({ kind: 'invalid', fields: [{ field: 'label' }] });
    await expect(shareReport(t.ctx(david), made.slug, { label: 'x', until: '2026-12-31' })).rejects.toMatchObject({
      kind: 'forbidden',
    });
    await expect(shareReport(t.ctx(etranger), made.slug, { label: 'x', until: '2026-12-31' })).rejects.toMatchObject({
      kind: 'not-found',
    });
  });

  test('its acts are written down, without the address that opens it', async () => {
    const rows = await acrossOrganisations(t.db, (trx) =>
      trx
        .selectFrom('audit_log')
        .select(['action', 'detail'])
        .where('action', 'in', ['report.share', 'report.unshare'])
        .execute(),
    );
    expect(rows.map((r) => r.action)).toContain('report.unshare');
    expect(JSON.stringify(rows)).not.toMatch(/[\w-]{43}/);
  });
});

describe('at its address', () => {
  const at = async (path: string) => {
    // The house has a clock and keys of its own.
    const ctx = { ...t.ctx(alice), secrets: service.secrets, now: service.now };
    const until = new Date(service.now().getTime() + 5 * 86_400_000).toISOString().slice(0, 10);
    const { id } = await shareReport(ctx, world.campaign, { label: 'Le zèbre lecteur', until });
    return app.request(`https://pv.example/rapports/${tokenOf(id, service.secrets)}${path}`);
  };

  test('no session, no cookie, kept by nobody, listed nowhere; the label of the address is not shown', async () => {
    for (const path of [
      '',
      '/series',
      '/publics',
      '/webinaires',
      '/methode',
      '/rapport.csv',
      '/rapport.json',
      '/rapport.xlsx',
      '/rapport.html',
    ]) {
      const answer = await at(path);
      expect([path, answer.status, answer.headers.get('set-cookie')]).toEqual([path, 200, null]);
      expect(answer.headers.get('x-robots-tag')).toContain('noindex');
      expect(answer.headers.get('referrer-policy')).toBe('no-referrer');
      expect(answer.headers.get('cache-control')).toContain('no-store');
      const text = await answer.text();
      expect([path, PRIVATE.test(text), text.includes('Le zèbre lecteur')]).toEqual([path, false, false]);
      if (path === '') expect(text).toContain('<meta name="robots" content="noindex"/>');
    }
  });

  test('it leads to no page that asks for a session, and offers no PDF: a browser each would be too much', async () => {
    const text = await (await at('')).text();
    const links = [...text.matchAll(/href="(\/[^"#]*)"/g)].map((m) => m[1] ?? '');
    expect(links.filter((href) => /^\/(?:campagnes|contacts|memoire)/.test(href))).toEqual([]);
    expect(links.filter((href) => href.includes('.pdf'))).toEqual([]);
  });

  test('bad dates show the whole report and what is wrong; another address is like any that does not exist', async () => {
    expect((await at('?du=jamais')).status).toBe(422);
    const wrong = await app.request(`https://pv.example/rapports/${'x'.repeat(43)}`);
    const none = await app.request(`https://pv.example/questionnaires/${'x'.repeat(43)}`);
    const page = await none.text();
    expect([wrong.status, (await wrong.text()) === page]).toEqual([404, true]);
    const end = await at('/serie');
    expect([end.status, (await end.text()) === page]).toEqual([404, true]);
  });
});

/** A person’s address, name or company, and who relays: of the memory and the settings of their organisation they read the rest. */
const PERSONAL = /@(?:savane|foret)\.example|Mme Okapi|Okapis réunis|relais Okapi/i;

describe('an evaluator reads aggregates, everywhere', () => {
  const routes = routesOf(app).filter((r) => !(r in PUBLIC) && methodOf(r) === 'GET');

  test('no page, file nor error that an evaluator opens has a word of a contact, a relay, a mail or a journal', async () => {
    const wrong: string[] = [];
    let opened = 0;
    for (const route of routes) {
      const answer = await as(david, route, address(route, world));
      if (answer.status === 200) opened += 1;
      if (PERSONAL.test(answer.text)) wrong.push(route);
    }
    expect(opened).toBeGreaterThan(20);
    expect(wrong).toEqual([]);
  });

  test('nor when addresses are made up, or badly written', async () => {
    for (const route of routes.filter(hasIds)) {
      const path = address(route, { ...world, address: world.address }).replace(/\d+(?=[/.]|$)/, '999999');
      expect([route, PERSONAL.test((await as(david, route, `${path}?du=okap&au=%27`)).text)]).toEqual([route, false]);
    }
  });

  test('nor in the workbook, cell by cell', async () => {
    const { session } = asker(t, app, service);
    const { cookie } = await session(david);
    const answer = await app.request(`https://pv.example/campagnes/${world.campaign}/rapport.xlsx`, {
      headers: { cookie },
    });
    const book = Buffer.from(await answer.arrayBuffer());
    for (const name of ['Rapport', 'Ensemble', 'Méthode']) {
      const cells = (await readSheet(book, name)).flat().join(' ');
      expect([name, cells.length > 20, PERSONAL.test(cells)]).toEqual([name, true, false]);
    }
  });
});
