import { z } from 'zod';

const many = z.int('Donnez un nombre entier.').min(1, 'Au moins 1.');
const times = many.max(1_000, '1 000 au plus.');
const days = many.max(730, '730 jours au plus.');

/**
 * How often one may be solicited before a campaign waits: a person (an address), and a company (a SIRET), whoever of
 * the instance's organisations did it. The defaults are the design's.
 */
export const capsSchema = z.strictObject({
  perPerson: times.default(2),
  days: days.default(7),
  perCompany: times.default(6),
  companyDays: days.default(90),
});
export type Caps = z.infer<typeof capsSchema>;
export const DEFAULT_CAPS: Caps = { perPerson: 2, days: 7, perCompany: 6, companyDays: 90 };

/** What a partner asked of people otherwise than through us. */
export const KINDS = ['enquete', 'atelier', 'appels', 'entretien', 'autre'] as const;
export type Kind = (typeof KINDS)[number];
export const KIND_NAMES: Record<Kind, string> = {
  enquete: 'enquête',
  atelier: 'atelier',
  appels: 'série d’appels',
  entretien: 'entretiens',
  autre: 'autre sollicitation',
};
