import fc from 'fast-check';
import PostalMime from 'postal-mime';
import { describe, expect, test } from 'vitest';
import { dotStuffed } from '../../src/mail/dot-stuffed.ts';
import { headerLine, mailbox } from '../../src/mail/headers.ts';
import type { SlotValues } from '../../src/mail/skeleton.ts';
import { compileSkeleton, prepare, showSlots, slot, splice } from '../../src/mail/skeleton.ts';

const NASTY = [
  'Bonjour à tous, l’été = 100 % des métiers œuvrent',
  '.',
  '..deux points',
  'From ici',
  `ligne très longue ${'é=à '.repeat(400)}fin`,
  'x'.repeat(5000),
  'emoji 👩‍👩‍👧‍👦 🇫🇷 et 𝒜'.repeat(40),
  'fin avec blancs   ',
  'tabulation\t',
  '--=_frontiere--',
  '',
  '=3D =?utf-8?Q?x?=',
].join('\n');

const headers: [string, string][] = [
  ['From', mailbox('Réseau « Été »', 'lettre@exemple.fr')],
  ['To', slot('to')],
  ['Subject', 'Les métiers de la fibre : l’été des compétences, épisode n° 3 🎓, pour les branches et les entreprises'],
  ['Date', slot('date')],
  ['Message-ID', slot('messageId')],
  ['List-Unsubscribe', `<${slot('unsubscribe')}>, <mailto:stop@exemple.fr>`],
  ['List-Unsubscribe-Post', 'List-Unsubscribe=One-Click'],
];
const values: SlotValues = {
  to: 'lea@exemple.fr',
  date: 'Sun, 22 Nov 2026 10:00:00 +0000',
  messageId: '<1.abc@exemple.fr>',
  unsubscribe: 'https://exemple.fr/d/abc?x=1&y=2',
  greeting: 'Bonjour Léa Petit 👋,',
  'link:0': `https://exemple.fr/r/${'long'.repeat(60)}?a=1&b=é`,
};
const compose = (text: string, html: string, given = values) =>
  splice(prepare(compileSkeleton({ headers, text, html })), given);
// A parser gives LF; HTML entities are still in its html.
const read = async (raw: Buffer) => {
  const mail = await PostalMime.parse(raw);
  return {
    text: (mail.text ?? '').replaceAll('\r\n', '\n').replace(/\n$/, ''),
    html: (mail.html ?? '').replaceAll('\r\n', '\n').replace(/\n$/, ''),
    mail,
  };
};

test('an independent parser reads back the text and the html, whatever they hold', async () => {
  const text = `${slot('greeting')}\n${NASTY}\n${slot('link:0')}${slot('greeting')}\n${slot('unsubscribe')}`;
  const html = `<p>${slot('greeting')}</p><a href="${slot('link:0')}">l’été</a> ${NASTY}\n<a href="${slot('unsubscribe')}">fin</a>`;
  const got = await read(compose(text, html));
  expect(got.text).toBe(
    `Bonjour Léa Petit 👋,\n${NASTY}\n${values['link:0']}Bonjour Léa Petit 👋,\n${values.unsubscribe}`,
  );
  const link = (url: string | undefined) => url?.replaceAll('&', '&amp;');
  expect(got.html).toBe(
    `<p>Bonjour Léa Petit 👋,</p><a href="${link(values['link:0'])}">l’été</a> ${NASTY}\n<a href="${link(values.unsubscribe)}">fin</a>`,
  );
});

test('MAIL-40, MAIL-44: text first, html last, UTF-8, one of each header', async () => {
  const raw = compose('texte', '<p>html</p>').toString('latin1');
  expect(raw.indexOf('text/plain; charset=utf-8')).toBeLessThan(raw.indexOf('text/html; charset=utf-8'));
  const { mail } = await read(Buffer.from(raw, 'latin1'));
  const names = mail.headers.map((header) => header.key);
  expect(names).toEqual([...new Set(names)]);
  expect(mail.subject).toBe(headers[2]?.[1]);
  expect(mail.from).toMatchObject({ name: 'Réseau « Été »', address: 'lettre@exemple.fr' });
  expect(mail.headers.find((header) => header.key === 'list-unsubscribe')?.value).toBe(
    `<${values.unsubscribe}>, <mailto:stop@exemple.fr>`,
  );
});

