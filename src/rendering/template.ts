import { readFileSync } from 'node:fs';
import { visible } from './sanitise.ts';

/** HTML already made safe by this room. A plain string never is: it gets escaped. */
export type Fragment = { readonly html: string };
export type Value = string | Fragment;

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** For element content and quoted attributes alike. */
export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (c) => ENTITIES[c]!);
const written = (value: Value): string => (typeof value === 'string' ? escapeHtml(visible(value)) : value.html);

export const safe = (html: string): Fragment => ({ html });
export const NOTHING = safe('');

/** html`<p>${text}</p>`: strings are escaped, fragments are kept. */
export const html = (parts: TemplateStringsArray, ...values: Value[]): Fragment =>
  safe(parts.reduce((done, part, i) => done + written(values[i - 1] ?? '') + part));

export const join = (fragments: readonly Fragment[], between = ''): Fragment =>
  safe(fragments.map((f) => f.html).join(between));

const folder = new URL('../../templates/', import.meta.url);
const sources = new Map<string, string>();

function source(name: string): string {
  const known = sources.get(name);
  if (known !== undefined) return known;
  const text = readFileSync(new URL(`${name}.mjml`, folder), 'utf8');
  sources.set(name, text);
  return text;
}

/**
 * A template file of the newsletter with each `{{name}}` looked up in `values`, and nothing else: no expression, no inherited property,
 * one pass, so that braces typed by an author are never read as a placeholder (SEC-12).
 */
export const fill = (name: string, values: Readonly<Record<string, Value>>): Fragment =>
  filled(`newsletter/${name}`, values);
/** The same, of a press release. */
export const fillPress = (name: string, values: Readonly<Record<string, Value>>): Fragment =>
  filled(`communique/${name}`, values);
/** The same, of an invitation to a webinar. */
export const fillInvitation = (name: string, values: Readonly<Record<string, Value>>): Fragment =>
  filled(`webinaire/${name}`, values);

function filled(name: string, values: Readonly<Record<string, Value>>): Fragment {
  return safe(
    source(name).replace(/\{\{(\w+)\}\}/g, (_, key: string) => {
      if (!Object.hasOwn(values, key)) throw new Error(`templates/${name}.mjml: no value for {{${key}}}`);
      return written(values[key]!);
    }),
  );
}
