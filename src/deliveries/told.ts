import type { Ctx } from '../base/context.ts';

/**
 * Rows of one organisation in one push, less those set apart. `measured`: they share links, in groups of k or more, or have
 * some of their own; those of the same organisation that do not are a block apart.
 */
export type Block = { organisationId: number; measured: boolean; people: number };

/** Who is told everything: a command, which whoever holds the machine runs. Otherwise the organisation that reads. */
export const readerOf = ({ actor }: Pick<Ctx, 'actor'>): number | null =>
  actor.kind === 'user' ? actor.organisationId : null;

/**
 * Whose rows of a push a reader counts: its own; of its partners', those that share links in groups of k or more; and
 * the others only together, where they are k or more. So no figure is about fewer than k people of a partner's, nor
 * becomes so once the reader takes its own away (PRV-11). `partial`: somebody's rows are left out of what is told.
 */
export function toldBlocks(
  blocks: readonly Block[],
  reader: number | null,
  k: number,
): { told: (of: Pick<Block, 'organisationId' | 'measured'>) => boolean; partial: boolean } {
  const others = blocks.filter((b) => reader !== null && b.organisationId !== reader && !b.measured);
  const people = others.reduce((sum, b) => sum + b.people, 0);
  const untold = new Set(people < k ? others.map((b) => b.organisationId) : []);
  return { told: (of) => of.measured || !untold.has(of.organisationId), partial: untold.size > 0 };
}

export const toTen = (n: number): number => Math.round(n / 10) * 10;

/** What a reader knows of its partners' écartés: from k up, and to the nearest ten. Under k, none and few are alike. */
export const known = (n: number, k: number): number => (n < k ? 0 : toTen(n));

/**
 * How many people several organisations wrote to: `held` adds up those of each, `twice` of them being counted again. One
 * more or less would say whether a partner holds one given address: those counted twice are taken off from k up, in tens.
 */
export const together = (held: number, twice: number, k: number): number =>
  twice < k ? held : held - Math.floor(twice / 10) * 10;
