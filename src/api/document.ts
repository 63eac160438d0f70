import type { ApiApp } from './env.ts';

const DESCRIPTION = `Ce que les pages montrent, pour d’autres programmes. On ne fait que lire ; jamais un contact, jamais un
chiffre sur moins de personnes que le plus petit groupe publié.

Chaque chiffre est donné avec son unité, sa période, sa source, sa définition, ce qui en a été laissé de côté et la version
des règles. Une valeur nulle n’est pas un zéro : « leftOut » dit pourquoi elle n’est pas dite.

Une clé se fait sur la page « Votre compte ». Elle lit ce que lit la personne qui l’a faite, pour une organisation, jusqu’à sa
date de fin ; elle ne lit plus rien dès qu’elle est fermée, ou que la personne n’a plus de rôle.`;

/** `/api/v1/openapi.json`: made from the routes themselves. Anybody may read it: it holds nothing of anybody. */
export function describeApi(app: ApiApp, publicUrl: string): void {
  app.openAPIRegistry.registerComponent('securitySchemes', 'cle', {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'pv_…',
    description: 'La clé. « Basic » est accepté aussi, la clé en mot de passe, pour les tableurs.',
  });
  let document: string | undefined;
  app.get('/api/v1/openapi.json', (c) => {
    document ??= JSON.stringify(
      app.getOpenAPI31Document({
        openapi: '3.1.0',
        info: { title: 'Porte-voix', version: '1', description: DESCRIPTION },
        servers: [{ url: publicUrl }],
      }),
    );
    return c.body(document, 200, { 'content-type': 'application/json', 'cache-control': 'public, max-age=300' });
  });
}
