import { z } from 'zod';
import { hidesSomething, visible } from '../base/visible.ts';
import { PUBLICS } from '../base/words.ts';
import { normaliseAddress } from '../contacts/addresses.ts';
import { readDepartement } from '../contacts/geography.ts';

/** What goes into a greeting or a list: one line, of which nothing hides. */
const line = (max: number) =>
  z
    .string()
    .trim()
    .normalize('NFC')
    .max(max, `${max} caractères au plus.`)
    .refine(
      (t) => !hidesSomething(t),
      'Ce texte contient un caractère invisible ou un retour à la ligne : retapez-le.',
    );

const name = (message: string) => line(80).min(1, message);

/** Several lines are fine; what nobody sees is left out. */
const question = z
  .string()
  .transform((t) =>
    t
      .replace(/\r\n?/g, '\n')
      .split('\n')
      .map((l) => visible(l.replaceAll('\t', ' ')).trimEnd())
      .join('\n')
      .trim(),
  )
  .pipe(z.string().max(600, '600 caractères au plus.'));

const address = z.string().transform((text, issues) => {
  const normal = normaliseAddress(text);
  if ('address' in normal) return normal;
  issues.addIssue({
    code: 'custom',
    message: 'Donnez une adresse électronique complète, par exemple prenom.nom@organisme.fr.',
  });
  return z.NEVER;
});

const departement = z.string().transform((text, issues) => {
  const read = readDepartement(text);
  if (!read.code || read.value) return read.value;
  issues.addIssue({ code: 'custom', message: 'Choisissez un département de la liste.' });
  return z.NEVER;
});

/** A registration as its public form gives it. */
export const registrationSchema = z.strictObject({
  firstName: name('Donnez votre prénom.'),
  lastName: name('Donnez votre nom.'),
  address,
  company: line(160).default(''),
  public: z.enum(PUBLICS, 'Dites qui vous êtes.'),
  departement: departement.default(null),
  /** Slug of the organisation that keeps it; may be left out where there is only one. */
  organisation: z.string().max(80).default(''),
  question: question.default(''),
  /** Slugs of the organisations whose box was ticked; only that of the chosen one counts. */
  news: z.array(z.string().max(80)).max(50).default([]),
  /** Where the visitor came from, as the address said it. */
  origin: z.string().max(200).catch('').default(''),
});
export type RegistrationInput = z.output<typeof registrationSchema>;

/** What may be changed with the link of the confirmation; the address is the registration itself. */
export const changeSchema = registrationSchema.pick({ firstName: true, lastName: true, company: true, question: true });
