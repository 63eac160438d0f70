import { sql } from 'kysely';
import { z } from 'zod';
import { invalid } from '../base/errors.ts';
import { LEVELS, type Level } from '../base/words.ts';
import { shownLogo } from '../campaigns/logo.ts';
import type { Trx } from '../db/database.ts';
import { type Channel, CONTENTS, type Content } from '../pushes/schema.ts';
import { renderVariant } from '../rendering/render-variant.ts';
import type { RenderedVariant, SurveyShown, VariantInput, WebinarShown } from '../rendering/schema.ts';
import { RESOURCE_FORMAT_NAMES, RESOURCE_KIND_NAMES } from '../resources/schema.ts';
import { publicSurveyUrl } from '../surveys/groups.ts';
import { findWebinar, type WebinarRow } from '../webinars/queries.ts';
import type { CarriedSurvey } from './queries.ts';

export type PushToRender = {
  id: number;
  slug: string;
  title: string;
  campaign_id: number;
  channel: string;
  content: unknown;
  rule: unknown;
  placed_level: string | null;
  surveys: readonly CarriedSurvey[];
};
export type Variant = { organisationId: number; rendered: RenderedVariant };

/** Levels a push can reach: the one its audience is placed at, those its rule names, else all three. */
export function levelsOf(push: Pick<PushToRender, 'rule' | 'placed_level'>): Level[] {
  if (push.placed_level) return [push.placed_level as Level];
  const named = z.object({ level: z.array(z.enum(LEVELS)).min(1) }).safeParse(push.rule);
  return named.success ? LEVELS.filter((l) => named.data.level.includes(l)) : [...LEVELS];
}

/** Reads what a push is made of, then renders each signatory × level. The database is let go before rendering. */
export async function readInputs(
  trx: Trx,
  push: PushToRender,
  publicUrl: string,
  only?: { organisationId?: number; level?: Level },
): Promise<{ organisationId: number; input: VariantInput }[]> {
  const content = CONTENTS[push.channel as Channel].safeParse(push.content);
  if (!content.success)
    throw invalid('content', `Le contenu de l’envoi est à corriger : ${content.error.issues[0]?.message ?? ''}`);
  const campaign = await trx
    .selectFrom('campaigns')
    .selectAll()
    .where('id', '=', push.campaign_id)
    .executeTakeFirstOrThrow();
  const { colour, accent, hashtag } = campaign.identity as { colour: string; accent: string; hashtag: string };
  const logo = await shownLogo(trx, campaign);
  const partners = await trx
    .selectFrom('campaign_partners as p')
    .innerJoin('organisations as o', 'o.id', 'p.organisation_id')
    .select(['o.id', 'o.slug', 'o.name', 'p.role'])
    .where('p.campaign_id', '=', push.campaign_id)
    .where(sql<boolean>`not is_withdrawn(p.campaign_id, p.organisation_id)`)
    .orderBy('p.position')
    .execute();
  const signatories = await trx
    .selectFrom('push_signatories as s')
    .innerJoin('organisations as o', 'o.id', 's.organisation_id')
    .innerJoin('campaign_partners as p', (j) =>
      j.onRef('p.organisation_id', '=', 's.organisation_id').onRef('p.campaign_id', '=', 's.campaign_id'),
    )
    .selectAll('o')
    .where('s.push_id', '=', push.id)
    // One left out for its silence stays: a new submission asks it again.
    .where(sql<boolean>`not is_withdrawn(s.campaign_id, s.organisation_id)`)
    .orderBy('p.position')
    .execute();
  const said: Content = content.data;
  const webinar = said.webinar === undefined ? null : await findWebinar(trx, push.campaign_id, said.webinar);
  const resources = await trx
    .selectFrom('resources')
    .select(['slug', 'title', 'summary', 'kind', 'url', 'formats'])
    .where('campaign_id', '=', push.campaign_id)
    .execute();
  const keyMessages = await trx
    .selectFrom('key_messages as k')
    .innerJoin('key_message_versions as v', 'v.key_message_id', 'k.id')
    .distinctOn('k.id')
    .select(['k.slug', 'v.wordings'])
    .where('k.campaign_id', '=', push.campaign_id)
    .orderBy('k.id')
    .orderBy('v.version', 'desc')
    .execute();
  const wordings = (level: Level) =>
    Object.fromEntries(
      keyMessages.map((k) => [k.slug, (k.wordings as Partial<Record<Level, Record<string, string>>>)[level] ?? {}]),
    );
  return signatories
    .filter((o) => only?.organisationId === undefined || o.id === only.organisationId)
    .flatMap((o) =>
      levelsOf(push)
        .filter((level) => only?.level === undefined || level === only.level)
        .map((level) => ({
          organisationId: o.id,
          input: {
            publicUrl,
            campaign: {
              slug: campaign.slug,
              name: campaign.name,
              tagline: campaign.tagline,
              colour,
              accent,
              hashtag: hashtag && `#${hashtag}`,
              logo,
            },
            organisation: {
              slug: o.slug,
              name: o.name,
              senderName: o.sender_name,
              senderAddress: o.sender_address,
              replyTo: o.reply_to,
              postalAddress: o.postal_address,
              privacyContact: o.privacy_contact,
              colour: o.colour,
              accent: o.accent,
            },
            partners: named(partners),
            level,
            push: { id: push.id, slug: push.slug, title: push.title },
            content: said,
            resources: Object.fromEntries(resources.map(({ slug, ...r }) => [slug, inWords(r)])),
            keyMessages: wordings(level),
            ...(webinar && { webinar: shown(webinar, partners) }),
            ...(push.surveys.length > 0 && { surveys: asked(push.surveys, campaign.slug, publicUrl) }),
          },
        })),
    );
}

