import { longDate, parseParis } from '../base/dates.ts';
import { invalid } from '../base/errors.ts';
import { slot } from '../mail/skeleton.ts';
import { embargoOf, embargoWords } from '../pushes/embargo.ts';
import type { Press } from '../pushes/schema.ts';
import { blocksOf, compileVariant, writeBlocks } from './compile.ts';
import { type Frame, footerValues, frameOf, logoOf } from './frame.ts';
import { collectLinks, type Links } from './links.ts';
import { writeMarkdown } from './markdown.ts';
import { type Palette, paletteOf } from './palette.ts';
import { visible } from './sanitise.ts';
import type { RenderedVariant, VariantInput } from './schema.ts';
import { type Fragment, fill, fillPress, html, join, NOTHING } from './template.ts';
import { closing, heading, lines, paragraphs, underlined } from './text.ts';

/** Part of the release in both forms; both are empty when the author wrote nothing. */
type Part = { mjml: Fragment; text: string };
const NO_PART: Part = { mjml: NOTHING, text: '' };

/**
 * One variant of a press release as a finished message with slots: what a newsletter is, with the parts that the press
 * expects in their place. The same input gives the same bytes. Its embargo is written in it, so that a yes to these bytes
 * is a yes to that hour.
 */
export async function renderPressRelease(input: VariantInput): Promise<RenderedVariant> {
  const { content, level } = input;
  if (!content.press) throw invalid('press_missing', 'Ce communiqué n’a pas de titre : écrivez-le.');
  const { press } = content;
  const subject = content.subjects[level] ?? content.subject;
  const palette = paletteOf(input);
  const links = collectLinks();
  const frame = pressFrame(input, subject, press);
  const blocks = writeBlocks(blocksOf(input), { input, palette, links });
  const parts = {
    embargo: embargoPart(press),
    chapo: chapoPart(press),
    dateline: datelinePart(press),
    about: aboutPart(press, links, palette),
    contact: contactPart(press, palette),
  };
  const page = pageOf(input);
  const mjml = fillPress('layout', {
    ...palette,
    unsubscribe: slot('unsubscribe'),
    web: slot('web'),
    preview: frame.preheader ? fill('preview', { preheader: frame.preheader }) : NOTHING,
    subject: frame.subject,
    description: frame.preheader,
    headline: frame.headline,
    logo: logoOf(input),
    campaignName: frame.campaign,
    tagline: frame.tagline
      ? html`<p style="margin:4px 0 0;font-size:15px;line-height:1.4">${frame.tagline}</p>`
      : NOTHING,
    senderName: frame.sender,
    partners: frame.partners,
    embargo: parts.embargo.mjml,
    chapo: parts.chapo.mjml,
    dateline: parts.dateline.mjml,
    blocks: join(blocks.map((block) => block.mjml)),
    about: parts.about.mjml,
    contact: parts.contact.mjml,
    page,
    footer: fillPress('footer', footerValues(frame, palette)),
  });
  return compileVariant(input, {
    channel: 'communique',
    subject,
    mjml: mjml.html,
    text: pressTwin(frame, {
      embargo: parts.embargo.text,
      opening: [parts.chapo.text, parts.dateline.text],
      blocks: blocks.map((block) => block.text),
      end: [parts.about.text, parts.contact.text],
      page,
    }),
    links,
    warnings: blocks.flatMap((block) => block.warnings),
  });
}

/** Where it can be read by anybody once its hour has come. */
export const pageOf = ({ publicUrl, campaign, push }: Pick<VariantInput, 'publicUrl' | 'campaign' | 'push'>): string =>
  `${publicUrl}/communiques/${campaign.slug}/${push.slug}`;

function pressFrame(input: VariantInput, subject: string, press: Press): Frame {
  const frame = frameOf(input, subject, press.headline);
  return {
    ...frame,
    preheader: visible(input.content.preheader || firstSentences(press.chapo) || input.campaign.tagline),
    why: visible(
      `Vous recevez ce communiqué parce que ${input.organisation.name} vous compte parmi ses contacts presse. Votre adresse n’est pas communiquée aux autres partenaires de la campagne.`,
    ),
  };
}

/** About as much as a mailbox or a network shows. */
function firstSentences(text: string): string {
  const flat = text.replace(/\s+/g, ' ').trim();
  return flat.length <= 200 ? flat : `${flat.slice(0, 199).replace(/\s+\S*$/, '')}…`;
}

function embargoPart(press: Press): Part {
  const at = embargoOf({ press });
  if (!at) return NO_PART;
  // Whoever reads it reads it after: nothing leaves before.
  const text = `Embargo levé le ${embargoWords(at)}`;
  return { mjml: html`<p style="margin:8px 0 0"><strong>${text}</strong></p>`, text };
}

function chapoPart({ chapo }: Press): Part {
  const text = visible(chapo).replace(/\s+/g, ' ').trim();
  return text ? { mjml: fillPress('chapo', { chapo: text }), text } : NO_PART;
}

/** « Paris, jeudi 3 décembre 2026 » */
function datelinePart({ place, day }: Press): Part {
  const date = day ? parseParis(day) : null;
  const text = visible([place, date && longDate(date)].filter(Boolean).join(', '));
  return text ? { mjml: fillPress('dateline', { dateline: text }), text } : NO_PART;
}

function aboutPart({ about }: Press, links: Links, palette: Palette): Part {
  if (!about) return NO_PART;
  const body = writeMarkdown(about, links, `color:${palette.link}`);
  return {
    mjml: fillPress('about', { ...palette, about: body.html }),
    text: paragraphs(heading('À propos'), body.text),
  };
}

function contactPart({ contact }: Press, palette: Palette): Part {
  const name = visible(contact.name);
  if (!name && !contact.phone && !contact.email) return NO_PART;
  const linked = (href: string, label: string) => html`<a href="${href}" style="color:${palette.link}">${label}</a>`;
  const shown = [
    name ? html`<strong>${name}</strong>` : NOTHING,
    contact.phone ? linked(`tel:${contact.phone.replace(/[^+\d]/g, '')}`, contact.phone) : NOTHING,
    contact.email ? linked(`mailto:${contact.email}`, contact.email) : NOTHING,
  ].filter((part) => part !== NOTHING);
  return {
    mjml: fillPress('contact', { ...palette, lines: join(shown, '<br>') }),
    text: paragraphs(heading('Contact presse'), lines(name, contact.phone, contact.email)),
  };
}

type Twin = { embargo: string; opening: string[]; blocks: string[]; end: string[]; page: string };

/** The same words and links in the same order (MAIL-40). */
function pressTwin(frame: Frame, { embargo, opening, blocks, end, page }: Twin): string {
  return `${paragraphs(
    lines(`Version en ligne : ${slot('web')}`, `Se désinscrire : ${slot('unsubscribe')}`),
    lines(frame.campaign.toUpperCase(), frame.tagline),
    lines('Communiqué de presse', `${frame.sender}${frame.partners}`, embargo),
    underlined(frame.headline, '='),
    ...opening,
    ...blocks,
    ...end,
    `Ce communiqué en ligne : ${page}`,
    ...closing(frame),
  )}\n`;
}
