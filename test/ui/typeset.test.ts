import { expect, test } from 'vitest';
import { typeset } from '../../src/web/ui/typeset.ts';

test('a double sign and a guillemet never stand alone at the head of a line', () => {
  expect(typeset('<p>Par exemple : « adhérents », vraiment ?</p>')).toBe(
    '<p>Par exemple\u00a0: «\u00a0adhérents\u00a0», vraiment\u00a0?</p>',
  );
  expect(typeset('à 9 h 30, dans 24 heures, 45 % de la liste')).toBe(
    'à 9\u00a0h\u00a030, dans 24 heures, 45\u00a0% de la liste',
  );
  expect(typeset('Objet : <b>un mot</b> ;')).toBe('Objet\u00a0: <b>un mot</b>\u00a0;');
});

test('what a person typed comes back to its field as it was typed, and addresses and code are left alone', () => {
  const form = '<textarea name="mot">Bonjour : « oui »</textarea><input value="a : b"><pre>x : y</pre>';
  expect(typeset(form)).toBe(form);
  expect(typeset('de 9 :30')).toBe('de 9 :30');
});
