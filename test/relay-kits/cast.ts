import { Hono } from 'hono';
import { withOrganisation } from '../../src/db/database.ts';
import { facePages } from '../../src/public/campaign-face.tsx';
import { kitPages } from '../../src/public/kit.tsx';
import { relayFormPages } from '../../src/public/relay-form.tsx';
import type { OpenKit } from '../../src/relay-kits/open-kit.ts';
import { readRelay } from '../../src/relay-kits/read-relay.ts';
import { saveRelay } from '../../src/relays/save-relay.ts';
import { errorPage, missingPage } from '../../src/web/errors.tsx';
import { NOW, SECRETS, type TestDatabase } from '../support/database.ts';

export const PUBLIC_URL = 'https://pv.example';
export const DAY = 86_400_000;
export const day = (days: number): Date => new Date(NOW.getTime() + days * DAY);

let made = 0;
/** A relay as the lead adds it; each one has an address of its own unless told otherwise. */
export async function makeRelay(
  t: TestDatabase,
  campaign: string,
  over: Record<string, unknown> = {},
): Promise<number> {
  made += 1;
  const input = {
    name: `Relais ${made}`,
    kind: 'guichet',
    territory: '35',
    address: `relais.${made}@relais.example`,
    ...over,
  };
  return (await saveRelay(t.ctx(t.cast.alice), campaign, input)).id;
}

/** The path of a relay's kit, as its mail gives it. */
export async function kitPath(t: TestDatabase, campaign: string, relayId: number): Promise<string> {
  const { kit } = await readRelay(t.ctx(t.cast.alice), campaign, relayId);
  return kit?.url.replace(PUBLIC_URL, '') ?? '';
}

export const PHONE = {
  'user-agent':
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile/15E148 Safari/604.1',
};

/** The public pages of kits, on a clock that a test moves, from a network that it chooses. */
export function kitHouse(t: TestDatabase, at: { now: Date; network: string } = { now: NOW, network: '192.0.2.1' }) {
  const deps = { db: t.db, secrets: SECRETS, publicUrl: PUBLIC_URL, now: () => at.now, demo: true };
  const app = new Hono();
  app.route('/', facePages(deps));
  app.route('/', relayFormPages({ ...deps, networkOf: () => at.network }));
  app.route('/', kitPages(deps));
  app.onError(errorPage);
  app.notFound(missingPage);
  const answer = async (response: Response) => ({
    status: response.status,
    headers: response.headers,
    location: response.headers.get('location') ?? '',
    bytes: Buffer.from(await response.clone().arrayBuffer()),
    text: await response.text(),
  });
  return {
    at,
    deps,
    get: async (path: string, headers: Record<string, string> = PHONE) => answer(await app.request(path, { headers })),
    raw: async (path: string, headers: Record<string, string>, body: string) =>
      answer(await app.request(path, { method: 'POST', headers: { ...PHONE, ...headers }, body })),
    post: async (path: string, fields: Record<string, string | File>) => {
      const body = new FormData();
      for (const [name, value] of Object.entries(fields)) body.append(name, value);
      return answer(await app.request(path, { method: 'POST', headers: PHONE, body }));
    },
  };
}

/** What one relay did, the oldest first: `copie edl:metiers:terrain:post`. */
export const actsOf = (t: TestDatabase, relayId: number): Promise<string[]> =>
  withOrganisation(t.db, t.cast.organisations.opco, async (trx) =>
    (
      await trx
        .selectFrom('relay_acts')
        .select(['what', 'detail'])
        .where('relay_id', '=', relayId)
        .orderBy('id')
        .execute()
    ).map((a) => `${a.what} ${a.detail}`.trim()),
  );

export const mailsTo = (t: TestDatabase, address: string): Promise<string[]> =>
  t.db.kysely.transaction().execute(async (trx) => {
    const { sql } = await import('kysely');
    await sql`set local role ${sql.id(t.db.roles.cross)}`.execute(trx);
    const rows = await trx
      .selectFrom('outbox')
      .select('message')
      .where('to_address', '=', address)
      .orderBy('id')
      .execute();
    return rows.map((r) => (r.message as { text: string }).text);
  });

export const asKit = (
  path: string,
  relayId: number,
  campaign: { id: number; slug: string },
  lead: number,
): OpenKit => ({
  token: path.split('/').at(-1) ?? '',
  kitId: 0,
  relayId,
  relay: 'Relais',
  kind: 'guichet',
  campaignId: campaign.id,
  campaign: campaign.slug,
  organisationId: lead,
});
