import type { Ctx } from '../base/context.ts';
import { invalid } from '../base/errors.ts';
import { actorByAddress, requireOrganisation } from '../organisations/queries.ts';
import type { Service } from '../service.ts';

type CommandCtx = Ctx<Extract<Ctx['actor'], { organisationId: number }>>;

/** A command acting for an organisation it names. */
export async function asOrganisation(service: Service, slug: string): Promise<CommandCtx> {
  const organisation = await requireOrganisation(service.db, slug);
  return { ...service, actor: { kind: 'command', name: 'commande', organisationId: organisation.id } };
}

/** A command acting as a person, with that person's rights and name in the log. */
export async function asPerson(service: Service, address: string): Promise<CommandCtx> {
  const actor = await actorByAddress(service.db, address);
  if (!actor)
    throw invalid(
      'unknown_user',
      `Personne n’a l’adresse « ${address} ». Invitez-la d’abord : npx porte-voix user invite`,
    );
  return { ...service, actor };
}
