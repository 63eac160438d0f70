import { subscriberOf } from '../base/client-address.ts';
import type { Ctx } from '../base/context.ts';
import { hmac } from '../base/tokens.ts';
import { type Features, isRobot } from '../tracking/features.ts';
import { type CountedSite, countVisit } from './count-visit.ts';
import { type MeasuredSite, relayIn, siteByKey } from './find-site.ts';
import { openSessions, type Sessions } from './visit-sessions.ts';
import { channelOf, pathOf, type Told } from './where-from.ts';

/** Who asks, as far as a visit is told from another: held for the time of a hash, and never written anywhere. */
export type Visitor = { address: string; agent: string; features: Features };

export type Counted = 'compte' | 'robot' | 'trop' | 'inconnu' | 'illisible';

export type VisitCounter = {
  /** One page opened on a partner's site. `origin`: what the browser says of that site. */
  hit: (visitor: Visitor, told: Told & { key?: unknown; path?: unknown }, origin: string) => Promise<Counted>;
  /** One public page of ours opened: its visit only, since its openings are counted where they always were. */
  ownPage: (visitor: Visitor, page: OwnPage, told: Told) => Promise<void>;
};
export type OwnPage = Omit<CountedSite, 'siteId'> & { page: string };

const SITE_MS = 60_000;
/** Under which keys that are none are counted. */
const NO_SITE = -1;
const DAY_MS = 86_400_000;

/** More than a campaign's pages have: beyond, whoever invents paths would fill the table. */
const MOST_PAGES = 500;
/** Under which the others are counted; no path of a site begins so. */
const OTHER_PAGES = '(autres pages)';

/** The pages of each site that have a line of their own, as long as this process lives. */
function knownPages() {
  const pages = new Map<number, Set<string>>();
  return {
    known(siteId: number, path: string): string {
      const own = pages.get(siteId) ?? new Set();
      pages.set(siteId, own);
      if (!own.has(path) && own.size >= MOST_PAGES) return OTHER_PAGES;
      own.add(path);
      return path;
    },
  };
}

/** Counts visits without knowing anybody: whoever comes is a hash that changes every day and never leaves this memory. */
export function openVisitCounter(
  ctx: Pick<Ctx, 'db' | 'secrets' | 'now'> & { publicUrl: string },
  sessions: Sessions = openSessions(),
): VisitCounter {
  const sites = new Map<string, { until: number; site: MeasuredSite }>();
  const ownHost = new URL(ctx.publicUrl).host;
  const pages = knownPages();

  /**
   * Asked of the database once a minute: a page that thousands open costs it nothing. Keys that nobody gave are tried by
   * machines: each is heard so many times a minute, all of them together too, and none takes the place of a real one.
   */
  async function siteOf(key: string, visitor: Visitor, at: number): Promise<MeasuredSite | null> {
    const kept = sites.get(key);
    if (kept && kept.until > at) return kept.site;
    if (!sessions.mayCount(senderOf(visitor, NO_SITE, at), NO_SITE, at)) return kept?.site ?? null;
    const site = await siteByKey(ctx, key);
    if (site === null) sites.delete(key);
    else sites.set(key, { until: at + SITE_MS, site });
    return site;
  }

  /** Of one site: the same person on two sites is two hashes, which nobody can bring together (PRV-22). */
  const senderOf = ({ address, agent }: Visitor, siteId: number, at: number) => {
    const network = `visite|${Math.floor(at / DAY_MS)}|${siteId}|${subscriberOf(address)}`;
    const hash = (text: string): string => hmac(ctx.secrets.network, text).toString('base64url').slice(0, 22);
    return { network: hash(network), visitor: hash(`${network}|${agent.slice(0, 512)}`) };
  };

  async function originOf(told: Told, campaignId: number, host: string) {
    const relayId = await relayIn(ctx, campaignId, told.origin);
    const channel = channelOf(told, host);
    return { channel: relayId > 0 && channel !== 'social' ? ('relais' as const) : channel, relayId };
  }

  return {
    async hit(visitor, told, origin) {
      const at = ctx.now();
      const path = pathOf(told.path);
      if (typeof told.key !== 'string' || told.key.length > 64 || path === null) return 'illisible';
      const site = await siteOf(told.key, visitor, at.getTime());
      if (!site || site.origin !== origin) return 'inconnu';
      const { siteId, organisationId, campaignId } = site;
      const sender = senderOf(visitor, siteId, at.getTime());
      if (!sessions.mayCount(sender, siteId, at.getTime())) return 'trop';
      const row = { siteId, organisationId, campaignId, page: pages.known(siteId, path), at };
      if (isRobot(visitor.features)) {
        const nowhere = { channel: 'direct', relayId: 0 } as const;
        await countVisit(ctx.db, { ...row, origin: nowhere, visits: 0, pages: 0, robots: 1 });
        return 'robot';
      }
      const began = await originOf(told, campaignId, new URL(site.origin).host);
      const { first, origin: came } = sessions.see(sender.visitor, at.getTime(), began);
      await countVisit(ctx.db, { ...row, origin: came, visits: first ? 1 : 0, pages: 1, robots: 0 });
      return 'compte';
    },
    async ownPage(visitor, { page, organisationId, campaignId }, told) {
      const at = ctx.now();
      const sender = senderOf(visitor, 0, at.getTime());
      if (isRobot(visitor.features) || !sessions.mayCount(sender, 0, at.getTime())) return;
      const began = await originOf(told, campaignId, ownHost);
      const { first, origin } = sessions.see(sender.visitor, at.getTime(), began);
      if (!first) return;
      const row = { siteId: 0, organisationId, campaignId, page, at, origin };
      await countVisit(ctx.db, { ...row, visits: 1, pages: 0, robots: 0 });
    },
  };
}
