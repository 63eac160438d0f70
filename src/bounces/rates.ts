/** What came back of a push so far. Complaints are told by a few providers only: `reporting` counts theirs. */
export type Tally = {
  delivered: number;
  hard: number;
  complaints: number;
  reporting: { delivered: number; complaints: number };
};

/** Providers that tell a sender who complained (standards §2.2, MAIL-16), as `providers` names them. */
export const REPORTING = ['yahoo', 'microsoft', 'orange', 'sfr'] as const;

/** MAIL-13. A rate over few messages says nothing: two dead addresses of fifty are a small list, not a bad one. */
export const LIMITS = {
  hard: 0.02,
  hardOver: 100,
  complaint: 0.003,
  complaintAlert: 0.001,
  complaintOver: 300,
} as const;

export type Verdict = { stop: boolean; kind: 'hard' | 'complaint'; rate: number; sentence: string };

/** Whether what came back asks to stop the rest, or to look (MAIL-13); null: all is as it should be. Pure. */
export function judgeRates(tally: Tally): Verdict | null {
  const { delivered, hard, complaints, reporting } = tally;
  const answered = delivered + hard;
  if (answered >= LIMITS.hardOver && hard / answered >= LIMITS.hard)
    return {
      stop: true,
      kind: 'hard',
      rate: hard / answered,
      sentence: `Suspendu par le service : ${count(hard)} adresses mortes sur ${count(answered)} messages (${percent(hard / answered)}, la limite est 2 %). Nettoyez la liste avant de reprendre.`,
    };
  const rates = [
    [complaints, delivered],
    [reporting.complaints, reporting.delivered],
  ]
    .filter(([, all]) => all! >= LIMITS.complaintOver)
    .map(([some, all]) => some! / all!);
  const rate = Math.max(0, ...rates);
  // A single person is not a rate.
  if (complaints < 2 || rate < LIMITS.complaintAlert) return null;
  const stop = rate >= LIMITS.complaint;
  return {
    stop,
    kind: 'complaint',
    rate,
    sentence: stop
      ? `Suspendu par le service : ${count(complaints)} plaintes (${percent(rate)}, la limite est 0,3 %). Demandez-vous à qui et pourquoi cet envoi part, avant de reprendre.`
      : `À surveiller : ${count(complaints)} plaintes (${percent(rate)}, la limite est 0,3 %).`,
  };
}

const count = (n: number): string => new Intl.NumberFormat('fr-FR').format(n);
const percent = (rate: number): string =>
  new Intl.NumberFormat('fr-FR', { style: 'percent', maximumFractionDigits: 2 }).format(rate);
