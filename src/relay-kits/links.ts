import { acrossOrganisations } from '../db/database.ts';
import { mintSourceTokens } from '../tracking/mint-source-tokens.ts';
import { relayOrigin } from '../webinars/origins.ts';
import type { Instance, OpenKit } from './open-kit.ts';

const ADDRESS = /https?:\/\/[^\s<>"«»]+/g;
/** What ends a sentence does not belong to the address before it, nor the bracket that was opened before. */
const TAIL = /[.,;:!?…)\]’'*]+$/;

const addressIn = (found: string): string => {
  const bare = found.replace(TAIL, '');
  // « https://fr.wikipedia.org/wiki/Fibre_(optique) » keeps the bracket it opened itself.
  return bare.includes('(') && found[bare.length] === ')' ? `${bare})` : bare;
};

/** The web addresses written in a text, as they are written. */
export const addressesIn = (text: string): string[] => [...text.matchAll(ADDRESS)].map(([found]) => addressIn(found));

/** The same text where each address that has a tracked one is replaced by it. */
export const withLinks = (text: string, links: ReadonlyMap<string, string>): string =>
  text.replace(ADDRESS, (found) => {
    const address = addressIn(found);
    return (links.get(address) ?? address) + found.slice(address.length);
  });

/** The page of a campaign that anybody may open. */
export const campaignUrl = (instance: Pick<Instance, 'publicUrl'>, slug: string): string =>
  `${instance.publicUrl}/c/${slug}`;

/**
 * The relay's own tracked address of each of these, `url → address`. `kind`: links, posters and counter cards have
 * different ones, so that each is counted for itself. An address of ours that tracks already is left as it is.
 */
export async function trackedLinks(
  instance: Instance,
  kit: Pick<OpenKit, 'organisationId' | 'campaignId' | 'relayId'>,
  kind: 'relais' | 'affiche' | 'carte',
  links: readonly { url: string; label: string }[],
): Promise<Map<string, string>> {
  const { organisationId, campaignId, relayId } = kit;
  const origin = relayOrigin(instance.secrets, relayId, kind);
  const mine = links
    .filter((l) => !l.url.startsWith(`${instance.publicUrl}/r/`) && URL.canParse(l.url))
    .map((l) => ({ ...l, leadsTo: toRegistration(instance, l.url) ? `${l.url}?de=${origin}` : l.url }));
  const tokens = await acrossOrganisations(instance.db, (trx) =>
    mintSourceTokens(
      trx,
      { organisationId, campaignId, kind, relayId },
      mine.map(({ leadsTo: url, label }) => ({ url, label })),
      instance.now(),
    ),
  );
  return new Map(
    mine.flatMap(({ url, leadsTo }) => {
      const token = tokens.get(leadsTo);
      return token ? [[url, `${instance.publicUrl}/r/${token}`] as const] : [];
    }),
  );
}

/** The page of a webinar: whoever registers there is counted as coming from this relay. */
const toRegistration = ({ publicUrl }: Pick<Instance, 'publicUrl'>, url: string): boolean =>
  url.startsWith(`${publicUrl}/webinaires/`) && /^[a-z0-9-]+$/.test(url.slice(`${publicUrl}/webinaires/`.length));
