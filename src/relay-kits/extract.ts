import { type SqlBool, sql } from 'kysely';
import sanitizeHtml from 'sanitize-html';
import type { Level } from '../base/words.ts';
import type { Trx } from '../db/database.ts';
import { fillSample, type SampleValues } from '../rendering/sample.ts';
import { html as markup } from '../rendering/template.ts';

/** One level of a newsletter that every signatory approved, as the lead would send it: slots are `{{link:0}}`. */
export type Approved = { title: string; level: Level; html: string; text: string; links: string[] };

/**
 * The variants of the lead of a newsletter; none while a signatory's yes is missing, or once it is cancelled. Only
 * newsletters: a press release says nothing here before its hour.
 */
export async function approvedVariants(
  trx: Trx,
  campaign: { id: number; organisationId: number },
  slug: string,
): Promise<Approved[]> {
  const rows = await trx
    .selectFrom('pushes as p')
    .innerJoin('proof_variants as v', 'v.proof_id', 'p.current_proof_id')
    .select(['v.subject as title', 'v.level', 'v.html', 'v.text', 'v.links'])
    .where('p.campaign_id', '=', campaign.id)
    .where('p.slug', '=', slug)
    .where('p.channel', '=', 'newsletter')
    .where('p.cancelled_at', 'is', null)
    .where('v.organisation_id', '=', campaign.organisationId)
    .where(sql<SqlBool>`not exists (select from missing_approvals(p.id))`)
    .execute();
  return rows.map((r) => ({ ...r, level: r.level as Level }));
}

/** What a relay pastes into a letter of its own: `html` is a fragment, without a style, a table or a trace of our reader. */
export type Extract = { title: string; html: string; text: string };

/** `links`: the relay's own address of each link. `source`: where the extract comes from, in a sentence, and its address. */
export function extractOf(
  variant: Approved,
  links: ReadonlyMap<string, string>,
  source: { text: string; url: string },
): Extract {
  const values: SampleValues = { greeting: '', unsubscribe: '', preferences: '', web: '', notice: '' };
  for (const [i, url] of variant.links.entries()) values[`link:${i}`] = links.get(url) ?? url;
  const whole = { html: variant.html, text: bodyOf(variant.text), links: [] };
  const filled = fillSample(whole, values);
  const from = markup`<p>${source.text} <a href="${source.url}">En savoir plus</a></p>`.html;
  return {
    title: variant.title,
    html: `${fragment(filled.html)}\n${from}`,
    text: `${variant.title}\n\n${filled.text.trim()}\n\n${source.text}\n${source.url}\n`,
  };
}

/** The text twin between the greeting and the footer. */
function bodyOf(text: string): string {
  const body = text.slice(text.indexOf('{{greeting}}') + '{{greeting}}'.length);
  const foot = body.lastIndexOf('\n---\n');
  return foot < 0 ? body : body.slice(0, foot);
}

const LEFT_OUT = /\b(?:mail-only|masthead|sender|personal)\b/;
const KEPT = ['h1', 'h2', 'h3', 'p', 'ul', 'ol', 'li', 'a', 'img', 'strong', 'em', 'br', 'blockquote', 'div'];

/** What the blocks say, in elements that any editor takes: no head, masthead, sender, footer, nor place without a value. */
function fragment(page: string): string {
  const clean = sanitizeHtml(page, {
    allowedTags: KEPT,
    allowedAttributes: { a: ['href'], img: ['src', 'alt'] },
    allowedSchemes: ['https', 'http', 'mailto', 'tel'],
    nonTextTags: ['style', 'script', 'title', 'noscript'],
    transformTags: { td: 'div', b: 'strong', i: 'em' },
    exclusiveFilter: ({ tag, attribs }) =>
      LEFT_OUT.test(attribs.class ?? '') ||
      // The footer's cell; a soft line inside a block has not the class of running text.
      (/\bsoft\b/.test(attribs.class ?? '') && /\bt\b/.test(attribs.class ?? '')) ||
      /display:\s*none/.test(attribs.style ?? '') ||
      (tag === 'a' && !attribs.href),
  });
  let tidy = clean;
  for (let before = ''; before !== tidy; ) {
    before = tidy;
    tidy = tidy
      .replace(/<(div|p|li|ul|ol|blockquote)>(?:\s|&nbsp;)*<\/\1>/g, '')
      .replace(/<div>\s*<div>((?:(?!<\/?div>)[\s\S])*)<\/div>\s*<\/div>/g, '<div>$1</div>');
  }
  return tidy.replace(/\s*\n\s*/g, '\n').trim();
}
