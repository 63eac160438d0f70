import { writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { applyFolder, planFolder } from '../../../src/plan/apply.ts';
import { createFromModel } from '../../../src/plan/create-from-model.ts';
import { changesSomething } from '../../../src/plan/diff.ts';
import { campaignFromModel } from '../../../src/plan/from-model.ts';
import { loadOrRefuse } from '../../../src/plan/load-folder.ts';
import { filePages } from '../../../src/public/files.ts';
import { webVersionHeaders } from '../../../src/rendering/web-version.ts';
import { copyOfPetite } from '../../plan/folders.ts';
import { testDatabase } from '../../support/database.ts';
import { JPEG, png } from '../../support/images.ts';
import { browser, house, jointCampaign } from './house.ts';

const t = await testDatabase();
await jointCampaign(t);
const pv = house(t);
const alice = await browser(pv, t.cast.alice);
const push = '/campagnes/commune/envois/lettre';
const at = async (): Promise<string> =>
  /name="version" value="(\d+)"/.exec((await alice.get(`${push}/contenu`)).text)?.[1] ?? '';
const srcOf = (text: string): string => /<input type="hidden" name="src" value="([^"]*)"/.exec(text)?.[1] ?? '';
const file = (name: string, bytes: Buffer): File => new File([new Uint8Array(bytes)], name);
const status = async (path: string): Promise<number> => (await filePages({ db: t.db }).request(path)).status;

test('an image is chosen, described and shown, in the form, the preview and the list of blocks', async () => {
  const empty = await alice.get(`${push}/contenu/blocs/nouveau?type=image&apres=b2`);
  expect(empty.text).toContain('enctype="multipart/form-data"');
  const fields = { version: await at(), type: 'image', apres: 'b2' };
  const added = await alice.upload(`${push}/contenu/blocs/nouveau`, {
    ...fields,
    fichier: file('Atelier Fibre.png', png()),
    alt: 'Deux personnes raccordent une fibre',
  });
  expect(added).toMatchObject({ status: 303, location: `${push}/contenu#b5` });

  const form = (await alice.get(`${push}/contenu/blocs/b5`)).text;
  const src = srcOf(form);
  expect(src).toMatch(/^\/fichiers\/commune\/atelier-fibre-[0-9a-f]{8}\.png$/);
  expect(form).toContain(`<img src="${src}" alt="Deux personnes raccordent une fibre"`);
  expect(await status(src)).toBe(200);
  expect((await alice.get(`${push}/contenu`)).text).toContain(`<img src="${src}"`);

  const preview = await alice.get(`${push}/apercu.html?organisation=opco&niveau=terrain`);
  expect(preview.text).toContain(`src="https://pv.example${src}"`);
  expect(preview.headers.get('content-security-policy')).toContain("img-src 'self' https://pv.example data:");
  expect(webVersionHeaders('https://pv.example/a')['Content-Security-Policy']).toContain('img-src https://pv.example;');
});

test('without a new file the image stays; with one it changes', async () => {
  const before = srcOf((await alice.get(`${push}/contenu/blocs/b5`)).text);
  const change = async (fichier: File) =>
    alice.upload(`${push}/contenu/blocs/b5`, { version: await at(), src: before, fichier, alt: 'Un autre texte' });
  expect((await change(file('', Buffer.alloc(0)))).status).toBe(303);
  const kept = (await alice.get(`${push}/contenu/blocs/b5`)).text;
  expect(srcOf(kept)).toBe(before);
  expect(kept).toContain('value="Un autre texte"');
  expect((await change(file('portrait.png', JPEG))).status).toBe(303);
  expect(srcOf((await alice.get(`${push}/contenu/blocs/b5`)).text)).toMatch(/\/portrait-[0-9a-f]{8}\.jpg$/);
});

