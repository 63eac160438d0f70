/** Every advisory lock of the service, in one place, so that two never share a number by accident. */
export const LOCKS = {
  migrate: 7_301,
  demo: 7_302,
  /** Counting who was solicited, and reserving: two lists drawn at once must not both find room for the same person. */
  pressure: 7_303,
  /** With the hash of what is decided: an answer and the end of its delay, at the same moment, see each other. */
  decision: 7_304,
  /** Writing down who clicked (shared), and taking names off clicks (alone): no name comes after the no it waited for. */
  measure: 7_305,
  /** Adding up a campaign's ledger (alone), and whatever moves it (shared, taken by triggers): what is kept is never of before. */
  sums: 7_306,
  /** Moving totals of clicks: one batch after the other, or two processes would wait for each other in a circle. */
  totals: 7_307,
} as const;
