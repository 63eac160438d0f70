import type { ReturnClass } from '../schema.ts';

/** What any provider tells of one message, in our words. */
export type ProviderEvent = {
  class: ReturnClass;
  reason: string;
  confidence: number;
  address: string | null;
  /** Tokens of ours the provider may carry: the Message-ID, a header of its own. Opened, never believed. */
  references: string[];
  status: string | null;
  replyCode: number | null;
  words: string;
  at: Date | null;
};

/** `null`: not of the provider's form at all. Events that say nothing of a return are left out. */
export type ReadEvents = (body: unknown) => ProviderEvent[] | null;
