import type { Database } from '../db/database.ts';

export const ROLES = ['administrateur', 'communicant', 'valideur', 'relais', 'evaluateur'] as const;
export type Role = (typeof ROLES)[number];

/** Who acts. A person always acts for one organisation; a command for the one it names; the clock for all of them. */
export type Actor =
  | {
      kind: 'user';
      userId: number;
      name: string;
      address: string;
      organisationId: number;
      roles: readonly Role[];
      /** A program of theirs asks, with this key: it reads a few things, and writes nothing. */
      keyId?: number;
    }
  | { kind: 'command'; name: string; organisationId: number }
  | { kind: 'clock'; name: string };

/** What every verb takes first. `now` is passed in, so that a test can hold the clock;
 * `publicUrl` is where links in messages lead, without a trailing slash. */
export type Ctx<A extends Actor = Actor> = {
  db: Database;
  actor: A;
  now: () => Date;
  secrets: Secrets;
  publicUrl: string;
};

/** One key per purpose, derived from the instance's secret, which never enters the database (PRV-40, SEC-11). */
export type Secrets = {
  addressHash: Buffer;
  unsubscribe: Buffer;
  session: Buffer;
  network: Buffer;
  /** Seals what must be read again: passwords of mail servers, DKIM keys. */
  sealing: Buffer;
  /** Signs the return address of each message, and the address that providers report to. */
  returns: Buffer;
  /** Addresses that are secrets: kits of relays, calendar feeds, invitations to approve. */
  doors: Buffer;
};

export const actorLabel = (actor: Actor): string => (actor.kind === 'user' ? `user:${actor.userId}` : actor.name);
