import type { Level } from '../base/words.ts';
import type { Trx } from '../db/database.ts';
import { fromColumn } from '../key-messages/stored.ts';
import type { VariantInput } from '../rendering/schema.ts';

type Said = { slug: string; level: Level; format: keyof VersionForms; text: string };
type VersionForms = Partial<Record<'titre' | 'accroche' | 'paragraphe', string>>;

/**
 * Writes down which versions a submitted message says. The text itself is looked for, and not the newest version: one
 * written while the message was being compiled is not in it. Of versions that say the same, the newest.
 */
export async function recordWordings(
  trx: Trx,
  proof: { id: number; organisationId: number; campaignId: number },
  inputs: readonly { input: VariantInput }[],
): Promise<void> {
  const said = inputs.flatMap(({ input }) => saidBy(input));
  if (!said.length) return;
  const versions = await trx
    .selectFrom('key_message_versions as v')
    .innerJoin('key_messages as m', 'm.id', 'v.key_message_id')
    .select(['v.id', 'm.slug', 'v.wordings'])
    .where('m.campaign_id', '=', proof.campaignId)
    .where('m.slug', 'in', [...new Set(said.map((s) => s.slug))])
    .orderBy('v.version', 'desc')
    .execute();
  const ids = said.flatMap(({ slug, level, format, text }) => {
    const says = (wordings: unknown) => fromColumn(wordings, '').wordings[level]?.[format]?.trim() === text;
    return versions.find((v) => v.slug === slug && says(v.wordings))?.id ?? [];
  });
  if (!ids.length) return;
  await trx
    .insertInto('proof_wordings')
    .values(
      [...new Set(ids)].map((version_id) => ({
        proof_id: proof.id,
        version_id,
        organisation_id: proof.organisationId,
        campaign_id: proof.campaignId,
      })),
    )
    .execute();
}

const saidBy = ({ content, level, organisation, keyMessages }: VariantInput): Said[] =>
  content.blocks.flatMap((b) => {
    if (b.type !== 'key-message') return [];
    if (b.levels && !b.levels.includes(level)) return [];
    if (b.organisations && !b.organisations.includes(organisation.slug)) return [];
    const text = keyMessages[b.keyMessage]?.[b.format]?.trim();
    return text ? [{ slug: b.keyMessage, level, format: b.format, text }] : [];
  });
