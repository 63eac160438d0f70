import type { Secrets } from '../base/context.ts';
import { openId, sealId } from '../base/tokens.ts';
import { LEVELS, type Level } from '../base/words.ts';
import type { Trx } from '../db/database.ts';
import type { WebinarRow } from './queries.ts';
import type { OriginChannel } from './schema.ts';

/** Through what somebody came. `level`: of the message; `relayId` 0: no relay. */
export type RegistrationOrigin = { channel: OriginChannel; level: Level | ''; relayId: number; relayKind: string };

const RELAY = 'origine-relais';
/** A relay's link, what it prints, what it posts: each is counted for itself. */
const BY_RELAY = { relais: '', affiche: 'affiche.', carte: 'carte.', social: 'social.' } as const;
export type RelayChannel = keyof typeof BY_RELAY;

/** What `?de=` holds in the address that a relay hands on. */
export const relayOrigin = (secrets: Pick<Secrets, 'doors'>, relayId: number, channel: RelayChannel): string =>
  BY_RELAY[channel] + sealId(secrets.doors, RELAY, relayId);

const LETTER = 'lettre';

/** What `?de=` holds in an invitation of this organisation, at this level; null: of several levels together. */
export const letterOrigin = (organisation: string, level: Level | null): string =>
  [LETTER, organisation, ...(level ? [level] : [])].join('.');

/**
 * The page of a webinar as every invitation to it names it: one link for all. Who wrote, and to which level, is added where
 * it is handed on (`fromLetter`), for the group that shares it: else a link of its own would tell of fewer than k people.
 */
export const invitedPage = (page: string): string => `${page}?de=${LETTER}`;

/** That link as this organisation hands it on; any other address as it is. */
export const fromLetter = (url: string, organisation: string, level: Level | null): string =>
  url.includes('/webinaires/') && url.endsWith(`?de=${LETTER}`)
    ? `${url.slice(0, -LETTER.length)}${letterOrigin(organisation, level)}`
    : url;

/** On a page of ours shown inside another site. */
export const SITE_ORIGIN = 'site';

/** The organisation whose invitation brought somebody, as the address says it; checked before anything is done with it. */
export const writerIn = (origin: string): string | null => letterIn(origin)?.organisation ?? null;

const letterIn = (origin: string): { organisation: string; level: Level | '' } | null => {
  const [what, organisation = '', asked, ...rest] = origin.split('.');
  const level = asked === undefined ? '' : LEVELS.find((l) => l === asked);
  return what === LETTER && level !== undefined && rest.length === 0 ? { organisation, level } : null;
};

/** Never refused: what nobody of this campaign handed on is the page itself. Across organisations. */
export async function originOf(
  trx: Trx,
  secrets: Pick<Secrets, 'doors'>,
  webinar: Pick<WebinarRow, 'campaignId'>,
  origin: string,
): Promise<RegistrationOrigin> {
  const plain = { level: '', relayId: 0, relayKind: '' } as const;
  if (origin === SITE_ORIGIN) return { channel: 'site', ...plain };
  const letter = letterIn(origin);
  if (letter && (await mayWrite(trx, webinar.campaignId, letter.organisation)))
    return { ...plain, channel: 'invitation', level: letter.level };
  const relay = await relayIn(trx, secrets, webinar.campaignId, origin);
  return relay ?? { channel: 'page', ...plain };
}

/** Partners that write to their own contacts. */
const mayWrite = async (trx: Trx, campaignId: number, slug: string): Promise<boolean> =>
  (await trx
    .selectFrom('campaign_partners as p')
    .innerJoin('organisations as o', 'o.id', 'p.organisation_id')
    .select('o.id')
    .where('p.campaign_id', '=', campaignId)
    .where('o.slug', '=', slug)
    .executeTakeFirst()) !== undefined;

async function relayIn(
  trx: Trx,
  secrets: Pick<Secrets, 'doors'>,
  campaignId: number,
  origin: string,
): Promise<RegistrationOrigin | null> {
  const [channel] = Object.entries(BY_RELAY).find(([, mark]) => mark !== '' && origin.startsWith(mark)) ?? ['relais'];
  const id = openId(secrets.doors, RELAY, origin.slice(BY_RELAY[channel as RelayChannel].length));
  if (id === null) return null;
  const relay = await trx
    .selectFrom('relays')
    .select(['id', 'kind'])
    .where('id', '=', id)
    .where('campaign_id', '=', campaignId)
    .where('confirmed_at', 'is not', null)
    .executeTakeFirst();
  return relay ? { channel: channel as RelayChannel, level: '', relayId: relay.id, relayKind: relay.kind } : null;
}

/** One more that came this way: a total, which nothing ties to the person (PRV-21). Across organisations. */
export async function countOrigin(
  trx: Trx,
  webinar: Pick<WebinarRow, 'id' | 'campaignId'>,
  organisationId: number,
  { channel, level, relayId, relayKind }: RegistrationOrigin,
): Promise<void> {
  await trx
    .insertInto('registration_origins')
    .values({
      webinar_id: webinar.id,
      organisation_id: organisationId,
      campaign_id: webinar.campaignId,
      channel,
      level,
      relay_id: relayId,
      relay_kind: relayKind,
      n: 1,
    })
    .onConflict((on) =>
      on
        .columns(['webinar_id', 'organisation_id', 'channel', 'level', 'relay_id'])
        .doUpdateSet((eb) => ({ n: eb('registration_origins.n', '+', 1) })),
    )
    .execute();
}
