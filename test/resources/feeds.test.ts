import { SaxesParser } from 'saxes';
import { describe, expect, test } from 'vitest';
import { openHouse } from '../structure/house.ts';
import { testDatabase } from '../support/database.ts';
import { HOSTILE, publicHouse } from './public-house.ts';

const t = await testDatabase();
const { app, service } = await openHouse(t.url);
const { get } = await publicHouse(t, app, service.config.dataDir);

describe('shown on other sites', () => {
  test('the frame alone may be shown inside another site, and its links open beside', async () => {
    const { headers, text } = await get('/ressources/integrer/essentiels');
    expect(headers.get('content-security-policy')).toMatch(/frame-ancestors \*$/);
    expect(headers.get('x-frame-options')).toBeNull();
    expect(text).toMatch(/<a href="\/ressources\/essentiels\/etude" target="_blank" rel="noopener">/);
    expect(text).toContain('(nouvel onglet)');
    expect(text).not.toContain('class="masthead');
    for (const path of ['/ressources', '/ressources/essentiels/etude', '/mesure', '/connexion'])
      expect((await get(path)).headers.get('content-security-policy')).toMatch(/frame-ancestors 'none'$/);
  });

  test.each(['/ressources.rss', '/ressources/campagne/essentiels.rss'])(
    '%s is RSS 2.0 that a strict parser reads',
    async (path) => {
      const { text, headers } = await get(path);
      expect(headers.get('content-type')).toBe('application/rss+xml; charset=utf-8');
      const read: Record<string, string[]> = {};
      const note = (name: string, words: string) => {
        read[name] = [...(read[name] ?? []), words];
      };
      const open: string[] = [];
      const parser = new SaxesParser({ xmlns: true });
      parser.on('error', (error) => {
        throw error;
      });
      parser.on('opentag', (tag) => {
        open.push(tag.name);
        if (tag.name === 'atom:link') note('self', String(tag.attributes.href?.value));
      });
      parser.on('text', (words) => {
        const name = open.slice(-2).join('>');
        if (words.trim()) note(name, words);
      });
      parser.on('closetag', () => open.pop());
      parser.write(text).close();
      expect(read['channel>title']).toHaveLength(1);
      expect(read['channel>link']).toEqual([`https://pv.example${path.replace('.rss', '')}`]);
      expect(read.self).toEqual([`https://pv.example${path}`]);
      expect(read['item>title']).toContain(HOSTILE.replace('\u0001', ''));
      expect(read['item>guid']).toContain('https://pv.example/ressources/essentiels/etude');
      for (const date of read['item>pubDate'] ?? []) expect(new Date(date).toUTCString()).toBe(date);
      expect(new Set(read['item>guid']).size).toBe(path === '/ressources.rss' ? 3 : 2);
    },
  );

  test('the JSON Feed has what version 1.1 asks for, and what only an inventory has', async () => {
    const { text, headers } = await get('/ressources/campagne/essentiels.json');
    expect(headers.get('content-type')).toBe('application/feed+json; charset=utf-8');
    expect(headers.get('access-control-allow-origin')).toBe('*');
    const feed = JSON.parse(text);
    expect(feed).toMatchObject({
      version: 'https://jsonfeed.org/version/1.1',
      title: 'Ressources : Les essentiels & co',
      home_page_url: 'https://pv.example/ressources/campagne/essentiels',
      feed_url: 'https://pv.example/ressources/campagne/essentiels.json',
      language: 'fr',
    });
    expect(feed.next_url).toBeUndefined();
    for (const item of feed.items) {
      expect(typeof item.id).toBe('string');
      expect(item.content_text).not.toBe('');
      expect(new Date(item.date_published).toISOString()).toBe(item.date_published);
    }
    expect(feed.items[0]._porte_voix.uses).toEqual({ entreprise: 'Situer ses besoins.' });
  });

  test('a feed that did not change is not sent again', async () => {
    for (const path of ['/ressources.rss', '/ressources.json']) {
      const etag = (await get(path)).headers.get('etag') ?? '';
      const again = await get(path, { 'if-none-match': etag });
      expect([again.status, again.text]).toEqual([304, '']);
    }
  });
});
