import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { sha256 } from '../../src/base/tokens.ts';
import { withOrganisation } from '../../src/db/database.ts';
import { addFile, addLink, removeSupport, safeName, writeSupport } from '../../src/resources/attach.ts';
import { LARGEST_FILE, storeFile } from '../../src/resources/file-store.ts';
import { ownResourceFile, publicResourceFile } from '../../src/resources/find-file.ts';
import { supportsOfCampaign } from '../../src/resources/queries.ts';
import { readResourcePage } from '../../src/resources/read-resource-page.ts';
import { saveResource } from '../../src/resources/save-resource.ts';
import { testDatabase } from '../support/database.ts';
import { makeCampaign } from '../support/factories.ts';
import { add, whole } from './house.ts';
import { ARCHIVE, bytesOf, DOCM, DOCX, HTML, MP4, ODT, PDF, PNG, SVG } from './samples.ts';

const t = await testDatabase();
const dataDir = mkdtempSync(join(tmpdir(), 'porte-voix-fichiers-'));
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

const everyFile = (folder = join(dataDir, 'fichiers')): string[] =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((e) => e.isFile())
        .map((e) => join(e.parentPath, e.name))
    : [];

const put = (name: string, bytes: Buffer) => storeFile(dataDir, name, bytesOf(bytes));
const refusal = async (promise: Promise<unknown>): Promise<string> => {
  const error = (await promise.then(
    () => null,
    (e) => e,
  )) as { fields: { field: string; message: string }[] } | null;
  expect(error?.fields[0]?.field).toBe('file');
  return error?.fields[0]?.message ?? '';
};

describe('what is stored', () => {
  test.each([
    ['rapport.pdf', PDF, 'application/pdf'],
    ['Rapport.PDF', PDF, 'application/pdf'],
    ['image.png', PNG, 'image/png'],
    ['note.docx', DOCX, 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'],
    ['note.odt', ODT, 'application/vnd.oasis.opendocument.text'],
    ['film.mp4', MP4, 'video/mp4'],
  ])('%s is taken for what it is', async (name, bytes, type) => {
    expect(await put(name, bytes)).toMatchObject({ type, size: bytes.length, sha256: sha256(bytes).toString('hex') });
  });

  test('it lies under the digest of its content, in two levels of folders, once', async () => {
    const { sha256: digest } = await put('un.pdf', PDF);
    await put('deux.pdf', PDF);
    const here = everyFile().filter((f) => f.endsWith(digest));
    expect(here).toEqual([join(dataDir, 'fichiers', digest.slice(0, 2), digest.slice(2, 4), digest)]);
    expect(readFileSync(here[0] ?? '')).toEqual(PDF);
    expect(statSync(here[0] ?? '').mode & 0o077).toBe(0);
  });
});

describe('what is refused, with the reason and the remedy', () => {
  test.each([
    ['dessin.svg', SVG, /SVG.*PNG ou en PDF/],
    ['page.html', HTML, /HTML.*PDF/],
    ['page.htm', PDF, /HTML/],
    ['tout.zip', ARCHIVE, /archive/],
    ['note.docm', DOCM, /macros/],
    ['note.doc', PDF, /ancien/],
    ['dessin.png', SVG, /n’est pas d’un type accepté/],
    ['page.pdf', HTML, /n’est pas d’un type accepté/],
    ['note.docx', ARCHIVE, /archive/],
    ['note.docx', DOCM, /macros/],
    ['rapport.png', PDF, /s’appelle \.png mais.*\.pdf/],
    ['rapport.html.pdf.exe', PDF, /\.exe mais/],
    ['rapport', PDF, /extension/],
    ['rapport.pdf', Buffer.alloc(0), /vide/],
    ['coupe.png', PNG.subarray(0, 5), /n’est pas d’un type accepté/],
  ])('%s (SEC-12)', async (name, bytes, why) => {
    const before = everyFile();
    expect(await refusal(put(name, bytes))).toMatch(why);
    expect(everyFile()).toEqual(before);
  });

  test('a file over 50 MB stops being written as soon as it passes the cap', async () => {
    const before = everyFile();
    let given = 0;
    const endless = (async function* () {
      const chunk = Buffer.alloc(1024 * 1024);
      for (;;) {
        given += chunk.length;
        yield chunk;
      }
    })();
    expect(await refusal(storeFile(dataDir, 'gros.pdf', endless))).toMatch(/50 Mo au plus/);
    expect(given).toBeLessThanOrEqual(LARGEST_FILE + 1024 * 1024);
    expect(everyFile()).toEqual(before);
  });

  test('a connection cut on the way leaves nothing', async () => {
    const before = everyFile();
    const cut = (async function* () {
      yield PDF;
      throw new Error('coupé');
    })();
    await expect(storeFile(dataDir, 'rapport.pdf', cut)).rejects.toThrow('coupé');
    expect(everyFile()).toEqual(before);
  });

  test('what a dead process left aside goes after a day, and not before', async () => {
    const [old, young] = ['a', 'b'].map((n) => join(dataDir, 'fichiers', 'en-cours', n)) as [string, string];
    for (const path of [old, young]) writeFileSync(path, 'x');
    utimesSync(old, new Date(Date.now() - 2 * 86_400_000), new Date(Date.now() - 2 * 86_400_000));
    await put('un.pdf', PDF);
    expect([existsSync(old), existsSync(young)]).toEqual([false, true]);
    rmSync(young);
  });
});

describe('names', () => {
  test.each([
    ['Synthèse 2030 (v2).PDF', 'synthese-2030-v2.pdf'],
    ['../../etc/passwd.pdf', 'passwd.pdf'],
    ['C:\\Windows\\rapport.pdf', 'rapport.pdf'],
    ['..\\..\\x.pdf', 'x.pdf'],
    ['rapport\0.html.pdf', 'rapport-html.pdf'],
    ['rapport\u202efdp.exe', 'rapport-fdp.pdf'],
    ['🎉🎉.pdf', 'sans-nom.pdf'],
    ['.pdf', 'sans-nom.pdf'],
    ['a"\r\nSet-Cookie: x=1.pdf', 'a-set-cookie-x-1.pdf'],
    [`${'é'.repeat(300)}.pdf`, `${'e'.repeat(60)}.pdf`],
    ['CON.pdf', 'con.pdf'],
  ])('%j', (name, safe) => {
    expect(safeName(name, 'pdf')).toBe(safe);
  });

  test('any name whatever gives one that the database and a header take', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (name) => {
        expect(safeName(name, 'pdf')).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*\.pdf$/);
      }),
    );
  });
});

