import ICAL from 'ical.js';
import type { Browser } from 'playwright-core';
import PostalMime from 'postal-mime';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LEVELS } from '../../src/base/words.ts';
import { prepare, type SlotValues, splice } from '../../src/mail/skeleton.ts';
import { renderVariant } from '../../src/rendering/render-variant.ts';
import { fillSample } from '../../src/rendering/sample.ts';
import type { RenderedVariant } from '../../src/rendering/schema.ts';
import { renderWebVersion } from '../../src/rendering/web-version.ts';
import { globRoot, SOURCES } from '../structure/sources.ts';
import { openBrowser, violationsOf } from '../support/browser.ts';
import { INVITATION, invitation, WEBINAR } from './invitation.ts';

const PAGE = 'https://lettre.afdas.example/webinaires/vos-outils-en-pratique';

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser?.close());

const sent = ({ skeleton, links }: RenderedVariant, values: SlotValues = {}): Buffer =>
  splice(prepare(skeleton), {
    to: 'lea@exemple.fr',
    date: 'Sun, 22 Nov 2026 10:00:00 +0000',
    messageId: '1.abc@constructys.example',
    greeting: 'Bonjour Léa Petit,',
    unsubscribe: `https://lettre.afdas.example/d/${'u'.repeat(43)}`,
    preferences: `https://lettre.afdas.example/preferences/${'p'.repeat(43)}`,
    web: `https://lettre.afdas.example/lettre/${'w'.repeat(43)}`,
    register: `${PAGE}/moi/${'m'.repeat(43)}?de=lettre.constructys.operationnel`,
    notice: '',
    ...Object.fromEntries(links.map((_, i) => [`link:${i}`, `https://lettre.afdas.example/r/jeton${i}`])),
    ...values,
  });
const calendarOf = ({ attachments }: RenderedVariant) =>
  new ICAL.Component(ICAL.parse(attachments[0]?.content ?? '') as unknown[]);

test('the invitation reads as it was last read by a person', async () => {
  const rendered = await renderVariant(invitation());
  const { html, text } = fillSample(rendered);
  await expect(html).toMatchFileSnapshot('golden/webinaire.html.golden');
  await expect(text).toMatchFileSnapshot('golden/webinaire.text.golden');
  await expect(rendered.attachments[0]?.content).toMatchFileSnapshot('golden/webinaire.ics.golden');
});

test('it has its own subject per level, and one link to its page for all of them: none tells of a few people (PRV-11)', async () => {
  for (const level of LEVELS) {
    const { subject, links } = await renderVariant(invitation({}, {}, level));
    expect(subject).toBe(level === 'terrain' ? INVITATION.subjects.terrain : INVITATION.subject);
    expect(links[0]).toEqual({
      url: `${PAGE}?de=lettre`,
      label: 'Voir le programme et s’inscrire',
    });
  }
});

test('the same invitation rendered twice gives the same bytes; another hour, speaker or sequence gives others', async () => {
  const first = await renderVariant(invitation());
  expect(await renderVariant(invitation())).toEqual(first);
  for (const change of [
    { startsAt: new Date('2026-12-03T13:30:00Z') },
    { endsAt: new Date('2026-12-03T15:00:00Z') },
    { speakers: [] },
    { sequence: 3 },
  ])
    expect((await renderVariant(invitation({}, change))).skeleton, JSON.stringify(change)).not.toEqual(first.skeleton);
});

test('a webinar that does not exist is said in a sentence', async () => {
  const { webinar: _, ...input } = invitation();
  await expect(renderVariant(input)).rejects.toMatchObject({ kind: 'invalid', code: 'webinar_missing' });
});

test('with no block, speaker, organiser nor summary it is still whole', async () => {
  const { html, text } = await renderVariant(
    invitation({ blocks: [] }, { speakers: [], organisers: [], summary: '', limited: false }),
  );
  for (const word of ['Qui intervient', 'organisé par', 'places sont limitées']) {
    expect(html).not.toContain(word);
    expect(text).not.toContain(word);
  }
  expect(text).toContain('jeudi 3 décembre 2026');
});

