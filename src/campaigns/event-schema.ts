import { z } from 'zod';
import { optionalText, planSlug, webAddress, written } from './plan-fields.ts';
import { daySchema, slugSchema } from './schema.ts';

/** A temps fort of the sector, as a form or a folder gives it: when, where, and which resources to show there. */
export const eventSchema = z
  .strictObject({
    slug: planSlug,
    title: written(160, 'Donnez le nom de ce temps fort.'),
    /** Days in Paris, both included. */
    from: daySchema,
    to: daySchema,
    place: optionalText(200),
    url: webAddress,
    note: optionalText(2000),
    /** Slugs of the campaign's inventory. */
    resources: z
      .array(slugSchema)
      .max(100, '100 ressources au plus.')
      .default([])
      .transform((slugs) => [...new Set(slugs)]),
  })
  .refine((e) => e.to >= e.from, { path: ['to'], message: 'Il finit avant d’avoir commencé.' });
export type EventInput = z.output<typeof eventSchema>;
