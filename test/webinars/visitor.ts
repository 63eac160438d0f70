import { Hono } from 'hono';
import { sql } from 'kysely';
import { sealId } from '../../src/base/tokens.ts';
import { acrossOrganisations } from '../../src/db/database.ts';
import { registrationPages } from '../../src/public/registration.tsx';
import { webinarPages } from '../../src/public/webinars.tsx';
import { errorPage, missingPage } from '../../src/web/errors.tsx';
import { NOW, SECRETS, type TestDatabase } from '../support/database.ts';

export const PUBLIC_URL = 'https://pv.example';
const PHONE = {
  'user-agent':
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile/15E148 Safari/604.1',
};

let made = 0;
/** The public pages of webinars, on a clock that a test moves; every visitor from a network of their own. */
export function visitorHouse(t: TestDatabase) {
  const at = { now: NOW, network: '' };
  const deps = { db: t.db, secrets: SECRETS, publicUrl: PUBLIC_URL, now: () => at.now, demo: true };
  const app = new Hono();
  const networkOf = () => {
    made += 1;
    return at.network || `10.${(made >> 16) & 255}.${(made >> 8) & 255}.${made & 255}`;
  };
  app.route('/', webinarPages({ ...deps, networkOf }));
  app.route('/', registrationPages({ ...deps, networkOf }));
  app.onError(errorPage);
  app.notFound(missingPage);
  const answer = async (response: Response) => ({
    status: response.status,
    headers: response.headers,
    location: response.headers.get('location') ?? '',
    text: await response.text(),
  });
  const ask = async (method: string, path: string, body?: FormData) =>
    answer(await app.request(path, { method, headers: PHONE, ...(body && { body }) }));
  const post = (path: string, fields: Record<string, string>) => {
    const body = new FormData();
    for (const [name, value] of Object.entries(fields)) body.append(name, value);
    return ask('POST', path, body);
  };
  return {
    at,
    deps,
    ask,
    get: (path: string) => ask('GET', path),
    post,
    /** Somebody fills in the form of this webinar. */
    register: (address: string, over: Record<string, string> = {}) =>
      post(`/webinaires/${address}/inscription`, { ...PERSON, ...over }),
  };
}

export const PERSON = {
  firstName: 'Léa',
  lastName: 'Petit',
  address: 'lea.petit@fibre.example',
  company: 'Fibre & Fils',
  public: 'salarie',
  departement: '35',
  organisation: 'opco',
  question: '',
};

export const managePath = (registrationId: number): string =>
  `/inscriptions/${sealId(SECRETS.doors, 'inscription', registrationId)}`;

/** Every registration of a webinar, the first one first, whoever's. */
export const registrationsOf = (t: TestDatabase, webinarId: number) =>
  acrossOrganisations(t.db, (trx) =>
    trx.selectFrom('registrations').selectAll().where('webinar_id', '=', webinarId).orderBy('id').execute(),
  );

/** `confirmation`, `attente`…: the letters written to each address about a webinar, in their order. */
export async function lettersOf(t: TestDatabase, webinarId: number): Promise<Map<string, string[]>> {
  const rows = await acrossOrganisations(t.db, (trx) =>
    trx
      .selectFrom('outbox')
      .select(['to_address', 'kind'])
      .where('about', '=', `webinar:${webinarId}`)
      .orderBy('id')
      .execute(),
  );
  const letters = new Map<string, string[]>();
  for (const { to_address, kind } of rows)
    letters.set(to_address, [...(letters.get(to_address) ?? []), kind.replace('webinaire-', '')]);
  return letters;
}

/** `invitation terrain ×2`: what the totals of origins say. */
export const originsOf = async (t: TestDatabase, webinarId: number): Promise<string[]> => {
  const { rows } = await acrossOrganisations(t.db, (trx) =>
    sql<{
      line: string;
    }>`select concat_ws(' ', o.slug, channel, nullif(level, ''), nullif(relay_kind, ''), '×' || n) as line
      from registration_origins r join organisations o on o.id = r.organisation_id where webinar_id = ${webinarId}
      order by 1`.execute(trx),
  );
  return rows.map((r) => r.line);
};
