// Writes to a journal, a crowd of lines and a single one in turn, saying after each round how many were asked for and how
// many answered: until it is killed, or for so many rounds, so many milliseconds apart by its clock; then what the journal says.
import { writeSync } from 'node:fs';
import { featuresOf } from '../../src/tracking/features.ts';
import { openJournal } from '../../src/tracking/journal.ts';

const [folder = '', rounds = 'Infinity', apart = '1'] = process.argv.slice(2);
let at = Date.now();
const journal = await openJournal(folder, { now: () => at });
const features = featuresOf('GET', {});
let requested = 0;
let answered = 0;
for (let round = 0; round < Number(rounds); round += 1) {
  const many = round % 2 === 0 ? 200 : 1;
  requested += many;
  const lines = Array.from({ length: many }, () =>
    journal.append({ kind: 'hit', at, token: 'abcdefghijklmnopqrstuv', network: null, features }),
  );
  answered += (await Promise.all(lines)).filter(Boolean).length;
  writeSync(1, `${requested} ${answered}\n`);
  at += Number(apart);
}
writeSync(1, `${JSON.stringify({ ...journal.state(), gaps: journal.gaps() })}\n`);
await journal.close();
