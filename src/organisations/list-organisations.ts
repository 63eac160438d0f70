import type { Actor, Ctx } from '../base/context.ts';
import { withOrganisation } from '../db/database.ts';
import { allow } from './permissions.ts';

export type OrganisationName = {
  id: number;
  slug: string;
  name: string;
  kind: string;
  colour: string;
  accent: string;
  privacyContact: string;
};

/** The organisations of the instance, by name: names and sender identities are public inside it, contacts never. */
export function listOrganisations(ctx: Ctx<Exclude<Actor, { kind: 'clock' }>>): Promise<OrganisationName[]> {
  allow(ctx.actor, 'campaign.read');
  return withOrganisation(ctx.db, ctx.actor.organisationId, (trx) =>
    trx
      .selectFrom('organisations')
      .select(['id', 'slug', 'name', 'kind', 'colour', 'accent', 'privacy_contact as privacyContact'])
      .orderBy('name')
      .execute(),
  );
}
