import type { KeyObject } from 'node:crypto';
import { createHash, createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import { promisify } from 'node:util';
import { invalid } from '../base/errors.ts';

export type DkimKey = { domain: string; selector: string; privateKey: KeyObject };

/**
 * What a signature covers when present (MAIL-01): RFC 8058 wants both unsubscribe headers, Gmail reads Feedback-ID only
 * when signed. Nodemailer's own list leaves these out, hence ours.
 */
const SIGNED = [
  'from',
  'to',
  'reply-to',
  'subject',
  'date',
  'message-id',
  'mime-version',
  'content-type',
  'content-transfer-encoding',
  'list-id',
  'list-unsubscribe',
  'list-unsubscribe-post',
  'feedback-id',
  'auto-submitted',
  'precedence',
  'x-auto-response-suppress',
];
/** Signed once more than it appears, so that a second one, added on the way, breaks the signature. */
const OVERSIGNED = ['from'];

const signAsync = promisify(sign) as (algorithm: string, data: Buffer, key: KeyObject) => Promise<Buffer>;

/** Reads a PEM private key. Throws a Refusal unless it is RSA of 2048 bits or more (RFC 8301; many verifiers read no other). */
export function readDkimKey({ domain, selector, pem }: { domain: string; selector: string; pem: string }): DkimKey {
  if (!/^[a-z0-9.-]+$/i.test(domain) || !/^[a-z0-9._-]+$/i.test(selector))
    throw invalid(
      'dkim_name',
      'Signature DKIM : le domaine ou le sélecteur contient un caractère interdit. Corrigez-le.',
    );
  let privateKey: KeyObject;
  try {
    privateKey = createPrivateKey(pem);
  } catch {
    throw invalid(
      'dkim_key',
      `Signature DKIM de ${domain} : la clé privée est illisible. Collez le fichier PEM entier.`,
    );
  }
  checkKey({ domain, selector, privateKey });
  return { domain, selector, privateKey };
}

function checkKey({ domain, privateKey }: DkimKey): void {
  if (privateKey.asymmetricKeyType !== 'rsa' || (privateKey.asymmetricKeyDetails?.modulusLength ?? 0) < 2048)
    throw invalid(
      'dkim_key',
      `Signature DKIM de ${domain} : la clé doit être RSA d’au moins 2048 bits. Créez-en une nouvelle.`,
    );
}

/** RFC 6376 §3.4.2: unfolded, blanks reduced to one, name in lower case. */
const relaxed = (header: string): string => {
  const colon = header.indexOf(':');
  // Not trim(): in these bytes 0xA0 is the end of an « à », which it would take for a blank.
  const value = header
    .slice(colon + 1)
    .replace(/\r\n/g, '')
    .replace(/[ \t]+/g, ' ')
    .replace(/^ | $/g, '');
  return `${header.slice(0, colon).trim().toLowerCase()}:${value}`;
};

/** RFC 6376 §3.4.3: the body as it is, its empty last lines counted as one end of line. */
function simpleBody(body: Buffer): Buffer {
  let end = body.length;
  while (end >= 2 && body[end - 1] === 10 && body[end - 2] === 13) end -= 2;
  return end === 0
    ? Buffer.from('\r\n')
    : end === body.length
      ? Buffer.concat([body, Buffer.from('\r\n')])
      : body.subarray(0, end + 2);
}

type Unsigned = { field: string; input: Buffer };

/** The signature header without its signature, and the bytes to be signed. */
function unsigned(message: Buffer, key: DkimKey): Unsigned {
  const gap = message.indexOf('\r\n\r\n');
  const bodyAt = gap === -1 ? message.length : gap + 4;
  const headers = message.toString('latin1', 0, gap === -1 ? message.length : gap).split(/\r\n(?![ \t])/);
  const names: string[] = [];
  const canonical: string[] = [];
  // From the bottom up where a name comes several times (RFC 6376 §5.4.2).
  for (const header of headers.reverse()) {
    const line = relaxed(header);
    const name = line.slice(0, line.indexOf(':'));
    if (!SIGNED.includes(name)) continue;
    names.push(name);
    canonical.push(`${line}\r\n`);
  }
  const bodyHash = createHash('sha256')
    .update(simpleBody(message.subarray(bodyAt)))
    .digest('base64');
  const tags = [
    'v=1',
    'a=rsa-sha256',
    'c=relaxed/simple',
    `d=${key.domain}`,
    `s=${key.selector}`,
    `bh=${bodyHash}`,
    `h=${[...names, ...OVERSIGNED]
      .join(':')
      .replace(/(.{1,60})(:|$)/g, '$1$2\r\n  ')
      .trim()}`,
    'b=',
  ];
  const field = `DKIM-Signature: ${tags.join(';\r\n ')}`;
  return { field, input: Buffer.from(canonical.join('') + relaxed(field), 'latin1') };
}

/**
 * The message with its signature in front: RSA-SHA256, relaxed headers, simple body (ours is quoted-printable: no line
 * a relay has a reason to touch). Uses the thread pool: sign several at once. `message` is a finished one with CRLF.
 */
export async function signMessage(message: Buffer, key: DkimKey): Promise<Buffer> {
  const { field, input } = unsigned(message, key);
  const signature = (await signAsync('RSA-SHA256', input, key.privateKey)).toString('base64');
  return Buffer.concat([
    Buffer.from(`${field}${signature.replace(/(.{72})(?=.)/g, '$1\r\n  ')}\r\n`, 'latin1'),
    message,
  ]);
}

const SAMPLE = Buffer.from(
  'From: a@exemple.fr\r\nList-Unsubscribe: <https://exemple.fr/d/1>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n\r\nEssai.\r\n',
);

/**
 * To be called at start for each key: a key that cannot sign must stop the service, never let mail leave unsigned.
 * Throws a Refusal `dkim_key`; returns the public key as the DNS record must hold it (`p=`).
 */
export async function selfTest(key: DkimKey): Promise<string> {
  checkKey(key);
  const publicKey = createPublicKey(key.privateKey);
  const signed = (await signMessage(SAMPLE, key)).toString('latin1');
  const signature = Buffer.from(/;\r\n b=([^:]+?)\r\nFrom:/.exec(signed)?.[1]?.replace(/\s/g, '') ?? '', 'base64');
  const covered = /\r\n h=([^;]+);/.exec(signed)?.[1]?.replace(/\s/g, '').split(':') ?? [];
  if (
    !verify('RSA-SHA256', unsigned(SAMPLE, key).input, publicKey, signature) ||
    !covered.includes('list-unsubscribe-post')
  )
    throw invalid(
      'dkim_key',
      `Signature DKIM de ${key.domain} : la clé ne signe pas correctement. Créez-en une nouvelle.`,
    );
  return publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
}
