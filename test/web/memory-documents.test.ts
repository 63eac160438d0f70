import { buffer } from 'node:stream/consumers';
import { beforeAll, describe, expect, test } from 'vitest';
import { withOrganisation } from '../../src/db/database.ts';
import { recordDecision } from '../../src/decisions/record-decision.ts';
import { AUDIT_SENTENCES } from '../../src/memory/sentences.ts';
import { exportJournal, readJournal } from '../../src/organisations/read-journal.ts';
import { plainMarkdown } from '../../src/web/document.ts';
import { NOW, testDatabase } from '../support/database.ts';
import { approve, submit } from '../support/factories.ts';
import { browser, house } from './campaigns/house.ts';
import { rememberedCampaign } from './memory-world.ts';

const t = await testDatabase();
const served = house(t);
const { campaignId, pushId } = await rememberedCampaign(t);
const alice = await browser(served, t.cast.alice);
const bruno = await browser(served, t.cast.bruno);
const david = await browser(served, t.cast.david);
const emma = await browser(served, t.cast.emma);
const { opco, btp, federation } = t.cast.organisations;

const MINUTES = '/campagnes/commune/memoire/compte-rendu';
const HANDOVER = '/campagnes/commune/passation';

beforeAll(async () => {
  const write = (over: object) =>
    recordDecision(t.ctx(t.cast.alice), campaignId, {
      instance: 'copil',
      date: '2026-11-02',
      decision: 'Oui.',
      ...over,
    });
  await write({ date: '2026-10-01', subject: 'D’avant', due: '2026-11-20' });
  await write({
    subject: 'La charte',
    due: '2026-12-31',
    participants: [{ organisation: 'Partenaire BTP', people: ['Mme Roux'] }],
  });
  await write({ subject: 'Le budget', decision: '', due: '2026-12-15' });
  await write({ subject: 'Le nom', decision: 'Zéro' });
  const { id } = await write({ subject: 'Le logo', decision: 'Rond' });
  await write({ subject: 'Le logo', decision: 'Carré', supersedes: id });
  await submit(t, pushId);
  await approve(t, pushId, t.cast.alice);
  await withOrganisation(t.db, opco, async (trx) => {
    await trx
      .insertInto('withdrawals')
      .values({
        campaign_id: campaignId,
        organisation_id: federation,
        effective_at: new Date('2026-11-20T08:00:00Z'),
        reason: 'Elle se réorganise.',
        recorded_by: 'test',
        recorded_at: NOW,
      })
      .execute();
    await trx
      .insertInto('sector_events')
      .values({
        organisation_id: opco,
        campaign_id: campaignId,
        slug: 'salon',
        title: 'Le salon des réseaux',
        place: 'Lyon',
        starts_on: '2026-12-03',
        ends_on: '2026-12-04',
        created_by: 'test',
        created_at: NOW,
        updated_at: NOW,
      })
      .execute();
  });
});

