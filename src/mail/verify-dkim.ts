import { createHash, createPublicKey, verify } from 'node:crypto';

export type ReadSignature = {
  domain: string;
  selector: string;
  /** Names under the signature, in lower case. */
  covered: string[];
  /** Null: what came is what was signed, by the key given; else what is wrong. */
  wrong: string | null;
};

type Parts = { fields: string[]; body: string };

/** Bytes are kept one per character; a file saved on the way may have lost its CR. */
function partsOf(raw: Buffer): Parts {
  const source = raw.toString('latin1').replace(/\r?\n/g, '\r\n');
  const gap = source.indexOf('\r\n\r\n');
  const head = gap === -1 ? source : source.slice(0, gap);
  return { fields: head.split(/\r\n(?![ \t])/), body: gap === -1 ? '' : source.slice(gap + 4) };
}

const nameOf = (field: string): string => field.slice(0, field.indexOf(':')).trim().toLowerCase();
const blanks = (text: string): string => text.replace(/[ \t]+/g, ' ');

const canonicalField = (field: string, relaxed: boolean): string =>
  relaxed
    ? `${nameOf(field)}:${blanks(field.slice(field.indexOf(':') + 1).replaceAll('\r\n', '')).replace(/^ | $/g, '')}`
    : field;

/** RFC 6376 §3.4.3 and §3.4.4; an empty body is one end of line when simple, nothing when relaxed. */
function canonicalBody(body: string, relaxed: boolean): string {
  const text = relaxed
    ? body
        .split('\r\n')
        .map((line) => blanks(line).replace(/ $/, ''))
        .join('\r\n')
    : body;
  const end = text.replace(/(\r\n)+$/, '');
  return end === '' && relaxed ? '' : `${end}\r\n`;
}

function tagsOf(field: string): Map<string, string> {
  return new Map(
    field
      .slice(field.indexOf(':') + 1)
      .split(';')
      .map((tag) => {
        const at = tag.indexOf('=');
        return [tag.slice(0, at).trim(), tag.slice(at + 1).replace(/\s+/g, '')];
      }),
  );
}

/**
 * Verifies each DKIM signature of a message as it was received (RFC 6376, rsa-sha256): a receiver's eyes, written apart
 * from what signs. `keyOf` answers the `p=` published under a name, or null. Pure but for it; nothing is thrown for what
 * a message may hold.
 */
export async function readSignatures(
  raw: Buffer,
  keyOf: (domain: string, selector: string) => Promise<string | null>,
): Promise<ReadSignature[]> {
  const parts = partsOf(raw);
  const found: ReadSignature[] = [];
  // Ten are more than any honest message carries, and each asks the DNS.
  for (const field of parts.fields.filter((f) => nameOf(f) === 'dkim-signature').slice(0, 10)) {
    const tags = tagsOf(field);
    const domain = (tags.get('d') ?? '').toLowerCase();
    const selector = tags.get('s') ?? '';
    const covered = (tags.get('h') ?? '').toLowerCase().split(':');
    const named = /^[a-z0-9.-]+$/.test(domain) && /^[\w.-]+$/.test(selector);
    const key = named ? await keyOf(domain, selector) : null;
    found.push({ domain, selector, covered, wrong: named ? faultOf(parts, field, tags, covered, key) : 'illisible' });
  }
  return found;
}

function faultOf(
  { fields, body }: Parts,
  field: string,
  tags: Map<string, string>,
  covered: string[],
  key: string | null,
): string | null {
  if (tags.get('a') !== 'rsa-sha256') return `signature ${tags.get('a') ?? 'sans nom'}, que ce service ne vérifie pas`;
  if (tags.has('l')) return 'signature d’une partie du message seulement (l=)';
  if (key === null) return 'clé introuvable dans le DNS';
  const [header = 'simple', text = 'simple'] = (tags.get('c') ?? 'simple/simple').split('/');
  const hashed = createHash('sha256')
    .update(canonicalBody(body, text === 'relaxed'), 'latin1')
    .digest('base64');
  if (hashed !== tags.get('bh')) return 'le contenu n’est plus celui qui a été signé';
  const left = fields.filter((f) => f !== field);
  let signed = '';
  for (const name of covered) {
    // Each mention takes the next one from the bottom; a mention too many takes nothing (RFC 6376 §5.4.2).
    const at = left.findLastIndex((f) => nameOf(f) === name);
    if (at >= 0) signed += `${canonicalField(left.splice(at, 1)[0] ?? '', header === 'relaxed')}\r\n`;
  }
  signed += canonicalField(field.replace(/([;:\s]b\s*=)[^;]*/, '$1'), header === 'relaxed');
  try {
    const spki = createPublicKey({ key: Buffer.from(key, 'base64'), format: 'der', type: 'spki' });
    const right = verify('sha256', Buffer.from(signed, 'latin1'), spki, Buffer.from(tags.get('b') ?? '', 'base64'));
    return right ? null : 'la signature ne correspond pas à la clé publiée';
  } catch {
    return 'la clé publiée est illisible';
  }
}
