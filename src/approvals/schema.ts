import { z } from 'zod';

export const MAX_COMMENT = 2000;
export const MAX_REMARK = 1000;

/** What somebody asks to change at one place of what they read. */
const remarkSchema = z.strictObject({
  /** The block's own name, as the content gives it. */
  block: z.string().regex(/^[a-z0-9-]{1,40}$/),
  text: z.string().trim().min(1).max(MAX_REMARK, '1 000 caractères au plus par remarque.'),
});
export type Remark = z.infer<typeof remarkSchema>;

/** A remark as it is kept: `print` tells the block it was made on from what the block became. */
export type KeptRemark = Remark & { print: string };

export const decisionSchema = z.strictObject({
  /** Hex of the hash the page showed: one approves what one has read, not what it became since. */
  seen: z.string().regex(/^[0-9a-f]{64}$/),
  decision: z.enum(['valide', 'changement']),
  comment: z.string().trim().max(MAX_COMMENT, '2 000 caractères au plus.').default(''),
  /** Of a request for changes. */
  remarks: z.array(remarkSchema).max(60).default([]),
});
export type DecisionInput = z.input<typeof decisionSchema>;

export const keptRemarksSchema = z.array(
  z.object({ block: z.string(), text: z.string(), print: z.string().default('') }),
);

/** The code of an invitation: a week, or until the answer is due; five tries (ASVS 6.5.5). */
export const INVITATION_DAYS = 7;
export const INVITATION_TRIES = 5;
