import type { Role } from '../../src/base/context.ts';
import { acrossOrganisations, withOrganisation } from '../../src/db/database.ts';
import { freezePush } from '../../src/deliveries/freeze.ts';
import { pushState } from '../../src/deliveries/queries.ts';
import { approvePush } from '../../src/proofs/approve-push.ts';
import { askedOf } from '../../src/proofs/asked-of.ts';
import { signatoriesOf } from '../../src/proofs/queries.ts';
import { NOW, type Person, type TestDatabase } from '../support/database.ts';

/** A campaign that three organisations sign. */
export const THREE = {
  partners: [
    { organisation: 'opco', role: 'pilote' as const },
    { organisation: 'btp', role: 'signataire' as const },
    { organisation: 'federation', role: 'signataire' as const },
  ],
};
export const ALL = ['opco', 'btp', 'federation'];

export const hours = (n: number, from = NOW): Date => new Date(from.getTime() + n * 3_600_000);
export const days = (n: number, from = NOW): Date => hours(24 * n, from);

/** Slugs of those whose yes is missing. */
export const missing = (t: TestDatabase, pushId: number): Promise<string[]> =>
  withOrganisation(t.db, t.cast.organisations.opco, async (trx) =>
    (await signatoriesOf(trx, pushId))
      .filter((s) => s.missing)
      .map((s) => s.slug)
      .toSorted(),
  );

export const stateOf = (t: TestDatabase, pushId: number, now = NOW) =>
  withOrganisation(t.db, t.cast.organisations.opco, (trx) => pushState(trx, pushId, now));

export const clock = (t: TestDatabase, now = NOW) => t.ctx({ kind: 'clock' as const, name: 'clock' }, now);

/** What the clock would do with a push at its hour: true when its list is drawn, else the refusal's code. */
export const leaves = (t: TestDatabase, pushId: number, now: Date): Promise<boolean | string> =>
  freezePush(clock(t, now), pushId).catch((error: { code: string }) => error.code);

/** One more person of the cast. */
export async function hire(
  t: TestDatabase,
  name: string,
  organisation: keyof TestDatabase['cast']['organisations'],
  roles: Role[] = ['valideur'],
): Promise<Person> {
  const organisationId = t.cast.organisations[organisation];
  const address = `${name.toLowerCase()}@${organisation}.example`;
  const userId = await acrossOrganisations(t.db, async (trx) => {
    const { id } = await trx
      .insertInto('users')
      .values({ address, name, created_at: NOW })
      .returning('id')
      .executeTakeFirstOrThrow();
    await trx
      .insertInto('memberships')
      .values(roles.map((role) => ({ organisation_id: organisationId, user_id: id, role, created_at: NOW })))
      .execute();
    return id;
  });
  return { kind: 'user', userId, name, address, organisationId, roles };
}

/** An answer of one person at some instant to what their organisation is asked then. */
export async function answer(
  t: TestDatabase,
  pushId: number,
  person: Person,
  now = NOW,
  over: { decision?: 'valide' | 'changement'; comment?: string; remarks?: { block: string; text: string }[] } = {},
): Promise<{ complete: boolean }> {
  const ctx = t.ctx(person, now);
  return approvePush(ctx, pushId, { seen: await askedOf(ctx, pushId), decision: 'valide', ...over });
}

/** What the outbox owes, of one kind, since the id `after`: to whom, under which subject. */
export const owed = (
  t: TestDatabase,
  kind: string,
  title: string,
): Promise<{ to: string; subject: string; text: string }[]> =>
  acrossOrganisations(t.db, async (trx) => {
    const rows = await trx
      .selectFrom('outbox')
      .select(['to_address', 'message'])
      .where('kind', '=', kind)
      .orderBy('id')
      .execute();
    return rows
      .map((r) => ({ to: r.to_address, ...(r.message as { subject: string; text: string }) }))
      .filter((m) => m.text.includes(title));
  });
