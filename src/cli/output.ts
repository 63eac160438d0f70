import { Refusal } from '../base/errors.ts';
import { log } from '../base/log.ts';

/** What a command answers: an object for --json, and the same said in French; null when it has written it itself. */
export type Answer = { json: unknown; text: string };

export function show(answer: Answer | null, json: boolean): void {
  if (answer === null) return;
  process.stdout.write(`${json ? JSON.stringify(answer.json) : answer.text}\n`);
}

/** 1: refused, with reasons; 2: a bug, noted in the log. Never a stack on the terminal. */
export function fail(error: unknown, json: boolean): number {
  if (error instanceof Refusal) {
    if (json)
      process.stdout.write(
        `${JSON.stringify({ error: { code: error.code, message: error.message, fields: error.fields } })}\n`,
      );
    process.stderr.write(`${error.message}\n`);
    for (const f of error.fields)
      if (f.message !== error.message) process.stderr.write(`  ${f.field} : ${f.message}\n`);
    return 1;
  }
  const { message, stack } = error as Error;
  log.debug({ stack }, message);
  process.stderr.write(
    `Erreur imprévue : ${message}\nCe défaut est de notre fait : rien n’a été fait à moitié. Relancez avec --verbose pour le détail.\n`,
  );
  return 2;
}

export const count = (n: number): string => new Intl.NumberFormat('fr-FR').format(n);
