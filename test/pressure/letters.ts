import { sql } from 'kysely';
import type { CampaignInput } from '../../src/campaigns/schema.ts';
import { addressHash } from '../../src/contacts/addresses.ts';
import { acrossOrganisations } from '../../src/db/database.ts';
import { savePush } from '../../src/pushes/save-push.ts';
import { freeze } from '../deliveries/ledger.ts';
import { NOW, SECRETS, type TestDatabase } from '../support/database.ts';
import { approve, letter, makeAudience, makeCampaign, makeContacts, submit } from '../support/factories.ts';

export const DAY = 86_400_000;
/** `days` after the test's present. */
export const day = (days: number): Date => new Date(NOW.getTime() + days * DAY);

type Owner = 'opco' | 'btp';
type People = { owner: Owner; count: number; prefix?: string; siret?: (i: number) => string | null };

let made = 0;

/** A campaign with people in it, and as many letters to them all as a test asks for. */
export async function makeLetters(t: TestDatabase, people: readonly People[], campaign: Partial<CampaignInput> = {}) {
  made += 1;
  const tag = `lettres-${made}`;
  const { id, slug } = await makeCampaign(t, campaign);
  const addresses: string[][] = [];
  for (const { owner, count, ...rest } of people)
    addresses.push(await makeContacts(t, owner, count, { prefix: `${tag}.${owner}`, ...rest, tag }));
  const audience = await makeAudience(t, id, { rule: { tags: [tag] } });
  const signatories = [...new Set(people.map((p) => p.owner))].toSorted().toReversed();
  return {
    campaignId: id,
    campaign: slug,
    tag,
    audienceId: audience.id,
    addresses,
    /** Approved by all, and not yet drawn. */
    async approved(over: Record<string, unknown> = {}): Promise<number> {
      made += 1;
      const input = letter({ slug: `lettre-${made}`, audience: audience.slug, signatories, ...over });
      const push = await savePush(t.ctx(t.cast.alice), slug, input);
      await submit(t, push.id);
      for (const owner of signatories) await approve(t, push.id, owner === 'opco' ? t.cast.alice : t.cast.bruno);
      return push.id;
    },
    /** Drawn at `at`, and what was not held left then. */
    async sent(at: Date, over: Record<string, unknown> = {}): Promise<number> {
      const pushId = await this.approved(over);
      await freeze(t, pushId, at);
      await leave(t, pushId, at);
      return pushId;
    },
  };
}

/** What is planned leaves, and a push that owes nothing more is finished. */
export const leave = (t: TestDatabase, pushId: number, at: Date): Promise<void> =>
  acrossOrganisations(t.db, async (trx) => {
    await sql`update deliveries set state = 'accepted', handed_at = ${at}, settled_at = ${at}, next_at = null
      where push_id = ${pushId} and (state = 'planned' or state = 'held' and next_at <= ${at})`.execute(trx);
    await sql`update pushes set finished_at = ${at} where id = ${pushId} and not exists (
      select from deliveries where push_id = ${pushId} and state in ('planned', 'held', 'deferred', 'handed'))`.execute(
      trx,
    );
  });

export type Fate = {
  address: string;
  state: string;
  reason: string | null;
  next_at: Date | null;
  held_at: Date | null;
};

/** What became of each address of a push, in the order of the ledger. */
export const fates = (t: TestDatabase, pushId: number): Promise<Fate[]> =>
  acrossOrganisations(
    t.db,
    async (trx) =>
      (
        await sql<Fate>`select c.address, d.state, d.reason, d.next_at, d.held_at from deliveries d
          join contacts c on c.id = d.contact_id where d.push_id = ${pushId} order by d.id`.execute(trx)
      ).rows,
  );

export const fateOf = async (t: TestDatabase, pushId: number, address: string): Promise<Fate[]> =>
  (await fates(t, pushId)).filter((f) => f.address === address);

/** Gives the row of one address in a push another state. */
export const setState = (t: TestDatabase, pushId: number, address: string, state: string): Promise<unknown> =>
  acrossOrganisations(t.db, (trx) =>
    sql`update deliveries set state = ${state} where push_id = ${pushId} and address_hash = ${addressHash(SECRETS, address)} and state <> 'set_apart'`.execute(
      trx,
    ),
  );

/** A SIRET that passes its keys is not needed here: only whose it is counts. */
export const siret = (company: number): string => String(10_000_000_000_000 + company);
