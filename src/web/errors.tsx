import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { Refusal, type RefusalKind } from '../base/errors.ts';
import { log } from '../base/log.ts';
import { Acts, ButtonLink, PageHead } from './ui/components.tsx';
import { PublicLayout } from './ui/layout.tsx';

const STATUS: Record<RefusalKind, ContentfulStatusCode> = {
  invalid: 422,
  'not-found': 404,
  forbidden: 403,
  conflict: 409,
  unauthenticated: 401,
  unavailable: 503,
  'too-many': 429,
};
const TITLES: Record<RefusalKind, string> = {
  invalid: 'À corriger',
  'not-found': 'Cette page n’existe pas',
  forbidden: 'Action refusée',
  conflict: 'Pas possible en l’état',
  unauthenticated: 'Connectez-vous',
  unavailable: 'Service indisponible',
  'too-many': 'Trop de demandes',
};

/** The one place where a refusal becomes a page. A bug is logged with its stack and shown without it. */
export function errorPage(error: Error, c: Context) {
  if (error instanceof Refusal) return message(c, STATUS[error.kind], TITLES[error.kind], error.message);
  if (UNREADABLE.test(error.message) && error instanceof TypeError)
    return message(c, 422, TITLES.invalid, 'Ce formulaire n’a pas pu être lu : revenez en arrière et recommencez.');
  if (hasLeftTheCampaign(error)) return message(c, STATUS.forbidden, TITLES.forbidden, LEFT);
  log.error(
    { path: withoutToken(c.req.path), method: c.req.method, error: error.message, stack: error.stack },
    'erreur',
  );
  return message(
    c,
    500,
    'Une erreur est survenue',
    'Elle est de notre fait et elle est notée. Rien n’a été enregistré à moitié : revenez en arrière et recommencez.',
  );
}

/** A body that is not what it says it is was made by a robot, or cut on its way: no fault of ours, nothing to note. */
const UNREADABLE = /parse body as FormData/;

/** The database lets nobody write in a campaign of others, nor in one they have left; most pages say so before. */
const hasLeftTheCampaign = (error: Error & { code?: string }): boolean =>
  error.code === '42501' && /"joined_(insert|update)"/.test(error.message);
const LEFT =
  'Votre organisation ne prend plus part à cette campagne : elle lit ce qui a été fait, et n’y écrit plus. Pour y revenir, adressez-vous au pilote.';

/** What opens a message's own pages is a secret: it never stands in a log (ASVS 16.2.5). */
const withoutToken = (path: string): string =>
  path
    .replace(/^\/(r|d|preferences|lettre|kit|invitation|calendrier|inscriptions|questionnaires|rapports)\/.*/s, '/$1/…')
    .replace(/^(\/webinaires\/[^/]+\/moi)\/.*/s, '$1/…');

export const missingPage = (c: Context) =>
  message(
    c,
    404,
    TITLES['not-found'],
    'L’adresse est peut-être incomplète, ou cette page n’est pas ouverte à votre organisation.',
  );

const message = (c: Context, status: ContentfulStatusCode, title: string, text: string) =>
  c.html(
    <PublicLayout title={title}>
      <PageHead title={title} lead={text} />
      <Acts>
        <ButtonLink href="/">Revenir à l’accueil</ButtonLink>
      </Acts>
    </PublicLayout>,
    status,
  );
