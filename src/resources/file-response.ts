import { unavailable } from '../base/errors.ts';
import { streamBody } from '../base/stream-body.ts';
import { readStored } from './file-store.ts';
import { isInline } from './file-types.ts';

/** A file of a resource, as its row says it. */
export type OpenedFile = {
  id: number;
  organisationId: number;
  campaignId: number;
  name: string;
  type: string;
  size: number;
  sha256: string;
};

/** Opened by itself a file runs nothing and loads nothing but its own film or sound, whatever it holds. */
const POLICY = "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; sandbox";

/**
 * The answer of a web server that has this file: whole, a part of it (films are read by parts), or « you have it
 * already ». `shared`: any cache may keep it, and asks again each time; else nobody does.
 */
export async function fileResponse(
  dataDir: string,
  file: OpenedFile,
  request: Pick<Request, 'method' | 'headers'>,
  shared: boolean,
): Promise<Response> {
  const etag = `"${file.sha256}"`;
  const headers = new Headers({
    'content-type': file.type,
    'content-disposition': `${isInline(file.type) ? 'inline' : 'attachment'}; filename="${file.name}"`,
    'content-security-policy': POLICY,
    'x-content-type-options': 'nosniff',
    'cross-origin-resource-policy': shared ? 'cross-origin' : 'same-origin',
    'cache-control': shared ? 'public, no-cache' : 'private, no-store',
    'accept-ranges': 'bytes',
    etag,
  });
  if (sameTag(request.headers.get('if-none-match'), etag)) return new Response(null, { status: 304, headers });
  const asked = rangeOf(request.headers, file.size, etag);
  if (asked === 'outside') {
    headers.set('content-range', `bytes */${file.size}`);
    return new Response(null, { status: 416, headers });
  }
  const part = asked ?? { start: 0, end: file.size - 1 };
  headers.set('content-length', String(part.end - part.start + 1));
  if (asked) headers.set('content-range', `bytes ${part.start}-${part.end}/${file.size}`);
  const status = asked ? 206 : 200;
  if (request.method === 'HEAD') return new Response(null, { status, headers });
  const stream = await readStored(dataDir, file.sha256, part);
  if (!stream)
    throw unavailable('fichier_absent', 'Ce fichier n’est pas disponible pour le moment. Réessayez dans un instant.');
  return new Response(streamBody(stream), { status, headers });
}

/** A weak comparison: proxies mark as weak what they compress. */
const sameTag = (asked: string | null, etag: string): boolean =>
  (asked ?? '')
    .split(',')
    .map((tag) => tag.trim().replace(/^W\//, ''))
    .some((tag) => tag === etag || tag === '*');

/** One range of bytes; null: the whole file (none asked, several, or of another version of the file). */
export function rangeOf(
  headers: Headers,
  size: number,
  etag: string,
): { start: number; end: number } | 'outside' | null {
  const condition = headers.get('if-range');
  if (condition !== null && condition !== etag) return null;
  const asked = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(headers.get('range') ?? '');
  if (!asked || (asked[1] === '' && asked[2] === '')) return null;
  if (asked[1] === '') {
    const last = Number(asked[2]);
    return last === 0 ? 'outside' : { start: Math.max(size - last, 0), end: size - 1 };
  }
  const start = Number(asked[1]);
  const end = asked[2] === '' ? size - 1 : Math.min(Number(asked[2]), size - 1);
  if (asked[2] !== '' && Number(asked[2]) < start) return null;
  return start >= size ? 'outside' : { start, end };
}

const PROBE = 2;

/**
 * Whether this answer is one download more: a person who opens the file, and not the parts that a player asks for after,
 * nor the two bytes some of them ask for before.
 */
export function isDownload(request: Pick<Request, 'method' | 'headers'>, response: Response): boolean {
  if (request.method !== 'GET' || (response.status !== 200 && response.status !== 206)) return false;
  if (response.status === 200) return true;
  const part = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(response.headers.get('content-range') ?? '');
  return part !== null && part[1] === '0' && (Number(part[2]) + 1 > PROBE || Number(part[3]) <= PROBE);
}
