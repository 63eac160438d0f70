import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { afterAll, inject } from 'vitest';
import type { Actor, Ctx, Role } from '../../src/base/context.ts';
import { deriveSecrets } from '../../src/base/tokens.ts';
import { acrossOrganisations, type Database, openDatabase } from '../../src/db/database.ts';

export const NOW = new Date('2026-11-22T10:00:00Z');
export const SECRETS = deriveSecrets(Buffer.from('secret de test, jamais ailleurs que dans les tests'));

export type Person = Actor & { kind: 'user' };

/** The fixed cast. Étranger belongs to an organisation that shares nothing with the others. */
export type Cast = {
  organisations: { opco: number; btp: number; federation: number; etranger: number };
  /** opco: communicante and valideuse. */
  alice: Person;
  /** btp (signatory): communicant and valideur. */
  bruno: Person;
  /** federation: relais. */
  chloe: Person;
  /** opco: évaluateur. */
  david: Person;
  /** opco: administratrice. */
  emma: Person;
  etranger: Person;
};

export type TestDatabase = {
  db: Database;
  url: string;
  cast: Cast;
  ctx: <A extends Actor>(actor: A, now?: Date) => Ctx<A>;
};

/** A database of this test file's own, with the cast in it; dropped at the end of the file. */
export async function testDatabase(): Promise<TestDatabase> {
  const template = new URL(inject('templateUrl'));
  const name = `t_${randomBytes(6).toString('hex')}`;
  await onServer(template, (client) =>
    client.query(`create database ${name} template ${template.pathname.slice(1)} strategy file_copy`),
  );
  const url = new URL(template);
  url.pathname = `/${name}`;
  const db = await openDatabase(url.href);
  afterAll(async () => {
    await db.close();
    await onServer(template, (client) =>
      // An autovacuum worker may sit in it, which only a superuser may send away: the whole server goes at the end.
      client.query(`drop database ${name} with (force)`).catch((error: { code?: string }) => {
        if (error.code !== '42501') throw error;
      }),
    );
  });
  const cast = await castOf(db);
  return {
    db,
    url: url.href,
    cast,
    ctx: (actor, now = NOW) => ({ db, actor, now: () => now, secrets: SECRETS, publicUrl: 'https://pv.example' }),
  };
}

async function onServer(template: URL, run: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const url = new URL(template);
  // Nobody may be connected to the template while it is copied.
  url.pathname = '/postgres';
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  try {
    await run(client);
  } finally {
    await client.end();
  }
}

const ORGANISATIONS = {
  opco: { slug: 'opco', name: 'OPCO de test', kind: 'opco' },
  btp: { slug: 'btp', name: 'Partenaire BTP', kind: 'opco' },
  federation: { slug: 'federation', name: 'Fédération de test', kind: 'federation' },
  etranger: { slug: 'etranger', name: 'Organisation étrangère', kind: 'partenaire' },
} as const;

async function castOf(db: Database): Promise<Cast> {
  return acrossOrganisations(db, async (trx) => {
    const organisations = {} as Cast['organisations'];
    for (const [key, o] of Object.entries(ORGANISATIONS)) {
      const row = await trx
        .insertInto('organisations')
        .values({
          ...o,
          sender_name: o.name,
          sender_address: `lettre@${o.slug}.example`,
          postal_address: '1 rue de l’Essai, 75001 Paris',
          privacy_contact: `dpo@${o.slug}.example`,
          created_at: NOW,
        })
        .returning('id')
        .executeTakeFirstOrThrow();
      organisations[key as keyof typeof ORGANISATIONS] = row.id;
    }
    const person = async (name: string, organisation: keyof typeof ORGANISATIONS, roles: Role[]): Promise<Person> => {
      const address = `${name.toLowerCase()}@${organisation}.example`;
      const { id } = await trx
        .insertInto('users')
        .values({ address, name, created_at: NOW })
        .returning('id')
        .executeTakeFirstOrThrow();
      const organisationId = organisations[organisation];
      await trx
        .insertInto('memberships')
        .values(roles.map((role) => ({ organisation_id: organisationId, user_id: id, role, created_at: NOW })))
        .execute();
      return { kind: 'user', userId: id, name, address, organisationId, roles };
    };
    return {
      organisations,
      alice: await person('Alice', 'opco', ['communicant', 'valideur']),
      bruno: await person('Bruno', 'btp', ['communicant', 'valideur']),
      chloe: await person('Chloe', 'federation', ['relais', 'communicant']),
      david: await person('David', 'opco', ['evaluateur']),
      emma: await person('Emma', 'opco', ['administrateur']),
      etranger: await person('Etranger', 'etranger', ['administrateur', 'communicant', 'valideur']),
    };
  });
}
