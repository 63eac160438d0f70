import type { z } from 'zod';
import type { Ctx } from '../base/context.ts';
import { type FieldError, invalid, notFound } from '../base/errors.ts';

/** The organisation for which somebody acts: the clock keeps no server and no domain. */
export function ownOrganisation(ctx: Pick<Ctx, 'actor'>): number {
  if (ctx.actor.kind === 'clock') throw notFound('Organisation');
  return ctx.actor.organisationId;
}

/** One message a field, the first. */
export function refuseFields(code: string, sentence: string, issues: z.core.$ZodIssue[] | FieldError[]): never {
  const fields = issues.map((i) => ('field' in i ? i : { field: String(i.path[0] ?? ''), message: i.message }));
  throw invalid(
    code,
    sentence,
    fields.filter((f, n) => fields.findIndex((g) => g.field === f.field) === n),
  );
}
