import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Bundle } from '../../src/plan/bundle.ts';
import { changesSomething, diff } from '../../src/plan/diff.ts';
import { formatPlan } from '../../src/plan/format.ts';
import { loadFolder } from '../../src/plan/load-folder.ts';
import { type ResourceInput, resourceSchema } from '../../src/resources/schema.ts';
import { PETITE } from './folders.ts';

const petite = async (): Promise<Bundle> => {
  const { bundle } = await loadFolder(PETITE);
  if (!bundle) throw new Error('the fixture does not load');
  return bundle;
};

const resource = (slug: string, title: string): ResourceInput =>
  resourceSchema.parse({ slug, title, summary: 'x', kind: 'guide' });
/** An inventory of any few resources: the other parts are compared by the same code. */
const inventories = fc
  .dictionary(fc.constantFrom('a', 'b', 'c', 'd'), fc.constantFrom('un', 'deux'))
  .map((titles) => Object.entries(titles).map(([slug, title]) => resource(slug, title)));

test('a campaign compared with itself changes nothing, and with nothing creates everything', async () => {
  const bundle = await petite();
  expect(changesSomething(diff(bundle, structuredClone(bundle)))).toBe(false);
  const fresh = diff(bundle, null);
  expect(fresh.every((c) => c.action === 'créer')).toBe(true);
  expect(fresh.map((c) => `${c.what} ${c.slug}`)).toEqual([
    'campagne petite-campagne',
    'audience tous',
    'audience terrain',
    'ressource guide',
    'image atelier-61a310a0.png',
    'edl bienvenue',
    'envoi lettre',
    'envoi premiere',
  ]);
});

test('whatever is wanted and whatever is there, each part is told once, and doing it leaves nothing to do', async () => {
  // A clone of bytes is of another kind than bytes.
  const bundle = { ...(await petite()), images: [] };
  fc.assert(
    fc.property(inventories, inventories, (wanted, there) => {
      const before = { ...bundle, resources: there };
      const after = { ...bundle, resources: wanted };
      const frozen = structuredClone([after, before]);
      const changes = diff(after, before).filter((c) => c.what === 'ressource');
      expect([after, before]).toEqual(frozen);
      const slugs = new Set([...wanted, ...there].map((r) => r.slug));
      expect(changes.map((c) => c.slug).toSorted()).toEqual([...slugs].toSorted());
      for (const c of changes) {
        const a = there.find((r) => r.slug === c.slug);
        const b = wanted.find((r) => r.slug === c.slug);
        const expected = !a ? 'créer' : !b ? 'garder' : a.title === b.title ? 'rien' : 'modifier';
        expect(c.action).toBe(expected);
        expect(c.fields).toEqual(
          expected === 'modifier' ? [{ field: 'title', before: a?.title, after: b?.title }] : [],
        );
      }
      const done = [...wanted, ...there.filter((r) => !wanted.some((w) => w.slug === r.slug))];
      expect(changesSomething(diff(after, { ...bundle, resources: done }))).toBe(false);
    }),
  );
});

test('a plan names the sentence, the date and the blocks that move', async () => {
  const before = await petite();
  const after = structuredClone(before);
  after.campaign.tagline = 'Ensemble';
  const [message] = after.keyMessages;
  const push = after.pushes.find((p) => p.slug === 'premiere');
  if (!message?.wordings.terrain || !push) throw new Error('the fixture changed');
  message.wordings.terrain.accroche = 'On vous aide vraiment.';
  push.scheduledAt = new Date('2026-12-02T08:00:00Z');
  push.content.blocks.pop();
  expect(formatPlan(diff(after, { ...before, resources: [...before.resources, resource('ailleurs', 'x')] }))).toBe(
    [
      '~ campagne petite-campagne',
      '    slogan : (rien) → « Ensemble »',
      '· ressource ailleurs (absent du dossier, laissé tel quel)',
      '~ élément de langage bienvenue',
      '    accroche, niveau terrain : « On vous aide. » → « On vous aide vraiment. »',
      '~ envoi premiere',
      '    départ : mardi 1 décembre 2026, 9 h → mercredi 2 décembre 2026, 9 h',
      '    blocs : 10 éléments → 9 éléments',
      'À faire : 0 à créer, 3 à modifier, 5 déjà à jour.',
    ].join('\n'),
  );
  expect(formatPlan(diff(after, before), 'fait')).toMatch(/^Fait : créés 0, modifiés 3, déjà à jour 5\.$/m);
  expect(formatPlan(diff(before, before))).toBe('Rien à changer : la campagne est déjà comme le dossier.');
});
