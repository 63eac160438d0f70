import type { Level } from '../base/words.ts';

/** Everything one variant (organisation × level) is rendered from: read once, no database in sight. */
export type VariantInput = {
  publicUrl: string;
  campaign: { name: string; tagline: string; colour: string; accent: string; hashtag: string; slug: string };
  organisation: {
    slug: string; name: string; senderName: string; senderAddress: string; replyTo: string | null;
    postalAddress: string; privacyContact: string; colour: string; accent: string;
  };
  /** Names of the partners that sign the campaign, for the footer. */
  partners: string[];
  level: Level;
  push: { id: number; slug: string; title: string };
  content: import('../pushes/schema.ts').Newsletter;
  /** By slug. */
  resources: Record<string, { title: string; summary: string; kind: string; url: string | null; formats: string[] }>;
  /** By slug, then format, already resolved to this variant's level. */
  keyMessages: Record<string, Record<string, string>>;
};

/**
 * Slots of a finished message. `link:N` is the N-th tracked link; the others are one per recipient.
 * `greeting` is « Bonjour Léa Petit, » or « Bonjour, ».
 */
export type SlotName =
  | `link:${number}` | 'greeting' | 'unsubscribe' | 'preferences' | 'web' | 'to' | 'messageId' | 'date' | 'notice';

/**
 * A message rendered once, sent many times: constant text and slots in turn. `enc` says how a value is written there:
 * `header` as it is (caller gives header-safe text), `html` escaped then quoted-printable, `text` quoted-printable.
 */
export type Skeleton = { pieces: (string | { slot: SlotName; enc: 'header' | 'html' | 'text' })[] };

export type RenderedVariant = {
  level: Level;
  subject: string;
  /** For previews and checks: slots shown as `{{slot}}`. */
  html: string;
  text: string;
  skeleton: Skeleton;
  /** In the order of `link:N`. */
  links: { url: string; label: string }[];
  /** Of the final UTF-8 HTML (MAIL-41). */
  htmlBytes: number;
};