describe('files of a resource', () => {
  let campaign: { id: number; slug: string };
  beforeAll(async () => {
    campaign = await makeCampaign(t);
    await add(t, campaign.id);
    await add(t, campaign.id, { slug: 'reservee', listed: false });
    await add(t, campaign.id, { slug: 'de-btp' }, t.cast.bruno);
  });
  const alice = () => t.ctx(t.cast.alice);
  const attach = (bytes: Buffer, name: string, over: Record<string, unknown> = {}, slug = 'etude') =>
    addFile(
      alice(),
      campaign.id,
      slug,
      { format: 'synthese', title: '', ...over, file: { name, bytes: bytesOf(bytes) } },
      dataDir,
    );
  const supports = async (slug = 'etude') => (await readResourcePage(alice(), campaign.id, slug)).supports;
  beforeEach(async () => {
    for (const s of await supports()) await removeSupport(alice(), campaign.id, 'etude', s.id);
  });
  const found = (name: string, slug = 'etude') => publicResourceFile(t, campaign.slug, slug, name, '2026-11-22');

  test('a new version of the same name takes the former one’s place, at the same address', async () => {
    await attach(PDF, 'Synthèse.pdf');
    const first = await found('synthese.pdf');
    const other = Buffer.concat([PDF, Buffer.from('% v2\n')]);
    await attach(other, 'synthese.pdf');
    expect(await supports()).toHaveLength(1);
    const second = await found('synthese.pdf');
    expect(second).toMatchObject({ size: other.length, sha256: sha256(other).toString('hex') });
    expect(second?.id).not.toBe(first?.id);
  });

  test('the same file twice changes nothing', async () => {
    await attach(PDF, 'un.pdf');
    const before = await supports();
    await attach(PDF, 'un.pdf');
    expect(await supports()).toEqual(before);
  });

  test('a kill between the file and its row leaves a file that nobody sees, and the next try succeeds', async () => {
    await storeFile(dataDir, 'tue.pdf', bytesOf(PDF));
    expect(await supports()).toEqual([]);
    expect(await found('tue.pdf')).toBeNull();
    await attach(PDF, 'tue.pdf');
    expect(await found('tue.pdf')).not.toBeNull();
  });

  test('a partner writes nothing on the resource of another, and no byte of its file is kept', async () => {
    const before = everyFile();
    const bruno = t.ctx(t.cast.bruno);
    const bytes = Buffer.concat([PDF, Buffer.from('% de bruno\n')]);
    const input = { format: 'synthese', title: '', file: { name: 'x.pdf', bytes: bytesOf(bytes) } };
    await expect(addFile(bruno, campaign.id, 'etude', input, dataDir)).rejects.toMatchObject({
      code: 'ressource_prise',
    });
    await expect(addFile(t.ctx(t.cast.etranger), campaign.id, 'etude', input, dataDir)).rejects.toMatchObject({
      kind: 'not-found',
    });
    await expect(addFile(t.ctx(t.cast.david), campaign.id, 'etude', input, dataDir)).rejects.toMatchObject({
      kind: 'forbidden',
    });
    await attach(PDF, 'un.pdf');
    const id = (await supports())[0]?.id ?? 0;
    await expect(removeSupport(bruno, campaign.id, 'etude', id)).rejects.toMatchObject({ code: 'ressource_prise' });
    await expect(removeSupport(bruno, campaign.id, 'de-btp', id)).rejects.toMatchObject({ kind: 'not-found' });
    expect(everyFile().filter((f) => !before.includes(f) && f.endsWith(sha256(bytes).toString('hex')))).toEqual([]);
  });

  test('a listed file is everybody’s; an unlisted, withdrawn or future one is a partner’s alone', async () => {
    await attach(PDF, 'un.pdf', {}, 'reservee');
    expect(await found('un.pdf', 'reservee')).toBeNull();
    const id = (await supports('reservee'))[0]?.id ?? 0;
    expect(await ownResourceFile(t.ctx(t.cast.chloe), campaign.id, 'reservee', id)).toMatchObject({ name: 'un.pdf' });
    await expect(ownResourceFile(t.ctx(t.cast.etranger), campaign.id, 'reservee', id)).rejects.toMatchObject({
      kind: 'not-found',
    });
    await attach(PDF, 'un.pdf');
    expect(await found('un.pdf')).not.toBeNull();
    await saveResource(alice(), campaign.id, whole({ publishedOn: '2026-11-23' }));
    expect(await found('un.pdf')).toBeNull();
    await saveResource(alice(), campaign.id, whole());
    await removeSupport(alice(), campaign.id, 'etude', (await supports())[0]?.id ?? 0);
    expect(await found('un.pdf')).toBeNull();
  });

  test.each(['javascript:alert(1)', 'ftp://exemple.fr/x', 'https://nom:passe@exemple.fr/', '/fichier', ''])(
    'the address %j is refused',
    async (url) => {
      await expect(addLink(alice(), campaign.id, 'etude', { format: 'video', title: '', url })).rejects.toMatchObject({
        fields: [{ field: 'url' }],
      });
    },
  );

  test('what was written comes back in the same shape, and written again changes nothing', async () => {
    await addLink(alice(), campaign.id, 'etude', { format: 'video', title: 'Le film', url: 'https://exemple.fr/film' });
    await attach(PDF, 'un.pdf', { title: 'En une page', format: 'une_page' });
    const { organisations } = t.cast;
    const read = () => withOrganisation(t.db, organisations.opco, (trx) => supportsOfCampaign(trx, campaign.id));
    const all = await read();
    const ids = (await supports()).map((s) => s.id);
    await withOrganisation(t.db, organisations.opco, async (trx) => {
      for (const { resource, support } of all.filter((s) => s.resource === 'etude'))
        await writeSupport(trx, alice(), campaign.id, resource, support);
    });
    expect(await read()).toEqual(all);
    expect((await supports()).map((s) => s.id)).toEqual(ids);
  });
});
