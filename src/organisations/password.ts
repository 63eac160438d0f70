import { argon2, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { invalid } from '../base/errors.ts';
import { sameBytes } from '../base/tokens.ts';

/** OWASP's floor for argon2id: 19 MiB, two passes, one lane (32 ms on two cores). */
const COST = { memory: 19_456, passes: 2, parallelism: 1, tagLength: 32 };
const compute = promisify(argon2);

/** At least 12 characters, at most 200; nothing else is asked (ASVS 6.2: no composition rules). */
export function checkNewPassword(password: string): void {
  if (password.length < 12 || password.length > 200)
    throw invalid('password', 'Choisissez un mot de passe de 12 à 200 caractères : une phrase convient très bien.', [
      { field: 'password', message: '12 à 200 caractères.' },
    ]);
}

export async function hashPassword(password: string): Promise<string> {
  const nonce = randomBytes(16);
  const tag = await compute('argon2id', { message: Buffer.from(password.normalize('NFC')), nonce, ...COST });
  const b64 = (b: Buffer) => b.toString('base64').replace(/=+$/, '');
  return `$argon2id$v=19$m=${COST.memory},t=${COST.passes},p=${COST.parallelism}$${b64(nonce)}$${b64(tag)}`;
}

// Compared when nobody has the address, so that the answer takes the same time (ASVS 6.3.8).
const NOBODY = `$argon2id$v=19$m=${COST.memory},t=${COST.passes},p=${COST.parallelism}$${'A'.repeat(22)}$${'A'.repeat(43)}`;

export async function verifyPassword(password: string, stored: string | null): Promise<boolean> {
  const m = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([\w+/]+)\$([\w+/]+)$/.exec(stored ?? NOBODY);
  if (!m) return false;
  const expected = Buffer.from(m[5]!, 'base64');
  const tag = await compute('argon2id', {
    message: Buffer.from(password.normalize('NFC')),
    nonce: Buffer.from(m[4]!, 'base64'),
    memory: Number(m[1]),
    passes: Number(m[2]),
    parallelism: Number(m[3]),
    tagLength: expected.length,
  });
  return stored !== null && sameBytes(tag, expected);
}
