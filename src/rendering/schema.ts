import type { Level } from '../base/words.ts';
import type { Attachment, Skeleton } from '../mail/skeleton.ts';
import type { Content } from '../pushes/schema.ts';
import type { Speaker } from '../webinars/schema.ts';

/** Everything one variant (organisation × level) is rendered from: read once, no database in sight. */
export type VariantInput = {
  publicUrl: string;
  campaign: {
    name: string;
    tagline: string;
    colour: string;
    accent: string;
    hashtag: string;
    slug: string;
    /** A path of ours, and its size in pixels. */
    logo: { src: string; width: number; height: number } | null;
  };
  organisation: {
    slug: string;
    name: string;
    senderName: string;
    senderAddress: string;
    replyTo: string | null;
    postalAddress: string;
    privacyContact: string;
    colour: string;
    accent: string;
  };
  /** Names of the partners that sign the campaign, for the footer. */
  partners: string[];
  level: Level;
  push: { id: number; slug: string; title: string };
  content: Content;
  /** By slug. */
  resources: Record<string, { title: string; summary: string; kind: string; url: string | null; formats: string[] }>;
  /** By slug, then format, already resolved to this variant's level. */
  keyMessages: Record<string, Record<string, string>>;
  /** Of an invitation, and of it alone. */
  webinar?: WebinarShown;
  /** Those that its blocks carry, by slug. */
  surveys?: Record<string, SurveyShown>;
};

/** What a message says of a survey: its questions are read, and approved, on its page. */
export type SurveyShown = {
  title: string;
  introduction: string;
  questions: number;
  /** That anybody may hand on; a group of recipients is led to its own. */
  url: string;
};

/** What is said of a webinar to whoever is invited: never where to join it (CAL-06). */
export type WebinarShown = {
  /** Of its public page, `/webinaires/<address>`. */
  address: string;
  title: string;
  summary: string;
  startsAt: Date;
  endsAt: Date;
  speakers: readonly Speaker[];
  /** Names of the organisers that are still partners, in the order shown. */
  organisers: readonly string[];
  /** Places are limited. */
  limited: boolean;
  uid: string;
  sequence: number;
  changedAt: Date;
};

export type RenderedVariant = {
  level: Level;
  subject: string;
  /** For previews and checks: slots shown as `{{slot}}`; `fillSample` puts sample values there. */
  html: string;
  text: string;
  skeleton: Skeleton;
  /** What the message carries beside its words. */
  attachments: readonly Attachment[];
  /** In the order of `link:N`. */
  links: { url: string; label: string }[];
  /** Of the final UTF-8 HTML (MAIL-41). */
  htmlBytes: number;
  /** What was left out (a link that leads nowhere), as sentences that name the block and the remedy. */
  warnings: string[];
};
