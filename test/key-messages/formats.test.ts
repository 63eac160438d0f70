import { describe, expect, test } from 'vitest';
import { compareVersions, wordChanges } from '../../src/key-messages/compare.ts';
import { piecesOf, readyText } from '../../src/key-messages/ready-text.ts';
import {
  type KeyMessageInput,
  keyMessageSchema,
  LONGEST,
  spokenWords,
  WORDING_FORMATS,
  type WordingFormat,
} from '../../src/key-messages/schema.ts';
import { emailText, faqText, readEmail, readFaq, readSlide, slideText } from '../../src/key-messages/shapes.ts';
import { contentHash, saidOf } from '../../src/key-messages/stored.ts';

const said = (format: WordingFormat, text: string) => ({
  slug: 'gepp',
  topic: 'L’outil GEPP',
  wordings: { terrain: { [format]: text } },
});
const stored = (format: WordingFormat, text: string): string | undefined =>
  keyMessageSchema.parse(said(format, text)).wordings.terrain?.[format];
const problem = (format: WordingFormat, text: string): string | null => {
  const parsed = keyMessageSchema.safeParse(said(format, text));
  return parsed.success ? null : (parsed.error.issues[0]?.message ?? '');
};

describe('length', () => {
  test('a LinkedIn post holds 3 000 characters and not one more', () => {
    expect(problem('post', 'a'.repeat(3000))).toBeNull();
    expect(problem('post', 'a'.repeat(3001))).toBe(
      '3\u202f000 caractères au plus pour cette forme : ce texte en compte 3\u202f001.',
    );
  });

  test('an emoji counts for what LinkedIn counts: two characters', () => {
    expect(problem('post', '🔌'.repeat(1500))).toBeNull();
    expect(problem('post', `${'🔌'.repeat(1500)}a`)).toContain('3\u202f001');
  });

  test('a line ended as a form ends it counts once', () => {
    expect(problem('post', `${'a'.repeat(1499)}\r\n${'a'.repeat(1500)}`)).toBeNull();
  });

  test('thirty seconds are counted in words, and 120 are too many', () => {
    expect(spokenWords('L’outil GEPP — en ligne : 33 000 emplois.')).toBe(7);
    expect(problem('discours', 'mot '.repeat(120))).toBeNull();
    expect(problem('discours', 'mot '.repeat(121))).toBe(
      '120 mots au plus : ce discours en compte 121, et 75 mots font 30 secondes.',
    );
  });

  test.each(WORDING_FORMATS)('no empty %s is kept', (format) => {
    expect(problem(format, ' \n\u200b ')).toBe('Écrivez ce texte, ou retirez cette forme.');
  });
});