test('no line over 76 characters, only ASCII, only CRLF', () => {
  const raw = compose(`${NASTY}${slot('greeting')}`, `${slot('greeting')}${NASTY}`, {
    ...values,
    greeting: 'é👋 '.repeat(90),
  }).toString('latin1');
  const lines = raw.split('\r\n');
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(76);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the point of the test
  expect(raw).toMatch(/^[\u0009\u000d\u000a -~]*$/);
  expect(raw.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
});

test('any text and any value come back as they went (property)', async () => {
  const anyText = fc
    .array(fc.constantFrom('a', ' ', '\t', '=', '.', '\n', 'é', '👋', '-', 'mot '), { maxLength: 300 })
    .map((parts) => parts.join(''));
  await fc.assert(
    fc.asyncProperty(anyText, anyText, anyText, async (before, value, after) => {
      const raw = compose(`[${before}${slot('greeting')}${after}]`, 'x', { ...values, greeting: value });
      expect((await read(raw)).text).toBe(`[${before}${value}${after}]`);
      expect(
        Math.max(
          ...raw
            .toString('latin1')
            .split('\r\n')
            .map((line) => line.length),
        ),
      ).toBeLessThanOrEqual(76);
    }),
    { numRuns: 300 },
  );
});

test('a value is text, never markup', async () => {
  const { html } = await read(
    compose('x', `<p title="${slot('greeting')}">${slot('greeting')}</p>`, { ...values, greeting: '"><script>\'&' }),
  );
  expect(html).toBe('<p title="&quot;&gt;&lt;script&gt;&#39;&amp;">&quot;&gt;&lt;script&gt;&#39;&amp;</p>');
});

describe('MAIL-43: nothing can start another header', () => {
  test.each(['a@b.fr\r\nBcc: x@y.fr', 'a@b.fr\nX: 1', 'a\0b', 'a\u007fb', 'a\u0085b', 'a\u2028b'])(
    'a header value %j is refused at the splice',
    (to) => {
      const ready = prepare(compileSkeleton({ headers, text: '', html: '' }));
      expect(() => splice(ready, { ...values, to })).toThrow(expect.objectContaining({ code: 'header_control' }));
    },
  );
  test('a subject or a name with a line break is refused at compilation', () => {
    expect(() => compileSkeleton({ headers: [['Subject', 'a\r\nBcc: x@y.fr']], text: '', html: '' })).toThrow(
      expect.objectContaining({ code: 'header_control' }),
    );
    expect(() => mailbox('Léa\r\nBcc: x', 'a@b.fr')).toThrow(expect.objectContaining({ code: 'header_control' }));
    expect(() => mailbox('Léa', 'a@b.fr>, <c@d.fr')).toThrow(expect.objectContaining({ code: 'address_invalid' }));
  });
});

describe('headers', () => {
  test.each([
    'Plain',
    'Léa "La Grande" \\ Petit',
    'Été, Automne & Cie',
    '"guillemets" <x@y.fr>',
    '👩‍🔧 שלום عربى',
    '=?utf-8?Q?faux?=',
    `${'très long nom '.repeat(12)}fin`,
  ])('a name is read back as written: %s', async (name) => {
    const raw = Buffer.from(`${headerLine('From', mailbox(name, 'a@exemple.fr'))}\r\n\r\n`);
    expect((await PostalMime.parse(raw)).from).toMatchObject({ name, address: 'a@exemple.fr' });
    expect(
      Math.max(
        ...raw
          .toString()
          .split('\r\n')
          .map((line) => line.length),
      ),
    ).toBeLessThanOrEqual(76);
  });
  test.each(['=?utf-8?Q?faux?= sujet', 'é'.repeat(200), 'a  b', `${'mot '.repeat(50)}fin`])(
    'a subject is read back as written: %s',
    async (subject) => {
      const raw = Buffer.from(`${headerLine('Subject', subject)}\r\n\r\n`);
      expect((await PostalMime.parse(raw)).subject).toBe(subject);
    },
  );
  test('an accented domain is written in ASCII', () => {
    expect(mailbox('', 'a@été.fr')).toBe('<a@xn--t-9fab.fr>');
  });
});

test('the same content gives the same bytes, so that they can be approved by their hash', () => {
  const parts = { headers, text: `a ${slot('greeting')}`, html: `<p>${slot('link:0')}</p>` };
  expect(JSON.stringify(compileSkeleton(parts))).toBe(JSON.stringify(compileSkeleton(parts)));
  expect(JSON.stringify(compileSkeleton(parts))).not.toContain(slot('greeting'));
});

test('a skeleton survives JSON: it is stored', async () => {
  const skeleton = compileSkeleton({ headers, text: `é ${slot('greeting')}`, html: '' });
  expect(splice(prepare(JSON.parse(JSON.stringify(skeleton))), values)).toEqual(splice(prepare(skeleton), values));
});

test('a preview shows the places, and a damaged one is refused', () => {
  expect(showSlots(`a ${slot('link:3')} b`)).toBe('a {{link:3}} b');
  expect(() => compileSkeleton({ headers: [], text: slot('link:3').slice(0, -3), html: '' })).toThrow(
    expect.objectContaining({ code: 'slot_damaged' }),
  );
});

test('a slot without its value is a bug, said as one', () => {
  expect(() => splice(prepare(compileSkeleton({ headers, text: '', html: '' })), {})).toThrow('no value for slot to');
});

test('no line of a finished message begins with a dot, whatever is written (RFC 5321 §4.5.2)', () => {
  const dotted = fc.array(fc.constantFrom('.', '..', 'a', '\n', '\r\n.', ' ', 'é', '=', '.x'), { maxLength: 60 });
  fc.assert(
    fc.property(dotted, dotted, dotted, (text, html, value) => {
      const skeleton = compileSkeleton({
        headers: [['Subject', 'Essai']],
        text: `${text.join('')}${slot('greeting')}${text.join('')}`,
        html: `<p>${html.join('')}</p>${slot('greeting')}`,
      });
      const data = splice(prepare(skeleton), { greeting: value.join('').replace(/[\r\n]/g, '') });
      expect(dotStuffed(data)).toBe(data);
    }),
  );
});
