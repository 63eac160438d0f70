// npm run torture: kills workers at random moments while they send, then counts what was really received.
import { parseArgs } from 'node:util';
import { log } from '../src/base/log.ts';
import { torture } from './support/torture.ts';
import type { Verdict } from './support/torture-verdict.ts';

const USAGE = `npm run torture -- [--recipients 20000] [--kills 20] [--seed 1] [--seconds 60] [--no-database-restart] [--json]
Deux travailleurs envoient une lettre ; ils sont tués (kill -9) à des moments tirés au sort, PostgreSQL est arrêté 20 s.
À la fin, ce que le serveur a vraiment reçu est comparé au registre. Code 1 si quelqu’un est perdu ou servi deux fois.
`;

const { values } = parseArgs({
  options: {
    recipients: { type: 'string', default: '20000' },
    kills: { type: 'string', default: '20' },
    seed: { type: 'string', default: '1' },
    seconds: { type: 'string', default: '60' },
    'database-restart': { type: 'boolean' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
  allowNegative: true,
});

function number(name: 'recipients' | 'kills' | 'seed' | 'seconds', min: number): number {
  const n = Number(values[name]);
  if (Number.isInteger(n) && n >= min) return n;
  process.stderr.write(`--${name} ${values[name]} : donnez un nombre entier, ${min} au moins.\n${USAGE}`);
  process.exit(1);
}

const inWords = ({ figures, states, longestSilence, databaseAway, wrong }: Verdict): string => {
  const n = (value: number) => value.toLocaleString('fr-FR');
  const account = Object.entries(states)
    .map(([state, rows]) => `${state} ${n(rows)}`)
    .join(', ');
  return [
    `${n(figures.recipients)} destinataires, ${figures.kills} arrêts brutaux, ${n(figures.seconds)} s.`,
    `Perdus : ${figures.lost}. Servis deux fois : ${figures.twice}. Sort inconnu : ${n(figures.unknown)} (au plus ${n(figures.inFlightMax)} × ${figures.kills}).`,
    `Registre : ${account}.`,
    `Plus long silence : ${n(Math.round(longestSilence))} s.${databaseAway > 0 ? ` PostgreSQL arrêté ${n(Math.round(databaseAway))} s.` : ''}`,
    ...(wrong.length === 0 ? ['Tout est expliqué.'] : wrong.map((words) => `FAUTE : ${words}`)),
  ].join('\n');
};

if (values.help) {
  process.stdout.write(USAGE);
  process.exit(0);
}
log.level = 'silent';
const databaseUrl = process.env.DATABASE_URL || null;
const verdict = await torture({
  recipients: number('recipients', 100),
  kills: number('kills', 0),
  seed: number('seed', 0),
  seconds: number('seconds', 1),
  databaseRestart: databaseUrl === null && (values['database-restart'] ?? true),
  databaseUrl,
  say: (progress) => void process.stderr.write(`${progress}\n`),
});
process.stdout.write(`${values.json ? JSON.stringify(verdict.figures) : inWords(verdict)}\n`);
if (values.json) for (const words of verdict.wrong) process.stderr.write(`FAUTE : ${words}\n`);
process.exitCode = verdict.wrong.length === 0 ? 0 : 1;
