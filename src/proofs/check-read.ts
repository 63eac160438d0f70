import { type CampaignRow, getCampaignById } from '../campaigns/queries.ts';
import type { Trx } from '../db/database.ts';
import { keyMessagesOfCampaign, versionsOf } from '../key-messages/queries.ts';
import type { VariantInput } from '../rendering/schema.ts';
import { at, blocksOf } from './check-blocks.ts';
import { type CheckedVariant, type Finding, quoted, type VariantCheck } from './check-schema.ts';
import type { OldWording } from './check-wording.ts';
import { currentVariants, type PushToProve, type SignatoryState, signatoriesOf } from './queries.ts';
import type { Variant } from './variants.ts';

/** What the checks read besides the messages: the campaign, who answered, the wordings that were replaced. */
export type Surroundings = {
  campaign: CampaignRow;
  signatories: SignatoryState[];
  oldWordings: OldWording[];
  /** Éléments de langage changed after the message was submitted, by their slug. */
  changedSince: Map<string, { topic: string; version: number }>;
};

export async function readSurroundings(trx: Trx, push: PushToProve): Promise<Surroundings> {
  const proof = await trx
    .selectFrom('proofs')
    .select('created_at')
    .where('id', '=', push.current_proof_id ?? 0)
    .executeTakeFirst();
  const messages = await keyMessagesOfCampaign(trx, push.campaign_id);
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
    changedSince: new Map(
      proof
        ? messages
            .filter((m) => m.createdAt > proof.created_at)
            .map((m) => [m.slug, { topic: m.topic, version: m.version }])
        : [],
    ),
  };
}

const textsOf = (wordings: Record<string, Partial<Record<string, string>> | undefined>): string[] =>
  Object.values(wordings).flatMap((formats) => Object.values(formats ?? {}).filter((text) => text !== undefined));

/** A message submitted keeps the wording of that day, even when a newer one exists: its readers should know. */
export const checkChangedSince =
  (changed: Surroundings['changedSince']): VariantCheck =>
  (variant) =>
    blocksOf(variant).flatMap((block): Finding[] => {
      const written = variant.input.content.blocks[block.n - 1];
      const newer = written?.type === 'key-message' ? changed.get(written.keyMessage) : undefined;
      return newer
        ? [
            {
              code: 'edl_remplace',
              level: 'a_voir',
              ...at(block),
              message: `L’élément de langage ${quoted(newer.topic)} a une version ${newer.version}, écrite après la soumission : le message garde l’ancienne.`,
              remedy: 'Soumettez de nouveau pour prendre la version en cours.',
            },
          ]
        : [];
    });

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