describe('the minutes to come', () => {
  test('say what was decided last time, what is due, what waits, what comes, and leave room to write', async () => {
    const { status, text } = await alice.get(`${MINUTES}?instance=copil&date=2026-12-10`);
    expect(status).toBe(200);
    const words = text.replace(/<[^>]*>/g, '').replaceAll('\u00a0', ' ');
    for (const said of [
      'Compte rendu, COPIL du jeudi 10 décembre 2026',
      'Décidé la dernière fois, le lun. 2 nov. 2026',
      'La charte',
      'Arrivé à échéance',
      'D’avant',
      'À décider : Le budget, avant le mar. 15 déc. 2026',
      'À valider : La première lettre, par Partenaire BTP',
      'À relire : L’outil GEPP, OPCO de test, pour le mar. 1 déc. 2026',
      'Temps fort, Le salon des réseaux, Lyon',
      'Décisions de la réunion',
    ])
      expect(words).toContain(said);
    expect(words).not.toContain('Rond');
    // Who has left is not expected.
    expect(words).not.toContain('Fédération de test');
  });

  test.each(['cotech', 'gt', 'autre', 'inconnue'])(
    'for another instance there is no last time: %s',
    async (instance) => {
      const { status, text } = await alice.get(`${MINUTES}?instance=${instance}`);
      expect(status).toBe(200);
      expect(text).not.toContain(instance === 'inconnue' ? 'Compte rendu, GT' : 'Décidé la dernière fois');
    },
  );

  test.each(['2026-02-30', '0001-01-01', '%C3%A9', '2026-12-10T00:00'])(
    'a day that does not exist is asked again: %s',
    async (date) => {
      const page = await alice.get(`${MINUTES}?date=${date}`);
      expect(page.status).toBe(422);
      expect(page.text).toContain('Donnez une date qui existe.');
      expect((await alice.get(`${MINUTES}.md?date=${date}`)).status).toBe(422);
    },
  );

  test('are files too, with whole addresses', async () => {
    const md = await alice.get(`${MINUTES}.md?instance=copil&date=2026-12-10`);
    expect(md.headers.get('content-disposition')).toBe('attachment; filename="compte-rendu-commune-2026-12-10.md"');
    expect(md.text).toMatch(/^# Compte rendu, COPIL du jeudi 10 décembre 2026\n/);
    expect(md.text).toContain('| N° | Sujet | Options | Décision et raison | Qui | Échéance |');
    expect(md.text).toContain('](<https://pv.example/memoire/decisions/');
    const html = await alice.get(`${MINUTES}.html?instance=copil&date=2026-12-10`);
    expect(html.text).toMatch(/^<!doctype html>\n<html lang="fr">/);
    expect(html.text).toContain('href="https://pv.example/campagnes/commune/envois/lettre/validation"');
    expect(html.text).not.toMatch(/href="\//);
  });
});

describe('the whole memory in one document', () => {
  test('is numbered in the order of the meetings, with a contents that leads there and both ends of each replacement', async () => {
    const { text } = await bruno.get('/campagnes/commune/memoire/document');
    const anchors = [...text.matchAll(/href="#(d\d+)"/g)].map((m) => m[1]);
    expect(new Set(anchors).size).toBe(6);
    for (const anchor of anchors) expect(text).toContain(`id="${anchor}"`);
    expect([...text.matchAll(/<h3 id="d\d+">(\d+\. [^<]*)</g)].map((m) => m[1])).toEqual([
      '1. D’avant',
      '2. La charte',
      '3. Le budget',
      '4. Le nom',
      '5. Le logo',
      '6. Le logo',
    ]);
    expect(text).toMatch(/Remplacée par<\/dt><dd><a href="#d\d+">décision n° 6/);
    expect(text).toMatch(/Remplace<\/dt><dd><a href="#d\d+">décision n° 5/);
  });

  test('Markdown signs that people type stay what they typed', () => {
    expect(plainMarkdown('# a\n1. b\n- c\n> d\n*e* [f](g) <h> |i| \\ `j`')).toBe(
      '\\# a\n1\\. b\n\\- c\n\\> d\n\\*e\\* \\[f\\](g) \\<h\\> \\|i\\| \\\\ \\`j\\`',
    );
  });
});

describe('the handover', () => {
  test('tells a newcomer what is decided, what waits, who knows, and who left', async () => {
    const { status, text } = await alice.get(HANDOVER);
    expect(status).toBe(200);
    for (const said of [
      'La campagne commune',
      'Alice (communicant, valideur)',
      'lettre@btp.example',
      'retirée le ven. 20 nov. 2026',
      'Elle se réorganise.',
      'La charte',
      'Carré',
      'Le budget',
      'La première lettre',
      'Le salon des réseaux',
      'OPCO de test · Paul de l’outil',
    ])
      expect(text.replaceAll('\u00a0', ' '), said).toContain(said);
    expect(text).not.toContain('Rond');
    expect(text).toMatch(/a travaillé sur [^<]*décisions/);
    expect(text).toContain('a validé 1 texte'.replace('1 ', '1\u00a0'));
  });

  test('names people of one’s own organisation only, except who took part in a decision', async () => {
    const { text } = await bruno.get(HANDOVER);
    expect(text).toContain('Bruno (communicant, valideur)');
    expect(text).not.toMatch(/Alice|Emma|David|Paul/);
    const decision = /href="(\/memoire\/decisions\/\d+)">La charte/.exec(text)?.[1] ?? '';
    expect((await bruno.get(decision)).text).toContain('Mme Roux');
    expect((await alice.get(HANDOVER)).text).not.toMatch(/Bruno|Chloe/);
  });

  test('gives an évaluateur figures only', async () => {
    const { status, text } = await david.get(HANDOVER);
    expect(status).toBe(200);
    expect(text).toContain('En chiffres');
    expect(text).not.toMatch(/Alice|Emma|Paul|La charte|Le budget|Le salon|La première lettre|memoire\/decisions/);
  });
});

describe('the journal', () => {
  const JOURNAL = '/organisation/journal';

  test('is read by an administrateur only, and holds one’s own organisation’s acts only', async () => {
    expect((await alice.get(JOURNAL)).status).toBe(403);
    expect((await alice.get(`${JOURNAL}.csv`)).status).toBe(403);
    const { status, text } = await emma.get(JOURNAL);
    expect(status).toBe(200);
    expect(text).toContain('Alice a noté la décision «\u00a0La charte\u00a0»');
    expect(text).toContain('Alice a validé l’envoi «\u00a0La première lettre\u00a0»');
    expect(text).toContain('Emma a ouvert une session');
    expect(text).not.toContain('Bruno');
    const other = t.ctx({ ...t.cast.bruno, roles: ['administrateur' as const] });
    const theirs = await readJournal(other, {}, null);
    expect(theirs.lines.map((l) => l.who)).toEqual(theirs.lines.map(() => 'Bruno'));
    expect(theirs.people.map((p) => p.name)).not.toContain('Alice');
  });

  test('is filtered by person, by what it is about and by period', async () => {
    const mine = await emma.get(`${JOURNAL}?qui=${t.cast.emma.userId}`);
    expect(mine.text).not.toContain('a noté la décision');
    expect(mine.text).toContain('Emma a ouvert une session');
    const about = await emma.get(`${JOURNAL}?quoi=decision`);
    expect(about.text).toContain('a noté la décision');
    expect(about.text).not.toContain('a ouvert une session');
    expect((await emma.get(`${JOURNAL}?sujet=push:${pushId}`)).text).not.toContain('a noté la décision');
    expect((await emma.get(`${JOURNAL}?du=2026-11-22&au=2026-11-22`)).text).toContain('a noté la décision');
    expect((await emma.get(`${JOURNAL}?du=2026-11-23`)).text).toContain('Rien ne répond');
    expect((await emma.get(`${JOURNAL}?au=2026-11-21`)).text).toContain('Rien ne répond');
    // Somebody else's id, and nonsense, show nothing more than there is.
    expect((await emma.get(`${JOURNAL}?qui=${t.cast.bruno.userId}`)).text).not.toContain('Bruno');
    for (const query of [
      '?qui=abc',
      '?quoi=__proto__',
      '?sujet=push:99999999999999999999',
      '?du=2026-02-30',
      '?avant=-1',
      '?avant=1e99',
      '?quoi=constructor',
    ])
      expect((await emma.get(JOURNAL + query)).status, query).toBe(200);
  });

  test('is paged by key, each act once', async () => {
    await withOrganisation(t.db, opco, (trx) =>
      trx
        .insertInto('audit_log')
        .values(
          Array.from({ length: 120 }, (_, i) => ({
            organisation_id: opco,
            at: NOW,
            actor: 'clock',
            action: 'push.pause',
            subject: 'push:999999',
            detail: JSON.stringify({ why: `raison ${i}.` }),
          })),
        )
        .execute(),
    );
    const seen: string[] = [];
    let next: string | undefined = `${JOURNAL}?qui=service&sujet=push:999999`;
    for (let pages = 0; next && pages < 5; pages += 1) {
      const { text }: { text: string } = await emma.get(next);
      seen.push(...[...text.matchAll(/raison (\d+)\./g)].map((m) => m[1] ?? ''));
      next = /href="([^"]*avant=\d+)" rel="next"/.exec(text)?.[1]?.replaceAll('&amp;', '&');
    }
    expect(seen).toHaveLength(120);
    expect(new Set(seen).size).toBe(120);
  });

  test('leaves as CSV for a French spreadsheet, where a formula stays text (FR-03), and says that it left', async () => {
    await recordDecision(t.ctx(t.cast.alice), null, {
      instance: 'gt',
      date: '2026-11-02',
      subject: '=HYPERLINK("https://x.example")',
      decision: 'Oui.',
    });
    await withOrganisation(t.db, opco, (trx) =>
      trx
        .insertInto('audit_log')
        .values({ organisation_id: opco, at: NOW, actor: 'clock', action: '=1+1', subject: '@SUM(A1)', detail: '{}' })
        .execute(),
    );
    const { status, headers, text } = await emma.get(`${JOURNAL}.csv`);
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('text/csv; charset=utf-8');
    const lines = text.replace(/^\ufeff/, '').split('\r\n');
    const bytes = await buffer(await exportJournal(t.ctx(t.cast.emma), {}));
    expect([...bytes.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
    expect(lines[0]).toBe('Date (heure de Paris);Qui;Ce qui a été fait;Code;Sujet;Détail');
    expect(text).toContain(";'=1+1;'@SUM(A1);");
    expect(text).toMatch(/2026-11-22 11:00;Alice;"a noté la décision « =HYPERLINK/);
    for (const line of lines) for (const cell of line.split(';')) expect(cell).not.toMatch(/^"?[=+@]/);
    expect((await emma.get(JOURNAL)).text).toContain('Emma a exporté le journal de l’organisation');
    expect((await emma.get(`${JOURNAL}.csv?quoi=decision`)).text.split('\r\n').length).toBeLessThan(lines.length);
  });

  test('a code that has no sentence yet is shown as it is, never as an error', async () => {
    expect((await emma.get(`${JOURNAL}`)).text).toContain('=1+1\u00a0:');
    expect(Object.keys(AUDIT_SENTENCES)).not.toContain('=1+1');
  });
});

test('what btp notes of itself is in no page of opco', async () => {
  await withOrganisation(t.db, btp, (trx) =>
    trx
      .insertInto('decisions')
      .values({
        organisation_id: btp,
        instance: 'gt',
        held_on: '2026-11-02',
        subject: 'Chez btp',
        decision: 'd',
        created_by: 'test',
        created_at: NOW,
      })
      .execute(),
  );
  for (const path of ['/memoire', HANDOVER, '/campagnes/commune/memoire/document', MINUTES])
    expect((await alice.get(path)).text).not.toContain('Chez btp');
});
