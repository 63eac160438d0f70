import { expect, test } from 'vitest';
import { testDatabase } from '../../support/database.ts';
import { browser, house } from './house.ts';

const t = await testDatabase();
const pv = house(t);
const alice = await browser(pv, t.cast.alice);
const david = await browser(pv, t.cast.david);

/** Every field of the page's form as a browser would send it back untouched. */
function filled(html: string): Record<string, string[]> {
  const form = html.slice(html.indexOf('action="/campagnes/nouvelle"'));
  const fields: Record<string, string[]> = {};
  const add = (name: string, value: string) => {
    fields[name] = [
      ...(fields[name] ?? []),
      value.replaceAll('&amp;', '&').replaceAll('&#39;', "'").replaceAll('&quot;', '"'),
    ];
  };
  const attribute = (tag: string, name: string) => new RegExp(` ${name}="([^"]*)"`).exec(tag)?.[1] ?? '';
  for (const [tag] of form.matchAll(/<input[^>]*>/g)) {
    const choice = /type="(radio|checkbox)"/.test(tag);
    if (attribute(tag, 'name') !== 'csrf' && (!choice || / checked/.test(tag)))
      add(attribute(tag, 'name'), attribute(tag, 'value'));
  }
  for (const [select] of form.matchAll(/<select[\s\S]*?<\/select>/g)) {
    const option = /<option value="([^"]*)" selected/.exec(select)?.[1];
    add(attribute(select, 'name'), option ?? /<option value="([^"]*)"/.exec(select)?.[1] ?? '');
  }
  return fields;
}

/** The demonstration as a model: a letter with a date of its own is among its pushes. */
const FIRST = '/campagnes/nouvelle?modele=essentiels-infranum';

test('a campaign is made from a model in seven screens, without anything typed', async () => {
  let page = await alice.get(FIRST);
  expect(page.text).toContain('Étape 1 sur 7');
  for (let step = 1; step < 7; step++) {
    const answer = await alice.post('/campagnes/nouvelle', filled(page.text));
    expect(answer.status, `étape ${step}`).toBe(303);
    page = await alice.get(answer.location);
    expect(page.text).toContain(`Étape ${step + 1} sur 7`);
  }
  const made = await alice.post('/campagnes/nouvelle', filled(page.text));
  expect(made.status).toBe(303);
  const campaign = await alice.get(made.location);
  expect(campaign.status).toBe(200);
  expect(campaign.text).toContain('brouillon');
  expect(campaign.text).toContain('OPCO de test');

  // The same answers again make another campaign: nothing is overwritten.
  const again = await alice.post('/campagnes/nouvelle', filled(page.text));
  expect(again.location).toBe(`${made.location}-2`);
});

test('a screen with a wrong answer comes back with 422, what was typed and the message beside its field', async () => {
  const first = await alice.post('/campagnes/nouvelle', filled((await alice.get('/campagnes/nouvelle')).text));
  const fields = filled((await alice.get(first.location)).text);
  const refused = await alice.post('/campagnes/nouvelle', {
    ...fields,
    nom: 'La campagne d’été',
    debut: '2027-06-01',
    fin: '2027-05-01',
  });
  expect(refused.status).toBe(422);
  expect(refused.text).toContain('value="La campagne d’été"');
  expect(refused.text).toContain('La campagne finit avant d’avoir commencé');
  expect(refused.text).toContain('aria-invalid="true"');
});

test('an address that skips ahead shows the first screen that lacks an answer', async () => {
  expect((await alice.get('/campagnes/nouvelle?etape=6')).text).toContain('Étape 1 sur 7');
});

test('a push moves with the new period and keeps its weekday and its hour', async () => {
  const first = await alice.post('/campagnes/nouvelle', filled((await alice.get(FIRST)).text));
  const second = await alice.get(first.location);
  const third = await alice.post('/campagnes/nouvelle', {
    ...filled(second.text),
    debut: '2027-11-01',
    fin: '2028-06-30',
  });
  const sixth = await alice.get(third.location.replace('etape=3', 'etape=6'));
  // The model's launch is Thursday 26 November 2026 at 9, 24 days after the campaign's first Monday.
  expect(sixth.text).toContain('value="2027-11-25T09:00"');
});

test('an evaluator may not create a campaign', async () => {
  expect((await david.get('/campagnes/nouvelle')).status).toBe(403);
  expect((await david.get('/campagnes')).text).not.toContain('/campagnes/nouvelle');
});
