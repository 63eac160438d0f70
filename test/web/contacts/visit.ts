import { randomToken, sha256 } from '../../../src/base/tokens.ts';
import { importContacts } from '../../../src/contacts/import-contacts.ts';
import { acrossOrganisations } from '../../../src/db/database.ts';
import { readSession } from '../../../src/organisations/sessions.ts';
import { NOW, type Person, SECRETS, type TestDatabase } from '../../support/database.ts';
import type { House } from '../campaigns/house.ts';

/** With plain spaces: whether one of them breaks a line is not what these tests are about. */
const plain = (html: string): string => html.replace(/[\u00a0\u202f]/g, ' ');

type Fields = Record<string, string | string[] | File>;

/** A person with an open session, at the service: `get` and `post` as their browser does them. */
export async function visit({ app, deps }: Pick<House, 'app' | 'deps'>, person: Person) {
  const secret = randomToken();
  await acrossOrganisations(deps.db, (trx) =>
    trx
      .insertInto('sessions')
      .values({
        id_hash: sha256(secret),
        user_id: person.userId,
        organisation_id: person.organisationId,
        created_at: NOW,
        last_seen_at: NOW,
        expires_at: new Date(NOW.getTime() + 3_600_000),
      })
      .execute(),
  );
  const csrf = (await readSession({ db: deps.db, now: () => NOW, secrets: SECRETS }, secret))?.csrf ?? '';
  const headers = { cookie: `__Host-porte-voix=${secret}` };
  return {
    async get(path: string) {
      const response = await app.request(path, { headers });
      return { status: response.status, headers: response.headers, text: plain(await response.text()) };
    },
    async post(path: string, fields: Fields = {}, token = csrf) {
      const body = new FormData();
      body.set('csrf', token);
      for (const [name, value] of Object.entries(fields)) for (const one of [value].flat()) body.append(name, one);
      const response = await app.request(path, { method: 'POST', headers, body });
      return {
        status: response.status,
        location: response.headers.get('location') ?? '',
        text: plain(await response.text()),
      };
    },
  };
}

export type Visitor = Awaited<ReturnType<typeof visit>>;

export const fileOf = (name: string, ...lines: string[]): File =>
  new File([`${lines.join('\r\n')}\r\n`], name, { type: 'text/csv' });

/** The id at the end of an address. */
export const idIn = (address: string): number => Number(/\/(\d+)(?:[?#]|$)/.exec(address)?.[1]);

/** One contact of a person's organisation; answers its id. */
export async function makeContact({ ctx, db }: TestDatabase, person: Person, address: string): Promise<number> {
  const file = Buffer.from(`Courriel;Nom;Niveau;Région\r\n${address};Durand;terrain;Bretagne\r\n`);
  await importContacts(ctx(person), { file, options: { fileName: 'un.csv', source: 'essai' } });
  const row = await acrossOrganisations(db, (trx) =>
    trx
      .selectFrom('contacts')
      .select('id')
      .where('organisation_id', '=', person.organisationId)
      .where('address', '=', address)
      .executeTakeFirstOrThrow(),
  );
  return row.id;
}
