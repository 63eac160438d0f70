// A campaign that offers links of one's own: who agreed to them, and what they hold.
import type { CampaignInput } from '../../src/campaigns/schema.ts';
import { addressHash } from '../../src/contacts/addresses.ts';
import { acrossOrganisations } from '../../src/db/database.ts';
import { personalSealer } from '../../src/tracking/personal-links.ts';
import { freeze, ledger } from '../deliveries/ledger.ts';
import { NOW, SECRETS, type TestDatabase } from './database.ts';
import { type MadePush, makeApprovedPush, type PushOptions } from './factories.ts';

export const K = 20;
const INDIVIDUAL: Partial<CampaignInput> = { linkMode: 'individuel', k: K, cellDimensions: ['level'] };

/** The last word of these people to one organisation on being counted by name. */
export const sayMeasure = (
  t: TestDatabase,
  owner: 'opco' | 'btp',
  addresses: readonly string[],
  value: 'granted' | 'refused',
): Promise<unknown> =>
  acrossOrganisations(t.db, async (trx) => {
    if (addresses.length === 0) return;
    await trx
      .insertInto('consents')
      .values(
        addresses.map((address) => ({
          organisation_id: t.cast.organisations[owner],
          address_hash: addressHash(SECRETS, address),
          purpose: 'mesure_clic',
          value,
          source: 'fichier de test',
          actor: 'test',
          at: NOW,
        })),
      )
      .execute();
  });

/** A push whose list is drawn; so many of each organisation's people agreed before, the first ones. */
export async function drawnPush(
  t: TestDatabase,
  agreed: { opco?: number; btp?: number },
  options: PushOptions = {},
): Promise<MadePush> {
  const push = await makeApprovedPush(t, {
    contacts: { opco: 50, btp: 0 },
    ...options,
    campaign: { ...INDIVIDUAL, ...options.campaign },
  });
  for (const owner of ['opco', 'btp'] as const)
    await sayMeasure(t, owner, push.addresses[owner].slice(0, agreed[owner] ?? 0), 'granted');
  await freeze(t, push.id);
  return push;
}

export type OwnLink = { address: string; delivery: number; cell: number; link: number; token: string };

/** The links of those who agreed, as their messages have them, person by person. */
export async function ownLinks(t: TestDatabase, pushId: number): Promise<OwnLink[]> {
  const seal = personalSealer(SECRETS);
  const rows = await ledger(t, pushId);
  const found = await acrossOrganisations(t.db, (trx) =>
    trx
      .selectFrom('cells as c')
      .innerJoin('tokens as x', 'x.cell_id', 'c.id')
      .select(['c.id as cell', 'x.link_id as link'])
      .where('c.push_id', '=', pushId)
      .where('c.individual', '=', true)
      .orderBy('x.link_id')
      .execute(),
  );
  return rows.flatMap(({ id: delivery, cell_id, address }) =>
    found
      .filter((l) => l.cell === cell_id)
      .map(({ cell, link }) => ({
        address: address ?? '',
        delivery,
        cell,
        link,
        token: seal({ delivery, cell, link }),
      })),
  );
}

/** Thirty people of opco who agreed, and what each holds: their links to five pages, in the order of the message. */
export async function agreedScene(
  t: TestDatabase,
): Promise<{ push: MadePush; linkOf: (person: number, n?: number) => OwnLink }> {
  const content = {
    subject: 'Cinq pages',
    blocks: Array.from({ length: 5 }, (_, i) => ({
      id: `b${i}`,
      type: 'button',
      label: `Page ${i}`,
      url: `https://page.example/${i}`,
    })),
  };
  const push = await drawnPush(t, { opco: 30 }, { push: { content } });
  const links = await ownLinks(t, push.id);
  const linkOf = (person: number, n = 0): OwnLink => {
    const own = links.filter((l) => l.address === push.addresses.opco[person])[n];
    if (!own) throw new Error('nobody agreed');
    return own;
  };
  return { push, linkOf };
}