test('an image that is not described is refused, and need not be chosen again', async () => {
  const refused = await alice.upload(`${push}/contenu/blocs/nouveau`, {
    version: await at(),
    type: 'image',
    apres: '',
    fichier: file('affiche.png', png(6, 6)),
    alt: '',
  });
  expect(refused.status).toBe(422);
  expect(refused.text).toContain('Décrivez l’image, ou dites qu’elle est décorative.');
  const src = srcOf(refused.text);
  expect(await status(src)).toBe(200);
  const added = await alice.upload(`${push}/contenu/blocs/nouveau`, {
    version: await at(),
    type: 'image',
    apres: '',
    src,
    alt: '',
    decorative: '1',
  });
  expect(added.status).toBe(303);
});

test.each([
  ['no file at all', file('', Buffer.alloc(0)), 'Choisissez une image.'],
  [
    'a drawing with a program',
    file('a.png', Buffer.from('<svg><script>alert(1)</script></svg>')),
    'enregistrez-la en PNG',
  ],
  ['ten megabytes', file('a.png', Buffer.alloc(10_000_000, 1)), 'Cette image dépasse 1 Mo'],
  ['an archive', file('a.png', Buffer.from('PK\x03\x04')), 'n’est pas une image PNG, JPEG, GIF ou WebP'],
])('%s is refused beside its field', async (_, fichier, message) => {
  const refused = await alice.upload(`${push}/contenu/blocs/nouveau`, {
    version: await at(),
    type: 'image',
    apres: '',
    fichier,
    alt: 'Un atelier',
  });
  expect(refused.status).toBe(422);
  expect(refused.text).toContain(message);
  expect(refused.text).toContain('href="#champ-fichier"');
  expect(refused.text).toContain('value="Un atelier"');
});

test('an address typed in place of a file leads nowhere', async () => {
  for (const src of ['https://ailleurs.example/pixel.gif', '/fichiers/autre/a-00000000.png', '/deconnexion']) {
    const refused = await alice.upload(`${push}/contenu/blocs/b5`, { version: await at(), src, alt: 'Un atelier' });
    expect(refused.status, src).toBe(422);
  }
});

test('a folder’s images are kept with it, once; one that changes asks for its message to be read again', async () => {
  const folder = copyOfPetite();
  const ctx = t.ctx(t.cast.alice);
  await applyFolder(ctx, folder.dir);
  expect(await status('/fichiers/petite-campagne/atelier-61a310a0.png')).toBe(200);
  expect(changesSomething(await planFolder(ctx, folder.dir))).toBe(false);
  expect(changesSomething(await applyFolder(ctx, folder.dir))).toBe(false);

  writeFileSync(`${folder.dir}/images/atelier.png`, png(9, 9));
  const changes = await applyFolder(ctx, folder.dir);
  expect(changes.filter((c) => c.action !== 'rien').map((c) => `${c.action} ${c.what}`)).toEqual([
    'créer image',
    'modifier envoi',
  ]);
  expect(changesSomething(await planFolder(ctx, folder.dir))).toBe(false);
});

test('a campaign made from a model has its own copy of the model’s images, under whatever name it gets', async () => {
  const { bundle } = await loadOrRefuse(copyOfPetite().dir);
  const { campaign: c } = bundle;
  const answers = { ...c, colour: '#12355b', accent: '#c2410c', slug: 'commune', name: 'Commune' };
  const made = campaignFromModel(bundle, {
    ...answers,
    audiences: bundle.audiences.map((a) => a.slug),
    pushes: new Map(bundle.pushes.map((p) => [p.slug, null])),
  });
  // « commune » is taken: the campaign becomes « commune-2 », and its images with it.
  const { slug } = await createFromModel(t.ctx(t.cast.alice), made);
  expect(slug).toBe('commune-2');
  expect(await status('/fichiers/commune-2/atelier-61a310a0.png')).toBe(200);
  expect((await alice.get('/campagnes/commune-2/envois/premiere/contenu')).text).toContain(
    '<img src="/fichiers/commune-2/atelier-61a310a0.png"',
  );
});
