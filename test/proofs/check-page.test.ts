import { Hono } from 'hono';
import { beforeAll, describe, expect, test } from 'vitest';
import type { PageProbe } from '../../src/base/probe-page.ts';
import { editPush } from '../../src/pushes/edit-push.ts';
import { pushInputOf, readPush } from '../../src/pushes/read-push.ts';
import type { WebEnv } from '../../src/web/env.ts';
import { pushCheckPages } from '../../src/web/push-check.tsx';
import { testDatabase } from '../support/database.ts';
import { browser, house, jointCampaign } from '../web/campaigns/house.ts';

const t = await testDatabase();
const home = house(t);
const PUSH = '/campagnes/commune/envois/lettre';
const plain = (html: string): string => html.replaceAll('\u00a0', ' ').replaceAll('&#39;', '’');

beforeAll(() => jointCampaign(t));

/** The lead rewrites its second block. */
async function write(markdown: string): Promise<void> {
  const ctx = t.ctx(t.cast.alice);
  const push = await readPush(ctx, 'commune', 'lettre');
  const blocks = push.content.blocks.map((b) => (b.id === 'b2' ? { id: 'b2', type: 'text', markdown } : b));
  await editPush(
    ctx,
    { campaign: 'commune', seen: push.contentVersion },
    { ...pushInputOf(push), content: { ...push.content, blocks } },
  );
}

describe('« Relecture automatique », on the page of a push', () => {
  test('counts, groups, and leads to the block to edit', async () => {
    await write('Avec Pôle emploi, lisez [la note](http://localhost:8080/note).');
    const { status, text } = await (await browser(home, t.cast.alice)).get(PUSH);
    expect(status).toBe(200);
    const section = plain(/<section class="part" id="relecture">[\s\S]*?<\/section>/.exec(text)?.[0] ?? '');
    expect(section).toMatch(/1 point bloquant, \d+ à voir/);
    expect(section.indexOf('À corriger avant de soumettre')).toBeLessThan(section.indexOf('À voir</h3>'));
    expect(section).toContain(`<a href="${PUSH}/contenu/blocs/b2">Modifier le bloc 2</a>`);
    expect(section).toContain('France Travail');
    // The network was not asked anything: the page says so, and offers to.
    expect(section).toContain('Vérifier les liens');
  });

  test('a partner reads it, and is not offered to edit what is not theirs', async () => {
    const { text } = await (await browser(home, t.cast.bruno)).get(PUSH);
    expect(text).toContain('Relecture automatique');
    expect(text).not.toContain('/contenu/blocs/b2');
  });

  test('submitting what blocks shows the points to mend, and submits nothing', async () => {
    const alice = await browser(home, t.cast.alice);
    const { status, text } = await alice.post(`${PUSH}/soumission`, {});
    expect(status).toBe(422);
    expect(plain(text)).toMatch(/Il reste un point à corriger[\s\S]*localhost:8080[\s\S]*Modifier le bloc 2/);
    expect(text).not.toContain('Pôle emploi');
    expect((await alice.get(PUSH)).text).toContain('À faire : soumettre'.replace(' :', '\u00a0:'));
  });

  test('once mended, it is submitted', async () => {
    await write('Bonjour à tous, voici **trois outils**.');
    const alice = await browser(home, t.cast.alice);
    expect(await alice.post(`${PUSH}/soumission`, {})).toMatchObject({ status: 303, location: PUSH });
  });
});

describe('« Vérifier les liens »', () => {
  const answering = (status: number): PageProbe => ({
    probe: async () => ({ kind: 'status', status }),
    online: async () => true,
  });

  /** The same page, with a world that answers this; who asks is already known. */
  const asking = async (probe: PageProbe): Promise<{ status: number; location: string; flash: string }> => {
    const app = new Hono<WebEnv>();
    app.use(async (c, next) => {
      c.set('deps', home.deps);
      c.set('ctx', t.ctx(t.cast.alice));
      c.set('session', { actor: t.cast.alice } as WebEnv['Variables']['session']);
      await next();
    });
    app.route('/', pushCheckPages(home.deps, probe));
    const response = await app.request(`${PUSH}/verification`, { method: 'POST' });
    return {
      status: response.status,
      location: response.headers.get('location') ?? '',
      flash: plain(decodeURIComponent(response.headers.get('set-cookie') ?? '')),
    };
  };

  test('a page that is gone is told, then blocks on the page of the push', async () => {
    expect(await asking(answering(404))).toMatchObject({
      status: 303,
      location: `${PUSH}#relecture`,
      flash: expect.stringContaining('1 lien est à corriger'),
    });
    const { text } = await (await browser(home, t.cast.alice)).get(PUSH);
    expect(plain(text)).toContain('mène à une page qui n’existe pas ou plus (réponse 404)');
  });

  test('pages that all answer are told, with when', async () => {
    expect(await asking(answering(200))).toMatchObject({ flash: expect.stringContaining('mènent tous quelque part') });
    const { text } = await (await browser(home, t.cast.alice)).get(PUSH);
    expect(plain(text)).toMatch(/Vérifier de nouveau les liens[\s\S]*Pages appelées dim\. 22 nov/);
  });
});
