import { expect, test } from 'vitest';
import { diff } from '../../src/plan/diff.ts';
import { pushWritten } from '../../src/plan/export/push.ts';
import { formatPlan } from '../../src/plan/format.ts';
import { pushOf } from '../../src/plan/push-file.ts';
import { readYaml } from '../../src/plan/yaml-source.ts';

const file = (timing: string): string => `titre: La lettre
canal: newsletter
phase: pendant
audience: tous
signataires: [opco, btp]
${timing}
objet: Bonjour
blocs:
  - titre: Bonjour à tous
`;
const PLACE = { slug: 'commune', images: new Map() };
const read = (timing: string) => pushOf(readYaml('envois/lettre.yaml', file(timing)).source, 'lettre', PLACE);

const WHOLE = `date: 2026-12-08 09:30
fenêtre: { du: 2026-12-05 08:00, au: 2026-12-15 20:00 }
réponse-avant: 2026-12-03 18:00
silence: sans elle`;

test('the window, the date of answer and what silence means are read from the file, in the hour of Paris', () => {
  expect(read(WHOLE).value).toMatchObject({
    window: { from: new Date('2026-12-05T07:00:00Z'), to: new Date('2026-12-15T19:00:00Z') },
    answerBy: new Date('2026-12-03T17:00:00Z'),
    silence: 'sans_elle',
  });
  expect(read('date: 2026-12-08 09:30').value).toMatchObject({ window: null, answerBy: null, silence: 'rien_ne_part' });
});

test.each([WHOLE, 'date: 2026-12-08 09:30', 'récurrence: 0 9 1 * *\nsilence: sans elle'])(
  'what is written again is the same push: %s',
  (timing) => {
    const { value } = read(timing);
    if (!value) throw new Error('unread');
    const again = pushOf(readYaml('envois/lettre.yaml', pushWritten(value)).source, 'lettre', PLACE);
    expect(again).toEqual({ value, problems: [] });
  },
);

test.each([
  ['date: 2026-12-20 09:00\nfenêtre: { du: 2026-12-05 08:00, au: 2026-12-15 20:00 }', 6, /sort de la période/],
  ['fenêtre: { du: 2026-12-15 08:00, au: 2026-12-05 20:00 }', 6, /finit avant de commencer/],
  ['fenêtre: { du: 2026-12-05 08:00 }', 6, /Une date s’écrit/],
  ['silence: sans elle', 1, /jusqu’à quand elle peut répondre/],
  ['silence: peut-être', 6, /rien ne part/],
])('refused with its place: %s', (timing, line, message) => {
  const { problems } = read(timing);
  expect(problems[0]?.message).toMatch(message);
  expect(problems[0]?.line).toBe(line);
});

test('a plan says in words what moves', () => {
  const [before, after] = [read('date: 2026-12-08 09:30').value, read(WHOLE).value];
  if (!before || !after) throw new Error('unread');
  const nothing = { campaign: { slug: 'x' }, audiences: [], resources: [], images: [], keyMessages: [], more: {} };
  const bundle = (push: typeof before) => ({ ...nothing, pushes: [push] }) as never;
  const told = formatPlan(diff(bundle(after), bundle(before)));
  expect(told).toContain('période de départ : (rien) → du samedi 5 décembre 2026, 8 h au mardi 15 décembre 2026, 20 h');
  expect(told).toContain('réponse avant : (rien) → jeudi 3 décembre 2026, 18 h');
});
