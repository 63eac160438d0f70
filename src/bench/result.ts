/** What was done, how fast, and how fast the same machine could do the bare thing a moment before or after. */
export type BenchResult = {
  name: string;
  /** In French: what one run does. */
  work: string;
  seconds: number;
  /** Per second. */
  rate: number;
  limit: { name: string; rate: number };
  /** rate ÷ limit.rate. */
  ratio: number;
  /** Most memory held by the process that does the work, while it does it. */
  rssMb: number;
};

/** `result` is the answer in JSON, where a bench may add figures; `notes` say these in French. */
export type Bench<R extends BenchResult = BenchResult> = { result: R; notes: string[] };

type Measured = {
  name: string;
  work: string;
  units: number;
  seconds: number;
  limit: { name: string; rate: number };
  rssMb: number;
};

export function benchResult({ name, work, units, seconds, limit, rssMb }: Measured): BenchResult {
  const rate = Math.round(units / seconds);
  const most = Math.round(limit.rate);
  return {
    name,
    work,
    seconds: round(seconds, 3),
    rate,
    limit: { name: limit.name, rate: most },
    ratio: round(rate / most, 3),
    rssMb: Math.round(rssMb),
  };
}

export const round = (value: number, digits: number): number => Number(value.toFixed(digits));

const french = (value: number, digits = 0): string =>
  value.toLocaleString('fr-FR', { maximumFractionDigits: digits, minimumFractionDigits: digits });

export function benchText({ result: { work, seconds, rate, limit, ratio, rssMb }, notes }: Bench): string {
  return [
    work,
    `  ${french(rate)} par seconde, en ${french(seconds, 2)} s, ${french(rssMb)} Mo de mémoire`,
    `  limite : ${french(limit.rate)} par seconde (${limit.name})`,
    `  rapport : ${french(ratio, 2)}`,
    ...notes.map((note) => `  ${note}`),
  ].join('\n');
}

export async function timed<T>(run: () => Promise<T>): Promise<{ seconds: number; value: T }> {
  const start = performance.now();
  const value = await run();
  return { seconds: (performance.now() - start) / 1000, value };
}

/** Of an odd number of runs: one that met a checkpoint or a neighbour does not decide. */
export const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

/** Runs `work` and answers the most memory this process was seen to hold meanwhile, in megabytes. */
export async function watchingMemory<T>(
  work: () => Promise<T>,
): Promise<{ rssBeforeMb: number; rssMb: number; value: T }> {
  const before = process.memoryUsage.rss();
  let most = before;
  const look = () => {
    most = Math.max(most, process.memoryUsage.rss());
  };
  const timer = setInterval(look, 50);
  try {
    const value = await work();
    look();
    return { rssBeforeMb: before / 1024 / 1024, rssMb: most / 1024 / 1024, value };
  } finally {
    clearInterval(timer);
  }
}
