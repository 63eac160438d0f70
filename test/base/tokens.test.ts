import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { idSealer, idsOpener, idsSealer, openId, sealId } from '../../src/base/tokens.ts';
import { SECRETS } from '../support/database.ts';

const KEY = SECRETS.doors;
const seal = idsSealer(KEY, 'essai');
const open = idsOpener(KEY, 'essai');
const ids = fc.tuple(fc.nat({ max: 2 ** 48 - 1 }), fc.nat({ max: 2 ** 40 - 1 }), fc.nat({ max: 2 ** 40 - 1 }));

describe('three ids in one token (SEC-11)', () => {
  test('come back as they went in, from a token as long as the others, again and again from one sealer', () => {
    fc.assert(
      fc.property(fc.array(ids, { minLength: 1, maxLength: 20 }), (all) => {
        const tokens = all.map(seal);
        for (const [i, token] of tokens.entries()) {
          expect(token).toMatch(/^[\w-]{43}$/);
          expect(open(token)).toEqual(all[i]);
        }
      }),
    );
  });

  test('the largest ids fit, one more is refused rather than cut', () => {
    const most: [number, number, number] = [2 ** 48 - 1, 2 ** 40 - 1, 2 ** 40 - 1];
    expect(open(seal(most))).toEqual(most);
    for (const at of [0, 1, 2]) expect(() => seal(most.with(at, (most[at] ?? 0) + 1) as never)).toThrow(RangeError);
  });

  test('a token altered anywhere opens nothing, not even where its last character holds spare bits', () => {
    fc.assert(
      fc.property(ids, fc.nat({ max: 42 }), fc.nat({ max: 63 }), (of, at, to) => {
        const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
        const token = seal(of);
        const altered = token.slice(0, at) + letters[to] + token.slice(at + 1);
        expect(open(altered)).toEqual(altered === token ? of : null);
      }),
    );
  });

  test('another purpose, another secret, one id alone: none of them opens it, nor does it open them', () => {
    const token = seal([7, 8, 9]);
    expect(idsOpener(KEY, 'autre')(token)).toBeNull();
    expect(idsOpener(SECRETS.unsubscribe, 'essai')(token)).toBeNull();
    expect(openId(KEY, 'autre', token)).toBeNull();
    expect(open(sealId(KEY, 'inscription', 7))).toBeNull();
    for (const text of ['', 'x', token.slice(1), `${token}A`, `${token.slice(0, 42)}/`, '\0'.repeat(43)])
      expect(open(text)).toBeNull();
  });

  test('a token of one id has one spelling too', () => {
    const token = sealId(KEY, 'inscription', 7);
    expect(openId(KEY, 'inscription', token)).toBe(7);
    const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    for (const last of letters)
      expect(openId(KEY, 'inscription', token.slice(0, 42) + last)).toBe(last === token[42] ? 7 : null);
  });

  test('neighbours look nothing alike', () => {
    const [a, b] = [seal([1, 1, 1]), seal([2, 1, 1])];
    expect([...a].filter((c, i) => c === b[i]).length).toBeLessThan(12);
  });
});

test('one id is sealed as it always was: the links of messages that have left still open', () => {
  expect(sealId(SECRETS.unsubscribe, 'unsubscribe', 123_456)).toBe(
    idSealer(SECRETS.unsubscribe, 'unsubscribe')(123_456),
  );
  expect(openId(SECRETS.unsubscribe, 'unsubscribe', sealId(SECRETS.unsubscribe, 'unsubscribe', 123_456))).toBe(123_456);
  // Made by the version of before, with the same secret.
  expect(openId(SECRETS.unsubscribe, 'unsubscribe', '7npKuGn1Ix_Gwr2bJSWB0l6P0kbZpzaXSZry5CAxnOM')).toBe(123_456);
});
