import { z } from '@hono/zod-openapi';

export const problemShape = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string().openapi({ description: 'Une phrase, qui dit quoi faire.' }),
    code: z
      .string()
      .openapi({ description: 'Stable : c’est lui qu’un programme regarde.', example: 'periode_invalide' }),
    errors: z
      .array(z.object({ parameter: z.string(), message: z.string() }))
      .optional()
      .openapi({ description: 'Quel paramètre est à corriger, et comment.' }),
  })
  .openapi('Probleme', { description: 'RFC 9457.' });

const refused = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: problemShape } },
});

/** Of a route that anybody may read. */
export const openAnswers = <S extends z.ZodType>(schema: S, description: string) => ({
  200: { description, content: { 'application/json': { schema } } },
  400: refused('Un paramètre est à corriger.'),
});

const behindKey = {
  401: refused('Sans clé, ou avec une clé qui n’ouvre rien.'),
  403: refused('Le rôle de la personne qui a fait la clé ne lit pas cela.'),
  404: refused('N’existe pas, ou n’est pas ouvert à cette organisation : les deux sont la même réponse.'),
  429: refused('Trop de demandes : « Retry-After » dit quand revenir.'),
};

/** Of a route that a key opens. */
export const keyAnswers = <S extends z.ZodType>(schema: S, description: string) => ({
  ...openAnswers(schema, description),
  ...behindKey,
});

export const csvAnswers = (description: string) => ({
  200: { description, content: { 'text/csv': { schema: z.string() } } },
  400: refused('Un paramètre est à corriger.'),
  ...behindKey,
});

export const KEY = [{ cle: [] }];

/** What nothing is called: it is not looked for. */
const NAME = /^[a-z0-9][a-z0-9_-]{0,119}$/;
export const named = (what: string, example: string) =>
  z
    .string()
    .regex(NAME)
    .openapi({ description: `${what}, comme dans l’adresse de sa page.`, example });
export const campaignParameter = { campagne: named('Identifiant de la campagne', 'infranum') };
