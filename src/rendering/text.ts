import { slot } from '../mail/skeleton.ts';
import type { Frame } from './frame.ts';
import { visible } from './sanitise.ts';

/** The plain-text twin of a message (MAIL-40): the same words and links as the HTML, in the same order. */

export const paragraphs = (...parts: string[]): string => parts.filter((part) => part !== '').join('\n\n');
export const lines = (...parts: string[]): string => parts.filter((part) => part !== '').join('\n');

export const underlined = (text: string, mark: string): string =>
  `${text}\n${mark.repeat(Math.min([...text].length, 72))}`;
export const heading = (text: string): string => underlined(visible(text), '-');
export const RULE = '* * *';

export function textTwin(frame: Frame, blocks: readonly string[]): string {
  return `${paragraphs(
    lines(`Version en ligne : ${slot('web')}`, `Se désinscrire : ${slot('unsubscribe')}`),
    lines(frame.campaign.toUpperCase(), frame.tagline, [frame.edition, frame.hashtag].filter(Boolean).join(' · ')),
    `Une lettre de ${frame.sender}${frame.partners}`,
    underlined(frame.headline, '='),
    slot('greeting'),
    ...blocks,
    ...closing(frame),
  )}\n`;
}

/** Who writes, why, and how to leave: under every message. */
export const closing = (frame: Frame): string[] => [
  '---',
  lines(frame.controller, ...frame.postalAddress, frame.contact && `Contact : ${frame.contact}`),
  frame.signed,
  // The notice is empty for most: on its own line, it leaves none behind but a blank one.
  `${frame.why}\n${slot('notice')}`,
  lines(
    `Se désinscrire en un clic : ${slot('unsubscribe')}`,
    `Choisir ce qui est mesuré : ${slot('preferences')}`,
    `Vos données et vos droits : ${frame.privacy}`,
  ),
];
