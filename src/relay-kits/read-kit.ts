import { toParisDay } from '../base/dates.ts';
import { LEVELS, type Level } from '../base/words.ts';
import { imagePath } from '../campaigns/image-file.ts';
import { imageNamesOf } from '../campaigns/image-queries.ts';
import { type PublicCampaign, publicCampaign } from '../campaigns/public-campaign.ts';
import { type Trx, withOrganisation } from '../db/database.ts';
import { usableWordings } from '../key-messages/queries.ts';
import type { RelayKind } from '../relays/schema.ts';
import { publicInventory } from '../resources/public-inventory.ts';
import { RESOURCE_KIND_NAMES } from '../resources/schema.ts';
import { publicSurveyUrl } from '../surveys/groups.ts';
import { isClosed, surveysOfCampaign } from '../surveys/queries.ts';
import { type PublicDate, publicDates, upcoming } from './dates.ts';
import { type DeclarationRow, declarationsOf } from './declare.ts';
import { approvedVariants, type Extract, extractOf } from './extract.ts';
import { type Clicks, relayClicks, type SourceKind } from './figures.ts';
import { campaignUrl, trackedLinks } from './links.ts';
import type { Instance, OpenKit } from './open-kit.ts';
import { addressesOf, levelFor, type ReadyTopic, readyTopics } from './read-wordings.ts';
import { kitSettingsOf } from './settings.ts';
import { announced, type KitWebinar, offeredWebinars } from './webinars.ts';

export type KitPage = {
  relay: string;
  campaign: PublicCampaign & { slug: string };
  lead: { name: string; privacyContact: string };
  introduction: string;
  /** To whom the texts below speak, and for whom others are ready. */
  level: Level;
  levels: Level[];
  /** The relay's own address, where everything leads that has no address of its own. */
  link: string;
  topics: ReadyTopic[];
  extract: Extract | null;
  visuals: { name: string; src: string }[];
  resources: { title: string; summary: string; kind: string; link: string }[];
  webinars: KitWebinar[];
  /** Whoever is handed its address answers, unknown. */
  surveys: { title: string; url: string }[];
  dates: PublicDate[];
  clicks: Partial<Record<SourceKind, Clicks>>;
  since: Date;
  declarations: DeclarationRow[];
};

/**
 * A kit as its relay sees it: only what everybody approved, with the relay's own addresses inside. Opening it makes those
 * addresses exist, and they never change after.
 */
export async function readKit(instance: Instance, kit: OpenKit, askedLevel?: string): Promise<KitPage> {
  const now = instance.now();
  const read = await withOrganisation(instance.db, kit.organisationId, async (trx) => {
    const settings = await kitSettingsOf(trx, kit.campaignId);
    const chosen = settings.keyMessages && new Set(settings.keyMessages);
    const wordings = await usableWordings(trx, kit.campaignId, now);
    const names = new Set(await imageNamesOf(trx, kit.campaignId));
    const lead = await trx
      .selectFrom('organisations')
      .select(['name', 'privacy_contact as privacyContact'])
      .where('id', '=', kit.organisationId)
      .executeTakeFirstOrThrow();
    const { created_at: since } = await trx
      .selectFrom('relays')
      .select('created_at')
      .where('id', '=', kit.relayId)
      .executeTakeFirstOrThrow();
    return {
      settings,
      lead,
      since,
      campaign: { ...(await publicCampaign(trx, kit.campaignId, now)), slug: kit.campaign },
      messages: chosen ? wordings.filter((m) => chosen.has(m.slug)) : wordings,
      variants: settings.extract
        ? await approvedVariants(trx, { id: kit.campaignId, organisationId: kit.organisationId }, settings.extract)
        : [],
      visuals: settings.visuals.filter((name) => names.has(name)),
      dates: upcoming(await publicDates(trx, kit.campaignId, instance), now),
      surveys: await offeredSurveys(trx, instance, kit),
      clicks: (await relayClicks(trx, kit.campaignId, kit.relayId)).get(kit.relayId) ?? {},
      declarations: await declarationsOf(trx, kit.relayId),
    };
  });
  const { settings, campaign, messages, variants } = read;
  const ready = new Set([
    ...LEVELS.filter((l) => messages.some((m) => m.wordings[l])),
    ...variants.map((v) => v.level),
  ]);
  const { level, levels } = levelFor(kit.kind as RelayKind, askedLevel, ready);
  const variant = variants.find((v) => v.level === level) ?? variants[0];
  const destination = settings.destination ?? campaignUrl(instance, kit.campaign);
  const offered = await offeredResources(instance, kit.campaign, settings.resources);
  const webinars = await offeredWebinars(instance, kit);
  const links = await trackedLinks(instance, kit, 'relais', [
    { url: destination, label: campaign.name },
    ...offered.map((r) => ({ url: r.url, label: r.title })),
    ...webinars.map((w) => ({ url: w.url, label: w.title })),
    ...addressesOf(messages, level).map((url) => ({ url, label: url })),
    ...(variant?.links ?? []).map((url) => ({ url, label: url })),
  ]);
  const link = links.get(destination) ?? destination;
  const partners = new Intl.ListFormat('fr').format(campaign.partners);
  const source = { text: `Une information de la campagne « ${campaign.name} », portée par ${partners}.`, url: link };
  return {
    ...read,
    relay: kit.relay,
    introduction: settings.introduction,
    level,
    levels,
    link,
    topics: readyTopics(messages, level, links, link),
    extract: variant ? extractOf(variant, links, source) : null,
    visuals: read.visuals.map((name) => ({ name, src: imagePath(kit.campaign, name) })),
    resources: offered.map(({ url, ...r }) => ({ ...r, link: links.get(url) ?? url })),
    webinars: webinars.map((w) => announced(w, links.get(w.url) ?? w.url)),
  };
}

/**
 * The open surveys of whoever leads, each at the address that is everybody's: a relay's own would say through whom an
 * answer came.
 */
async function offeredSurveys(trx: Trx, instance: Instance, kit: OpenKit): Promise<KitPage['surveys']> {
  const surveys = await surveysOfCampaign(trx, kit.campaignId);
  return surveys
    .filter((s) => s.webinarId === null && s.organisationId === kit.organisationId && !isClosed(s, instance.now()))
    .map((s) => ({ title: s.title, url: publicSurveyUrl(instance, kit.campaign, s.slug) }));
}

/** Readable resources of the campaign, as everybody sees them; the chosen ones only, when some were chosen. */
async function offeredResources(instance: Instance, campaign: string, chosen: readonly string[] | null) {
  const today = toParisDay(instance.now());
  const { lines } = await publicInventory(instance, { filters: { campaign }, today, page: 1, perPage: 200 });
  return lines
    .filter((r) => chosen === null || chosen.includes(r.slug))
    .map((r) => ({
      title: r.title,
      summary: r.summary,
      kind: RESOURCE_KIND_NAMES[r.kind],
      url: `${instance.publicUrl}/ressources/${campaign}/${r.slug}`,
    }));
}