describe('an e-mail, a slide and a FAQ have parts', () => {
  test('an e-mail opens with its subject', () => {
    expect(stored('email', 'objet: Un outil\nBonjour,\n\nVoici.')).toBe('Objet : Un outil\n\nBonjour,\n\nVoici.');
    expect(problem('email', 'Bonjour,')).toBe('Donnez l’objet de l’e-mail, sur la première ligne : « Objet : … ».');
    expect(problem('email', 'Objet : Un outil')).toBe('Écrivez le texte de l’e-mail, sous son objet.');
    expect(problem('email', `Objet : ${'a'.repeat(151)}\n\nBonjour`)).toContain('Objet : 150 caractères au plus');
  });

  test('a slide has a title and five points at most', () => {
    expect(stored('diapositive', 'L’outil\n* Trois profils\n 2. Gratuit\n  et en ligne')).toBe(
      'L’outil\n- Trois profils\n- Gratuit et en ligne',
    );
    expect(problem('diapositive', `T\n${'- p\n'.repeat(5)}`)).toBeNull();
    expect(problem('diapositive', `T\n${'- p\n'.repeat(6)}`)).toBe('5 points au plus : cette diapositive en compte 6.');
    expect(problem('diapositive', 'Un titre seul')).toContain('au moins un point');
    expect(problem('diapositive', '- un point')).toContain('titre de la diapositive');
  });

  test('a FAQ is questions, each with its answer', () => {
    expect(stored('faq', 'Q: Pour qui ?\nR: Pour tous.\n\nMême seul.\nq : Combien ?\nr : Rien.')).toBe(
      'Q : Pour qui ?\nR : Pour tous.\n\nMême seul.\n\nQ : Combien ?\nR : Rien.',
    );
    expect(problem('faq', 'Q : Pour qui ?')).toBe(
      'La question « Pour qui ? » attend sa réponse, sur une ligne « R : … ».',
    );
    expect(problem('faq', 'Pour tous.')).toContain('Commencez par une question');
    expect(problem('faq', 'Q : a\nR : b\n'.repeat(21))).toBe('20 questions au plus : il y en a 21.');
  });

  test('what is read is what was written, whichever way', () => {
    const email = { subject: 'Un outil', body: 'Bonjour,\n\nVoici.' };
    const slide = { title: 'L’outil', points: ['Trois profils', 'Gratuit'] };
    const faq = [{ question: 'Pour qui ?', answer: 'Pour tous.\n- oui' }];
    expect(readEmail(emailText(email))).toEqual(email);
    expect(readSlide(slideText(slide))).toEqual(slide);
    expect(readFaq(faqText(faq))).toEqual(faq);
    expect([emailText({ subject: '', body: '' }), slideText({ title: '', points: ['', ' '] }), faqText([])]).toEqual([
      '',
      '',
      '',
    ]);
  });

  test('an e-mail is copied in two times: its subject, then its text', () => {
    const pieces = piecesOf('email', 'Objet : Un outil\n\nVoici **tout**.');
    expect(pieces.map((p) => [p.name, p.spans.map((s) => s.text).join('')])).toEqual([
      ['objet', 'Un outil'],
      ['texte', 'Voici tout.'],
    ]);
  });
});

describe('hostile texts (SEC-12, MAIL-45)', () => {
  const HOSTILE = '<script>alert(1)</script> [là](javascript:alert(1)) <img src=x onerror=alert(1)>';

  test('a link that leads to no page is copied as its words only', () => {
    expect(readyText('paragraphe', HOSTILE)).toBe('<script>alert(1)</script> là <img src=x onerror=alert(1)>');
    expect(
      readyText('paragraphe', '**[ici](data:text/html,x)** [b](https://u:p@exemple.fr) [c](https://exemple.fr)'),
    ).toBe('ici b c (https://exemple.fr/)');
    // Where a star is a star, so is a bracket.
    expect(readyText('post', '**gras** [là](https://exemple.fr)')).toBe('**gras** [là](https://exemple.fr)');
  });

  test('marks that turn the reading direction, controls and hidden tags are not kept; emoji are', () => {
    expect(stored('post', 'a\u202eb\u0000c\u{e0041}d\ufeff 👩‍💻')).toBe('abcd 👩‍💻');
    expect(stored('titre', 'un\ntitre\tlong')).toBe('un titre long');
  });

  test('a text of many stars is read at once', () => {
    const before = performance.now();
    for (const hard of ['*'.repeat(4000), '**a'.repeat(1300), '[a]('.repeat(1000), '[a]((('.repeat(600)])
      readyText('rendez_vous', hard);
    expect(performance.now() - before).toBeLessThan(2000);
  });
});

