import type { Actor, Ctx } from '../../base/context.ts';
import type { CampaignRow } from '../../campaigns/queries.ts';
import type { Trx } from '../../db/database.ts';
import type { Problem } from '../problems.ts';

export type MemberCtx = Ctx<Exclude<Actor, { kind: 'clock' }>>;

/** What a file may refer to, and how its organisations are called. */
export type Around = { lead: string };

/**
 * One kind of thing of a campaign that has a file of its own: how it is read, written, and found in the database. Things
 * are told apart by `keyOf`; those of one kind are written in the order of the file.
 */
export type Kind<T = unknown> = {
  /** As a plan names it: « action ». */
  what: string;
  file: string;
  keyOf: (thing: T) => string;
  read: (file: string, bytes: Buffer, around: Around) => Promise<{ value: T[]; problems: Problem[] }>;
  written: (things: readonly T[], around: Around) => string;
  current: (trx: Trx, campaign: CampaignRow, around: Around) => Promise<T[]>;
  /** By the lead, in the transaction of `apply`. */
  write: (trx: Trx, ctx: MemberCtx, campaign: CampaignRow, thing: T) => Promise<unknown>;
  /** Who a thing belongs to, by its slug: only the lead's are made or changed by a folder. Absent: the lead's, all. */
  ownerOf?: (thing: T) => string;
  /** Pushes name it: it is written before them. */
  beforePushes?: true;
  /** A record, which is made once: a change is refused with this sentence. */
  record?: string;
  /** For a campaign made from a model: the thing at the new dates, or null when it is not for others. */
  fromModel: (thing: T, shift: Shift) => T | null;
};

/** From the model's dates to those of the new campaign, and who takes part in it. */
export type Shift = {
  instant: (at: Date) => Date;
  /** The first day of the new campaign. */
  startsOn: string;
  day: (day: string) => string;
  partners: ReadonlySet<string>;
  lead: string;
};

/** Each kind knows its own things; whoever goes through all of them does not need to. */
export const kind = <T>(own: Kind<T>): Kind => own as unknown as Kind;
