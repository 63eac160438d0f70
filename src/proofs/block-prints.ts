import { createHash } from 'node:crypto';
import { z } from 'zod';
import { canonical } from './schema.ts';

/** What is read of a block here, whatever the channel. */
const contentSchema = z.object({
  blocks: z.array(z.looseObject({ id: z.string(), organisations: z.array(z.string()).optional() })),
});

/**
 * Each block of a message with a print, which tells it from what it becomes: a remark made on it is settled once it
 * differs. Its place in the message is not in it. `organisation`: only what its readers have.
 */
export function blockPrints(content: unknown, organisation?: string): Map<string, string> {
  const parsed = contentSchema.safeParse(content);
  if (!parsed.success) return new Map();
  return new Map(
    parsed.data.blocks
      .filter((b) => organisation === undefined || (b.organisations?.includes(organisation) ?? true))
      .map((b) => [b.id, createHash('sha256').update(canonical(b)).digest('hex').slice(0, 16)]),
  );
}
