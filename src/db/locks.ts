/** Every advisory lock of the service, in one place, so that two never share a number by accident. */
export const LOCKS = {
  migrate: 7_301,
  demo: 7_302,
  /** Counting who was solicited, and reserving: two lists drawn at once must not both find room for the same person. */
  pressure: 7_303,
  /** With the hash of what is decided: an answer and the end of its delay, at the same moment, see each other. */
  decision: 7_304,
} as const;
