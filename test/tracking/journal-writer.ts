// Writes to a journal until it is killed, saying after each round how many lines were asked for and how many answered.
import { writeSync } from 'node:fs';
import { featuresOf } from '../../src/tracking/features.ts';
import { openJournal } from '../../src/tracking/journal.ts';

const journal = await openJournal(process.argv[2] ?? '');
const features = featuresOf('GET', {});
let requested = 0;
let answered = 0;
for (;;) {
  requested += 64;
  const round = Array.from({ length: 64 }, () =>
    journal.append({ kind: 'hit', at: Date.now(), token: 'abcdefghijklmnopqrstuv', network: null, features }),
  );
  answered += (await Promise.all(round)).filter(Boolean).length;
  writeSync(1, `${requested} ${answered}\n`);
}
