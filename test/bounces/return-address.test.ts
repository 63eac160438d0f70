import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MAX_RETURN_LOCAL, openReturn, returnAddress, returnAddresser } from '../../src/base/return-address.ts';
import { deriveSecrets } from '../../src/base/tokens.ts';
import { SECRETS } from '../support/database.ts';

const BOUNCES = 'retours@mail.exemple.fr';

test('MAIL-30: any delivery is found again from its return address, even one lower-cased or upper-cased on the way', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2 ** 47 }), (id) => {
      const address = returnAddress(SECRETS, BOUNCES, id);
      expect(openReturn(SECRETS, address)).toBe(id);
      expect(openReturn(SECRETS, address.toUpperCase())).toBe(id);
      expect(address).toBe(address.toLowerCase());
    }),
    { numRuns: 200 },
  );
});

test('MAIL-30: what stands before the @ fits in 64 octets, up to the longest bounce address allowed', () => {
  const longest = `${'r'.repeat(MAX_RETURN_LOCAL)}@mail.exemple.fr`;
  expect(returnAddress(SECRETS, longest, 2 ** 40).split('@')[0]).toHaveLength(64);
  expect(() => returnAddresser(SECRETS, `r${longest}`)).toThrow();
});

test('MAIL-30: an altered, invented or foreign address opens nothing', () => {
  const address = returnAddress(SECRETS, BOUNCES, 4217);
  const token = /\+(.*)@/.exec(address)![1]!;
  for (let i = 0; i < token.length; i++)
    for (const letter of ['a', 'b', '7', 'q']) {
      if (token[i] === letter) continue;
      const altered = token.slice(0, i) + letter + token.slice(i + 1);
      expect(openReturn(SECRETS, `retours+${altered}@mail.exemple.fr`)).toBeNull();
    }
  const other = deriveSecrets(Buffer.from('un autre secret de trente-deux octets au moins'));
  expect(openReturn(other, address)).toBeNull();
  for (const nonsense of [
    '',
    'retours@mail.exemple.fr',
    'retours+@x.fr',
    `retours+${'a'.repeat(42)}@x.fr`,
    '+@',
    'é+é@é',
  ])
    expect(openReturn(SECRETS, nonsense)).toBeNull();
});

test('two deliveries in a row have addresses that say nothing of each other', () => {
  const of = returnAddresser(SECRETS, BOUNCES);
  const [a, b] = [of(1000), of(1001)];
  const same = [...a].filter((letter, i) => letter === b[i]).length;
  expect(same).toBeLessThan('retours+@mail.exemple.fr'.length + 14);
});

test('prepared once, an address costs a few microseconds', () => {
  const of = returnAddresser(SECRETS, BOUNCES);
  for (let i = 0; i < 2000; i++) of(i);
  const started = performance.now();
  for (let i = 0; i < 20_000; i++) of(i);
  // Measured at 3 to 4 µs on an idle core; the bound allows for a busy one.
  expect((performance.now() - started) / 20_000).toBeLessThan(0.05);
});
