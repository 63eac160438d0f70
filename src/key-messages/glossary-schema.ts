import { z } from 'zod';
import { cleanText } from './schema.ts';

const line = (max: number) =>
  z
    .string()
    .transform((t) => cleanText(t).replace(/\s+/g, ' '))
    .pipe(z.string().max(max, `${max} caractères au plus.`));

/** A word of the campaign as a form or a folder gives it: what we say, what it means, what we do not write instead. */
export const termSchema = z
  .strictObject({
    term: line(80).pipe(z.string().min(2, 'Donnez le terme.')),
    definition: z.string().transform(cleanText).pipe(z.string().max(1000, '1 000 caractères au plus.')).default(''),
    avoid: z
      .array(line(80).pipe(z.string().min(2, 'Deux caractères au moins pour une formulation à éviter.')))
      .max(30, '30 formulations à éviter au plus.')
      .transform((all) => [...new Map(all.map((t) => [t.toLocaleLowerCase('fr'), t])).values()])
      .default([]),
  })
  .refine((t) => !t.avoid.some((a) => a.toLocaleLowerCase('fr') === t.term.toLocaleLowerCase('fr')), {
    path: ['avoid'],
    message: 'Le terme lui-même ne peut pas être à éviter.',
  })
  .refine((t) => t.definition !== '' || t.avoid.length > 0, {
    path: ['definition'],
    message: 'Donnez une définition, ou au moins une formulation à éviter.',
  });
export type TermInput = z.output<typeof termSchema>;
