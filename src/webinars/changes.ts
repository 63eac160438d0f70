import { isDeepStrictEqual } from 'node:util';
import type { WebinarInput } from './schema.ts';

/** What a change of a webinar does to those who have it in their calendar, and to the messages that announce it. */
export type Changes = {
  /** The start or the end. */
  hour: boolean;
  /** What their calendar holds: the hour, or the place to join. */
  moved: boolean;
  /** What an invitation says of it: its approvals were about other words. */
  announced: boolean;
  /** More places than before. */
  roomier: boolean;
};

/** Everything that stands in an invitation, and nothing of what only registered people learn. */
const announced = (w: WebinarInput) => [
  w.title,
  w.summary,
  w.description,
  w.startsAt,
  w.endsAt,
  w.organisers,
  w.speakers,
  w.levels,
  w.publics,
  w.resources,
];

export function changesOf(before: WebinarInput, after: WebinarInput): Changes {
  const hour = +before.startsAt !== +after.startsAt || +before.endsAt !== +after.endsAt;
  const moved = hour || before.joinUrl !== after.joinUrl || before.joinNote !== after.joinNote;
  return {
    hour,
    moved,
    // The calendar file in an invitation carries the number of the last move (CAL-03).
    announced: moved || !isDeepStrictEqual(announced(before), announced(after)),
    roomier: before.capacity !== null && (after.capacity === null || after.capacity > before.capacity),
  };
}
