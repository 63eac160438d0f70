import type { Actor, Ctx } from '../base/context.ts';
import { type Trx, withOrganisation } from '../db/database.ts';
import { usableWordings } from '../key-messages/queries.ts';
import { fromColumn, type Validity, validityOf } from '../key-messages/stored.ts';
import { allow } from '../organisations/permissions.ts';
import { pushesOfCampaign } from '../pushes/queries.ts';
import type { Newsletter } from '../pushes/schema.ts';

/** `brouillon`: it will say the newest version. `soumis`: what its signatories read. `parti`: what was sent. */
export type UseState = 'brouillon' | 'soumis' | 'parti';

/** Who says which version of an élément de langage. `push` is null for the kits of relays. */
export type WordingUse = {
  slug: string;
  topic: string;
  versionId: number;
  version: number;
  validTo: string | null;
  push: { id: number; slug: string; title: string; state: UseState } | null;
  /** A newer version, approved or not; null when this is the newest. */
  newer: number | null;
  /** On the day it leaves or left; of kits, today. */
  validity: Validity;
};

/** The éléments de langage that a content names, once each. */
const namedIn = ({ blocks }: Pick<Newsletter, 'blocks'>): string[] => [
  ...new Set(blocks.flatMap((b) => (b.type === 'key-message' ? [b.keyMessage] : []))),
];

/**
 * Which version of each élément de langage is said, and where: in the pushes of a campaign that are not cancelled, and
 * in the kits of its relays, which show what may be said outside.
 */
export async function wordingUses(trx: Trx, campaignId: number, now: Date): Promise<WordingUse[]> {
  const rows = await trx
    .selectFrom('key_messages as m')
    .innerJoin('key_message_versions as v', 'v.key_message_id', 'm.id')
    .select([
      'm.slug',
      'm.topic',
      'v.id as versionId',
      'v.version',
      'v.wordings',
      'v.valid_from as validFrom',
      'v.valid_to as validTo',
      'v.created_at as at',
    ])
    .where('m.campaign_id', '=', campaignId)
    .orderBy('v.version', 'desc')
    .execute();
  const versions = rows.map(({ wordings, ...v }) => ({ ...v, topic: fromColumn(wordings, v.topic).topic }));
  const bySlug = Map.groupBy(versions, (v) => v.slug);
  const use = (v: (typeof versions)[number], push: WordingUse['push'], at: Date): WordingUse => {
    const newest = bySlug.get(v.slug)?.[0]?.version ?? v.version;
    return {
      slug: v.slug,
      topic: v.topic,
      versionId: v.versionId,
      version: v.version,
      validTo: v.validTo,
      push,
      newer: newest > v.version ? newest : null,
      validity: validityOf(v, at),
    };
  };
  const stored = await storedWordings(trx, campaignId);
  const inPushes = (await pushesOfCampaign(trx, campaignId)).flatMap((push): WordingUse[] => {
    if (push.cancelledAt) return [];
    const proof = stored.get(push.id);
    // An issue that nobody has submitted yet is said by its series.
    if (!proof && push.modelId !== null) return [];
    const named = { id: push.id, slug: push.slug, title: push.title };
    const leaves = proof?.drawnAt ?? push.scheduledAt ?? now;
    return namedIn(push.content).flatMap((slug) => {
      const all = bySlug.get(slug) ?? [];
      if (!proof) return all[0] ? [use(all[0], { ...named, state: 'brouillon' }, leaves)] : [];
      const said = all.filter((v) => proof.versionIds.includes(v.versionId));
      // A message submitted before versions were written down says the newest one of that day.
      const known = said.length ? said : all.filter((v) => v.at <= proof.at).slice(0, 1);
      return known.map((v) => use(v, { ...named, state: proof.drawnAt ? 'parti' : 'soumis' }, leaves));
    });
  });
  return [...inPushes, ...(await inKits(trx, campaignId, now, (id) => versions.find((v) => v.versionId === id), use))];
}

/** Of each push that was submitted, what its message says: the stored one, else the one its list was drawn with. */
async function storedWordings(trx: Trx, campaignId: number) {
  const proofs = await trx
    .selectFrom('pushes as p')
    .leftJoin('freezes as f', 'f.push_id', 'p.id')
    .innerJoin('proofs as r', (j) => j.on((eb) => eb('r.id', '=', eb.fn.coalesce('p.current_proof_id', 'f.proof_id'))))
    .leftJoin('proof_wordings as w', 'w.proof_id', 'r.id')
    .select(['p.id', 'r.created_at as at', 'f.at as drawnAt', 'w.version_id as versionId'])
    .where('p.campaign_id', '=', campaignId)
    .execute();
  return new Map(
    [...Map.groupBy(proofs, (p) => p.id)].map(([id, all]) => [
      id,
      { at: all[0]!.at, drawnAt: all[0]!.drawnAt, versionIds: all.flatMap((p) => p.versionId ?? []) },
    ]),
  );
}

async function inKits<V>(
  trx: Trx,
  campaignId: number,
  now: Date,
  find: (versionId: number) => V | undefined,
  use: (version: V, push: null, at: Date) => WordingUse,
): Promise<WordingUse[]> {
  const settings = await trx
    .selectFrom('kit_settings')
    .select('key_messages as chosen')
    .where('campaign_id', '=', campaignId)
    .executeTakeFirst();
  const chosen = settings?.chosen ?? null;
  return (await usableWordings(trx, campaignId, now)).flatMap((m) => {
    const version = chosen === null || chosen.includes(m.slug) ? find(m.versionId) : undefined;
    return version ? [use(version, null, now)] : [];
  });
}

type MemberCtx = Ctx<Exclude<Actor, { kind: 'clock' }>>;

/** Where each élément de langage of a campaign is said, by its slug. */
export async function readWordingUses(ctx: MemberCtx, campaignId: number): Promise<Map<string, WordingUse[]>> {
  allow(ctx.actor, 'campaign.read');
  const uses = await withOrganisation(ctx.db, ctx.actor.organisationId, (trx) =>
    wordingUses(trx, campaignId, ctx.now()),
  );
  return Map.groupBy(uses, (u) => u.slug);
}

/** What one push says, as its own page tells it. */
export async function readPushWordings(
  ctx: MemberCtx,
  push: { id: number; campaignId: number },
): Promise<WordingUse[]> {
  allow(ctx.actor, 'push.read');
  const uses = await withOrganisation(ctx.db, ctx.actor.organisationId, (trx) =>
    wordingUses(trx, push.campaignId, ctx.now()),
  );
  return uses.filter((u) => u.push?.id === push.id);
}