describe('what an élément de langage is', () => {
  const topic = { slug: 'gepp', topic: 'L’outil GEPP', wordings: { terrain: { titre: 'Un outil' } } };
  test.each([
    [{ ...topic, slug: 'glossaire' }, 'Ce nom est celui d’une page'],
    [{ ...topic, slug: 'Gepp' }, 'Un identifiant s’écrit en minuscules'],
    [{ ...topic, topic: ' ' }, 'Donnez le sujet.'],
    [{ ...topic, wordings: { terrain: {} } }, 'Écrivez au moins une forme'],
    [{ ...topic, validFrom: '2026-02-30' }, 'Donnez un jour qui existe'],
    [{ ...topic, validFrom: '2026-12-02', validTo: '2026-12-01' }, 'La fin tombe avant le début.'],
  ])('%j is refused', (input, message) => {
    expect(keyMessageSchema.safeParse(input).error?.issues[0]?.message).toContain(message);
  });

  test('the hash of what is approved moves with the topic, any text and the days, and with nothing else', () => {
    const base = { ...topic, wordings: { terrain: { titre: 'Un outil' }, institutionnel: { post: 'Un post' } } };
    const hash = (input: KeyMessageInput) => contentHash(saidOf(input)).toString('hex');
    const same = { ...base, wordings: { institutionnel: { post: 'Un post' }, terrain: { titre: 'Un outil' } } };
    expect(hash({ ...same, note: 'autre' })).toBe(hash(base));
    const others: KeyMessageInput[] = [
      { ...base, topic: 'Autre' },
      { ...base, validTo: '2026-12-31' },
      { ...base, wordings: { terrain: { titre: 'Un outil' }, operationnel: { post: 'Un post' } } },
      { ...base, wordings: { terrain: { accroche: 'Un outil' }, institutionnel: { post: 'Un post' } } },
    ];
    expect(new Set([...others.map(hash), hash(base)]).size).toBe(5);
  });

  test('every format has its limit', () => {
    expect(Object.keys(LONGEST)).toEqual([...WORDING_FORMATS]);
  });
});

describe('what changed', () => {
  const version = (wordings: object, over = {}) => ({ topic: 'T', wordings, validFrom: null, validTo: null, ...over });
  const without = (kind: string, changes: ReturnType<typeof wordChanges>) =>
    changes
      .filter((c) => c.kind !== kind)
      .map((c) => c.text)
      .join('');

  test('is shown word by word, and holds both texts whole', () => {
    const [before, after] = ['33 000 emplois d’ici 2030.\n\nVoici.', '35 000 emplois nets d’ici 2030.\n\nVoilà.'];
    const changes = wordChanges(before, after);
    expect(without('added', changes)).toBe(before);
    expect(without('removed', changes)).toBe(after);
    expect(changes).toContainEqual({ kind: 'removed', text: '33' });
    expect(changes).toContainEqual({ kind: 'added', text: 'nets ' });
  });

  test('an expression for another is one change', () => {
    expect(wordChanges('un outil en ligne pour tous', 'un guide sur papier pour tous')).toEqual([
      { kind: 'same', text: 'un ' },
      { kind: 'removed', text: 'outil en ligne' },
      { kind: 'added', text: 'guide sur papier' },
      { kind: 'same', text: ' pour tous' },
    ]);
  });

  test('names the topic, the days, and each text with its level', () => {
    const moved = compareVersions(
      version({ terrain: { titre: 'Un', post: 'Le post' } }),
      version(
        { terrain: { titre: 'Deux', post: 'Le post' }, operationnel: { faq: 'Q : a\nR : b' } },
        { topic: 'U', validTo: '2026-12-31' },
      ),
    );
    expect(moved.map((d) => [d.name, d.level, d.format])).toEqual([
      ['topic', null, null],
      ['validity', null, null],
      ['wording', 'operationnel', 'faq'],
      ['wording', 'terrain', 'titre'],
    ]);
    expect(compareVersions(version({ terrain: { titre: 'Un' } }), version({ terrain: { titre: 'Un' } }))).toEqual([]);
  });

  test('two long texts with nothing in common are compared in less than a second', () => {
    const words = (seed: number) => Array.from({ length: 1200 }, (_, i) => `m${(i * seed) % 997}`).join(' ');
    const before = performance.now();
    const changes = wordChanges(words(7), words(13));
    expect(performance.now() - before).toBeLessThan(1000);
    expect(without('removed', changes)).toBe(words(13));
  });
});
