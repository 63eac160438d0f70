import { LEVELS, PUBLICS } from '../base/words.ts';
import type { ResourceRow } from '../resources/queries.ts';
import type { formOf } from './page.tsx';

/** The publics one can name: « non précisé » is nobody. */
export const NAMED_PUBLICS = PUBLICS.filter((p) => p !== 'inconnu');

/** A resource as its form holds it: texts, whatever they say. */
export type ResourceValues = {
  title: string;
  summary: string;
  kind: string;
  axis: string;
  carriedBy: string;
  years: string;
  url: string;
  contact: string;
  publishedOn: string;
  reviewOn: string;
  listed: boolean;
  formats: string[];
  related: string[];
  uses: Record<string, string>;
  levelUses: Record<string, string>;
};

export const EMPTY_RESOURCE: ResourceValues = {
  title: '',
  summary: '',
  kind: '',
  axis: '',
  carriedBy: '',
  years: '',
  url: '',
  contact: '',
  publishedOn: '',
  reviewOn: '',
  listed: true,
  formats: [],
  related: [],
  uses: {},
  levelUses: {},
};

export const valuesOf = (r: ResourceRow): ResourceValues => ({
  ...r,
  url: r.url ?? '',
  publishedOn: r.publishedOn ?? '',
  reviewOn: r.reviewOn ?? '',
  uses: r.uses as Record<string, string>,
  levelUses: r.levelUses as Record<string, string>,
});

export function typedResource(form: Awaited<ReturnType<typeof formOf>>): ResourceValues {
  const each = (prefix: string, names: readonly string[]) =>
    Object.fromEntries(names.map((name) => [name, form.text(`${prefix}.${name}`)]));
  return {
    title: form.text('title'),
    summary: form.text('summary'),
    kind: form.text('kind'),
    axis: form.text('axis'),
    carriedBy: form.text('carriedBy'),
    years: form.text('years'),
    url: form.text('url'),
    contact: form.text('contact'),
    publishedOn: form.text('publishedOn'),
    reviewOn: form.text('reviewOn'),
    listed: form.text('listed') !== '',
    formats: form.all('formats'),
    related: form.all('related'),
    uses: each('uses', NAMED_PUBLICS),
    levelUses: each('levelUses', LEVELS),
  };
}

/** What `saveResource` takes: an empty answer is no answer. `retiredOn` is another act. */
export const resourceInput = (v: ResourceValues, kept: { slug: string; retiredOn: string | null }) => ({
  ...v,
  slug: kept.slug,
  retiredOn: kept.retiredOn,
  url: v.url.trim() || null,
  publishedOn: v.publishedOn || null,
  reviewOn: v.reviewOn || null,
  uses: filled(v.uses),
  levelUses: filled(v.levelUses),
});

const filled = (texts: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(texts).filter(([, text]) => text.trim() !== ''));
