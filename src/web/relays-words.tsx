import { shortDate } from '../base/dates.ts';
import { STEP_NAMES, type Step } from '../relay-kits/progress.ts';
import type { RelayLine } from '../relay-kits/read-relays.ts';
import { RELAY_KIND_NAMES } from '../relays/schema.ts';
import { territoryName } from '../relays/territory.ts';
import { State, type StateKind } from './ui/marks.tsx';

const STEP_MARKS: Record<Step, StateKind> = {
  demande: 'todo',
  a_inviter: 'off',
  invite: 'wait',
  ouvert: 'run',
  repris: 'ok',
  publie: 'ok',
  arrete: 'stop',
};

/** How far a relay went: a mark and its words. */
export const StepState = ({ step }: { step: Step }) => <State kind={STEP_MARKS[step]}>{STEP_NAMES[step]}</State>;

/** « fédération de branche · Bretagne · invité le lun. 23 nov. » */
export function lineText(r: RelayLine): string {
  return [
    RELAY_KIND_NAMES[r.kind],
    territoryName(r),
    r.address === null ? 'sans adresse' : '',
    r.remindedAt ? `relancé le ${shortDate(r.remindedAt)}` : r.invitedAt ? `invité le ${shortDate(r.invitedAt)}` : '',
  ]
    .filter(Boolean)
    .join(' · ');
}
