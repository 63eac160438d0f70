import { type CampaignRow, getCampaignById } from '../campaigns/queries.ts';
import type { Trx } from '../db/database.ts';
import { type TermRow, termsOfCampaign } from '../key-messages/glossary-queries.ts';
import { currentWordings, type KeyMessageRow, versionsOf } from '../key-messages/queries.ts';
import type { VariantInput } from '../rendering/schema.ts';
import type { CheckedVariant } from './check-schema.ts';
import { type Invited, readInvited } from './check-webinar.ts';
import type { OldWording, SaidWording } from './check-wording.ts';
import { currentVariants, type PushToProve, type SignatoryState, signatoriesOf } from './queries.ts';
import type { Variant } from './variants.ts';
import { wordingUses } from './wording-uses.ts';

/** What the checks read besides the messages: the campaign, who answered, the wordings that were replaced. */
export type Surroundings = {
  campaign: CampaignRow;
  signatories: SignatoryState[];
  oldWordings: OldWording[];
  /** What the message says of each élément de langage it names, by slug. */
  wordings: Map<string, SaidWording>;
  glossary: TermRow[];
  /** What it invites to. */
  invited: Invited | null;
};

export async function readSurroundings(trx: Trx, push: PushToProve, now: Date): Promise<Surroundings> {
  const messages = await currentWordings(trx, push.campaign_id);
  const oldWordings: OldWording[] = [];
  for (const { id, slug, topic, version: last, wordings } of messages.filter((m) => m.version > 1)) {
    const today = new Set(textsOf(wordings));
    for (const old of await versionsOf(trx, id))
      for (const text of old.version === last ? [] : textsOf(old.wordings))
        if (!today.has(text)) oldWordings.push({ slug, topic, text, version: old.version, last });
  }
  return {
    campaign: await getCampaignById(trx, push.campaign_id),
    signatories: await signatoriesOf(trx, push.id),
    oldWordings,
    wordings: await saidWordings(trx, push, messages, now),
    glossary: await termsOfCampaign(trx, push.campaign_id),
    invited: await readInvited(trx, push),
  };
}

/** Of a draft, the newest versions; once submitted, those that its signatories read. */
async function saidWordings(
  trx: Trx,
  push: PushToProve,
  messages: readonly KeyMessageRow[],
  now: Date,
): Promise<Surroundings['wordings']> {
  const newest = new Map(messages.map((m) => [m.slug, m]));
  if (push.current_proof_id === null)
    return new Map(messages.map((m) => [m.slug, { ...m, newest: m.version }] as const));
  const uses = (await wordingUses(trx, push.campaign_id, now)).filter((u) => u.push?.id === push.id);
  const said: [string, SaidWording][] = [];
  for (const use of uses) {
    const last = newest.get(use.slug);
    const version = last && (await versionsOf(trx, last.id)).find((v) => v.versionId === use.versionId);
    if (last && version) said.push([use.slug, { ...version, newest: last.version }]);
  }
  return new Map(said);
}

const textsOf = (wordings: Record<string, Partial<Record<string, string>> | undefined>): string[] =>
  Object.values(wordings).flatMap((formats) => Object.values(formats ?? {}).filter((text) => text !== undefined));

/** What was stored to be sent, when it still is what would be compiled for: else null, and it is compiled again. */
export async function storedVariants(
  trx: Trx,
  push: PushToProve,
  inputs: readonly { organisationId: number; input: VariantInput }[],
): Promise<CheckedVariant[] | null> {
  if (push.current_proof_id === null) return null;
  const rows = await currentVariants(trx, push.id);
  const variants = inputs.flatMap(({ organisationId, input }): CheckedVariant[] => {
    const row = rows.find((r) => r.organisation_id === organisationId && r.level === input.level);
    return row
      ? [
          {
            organisationId,
            input,
            rendered: { subject: row.subject, html: row.html, text: row.text, links: labelled(row.links, row.html) },
          },
        ]
      : [];
  });
  return variants.length === inputs.length ? variants : null;
}

/** A stored variant keeps where its links lead; their words are read in the page again. */
const labelled = (links: readonly string[], html: string): { url: string; label: string }[] =>
  links.map((url, i) => {
    const words = new RegExp(`href="\\{\\{link:${i}\\}\\}"[^>]*>([\\s\\S]*?)</a>`).exec(html)?.[1] ?? url;
    return { url, label: words.replace(/<[^>]*>/g, '').trim() || url };
  });

export const compiled = (inputs: readonly { input: VariantInput }[], variants: readonly Variant[]): CheckedVariant[] =>
  variants.map(({ organisationId, rendered }, i) => ({ organisationId, input: inputs[i]!.input, rendered }));
