import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { tooMany, unavailable } from '../base/errors.ts';
import { log } from '../base/log.ts';

const run = promisify(execFile);
const TIMEOUT_MS = 60_000;
/** One browser at a time: each takes a processor and 200 MB. */
const WAITING = 4;
let last: Promise<unknown> = Promise.resolve();
let waiting = 0;

/** Whatever the document holds, it asks nobody: every host is behind a proxy that is not there. */
const ALONE = [
  '--proxy-server=http://127.0.0.1:9',
  '--proxy-bypass-list=<-loopback>',
  '--host-resolver-rules=MAP * ~NOTFOUND',
  '--dns-prefetch-disable',
];
/** Nor runs a script, nor shows another file of this machine: said first, before anything that somebody wrote. */
const POLICY = `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; font-src data:; img-src data:">`;
const alone = (html: string): string => html.replace(/^(?:<!doctype html>)?/i, `<!doctype html>${POLICY}`);

/**
 * A document that needs nothing else, as a tagged PDF, by the command line of a Chromium that reads the one file it is given.
 * Throws `unavailable` where there is none, or where it fails; `tooMany` when several people are waiting already.
 */
export async function printPdf(chromium: string | null, html: string): Promise<Buffer> {
  if (chromium === null)
    throw unavailable(
      'chromium',
      'Aucun Chromium n’est installé sur ce serveur : le PDF ne peut pas être fait. Téléchargez la page à imprimer (HTML) et enregistrez-la en PDF depuis votre navigateur ; ou installez Chromium, et nommez-le par CHROMIUM_PATH.',
    );
  if (waiting >= WAITING) throw tooMany('Plusieurs PDF sont déjà en cours : réessayez dans une minute.');
  waiting += 1;
  const mine = last.then(
    () => print(chromium, html),
    () => print(chromium, html),
  );
  last = mine.finally(() => {
    waiting -= 1;
  });
  // What failed is told to whoever asked for it, and to nobody else.
  last.catch(() => undefined);
  return mine;
}

async function print(chromium: string, html: string): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), 'porte-voix-pdf-'));
  try {
    const page = join(folder, 'rapport.html');
    const out = join(folder, 'rapport.pdf');
    await writeFile(page, alone(html));
    await run(
      chromium,
      [...ARGS, ...ALONE, `--user-data-dir=${folder}`, `--print-to-pdf=${out}`, pathToFileURL(page).href],
      {
        timeout: TIMEOUT_MS,
        killSignal: 'SIGKILL',
      },
    );
    return await readFile(out);
  } catch (error) {
    log.warn({ error: (error as Error).message }, 'PDF');
    throw unavailable(
      'chromium',
      'Le PDF n’a pas pu être fait : le Chromium de ce serveur n’a pas répondu. Téléchargez la page à imprimer (HTML), ou vérifiez CHROMIUM_PATH.',
    );
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

const ARGS = [
  '--headless',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-extensions',
  '--disable-sync',
  '--hide-scrollbars',
  '--no-pdf-header-footer',
  '--export-tagged-pdf',
  '--generate-pdf-document-outline',
  // As root, Chromium starts no other way; the page holds no script and may call nobody.
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
];