describe('the message', () => {
  test('MAIL-40, MAIL-44, CAL-01: text first, then html, and the calendar file beside them, read by another program', async () => {
    const raw = sent(await renderVariant(invitation()));
    const mail = await PostalMime.parse(raw, { attachmentEncoding: 'utf8' });
    expect(mail.text).toContain('Bonjour Léa Petit,');
    expect(mail.html).toContain('Bonjour Léa Petit,');
    expect(mail.attachments.map((a) => [a.mimeType, a.filename, a.disposition, a.method])).toEqual([
      ['text/calendar', 'webinaire.ics', 'attachment', 'PUBLISH'],
    ]);
    const lines = raw.toString('latin1').split('\r\n');
    expect(lines.filter((l) => /^Content-Type:/i.test(l)).map((l) => l.replace(/;.*/, ''))).toEqual([
      'Content-Type: multipart/mixed',
      'Content-Type: multipart/alternative',
      'Content-Type: text/plain',
      'Content-Type: text/html',
      'Content-Type: text/calendar',
    ]);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the point of the test
    expect(raw.toString('latin1')).toMatch(/^[\u0009\u000d\u000a -~]*$/);
    expect(Math.max(...lines.map((l) => l.length))).toBeLessThanOrEqual(998);
  });

  test('its headers are those of a solicited message, told apart by their channel (MAIL-01, MAIL-14)', async () => {
    const head =
      sent(await renderVariant(invitation()))
        .toString('latin1')
        .split('\r\n\r\n')[0] ?? '';
    expect(head).toContain('Feedback-ID: invitation:essentiels-infranum:webinaire:constructys');
    expect(head).toContain('List-Unsubscribe-Post: List-Unsubscribe=One-Click');
    expect(head).not.toMatch(/REQUEST|text\/calendar/);
  });

  test('MAIL-40: nothing is said in HTML only, and both hold the same links', async () => {
    const { html, text } = await renderVariant(invitation());
    const words = (of: string) => new Set(of.toLowerCase().match(/[\p{L}\d]{5,}/gu));
    const shown = html
      .replace(/<(style|title|head)[\s\S]*?<\/\1>|<!--[\s\S]*?-->|<[^>]+>/g, ' ')
      .replace(/&[a-z]+;|&#\d+;/g, ' ');
    const written = words(text);
    expect([...words(shown)].filter((word) => !written.has(word))).toEqual([]);
    const places = (of: string) => new Set(of.match(/\{\{[\w:]+\}\}/g));
    expect(places(html)).toEqual(places(text));
    expect(places(html)).toContain('{{register}}');
    for (const of of [html, text]) expect(of).toContain(`${PAGE}/agenda.ics`);
  });

  test('MAIL-41: it stays far under what mailboxes cut', async () => {
    const { htmlBytes } = await renderVariant(invitation());
    expect(htmlBytes).toBeLessThan(40_000);
  });

  test('MAIL-43, SEC-12: what an author or an organiser types is never markup, nor another line of a calendar', async () => {
    const hostile = '<script>alert(1)</script>" onload="x';
    const webinar = {
      title: hostile,
      summary: `${hostile}\r\nATTENDEE:mailto:tous@exemple.fr`,
      speakers: [{ name: hostile, role: hostile, organisation: 'A\r\nBEGIN:VALARM' }],
      organisers: [hostile],
    };
    const rendered = await renderVariant(invitation({ subject: hostile, subjects: {} }, webinar));
    const tab = await browser.newPage();
    await tab.route('**/*', (route) => route.abort());
    await tab.setContent(fillSample(rendered).html);
    expect(await tab.evaluate(`document.querySelectorAll('script, [onload], [href^="javascript"]').length`)).toBe(0);
    expect(await tab.title()).toBe(hostile);
    await tab.close();
    const [event] = calendarOf(rendered).getAllSubcomponents('vevent');
    expect(event?.getFirstPropertyValue('summary')).toBe(hostile);
    expect(event?.getAllProperties('attendee')).toEqual([]);
    expect(event?.getAllSubcomponents()).toEqual([]);
  });

  test('PRV-01, PRV-12: two people differ by their own links and by nothing else; no picture is theirs', async () => {
    const rendered = await renderVariant(invitation());
    const own = (who: string): SlotValues => ({
      unsubscribe: `https://lettre.afdas.example/d/${who}`,
      preferences: `https://lettre.afdas.example/preferences/${who}`,
      register: `${PAGE}/moi/${who}?de=lettre.constructys.operationnel`,
    });
    const read = async (who: string) => {
      const {
        html = '',
        text = '',
        attachments,
      } = await PostalMime.parse(sent(rendered, own(who)), {
        attachmentEncoding: 'utf8',
      });
      return { html, text, calendar: attachments[0]?.content };
    };
    const [a, b] = [await read('a'.repeat(43)), await read('b'.repeat(43))];
    expect(a.calendar).toBe(b.calendar);
    const bare = (of: string) => of.replace(/[ab]{43}/g, '');
    expect(bare(a.html)).toBe(bare(b.html));
    expect(bare(a.text)).toBe(bare(b.text));
    const pictures = (of: string) => of.match(/<img[^>]*>/g);
    expect(pictures(a.html)).toEqual(pictures(b.html));
    // What registers one person is no link of a group: it is not in the list of those that are followed.
    expect(rendered.links.map((l) => l.url).filter((url) => url.includes('/moi/'))).toEqual([]);
    expect(a.html).toContain(`${PAGE}/moi/${'a'.repeat(43)}?de=lettre.constructys.operationnel`);
  });
});

describe('the calendar file', () => {
  test('CAL-01, CAL-02, CAL-06: it is published, invites nobody, is asked by the sender, and says where to register, not where to join', async () => {
    const calendar = calendarOf(await renderVariant(invitation()));
    expect(calendar.getFirstPropertyValue('method')).toBe('PUBLISH');
    const [event, ...more] = calendar.getAllSubcomponents('vevent');
    expect(more).toEqual([]);
    expect(event?.getAllProperties('attendee')).toEqual([]);
    expect(event?.getFirstPropertyValue('uid')).toBe(WEBINAR.uid);
    expect(event?.getFirstPropertyValue('sequence')).toBe(2);
    expect(event?.getFirstPropertyValue('organizer')).toBe('mailto:infos@constructys.example');
    expect(event?.getFirstPropertyValue('url')).toBe(`${PAGE}?de=lettre.constructys.operationnel`);
  });

  test.each([
    ['the day the clocks go back', '2026-10-25T13:00:00Z', 'dimanche 25 octobre 2026', 'de 14\u00a0h à 15\u00a0h'],
    ['the day they go forward', '2027-03-28T12:00:00Z', 'dimanche 28 mars 2027', 'de 14\u00a0h à 15\u00a0h'],
    [
      'the hour that comes twice, the second time',
      '2026-10-25T01:30:00Z',
      'dimanche 25 octobre 2026',
      'de 2\u00a0h\u00a030 à 3\u00a0h\u00a030',
    ],
  ])('CAL-04: on %s, mail and file tell the same instant', async (_, at, date, hours) => {
    const startsAt = new Date(at);
    const rendered = await renderVariant(
      invitation({}, { startsAt, endsAt: new Date(startsAt.getTime() + 3_600_000) }),
    );
    expect(rendered.text).toContain(`${date}\n${'-'.repeat(date.length)}\n${hours}, heure de Paris`);
    const calendar = calendarOf(rendered);
    const zone = calendar.getFirstSubcomponent('vtimezone');
    const [event] = calendar.getAllSubcomponents('vevent');
    if (!zone || !event) throw new Error('no event');
    ICAL.TimezoneService.register(zone);
    const start = event.getFirstPropertyValue('dtstart') as ICAL.Time;
    expect(start.toJSDate().toISOString()).toBe(startsAt.toISOString());
  });

  test('one that ends after midnight says on which day', async () => {
    const { text } = await renderVariant(
      invitation({}, { startsAt: new Date('2026-12-03T21:00:00Z'), endsAt: new Date('2026-12-03T23:30:00Z') }),
    );
    expect(text).toContain('de 22\u00a0h à 0\u00a0h\u00a030 le vendredi 4 décembre 2026');
  });
});

test('PRV-12: a page that was passed on, a preview and a test send lead to the page itself, never to one person’s form', async () => {
  const rendered = await renderVariant(invitation());
  const page = `${PAGE}?de=lettre`;
  const stored = { ...rendered, links: rendered.links.map(({ url }) => ({ url, label: url })) };
  for (const html of [fillSample(rendered).html, renderWebVersion(stored)]) {
    expect(html).toContain(`<a href="${page}"`);
    expect(html).not.toContain('/moi/');
    expect(html).not.toContain('{{');
  }
  const tab = await browser.newPage();
  await tab.setContent(renderWebVersion(stored));
  const seen = await tab.evaluate('document.body.innerText');
  expect(seen).toContain('Voir le programme et s’inscrire');
  expect(seen).not.toContain('coordonnées déjà remplies');
  await tab.close();
});

test('every template of the invitation is used, and every one that is used exists', () => {
  const names = globRoot('templates/webinaire/*.mjml').map((path) => path.replace(/^.*\/|\.mjml$/g, ''));
  const used = SOURCES.flatMap((s) => [...s.text.matchAll(/\bfillInvitation\(\s*'([\w-]+)'/g)].map((m) => m[1]));
  expect(new Set(used)).toEqual(new Set(names));
});

const SCHEMES = ['light', 'dark'] as const;
test.each(SCHEMES)(
  'A11Y-20, A11Y-21: the invitation passes axe in %s, wide and narrow',
  async (colorScheme) => {
    const { html } = fillSample(await renderVariant(invitation()));
    for (const width of [680, 390, 320]) {
      const context = await browser.newContext({ colorScheme, viewport: { width, height: 900 } });
      const page = await context.newPage();
      await page.route('**/*', (route) => route.abort());
      await page.setContent(html);
      expect(await violationsOf(page)).toEqual([]);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
      await context.close();
    }
  },
  30_000,
);
