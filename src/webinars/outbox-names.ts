import type { LetterKind } from './schema.ts';

/** What mail about a webinar becomes void with (`voidOwed`), and the kinds of its letters in the outbox. */
export const aboutWebinar = (webinarId: number): string => `webinar:${webinarId}`;
export const outboxKind = (kind: LetterKind): string => `webinaire-${kind}`;
