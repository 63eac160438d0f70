import { z } from '@hono/zod-openapi';
import { parseParis } from '../base/dates.ts';
import { LEVELS } from '../base/words.ts';
import { CELL_DIMENSIONS, PARTNER_ROLES, TARGET_MEASURES } from '../campaigns/schema.ts';

/* The shapes of what is answered, once: the document, the types of the handlers and the tests are made of them. */

const day = z.iso.date().openapi({ description: 'Un jour de Paris.', example: '2026-11-02' });
export const instant = z.iso.datetime().openapi({ description: 'ISO 8601, en temps universel.' });
export const list = <S extends z.ZodType>(of: S) => z.array(of).readonly();

export const windowShape = z
  .object({
    from: z.string().openapi({ description: 'Premier jour ; vide quand la source n’en donne pas.' }),
    to: z.string().openapi({ description: 'Dernier jour, compris.' }),
    zone: z.string().openapi({ example: 'Europe/Paris' }),
  })
  .openapi('Periode');

export const figureShape = z
  .object({
    value: z.number().nullable().openapi({
      description: 'Nul : non dit (trop peu de personnes) ou non calculable ; « leftOut » dit lequel.',
    }),
    unit: z.string(),
    window: windowShape,
    source: z.string(),
    definition: z.string(),
    leftOut: z.string().openapi({ description: 'Ce qui a été laissé de côté, et combien.' }),
    ruleVersion: z.int().openapi({ description: 'Version des règles et des définitions.' }),
  })
  .openapi('Chiffre', { description: 'Un nombre, et comment il est compté. Il n’y a pas l’un sans l’autre.' });

export const figures = z
  .record(z.string(), figureShape)
  .openapi({ description: 'Par mesure ; « /rapport/methode » dit ce qu’est chacune.' });

export const tableShape = z
  .object({
    section: z.string(),
    key: z.string().openapi({ example: 'level' }),
    title: z.string(),
    counted: z.string().openapi({ description: 'Par quoi, et ce que deviennent les petits groupes.' }),
    columns: list(z.string()),
    rows: list(z.object({ key: z.string(), label: z.string(), figures })),
  })
  .openapi('Tableau');

export const partnerShape = z
  .object({
    slug: z.string(),
    name: z.string(),
    role: z.enum(PARTNER_ROLES),
    withdrawnAt: instant.nullable().openapi({ description: 'Quand elle quitte la campagne, ou l’a quittée.' }),
  })
  .openapi('Partenaire');

const target = {
  measure: z.enum(TARGET_MEASURES),
  level: z.enum(LEVELS).nullable(),
  value: z.number(),
  note: z.string(),
};
export const targetShape = z.object(target).openapi('Objectif');
export const measuredTargetShape = z
  .object({ ...target, figure: figureShape.nullable(), aimed: figureShape, share: figureShape.nullable() })
  .openapi('ObjectifMesure', { description: 'Un objectif, à côté du chiffre dont il parle.' });

export const campaignShape = z
  .object({
    slug: z.string(),
    name: z.string(),
    tagline: z.string(),
    startsOn: day,
    endsOn: day,
    k: z.int().openapi({ description: 'Plus petit groupe publié.' }),
    linkMode: z.string(),
    cellDimensions: list(z.enum(CELL_DIMENSIONS)),
    partners: list(partnerShape),
  })
  .openapi('Campagne');

export const campaignSheetShape = campaignShape
  .extend({
    summary: z.string(),
    leads: z.boolean().openapi({ description: 'L’organisation de la clé la pilote.' }),
    demo: z.boolean(),
    targets: list(targetShape),
  })
  .openapi('FicheCampagne');

export const methodsShape = z
  .object({
    version: z.int(),
    figures: list(
      z.object({
        name: z.string(),
        label: z.string(),
        unit: z.string(),
        source: z.string(),
        definition: z.string(),
      }),
    ),
    rules: list(z.object({ rule: z.string(), class: z.string(), reason: z.string() })),
    settings: list(z.object({ what: z.string(), value: z.string() })),
    notes: list(z.string()),
  })
  .openapi('Methode');

export const pageOf = <S extends z.ZodType>(of: S) =>
  z.object({
    items: list(of),
    next: z.url().nullable().openapi({ description: 'L’adresse de la suite ; nul : il n’y en a pas.' }),
  });

/** A day that exists; an end before its beginning is refused where the window is read. */
export const dayParameter = (description: string, example: string) =>
  z
    .string('Donnez cette date une seule fois.')
    .refine((text) => /^\d{4}-\d{2}-\d{2}$/.test(text) && parseParis(text) !== null, {
      message: 'Écrivez une date qui existe, comme 2026-11-26.',
    })
    .optional()
    .openapi({ description, example, format: 'date' });

const DISORDER = 'La période finit avant d’avoir commencé : corrigez une des deux dates.';
type Days = Partial<Record<'du' | 'au' | 'du2' | 'au2', string | undefined>>;
const inOrder = (first: string | undefined, last: string | undefined): boolean =>
  first === undefined || last === undefined || first <= last;

/** The parameters of a question: those listed and no other, so that a misspelt one is not taken for none. */
export const question = <S extends z.ZodRawShape>(shape: S) =>
  z
    .strictObject(shape)
    .refine((q) => inOrder((q as Days).du, (q as Days).au), { path: ['au'], message: DISORDER })
    .refine((q) => inOrder((q as Days).du2, (q as Days).au2), { path: ['au2'], message: DISORDER });

export const period = {
  du: dayParameter('Premier jour, à Paris ; sans lui, depuis le début de la campagne.', '2026-11-02'),
  au: dayParameter('Dernier jour, compris ; sans lui, aujourd’hui.', '2026-11-30'),
};

export const many = z
  .string('Donnez ce nombre une seule fois.')
  .regex(/^(?:[1-9]\d?|1\d\d|200)$/, 'Donnez un nombre de 1 à 200.')
  .transform(Number)
  .default(50)
  .openapi({ description: 'Combien au plus, de 1 à 200 ; 50 si rien n’est dit.', type: 'integer', example: 50 });
