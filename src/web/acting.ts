import type { Actor, Ctx } from '../base/context.ts';
import type { WebContext } from './env.ts';

/** The context of a signed-in page: behind the gate, whoever acts is a person. */
export const acting = (c: WebContext): Ctx<Actor & { kind: 'user' }> => ({
  ...c.get('ctx'),
  actor: c.get('session').actor,
});

/** Ids in addresses: digits that a bigint holds, else the route does not exist. */
export const ID = ':id{[0-9]{1,15}}';
export const idOf = (c: WebContext): number => Number(c.req.param('id'));

/** An id that a form gives; 0, which nothing has, for anything else. */
export const idIn = (text: string): number => (/^[0-9]{1,15}$/.test(text) ? Number(text) : 0);

/** Where the next page of a list begins, as its link says; null for anything else. */
export function cursorOf(c: WebContext, name: string): number | null {
  const at = Number(c.req.query(name));
  return Number.isSafeInteger(at) && at > 0 ? at : null;
}
