import { sql } from 'kysely';
import type { Ctx } from '../base/context.ts';
import { type PublicCampaign, publicCampaign } from '../campaigns/public-campaign.ts';
import { acrossOrganisations, type Trx } from '../db/database.ts';
import { embargoAt, embargoOf } from '../pushes/embargo.ts';
import { headlineOf, renderPressPage } from '../rendering/press-page.ts';
import { mintSourceTokens } from '../tracking/mint-source-tokens.ts';

/** What anybody reads of a press release: nothing before its hour, then exactly what was approved. */

export type PublicRelease =
  /** Its hour has not come: neither its title nor its campaign is told. */
  | { kind: 'embargo'; until: Date }
  | {
      kind: 'open';
      html: string;
      title: string;
      campaign: PublicCampaign;
      organisationId: number;
      campaignId: number;
      pushId: number;
    };

type Instance = Pick<Ctx, 'db' | 'now' | 'publicUrl'>;

/**
 * The release at this address. Null for what is no press release, a draft, one that a signatory has not approved, one that
 * was cancelled, or one without embargo that has not left yet.
 */
export function publicRelease(instance: Instance, campaign: string, slug: string): Promise<PublicRelease | null> {
  const now = instance.now();
  return acrossOrganisations(instance.db, async (trx) => {
    const push = await findRelease(trx, campaign, slug);
    if (!push) return null;
    // Edited since it left: what left is still what was approved.
    const proofId = push.approved ? push.current_proof_id : push.left_proof_id;
    if (proofId === null) return null;
    const until = embargoAt(push.content, now);
    if (until) return { kind: 'embargo', until };
    const publishedAt = embargoOf(push.content) ?? push.left_at;
    if (!publishedAt) return null;
    const variant = await trx
      .selectFrom('proof_variants')
      .select(['html', 'text', 'links', 'subject'])
      .where('proof_id', '=', proofId)
      // The lead's own, where it signs.
      .orderBy(sql`organisation_id <> ${push.organisation_id}`)
      .orderBy('id')
      .limit(1)
      .executeTakeFirst();
    if (!variant) return null;
    const links = variant.links.map((url) => ({ url, label: url }));
    const shown = await publicCampaign(trx, push.campaign_id, now);
    const url = `${instance.publicUrl}/communiques/${campaign}/${slug}`;
    return {
      kind: 'open',
      html: renderPressPage(
        { html: variant.html, text: variant.text, links },
        {
          url,
          picture: `${url}/carte.png`,
          site: shown.name,
          publishedAt,
          links: await tracked(trx, instance, push, links),
        },
      ),
      title: headlineOf(variant.html) || variant.subject,
      campaign: shown,
      organisationId: push.organisation_id,
      campaignId: push.campaign_id,
      pushId: push.id,
    };
  });
}

const findRelease = (trx: Trx, campaign: string, slug: string) =>
  trx
    .selectFrom('pushes as p')
    .innerJoin('campaigns as c', 'c.id', 'p.campaign_id')
    .leftJoin('freezes as f', 'f.push_id', 'p.id')
    .select([
      'p.id',
      'p.organisation_id',
      'p.campaign_id',
      'p.content',
      'p.current_proof_id',
      'c.link_mode',
      'f.proof_id as left_proof_id',
      'f.at as left_at',
      sql<boolean>`p.current_proof_id is not null and exists (select 1 from present_signatories(p.id))
        and not exists (select 1 from missing_approvals(p.id))`.as('approved'),
    ])
    .where('p.channel', '=', 'communique')
    .where('p.slug', '=', slug)
    .where('c.slug', '=', campaign)
    .where('p.cancelled_at', 'is', null)
    .executeTakeFirst();
type Found = NonNullable<Awaited<ReturnType<typeof findRelease>>>;

/** Its links on this page have addresses of their own, made once: what the page brings is told apart from the mail's. */
async function tracked(
  trx: Trx,
  instance: Instance,
  push: Found,
  links: { url: string; label: string }[],
): Promise<Map<string, string>> {
  if (push.link_mode === 'direct') return new Map();
  const known = await trx
    .selectFrom('link_sources as s')
    .innerJoin('links as l', 'l.source_id', 's.id')
    .innerJoin('tokens as t', 't.link_id', 'l.id')
    .select(['l.url', 't.token'])
    .where('s.push_id', '=', push.id)
    .where('s.kind', '=', 'communique')
    .where('t.cell_id', 'is', null)
    .execute();
  const tokens = new Map(known.map((k) => [k.url, k.token]));
  const source = {
    organisationId: push.organisation_id,
    campaignId: push.campaign_id,
    kind: 'communique',
    pushId: push.id,
  } as const;
  const made = links.every(({ url }) => tokens.has(url))
    ? tokens
    : await mintSourceTokens(trx, source, links, instance.now());
  return new Map([...made].map(([url, token]) => [url, `${instance.publicUrl}/r/${token}`]));
}
