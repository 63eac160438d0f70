import { z } from 'zod';
import { optionalText } from './plan-fields.ts';
import { slugSchema } from './schema.ts';

const cents = z
  .int('Donnez un montant, comme 1 234,50.')
  .min(0, 'Un montant ne peut pas être négatif.')
  .max(1e12, 'Ce montant est trop grand.')
  .default(0);

/** What one organisation pays for one push, one action, or (neither) the campaign as a whole; in euro cents. */
export const budgetSchema = z
  .strictObject({
    push: slugSchema.nullable().default(null),
    action: slugSchema.nullable().default(null),
    planned: cents,
    committed: cents,
    paid: cents,
    note: optionalText(500),
  })
  .refine((b) => b.push === null || b.action === null, {
    path: ['push'],
    message: 'Un montant porte sur un envoi ou sur une action, pas sur les deux.',
  });
export type BudgetInput = z.output<typeof budgetSchema>;

export type Amounts = Pick<BudgetInput, 'planned' | 'committed' | 'paid'>;
