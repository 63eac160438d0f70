import { describe, expect, test } from 'vitest';
import { checkPress } from '../../src/proofs/check-press.ts';
import { firstContent } from '../../src/pushes/blank-content.ts';
import { embargoAt, embargoWords, parseEmbargo } from '../../src/pushes/embargo.ts';
import { type Content, pressReleaseSchema, pushSchema } from '../../src/pushes/schema.ts';
import { RELEASE } from '../rendering/release.ts';
import { content, letter } from '../support/factories.ts';

const push = (over: Record<string, unknown> = {}) =>
  letter({ slug: 'lancement', channel: 'communique', content: RELEASE, ...over });
const fields = (input: unknown) => pushSchema.safeParse(input).error?.issues.map((i) => i.path.join('.')) ?? [];

describe('what a press release may say', () => {
  test('each channel has its own content; a newsletter is what it was, and is what a push is when nothing is said', () => {
    expect(pushSchema.parse(push()).channel).toBe('communique');
    expect(pushSchema.parse(letter({ slug: 'lettre' })).channel).toBe('newsletter');
    expect(fields(letter({ slug: 'lettre', content: RELEASE }))).toEqual(['content']);
    expect(fields(push({ content: content('Sans titre') }))).toEqual(['content.press']);
    expect(fields(push({ channel: 'pigeon' }))).toEqual(['channel']);
  });

  test('a block that has no place in it is named, and so is every part that does not hold', () => {
    const blocks = [{ id: 'a', type: 'video', title: 'Film', url: 'https://video.example' }];
    const press = {
      headline: 'Titre\r\nBcc: tous@exemple.fr',
      day: '2026-02-30',
      embargoAt: 'demain',
      contact: { name: '', phone: 'appelez-moi', email: 'presse' },
    };
    expect(fields(push({ content: { subject: 'Objet', blocks, press } }))).toEqual([
      'content.blocks.0',
      'content.press.headline',
      'content.press.day',
      'content.press.embargoAt',
      'content.press.contact.phone',
      'content.press.contact.email',
    ]);
  });

  test('a draft may be incomplete; it never repeats', () => {
    expect(fields(push({ content: { subject: 'Objet', blocks: [], press: { headline: 'Titre' } } }))).toEqual([]);
    expect(fields(push({ recurrence: '0 9 1 * *' }))).toEqual(['recurrence']);
  });

  test('a new push takes over what another channel can say of it, and never its embargo', () => {
    const release = pressReleaseSchema.parse(RELEASE);
    const fromLetter = firstContent('communique', 'Nom', content('Une lettre') as Content) as Content;
    expect(fromLetter.press?.headline).toBe('Nom');
    expect(pressReleaseSchema.safeParse(fromLetter).success).toBe(true);
    expect((firstContent('communique', 'Nom', release) as Content).press).toMatchObject({
      chapo: RELEASE.press.chapo,
      embargoAt: null,
    });
    expect(firstContent('newsletter', 'Nom', release)).not.toHaveProperty('press');
    for (const channel of ['newsletter', 'communique'] as const)
      expect(fields(push({ channel, content: firstContent(channel, 'Nom', null) }))).toEqual([]);
  });
});

describe('the hour of an embargo', () => {
  test('is the second of the hour that comes twice, and an hour that exists when it was none', () => {
    expect(parseEmbargo('2026-10-25T02:30')?.toISOString()).toBe('2026-10-25T01:30:00.000Z');
    expect(parseEmbargo('2027-03-28 02:30')?.toISOString()).toBe('2027-03-28T01:30:00.000Z');
    expect(parseEmbargo('2026-12-03 08:00')?.toISOString()).toBe('2026-12-03T07:00:00.000Z');
    expect(parseEmbargo('2026-12-32 08:00')).toBeNull();
  });

  test('is said so that nobody takes one for the other', () => {
    expect(embargoWords(new Date('2026-10-25T00:30:00Z'))).toContain(
      '2\u00a0h\u00a030 (heure de Paris, avant le changement d’heure)',
    );
    expect(embargoWords(new Date('2026-10-25T01:30:00Z'))).toContain(
      '2\u00a0h\u00a030 (heure de Paris, heure d’hiver)',
    );
    expect(embargoWords(new Date('2027-03-28T01:30:00Z'))).toContain('3\u00a0h\u00a030 (heure de Paris)');
    expect(embargoWords(new Date('2026-12-03T07:00:00Z'))).toBe('jeudi 3 décembre 2026 à 8\u00a0h (heure de Paris)');
  });

  test('has come at its very instant, not a millisecond before', () => {
    const at = new Date(RELEASE.press.embargoAt);
    expect(embargoAt(RELEASE, new Date(at.getTime() - 1))).toEqual(at);
    expect(embargoAt(RELEASE, at)).toBeNull();
    expect(embargoAt(content('Une lettre'), at)).toBeNull();
  });
});

describe('the proofreading of a press release', () => {
  const codes = (press: Record<string, unknown> = {}, over: Record<string, unknown> = {}) =>
    checkPress({
      content: pressReleaseSchema.parse({ ...RELEASE, press: { ...RELEASE.press, ...press } }),
      rule: { public: ['presse'] },
      scheduledAt: null,
      deadlineAt: null,
      window: null,
      ...over,
    }).map((f) => `${f.level} ${f.code}`);

  test('asks for what a journalist needs, and leaves a complete one alone', () => {
    expect(codes()).toEqual([]);
    expect(codes({ chapo: ' ', day: '', contact: { name: 'Léa', phone: '', email: '' } })).toEqual([
      'bloquant chapo_absent',
      'bloquant contact_presse_absent',
      'a_voir communique_sans_date',
    ]);
    expect(codes({}, { rule: { level: ['terrain'] } })).toEqual(['a_voir audience_presse']);
  });

  test('refuses a departure under embargo, and an embargo that outlives the push', () => {
    const [before, after] = [new Date('2026-12-03T06:59:59Z'), new Date('2026-12-03T07:00:00Z')];
    expect(codes({}, { scheduledAt: before })).toEqual(['bloquant embargo_apres_depart']);
    expect(codes({}, { scheduledAt: after })).toEqual([]);
    expect(codes({}, { deadlineAt: after })).toEqual(['bloquant embargo_apres_echeance']);
    expect(codes({}, { window: { from: new Date('2026-12-01T07:00:00Z'), to: before } })).toEqual([
      'bloquant embargo_apres_echeance',
    ]);
  });
});
