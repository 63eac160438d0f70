import { LEVEL_MARKS, LEVELS, type Level } from '../base/words.ts';
import { fitted } from '../campaigns/image-size.ts';
import { slot } from '../mail/skeleton.ts';
import type { Palette } from './palette.ts';
import { linkTarget, visible } from './sanitise.ts';
import type { VariantInput } from './schema.ts';
import { type Fragment, fill, html, join, NOTHING } from './template.ts';

const EDITIONS: Record<Level, string> = {
  institutionnel: 'Édition institutionnelle',
  operationnel: 'Édition opérationnelle',
  terrain: 'Édition terrain',
};
const OUTLINES: Record<Level, string> = { institutionnel: '△', operationnel: '□', terrain: '○' };

/** The words around the blocks, said alike by the HTML and by its plain-text twin. */
export type Frame = {
  subject: string;
  preheader: string;
  headline: string;
  campaign: string;
  tagline: string;
  hashtag: string;
  edition: string;
  sender: string;
  /** « , avec l’AFDAS et … », or nothing when the sender is alone. */
  partners: string;
  controller: string;
  postalAddress: string[];
  contact: string;
  signed: string;
  why: string;
  privacy: string;
};

const french = new Intl.ListFormat('fr', { type: 'conjunction' });

/** What every message says of who writes, for whom, and why (PRV-06, PRV-32). */
export function frameOf(input: VariantInput, subject: string, headline: string): Frame {
  const { campaign, organisation, content, partners, level, publicUrl } = input;
  const others = partners.filter((name) => name !== organisation.name);
  return {
    subject,
    // Without one, a mailbox would show the first line of the page: « Version en ligne ».
    preheader: visible(content.preheader || campaign.tagline),
    headline: visible(headline),
    campaign: visible(campaign.name),
    tagline: visible(campaign.tagline),
    hashtag: visible(campaign.hashtag),
    edition: EDITIONS[level],
    sender: visible(organisation.senderName),
    partners: others.length > 0 ? visible(`, avec ${french.format(others)}`) : '',
    controller: visible(organisation.name),
    postalAddress: visible(organisation.postalAddress)
      .split('\n')
      .map((line) => line.trim())
      .filter(Boolean),
    contact: visible(organisation.privacyContact).trim(),
    signed:
      partners.length > 0
        ? visible(`La campagne «\u00a0${campaign.name}\u00a0» est portée par ${french.format(partners)}.`)
        : '',
    why: visible(
      `Vous recevez cette lettre parce que ${organisation.name} vous compte parmi ses contacts professionnels. Votre adresse n’est pas communiquée aux autres partenaires de la campagne.`,
    ),
    privacy: `${publicUrl}/confidentialite/${campaign.slug}`,
  };
}

/** An e-mail address or a page of the controller can be followed; any other contact is only read. */
function contactLine(contact: string, colour: string): Fragment {
  if (!contact) return NOTHING;
  const target = linkTarget(/^[^\s@:]+@[^\s@]+$/.test(contact) ? `mailto:${contact}` : contact);
  return target
    ? html`<br>Contact&nbsp;: <a href="${target}" style="color:${colour}">${contact}</a>`
    : html`<br>Contact&nbsp;: ${contact}`;
}

/** The three shapes, that of the reader's level filled: an ornament, since the edition is said in words beside it. */
const shapesOf = (level: Level, palette: Palette): Fragment =>
  html`<span aria-hidden="true" style="letter-spacing:5px;font-size:18px;line-height:1">${join(
    LEVELS.map((each) =>
      each === level
        ? html`<span style="color:${palette.bandAccent}">${LEVEL_MARKS[each]}</span>`
        : html`<span>${OUTLINES[each]}</span>`,
    ),
  )}</span>`;

/** Larger, it would push what the letter says below the fold; a phone has 320 px less the margins. */
const LOGO_BOX = { width: 240, height: 72 };

/**
 * On white in the light and in the dark: most logos are drawn for paper, and many have no ground of their own. A mailbox
 * that darkens a message by itself changes colours and leaves gradients alone, hence a white one (A11Y-21).
 */
export function logoOf({ campaign, publicUrl }: VariantInput): Fragment {
  if (!campaign.logo) return NOTHING;
  const { width, height } = fitted(campaign.logo, LOGO_BOX);
  return fill('logo', {
    src: `${publicUrl}${campaign.logo.src}`,
    // The name stands beside it in words: said twice, it would only be noise.
    alt: 'Logo de la campagne',
    width: String(width),
    height: String(height),
  });
}

/** Who writes, why, and how to leave: what every footer says (PRV-06, PRV-32). */
export const footerValues = (frame: Frame, palette: Palette) => ({
  ...palette,
  unsubscribe: slot('unsubscribe'),
  preferences: slot('preferences'),
  controller: frame.controller,
  postalAddress: join(frame.postalAddress.map((line) => html`<br>${line}`)),
  contact: contactLine(frame.contact, palette.link),
  signed: frame.signed ? html`<p style="margin:0 0 14px">${frame.signed}</p>` : NOTHING,
  why: frame.why,
  notice: slot('notice'),
  privacy: frame.privacy,
});

/** The whole MJML page; `blocks` are those of `writeBlock`. */
export function layout(frame: Frame, input: VariantInput, palette: Palette, blocks: Fragment): string {
  const { level } = input;
  const { preheader, tagline, hashtag } = frame;
  return fill('layout', {
    ...palette,
    unsubscribe: slot('unsubscribe'),
    web: slot('web'),
    subject: frame.subject,
    preview: preheader ? fill('preview', { preheader }) : NOTHING,
    logo: logoOf(input),
    shapes: shapesOf(level, palette),
    edition: frame.edition,
    campaignName: frame.campaign,
    tagline: tagline
      ? html`<p style="margin:10px 0 0;font:italic 400 18px/1.4 Georgia,'Times New Roman',serif">${tagline}</p>`
      : NOTHING,
    hashtag: hashtag ? html`<p style="margin:18px 0 0;font-size:15px;line-height:1.4">${hashtag}</p>` : NOTHING,
    senderName: frame.sender,
    partners: frame.partners,
    headline: frame.headline,
    greeting: slot('greeting'),
    blocks,
    footer: fill('footer', footerValues(frame, palette)),
  }).html;
}
