import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { safeName } from '../../src/resources/attach.ts';
import { fileResponse, isDownload, rangeOf } from '../../src/resources/file-response.ts';
import { storeFile } from '../../src/resources/file-store.ts';
import { bytesOf, GIF_AND_HTML, MP4, PDF } from './samples.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'porte-voix-fichiers-'));
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));
const put = (name: string, bytes: Buffer) => storeFile(dataDir, name, bytesOf(bytes));

describe('how a file is served', () => {
  const headers = (over: Record<string, string> = {}) => new Headers(over);
  const serve = async (bytes: Buffer, name: string, over: Record<string, string> = {}, method = 'GET') => {
    const stored = await put(name, bytes);
    const file = { id: 1, organisationId: 1, campaignId: 1, name: safeName(name, stored.extension), ...stored };
    const request = { method, headers: headers(over) };
    const response = await fileResponse(dataDir, file, request, true);
    return { response, request, body: Buffer.from(await response.arrayBuffer()) };
  };

  test('with its true type, never guessed, and no right at all when opened by itself', async () => {
    const { response, body } = await serve(PDF, 'Étude "finale".pdf');
    expect(body).toEqual(PDF);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'application/pdf',
      'content-disposition': 'attachment; filename="etude-finale.pdf"',
      'x-content-type-options': 'nosniff',
      'content-length': String(PDF.length),
      'accept-ranges': 'bytes',
    });
    expect(response.headers.get('content-security-policy')).toMatch(/default-src 'none'.*sandbox$/);
  });

  test('a picture that is also a page is served as the picture it says it is', async () => {
    const { response } = await serve(GIF_AND_HTML, 'un.gif');
    expect(response.headers.get('content-type')).toBe('image/gif');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  });

  test.each([
    ['bytes=0-99', 206, 'bytes 0-99/100024', 100],
    ['bytes=100000-', 206, 'bytes 100000-100023/100024', 24],
    ['bytes=-10', 206, 'bytes 100014-100023/100024', 10],
    ['bytes=100020-999999', 206, 'bytes 100020-100023/100024', 4],
    ['bytes=100024-', 416, 'bytes */100024', 0],
    ['bytes=-0', 416, 'bytes */100024', 0],
    ['bytes=5-2', 200, null, 100_024],
    ['bytes=0-1,5-6', 200, null, 100_024],
    ['octets=0-1', 200, null, 100_024],
  ])('a player asks for %s', async (range, status, contentRange, length) => {
    const { response, body } = await serve(MP4, 'film.mp4', { range });
    expect([response.status, response.headers.get('content-range'), body.length]).toEqual([
      status,
      contentRange,
      length,
    ]);
    if (status === 206) {
      const start = Number(/\d+/.exec(contentRange ?? '')?.[0]);
      expect(body).toEqual(MP4.subarray(start, start + length));
    }
  });

  test('a part of another version of the file is the whole of this one', () => {
    expect(rangeOf(headers({ range: 'bytes=5-', 'if-range': '"ancienne"' }), 100, '"nouvelle"')).toBeNull();
    expect(rangeOf(headers({ range: 'bytes=5-', 'if-range': '"nouvelle"' }), 100, '"nouvelle"')).toEqual({
      start: 5,
      end: 99,
    });
  });

  test('what one has already is not sent again', async () => {
    const etag = (await serve(PDF, 'un.pdf')).response.headers.get('etag') ?? '';
    for (const known of [etag, `W/${etag}`, `"autre", ${etag}`])
      expect((await serve(PDF, 'un.pdf', { 'if-none-match': known })).response.status).toBe(304);
    expect((await serve(PDF, 'un.pdf', { 'if-none-match': '"autre"' })).response.status).toBe(200);
  });

  test('one film is one download, however many parts its player asks for', async () => {
    const asked = async (over: Record<string, string>, method = 'GET') => {
      const { response, request } = await serve(MP4, 'film.mp4', over, method);
      return isDownload(request, response);
    };
    expect(await asked({})).toBe(true);
    expect(await asked({ range: 'bytes=0-' })).toBe(true);
    expect(await asked({ range: 'bytes=0-1' })).toBe(false);
    expect(await asked({ range: 'bytes=5000-' })).toBe(false);
    expect(await asked({ range: 'bytes=900000-' })).toBe(false);
    expect(await asked({}, 'HEAD')).toBe(false);
    expect(await asked({ 'if-none-match': '*' })).toBe(false);
  });

  test('a file that is not on this machine is a sentence, and no bug', async () => {
    const file = {
      id: 1,
      organisationId: 1,
      campaignId: 1,
      name: 'x.pdf',
      type: 'application/pdf',
      size: 5,
      sha256: 'a'.repeat(64),
    };
    await expect(fileResponse(dataDir, file, { method: 'GET', headers: headers() }, true)).rejects.toMatchObject({
      kind: 'unavailable',
    });
  });
});
