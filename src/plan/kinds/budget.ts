import { z } from 'zod';
import { budgetInput, budgetOfCampaign } from '../../campaigns/budget-queries.ts';
import { writeBudget } from '../../campaigns/budget-save.ts';
import { budgetSchema } from '../../campaigns/budget-schema.ts';
import { kind } from './kind.ts';
import { type Column, listFile, said } from './list-file.ts';
import { fromYaml } from './yaml-text.ts';

/** Euros in a file, cents everywhere else. */
const euros = (as: string): Column => ({
  as,
  read: z
    .number()
    .transform((amount, ctx) => {
      const cents = Math.round(amount * 100);
      if (Math.abs(amount * 100 - cents) < 1e-6) return cents;
      ctx.addIssue({ code: 'custom', message: 'Un montant s’arrête aux centimes.' });
      return z.NEVER;
    })
    .optional(),
  say: (cents) => (cents ? Number(cents) / 100 : undefined),
});

const schema = budgetSchema.safeExtend({ organisation: z.string().optional() });
type Line = z.output<typeof schema>;
const keyOf = (b: Line): string =>
  [b.organisation, b.push ? `envoi ${b.push}` : b.action ? `action ${b.action}` : 'campagne']
    .filter(Boolean)
    .join(', ');

const file = listFile(
  {
    envoi: said('push'),
    action: said('action'),
    organisation: said('organisation'),
    prévu: euros('planned'),
    engagé: euros('committed'),
    payé: euros('paid'),
    note: said('note'),
  },
  schema,
  keyOf,
);

/** `budget.yaml`: what is planned, committed and paid, in euros; a line of neither push nor action is the campaign's. */
export const budget = kind<Line>({
  what: 'budget',
  file: 'budget.yaml',
  keyOf,
  ownerOf: (b) => b.organisation ?? '',
  read: (name, bytes) => fromYaml(name, bytes, file.of),
  written: file.written,
  current: async (trx, campaign, { lead }) =>
    (await budgetOfCampaign(trx, campaign.id)).map((b) => ({
      ...budgetInput(b),
      ...(b.organisation.slug === lead ? {} : { organisation: b.organisation.slug }),
    })),
  write: (trx, ctx, campaign, { organisation: _, ...line }) => writeBudget(trx, ctx, campaign.id, line),
  fromModel: () => null,
});
