import type { Ctx, Role } from '../base/context.ts';
import { notFound } from '../base/errors.ts';
import { acrossOrganisations } from '../db/database.ts';
import type { OrganisationInput } from './schema.ts';

export type Member = { id: number; name: string; address: string; roles: Role[] };
export type OrganisationPage = {
  slug: string;
  kind: string;
  settings: Omit<OrganisationInput, 'slug' | 'kind'>;
  members: Member[];
};

/** The actor's own organisation and its people, by name. Every member may see who else is there, and in which role. */
export async function readOrganisationPage(ctx: Ctx): Promise<OrganisationPage> {
  if (ctx.actor.kind === 'clock') throw notFound('Organisation');
  const { organisationId } = ctx.actor;
  return acrossOrganisations(ctx.db, async (trx) => {
    const o = await trx.selectFrom('organisations').selectAll().where('id', '=', organisationId).executeTakeFirst();
    if (!o) throw notFound('Organisation');
    const rows = await trx
      .selectFrom('memberships as m')
      .innerJoin('users as u', 'u.id', 'm.user_id')
      .select(['u.id', 'u.name', 'u.address', 'm.role'])
      .where('m.organisation_id', '=', organisationId)
      .where('u.disabled_at', 'is', null)
      .orderBy('u.name')
      .orderBy('u.id')
      .orderBy('m.role')
      .execute();
    const members = new Map<number, Member>();
    for (const { role, ...person } of rows) {
      const member = members.get(person.id) ?? { ...person, roles: [] };
      member.roles.push(role as Role);
      members.set(person.id, member);
    }
    return {
      slug: o.slug,
      kind: o.kind,
      settings: {
        name: o.name,
        senderName: o.sender_name,
        senderAddress: o.sender_address,
        replyTo: o.reply_to,
        postalAddress: o.postal_address,
        privacyContact: o.privacy_contact,
        website: o.website,
        colour: o.colour,
        accent: o.accent,
      },
      members: [...members.values()],
    };
  });
}
