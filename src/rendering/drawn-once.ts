import { setTimeout as pause } from 'node:timers/promises';
import { unavailable } from '../base/errors.ts';

/** In line, behind the one that is drawn: what comes after would wait longer than anybody does. */
const MOST_WAITING = 30;
const KEPT = 60;

const drawn = new Map<string, Promise<Buffer>>();
let waiting = 0;
let line: Promise<unknown> = Promise.resolve();

/**
 * What `draw` makes for what `key` says, drawn once and kept a while: a sheet of paper takes a tenth of a second of the
 * processor, and whoever follows a link meanwhile waits. Sheets are drawn one after the other, and everybody else is
 * answered between two of them for as long as the first one took. Refuses (`unavailable`) when too many are in line.
 */
export function drawnOnce(key: string, draw: () => Promise<Buffer>): Promise<Buffer> {
  const known = drawn.get(key);
  if (known) return known;
  if (waiting >= MOST_WAITING)
    throw unavailable(
      'trop_de_fichiers',
      'Beaucoup de personnes demandent leur affiche en ce moment. Réessayez dans une minute.',
    );
  waiting += 1;
  let took = 0;
  const made = line.then(async () => {
    const start = performance.now();
    try {
      return await draw();
    } finally {
      took = performance.now() - start;
      waiting -= 1;
    }
  });
  line = made.catch(() => drawn.delete(key)).then(() => pause(took));
  if (drawn.size >= KEPT) drawn.delete(drawn.keys().next().value ?? '');
  drawn.set(key, made);
  return made;
}