/** The lead first, the others by name: the order of a campaign says who keeps a shared address, and is no one's to approve. */
const named = (partners: readonly { name: string; role: string }[]): string[] => [
  ...partners.filter((p) => p.role === 'pilote').map((p) => p.name),
  ...partners
    .filter((p) => p.role === 'signataire')
    .map((p) => p.name)
    .toSorted((a, b) => a.localeCompare(b, 'fr')),
];

const shown = (
  { address, title, summary, startsAt, endsAt, speakers, organisers, capacity, uid, sequence, changedAt }: WebinarRow,
  partners: readonly { slug: string; name: string }[],
): WebinarShown => ({
  address,
  title,
  summary,
  startsAt,
  endsAt,
  speakers,
  organisers: organisers.flatMap((slug) => partners.find((p) => p.slug === slug)?.name ?? []),
  limited: capacity !== null,
  uid,
  sequence,
  changedAt,
});

const asked = (surveys: readonly CarriedSurvey[], campaign: string, publicUrl: string): Record<string, SurveyShown> =>
  Object.fromEntries(
    surveys.map(({ slug, title, introduction, questions }) => [
      slug,
      { title, introduction, questions: questions.length, url: publicSurveyUrl({ publicUrl }, campaign, slug) },
    ]),
  );

/** A resource as a reader is told of it: « synthèse », not its code. */
const inWords = <R extends { kind: string; formats: string[] }>(r: R): R => ({
  ...r,
  kind: RESOURCE_KIND_NAMES[r.kind as keyof typeof RESOURCE_KIND_NAMES] ?? r.kind,
  formats: r.formats.map((f) => RESOURCE_FORMAT_NAMES[f as keyof typeof RESOURCE_FORMAT_NAMES] ?? f),
});

export const renderAll = (inputs: { organisationId: number; input: VariantInput }[]): Promise<Variant[]> =>
  Promise.all(
    inputs.map(async ({ organisationId, input }) => ({ organisationId, rendered: await renderVariant(input) })),
  );
