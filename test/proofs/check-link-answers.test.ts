import { readFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type PageProbe, type Probe, pageProbe } from '../../src/base/probe-page.ts';
import { isPublicAddress } from '../../src/base/public-address.ts';
import {
  askPages,
  checkAnswers,
  checkUnknown,
  FRESH_MS,
  type LinkAnswer,
  pagesToAsk,
  type Verdict,
} from '../../src/proofs/check-link-answers.ts';
import { NOW } from '../support/database.ts';
import { codes, letterOf, text, withBlocks } from './check-cast.ts';

const signal = () => AbortSignal.timeout(5_000);
const pem = (name: string): string =>
  readFileSync(new URL(`../mail/fixtures/localhost.${name}`, import.meta.url), 'utf8');

describe('asking a page, on a server of this machine', () => {
  let asked: string[] = [];
  const answers: Record<string, RequestListener> = {
    '/page': (_, res) => res.end('Bonjour'),
    '/absente': (_, res) => void res.writeHead(404).end(),
    '/partie': (_, res) => void res.writeHead(410).end(),
    '/panne': (_, res) => void res.writeHead(503).end(),
    '/reservee': (_, res) => void res.writeHead(403).end(),
    '/lecture-seule': (req, res) => void res.writeHead(req.method === 'HEAD' ? 405 : 200).end(),
    '/coupee': (req, res) => (req.method === 'HEAD' ? void req.socket.destroy() : void res.end('Bonjour')),
    '/ailleurs': (_, res) => void res.writeHead(302, { location: '/page' }).end(),
    '/disparue': (_, res) => void res.writeHead(301, { location: '/absente' }).end(),
    '/ronde': (_, res) => void res.writeHead(302, { location: '/ronde' }).end(),
    '/dedans': (_, res) => void res.writeHead(302, { location: 'http://10.0.0.7/' }).end(),
    '/fichier': (_, res) => void res.writeHead(302, { location: 'file:///etc/passwd' }).end(),
    '/muette': () => undefined,
    '/enorme': (req, res) => {
      if (req.method === 'HEAD') return void res.writeHead(405).end();
      res.write('x');
      const more = () => {
        while (!res.destroyed && res.write('x'.repeat(65_536)));
      };
      res.on('drain', more);
      more();
    },
  };
  const listener: RequestListener = (req, res) => {
    asked.push(`${req.method} ${req.url}`);
    (answers[req.url ?? ''] ?? answers['/absente'])?.(req, res);
  };
  let site: Server;
  let secure: Server;
  const at = (server: Server, path: string, scheme = 'http'): string =>
    `${scheme}://localhost:${(server.address() as AddressInfo).port}${path}`;
  const opened = (server: Server) => new Promise<void>((done) => void server.listen(0, '127.0.0.1', done));
  const local = (options = {}) =>
    pageProbe({ resolve: async () => ['127.0.0.1'], mayReach: (ip) => ip === '127.0.0.1', timeout: 800, ...options });

  beforeAll(async () => {
    site = createServer(listener);
    secure = createTlsServer({ key: pem('key'), cert: pem('crt') }, listener);
    await opened(site);
    await opened(secure);
  });
  beforeEach(() => {
    asked = [];
  });
  afterAll(async () => {
    for (const server of [site, secure]) {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    }
  });

  test.each([
    ['/page', { kind: 'status', status: 200 }],
    ['/absente', { kind: 'status', status: 404 }],
    ['/partie', { kind: 'status', status: 410 }],
    ['/panne', { kind: 'status', status: 503 }],
    ['/reservee', { kind: 'status', status: 403 }],
    ['/lecture-seule', { kind: 'status', status: 200 }],
    ['/coupee', { kind: 'status', status: 200 }],
    ['/ailleurs', { kind: 'status', status: 200 }],
    ['/disparue', { kind: 'status', status: 404 }],
    ['/ronde', { kind: 'loop' }],
    ['/muette', { kind: 'slow' }],
    ['/enorme', { kind: 'status', status: 200 }],
    // A redirect is judged like a link: the house behind this machine is not asked.
    ['/dedans', { kind: 'internal' }],
    ['/fichier', { kind: 'internal' }],
  ])('%s', async (path, expected) => {
    expect(await local().probe(at(site, path), signal())).toMatchObject(expected);
  });

  test('the head alone is asked of a page that answers it', async () => {
    await local().probe(at(site, '/page'), signal());
    await local().probe(at(site, '/lecture-seule'), signal());
    expect(asked).toEqual(['HEAD /page', 'HEAD /lecture-seule', 'GET /lecture-seule']);
  });

  test('a certificate that a browser would refuse is told, a right one passes', async () => {
    expect(await local().probe(at(secure, '/page', 'https'), signal())).toMatchObject({ kind: 'tls' });
    expect(await local({ ca: pem('crt') }).probe(at(secure, '/page', 'https'), signal())).toMatchObject({
      kind: 'status',
      status: 200,
    });
    expect(await local().probe(at(site, '/page', 'https'), signal())).toMatchObject({ kind: 'tls' });
  });

  test('a name that does not exist, a port where nobody answers', async () => {
    const absent = async (): Promise<string[]> => {
      throw Object.assign(new Error('ENOTFOUND'), { code: 'ENOTFOUND' });
    };
    expect(await local({ resolve: absent }).probe('http://absent.fr/', signal())).toMatchObject({ kind: 'dns' });
    expect(await local().probe('http://localhost:1/', signal())).toMatchObject({ kind: 'refused' });
  });

  test('a lookup that never ends does not hold the others up', async () => {
    const never = local({ resolve: () => new Promise<string[]>(() => {}), timeout: 50 });
    expect(await never.probe('http://lent.fr/', signal())).toMatchObject({ kind: 'slow' });
  });

  describe('the guard (SSRF)', () => {
    const guarded = (resolve: string[]) => pageProbe({ resolve: async () => resolve, timeout: 500 });

    test.each([
      ['loopback', ['127.0.0.1']],
      ['a private network', ['10.1.2.3']],
      ['the metadata of a cloud', ['169.254.169.254']],
      ['loopback in IPv6', ['::1']],
      ['a private network in IPv6', ['fd12::1']],
      ['loopback dressed as IPv6', ['::ffff:127.0.0.1']],
      ['a public address and a private one', ['93.184.216.34', '192.168.0.1']],
    ])('a public name that leads to %s is not asked', async (_, addresses) => {
      expect(await guarded(addresses).probe('http://innocent.fr/', signal())).toMatchObject({ kind: 'internal' });
    });

    test.each([
      'http://127.0.0.1/',
      'http://[::1]/',
      'http://2130706433/',
      'http://0x7f.0.0.1/',
      'http://[::ffff:7f00:1]/',
      'http://innocent.fr:8080/',
      'https://innocent.fr:22/',
      'http://moi:secret@innocent.fr/',
      'ftp://innocent.fr/',
    ])('%s is not asked', async (url) => {
      expect(await guarded(['93.184.216.34']).probe(url, signal())).toMatchObject({ kind: 'internal' });
    });

    test('nothing reached the server of this machine by its own name either', async () => {
      expect(await pageProbe({ timeout: 500 }).probe(at(site, '/page'), signal())).toMatchObject({ kind: 'internal' });
      expect(asked).toEqual([]);
    });

    test('the address that was judged is the one connected to, though the name changes its mind', async () => {
      let times = 0;
      const rebinding = async (): Promise<string[]> => (times++ === 0 ? ['127.0.0.1'] : ['10.0.0.7']);
      const probe = pageProbe({ resolve: rebinding, mayReach: (ip) => ip === '127.0.0.1', timeout: 500 });
      expect(await probe.probe(at(site, '/page'), signal())).toMatchObject({ kind: 'status', status: 200 });
      expect(times).toBe(1);
    });

    test.each([
      ['93.184.216.34', true],
      ['2606:2800:220:1::1', true],
      ['172.15.0.1', true],
      ['172.16.0.1', false],
      ['100.64.0.1', false],
      ['0.0.0.0', false],
      ['224.0.0.1', false],
      ['255.255.255.255', false],
      ['fe80::1', false],
      ['64:ff9b::7f00:1', false],
      ['2002:7f00:1::', false],
      ['localhost', false],
      ['', false],
    ])('%s is public: %s', (ip, open) => {
      expect(isPublicAddress(ip)).toBe(open);
    });
  });
});

