import { expect, test } from 'vitest';
import { AUDIT_SENTENCES, auditSentence, SUBJECT_KINDS } from '../../src/memory/sentences.ts';
import { PERMISSIONS } from '../../src/organisations/permissions.ts';
import { SOURCES, type Source } from './sources.ts';

/** Codes put together from a beginning and a word: with every word it takes. */
const PUT_TOGETHER: Record<string, readonly string[]> = {
  approval: ['valide', 'changement'],
  'sender-domain': ['verified', 'lost', 'check'],
  kit: ['renew', 'revoke'],
  relay: ['invite', 'rappel'],
};

const code = (s: Source): string => s.text.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
const writing = SOURCES.filter((s) => s.name !== 'memory/audit.ts' && /\brecordAudit\(/.test(code(s)));

const HEADS = new Set(Object.keys(AUDIT_SENTENCES).map((c) => c.split('.')[0]));
// Not 'p.slug', which is a column, nor 'kit.yaml', which is a file.
const CODE = /'([a-z]{3,}(?:-[a-z]+)*\.(?!yaml|yml|csv|md|png|ts)[a-z]+(?:-[a-z]+)*)'/g;

/** What is between the parentheses of each call. */
function callsOf(text: string): string[] {
  return [...text.matchAll(/\brecordAudit\(/g)].map(({ index }) => {
    let depth = 0;
    for (let i = index + 'recordAudit'.length; i < text.length; i += 1) {
      if (text[i] === '(') depth += 1;
      if (text[i] === ')') depth -= 1;
      if (depth === 0) return text.slice(index, i);
    }
    return text.slice(index);
  });
}

/** The codes that the calls of one file say, or put together. */
function codesOf(source: Source): string[] {
  const text = code(source);
  return callsOf(text).flatMap((call) => {
    const value = /\baction(?::\s*([^\n]*)|\s*,)/.exec(call)?.[1];
    const said = [...(value ?? '').matchAll(CODE)].map((m) => m[1] ?? '');
    if (said.length > 0) return said;
    const [, head] = /^`([a-z-]+)\.\$\{/.exec(value ?? '') ?? [];
    if (head) return PUT_TOGETHER[head]?.map((word) => `${head}.${word}`) ?? [`${head}.?`];
    return [];
  });
}

/** Codes handed from one function to the other before they are written: whatever looks like one, anywhere in a room. */
const handedOn = SOURCES.filter((s) => !/^(?:web|public|cli|bench)\//.test(s.name)).flatMap((s) =>
  [...code(s).matchAll(CODE)].map((m) => m[1] ?? '').filter((c) => HEADS.has(c.split('.')[0]) && !(c in PERMISSIONS)),
);

const written = new Set([...writing.flatMap(codesOf), ...handedOn]);

test('every act that is written down has its sentence in French', () => {
  expect(writing.length).toBeGreaterThan(40);
  expect([...written].filter((c) => !(c in AUDIT_SENTENCES)).sort()).toEqual([]);
});

test('no sentence is left of an act that nobody writes any more', () => {
  expect(Object.keys(AUDIT_SENTENCES).filter((c) => !written.has(c))).toEqual([]);
});

test('every kind of subject has its noun', () => {
  const kinds = writing.flatMap((s) =>
    [...code(s).matchAll(/subject(?:Name)?: [`']([a-z-]+):/g)].map((m) => m[1] ?? ''),
  );
  expect(kinds.length).toBeGreaterThan(40);
  expect([...new Set(kinds)].filter((k) => !(k in SUBJECT_KINDS))).toEqual([]);
});

test('a sentence is one: with its subject, or by itself', () => {
  for (const [action, sentence] of Object.entries(AUDIT_SENTENCES)) {
    expect(sentence, action).toMatch(/^(?:a|envoie) [^.]*$/);
    expect(auditSentence(action, 'transport:1', 'smtp.example'), action).not.toMatch(
      /\{\}|\bde le\b|\bà le\b|undefined/,
    );
  }
  expect(auditSentence('push.submit', 'push:4', 'La lettre')).toBe('a soumis l’envoi « La lettre » à la validation');
  expect(auditSentence('contacts.erase', 'contact:7', null)).toBe('a effacé un contact n° 7');
  expect(auditSentence('transport.tried', 'transport:1', 'smtp.example')).toBe(
    'a reçu le résultat de l’essai du serveur d’envoi « smtp.example »',
  );
});
