import { hasLeft, type Partner } from '../campaigns/queries.ts';
import { withdrawalText } from '../campaigns/withdrawals.ts';

/** Its history stays, with the mark, wherever its name stands. */
export const markedIfLeft = (p: Partner, now: Date): Partner =>
  p.withdrawnAt && hasLeft(p, now) ? { ...p, name: `${p.name} (${withdrawalText(p.withdrawnAt, now)})` } : p;

export const withdrawalNotes = (p: Partner, now: Date): string[] =>
  p.withdrawnAt
    ? [
        `${p.name} ${withdrawalText(p.withdrawnAt, now)} : ce qui est parti vers ses contacts jusque-là reste compté, rien ne leur part ensuite.`,
      ]
    : [];