const world = (pages: Record<string, Probe>, online = true): PageProbe => ({
  probe: async (url) => pages[url] ?? { kind: 'dns', detail: 'ENOTFOUND' },
  online: async () => online,
});

describe('asking all the pages of a push', () => {
  const ok: Probe = { kind: 'status', status: 200 };

  test('each once, at most eight at a time', async () => {
    let now = 0;
    let most = 0;
    const calls: string[] = [];
    const slow: PageProbe = {
      online: async () => true,
      probe: async (url) => {
        calls.push(url);
        most = Math.max(most, ++now);
        await new Promise((done) => setTimeout(done, 5));
        now--;
        return ok;
      },
    };
    const urls = Array.from({ length: 30 }, (_, i) => `https://site${i}.fr/`);
    const answers = await askPages(urls, slow, NOW);
    expect(answers?.size).toBe(30);
    expect(calls.toSorted()).toEqual(urls.toSorted());
    expect(most).toBe(8);
  });

  test('without network nothing is known, which is no page’s fault', async () => {
    expect(await askPages(['https://a.fr/', 'https://b.fr/'], world({}, false), NOW)).toBeNull();
    const missing = checkUnknown(['https://a.fr/', 'https://b.fr/'], new Map(), NOW, true);
    expect(missing).toMatchObject([
      {
        code: 'liens_non_verifies',
        level: 'a_voir',
        place: 'Liens',
        message: expect.stringMatching(/^Liens non vérifiés.*2 adresses/),
      },
    ]);
  });

  test('with network, a site that does not exist is a dead link, even alone', async () => {
    const answers = await askPages(['https://a.fr/'], world({}), NOW);
    expect(answers?.get('https://a.fr/')).toMatchObject({ verdict: 'dns' });
  });

  test('one site that answers proves the network', async () => {
    const answers = await askPages(['https://a.fr/', 'https://b.fr/'], world({ 'https://b.fr/': ok }, false), NOW);
    expect([...(answers ?? [])].map(([, a]) => a.verdict).toSorted()).toEqual(['dns', 'ok']);
  });

  test('a deadline ends it all', async () => {
    const stuck: PageProbe = {
      online: async () => true,
      probe: (_, until) =>
        new Promise((done) => until.addEventListener('abort', () => done({ kind: 'slow', detail: 'timeout' }))),
    };
    const answers = await askPages(['https://a.fr/'], stuck, NOW, 30);
    expect(answers?.get('https://a.fr/')?.verdict).toBe('slow');
  });
});

