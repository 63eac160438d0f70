/** The row of every selected person, at the end. */
export type Ledger = { address: string; state: string; reason: string | null }[];

export type Evidence = {
  recipients: number;
  kills: number;
  seconds: number;
  /** The most rows that one process had in flight, seen all along and just after each kill. */
  inFlightMax: number;
  rows: Ledger;
  /** By address, how often the server really took a message. */
  received: ReadonlyMap<string, number>;
  refused: ReadonlySet<string>;
  troubles: string[];
  longestSilence: number;
  databaseAway: number;
};

/** What `--json` prints, and nothing else. */
export type Figures = {
  recipients: number;
  kills: number;
  lost: number;
  twice: number;
  unknown: number;
  inFlightMax: number;
  seconds: number;
};

export type Verdict = {
  figures: Figures;
  /** Rows per state at the end. */
  states: Record<string, number>;
  longestSilence: number;
  databaseAway: number;
  /** What must not be; empty when delivery held. */
  wrong: string[];
};

/** A row that is neither settled nor in doubt once the push has ended is owed by nobody: lost. */
const SETTLED = ['accepted', 'failed', 'unknown', 'cancelled', 'set_apart', 'bounced', 'complained'];

/** After a kill, or the return of the database, the push goes on by itself within this long. */
const SILENCE_SECONDS = 30;

/** Holds the ledger against the server's own count. Pure. */
export function judge(seen: Evidence): Verdict {
  const { rows, received, refused } = seen;
  const has = (address: string): boolean => received.has(address);
  const lost = rows.filter(
    ({ state, address }) => (state === 'accepted' && !has(address)) || !SETTLED.includes(state),
  ).length;
  const twice = [...received.values()].filter((times) => times > 1).length;
  const unknown = rows.filter((row) => row.state === 'unknown').length;
  const listed = new Set(rows.map((row) => row.address));
  const strangers = [...received.keys()].filter((address) => !listed.has(address));
  const states: Record<string, number> = {};
  for (const { state } of rows) states[state] = (states[state] ?? 0) + 1;
  const count = (what: Ledger): number => what.length;
  const checks: [boolean, string][] = [
    [lost === 0, `${lost} destinataires perdus`],
    [twice === 0, `${twice} destinataires servis deux fois`],
    [
      unknown <= seen.inFlightMax * seen.kills,
      `${unknown} sorts inconnus pour ${seen.kills} arrêts de ${seen.inFlightMax} remises en cours au plus`,
    ],
    [
      seen.longestSilence <= SILENCE_SECONDS + seen.databaseAway,
      `plus personne n’a été servi pendant ${Math.round(seen.longestSilence)} s`,
    ],
    [
      listed.size === seen.recipients && rows.length === seen.recipients,
      `${rows.length} lignes pour ${seen.recipients} destinataires`,
    ],
    [strangers.length === 0, `des messages reçus par des inconnus du registre : ${strangers.slice(0, 3).join(', ')}`],
    [
      count(rows.filter((r) => r.state === 'failed' && !refused.has(r.address))) === 0,
      'des lignes refusées que le serveur n’a pas refusées',
    ],
    [
      count(rows.filter((r) => has(r.address) && !['accepted', 'unknown'].includes(r.state))) === 0,
      'des lignes reçues que le registre dit ni distribuées ni de sort inconnu',
    ],
    [
      count(rows.filter((r) => refused.has(r.address) && !['failed', 'unknown'].includes(r.state))) === 0,
      'des refus que le registre ne dit pas',
    ],
  ];
  return {
    figures: {
      recipients: seen.recipients,
      kills: seen.kills,
      lost,
      twice,
      unknown,
      inFlightMax: seen.inFlightMax,
      seconds: Math.round(seen.seconds * 10) / 10,
    },
    states,
    longestSilence: seen.longestSilence,
    databaseAway: seen.databaseAway,
    wrong: [...checks.filter(([holds]) => !holds).map(([, words]) => words), ...seen.troubles],
  };
}