describe('what pages answered, in the message', () => {
  const url = 'https://www.constructys.fr/gepp';
  const answered = (verdict: Verdict, checkedAt = NOW) =>
    new Map<string, LinkAnswer>([[url, { verdict, detail: '404', checkedAt }]]);
  const letter = () =>
    letterOf(withBlocks({ type: 'title', text: 'Un outil' }, text(`Ouvrez [l’outil GEPP](${url}).`)));

  test.each<[Verdict, string[]]>([
    ['ok', []],
    ['absent', ['bloquant lien_mort']],
    ['error', ['bloquant lien_en_erreur']],
    ['dns', ['bloquant lien_sans_site']],
    ['tls', ['bloquant lien_non_sur']],
    ['refused', ['bloquant lien_mort']],
    ['internal', ['bloquant lien_interne']],
    ['loop', ['bloquant lien_mort']],
    ['restricted', ['a_voir lien_reserve']],
    ['slow', ['a_voir lien_lent']],
  ])('%s', async (verdict, expected) => {
    const found = checkAnswers(await letter(), answered(verdict), NOW);
    expect(codes(found)).toEqual(expected);
    for (const f of found)
      expect(f).toMatchObject({
        place: 'Bloc 2 (texte)',
        block: { id: 'b2', n: 2 },
        message: expect.stringContaining('l’outil GEPP'),
        remedy: expect.stringMatching(/\.$/),
      });
  });

  test('after a day an answer neither blocks nor reassures', async () => {
    const later = new Date(NOW.getTime() + FRESH_MS + 1);
    expect(checkAnswers(await letter(), answered('absent'), later)).toEqual([]);
    expect(checkUnknown([url], answered('ok'), NOW, false)).toEqual([]);
    expect(codes(checkUnknown([url], answered('ok'), later, false))).toEqual(['a_voir liens_non_verifies']);
  });

  test('pages of the demonstration, internal ones and addresses that are no page are not asked', async () => {
    const mixed = await letterOf(
      withBlocks(text(`[a](${url}) [b](https://intranet/x) [c](https://ressources.example/y) [d](mailto:x@afdas.fr)`)),
    );
    expect(pagesToAsk([mixed], true)).toEqual([url]);
    expect(pagesToAsk([mixed, mixed], false)).toEqual([url, 'https://ressources.example/y']);
  });
});
