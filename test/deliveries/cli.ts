import { execFile } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const COMMAND = fileURLToPath(new URL('../../src/porte-voix.mjs', import.meta.url));
const DATA_DIR = mkdtempSync(join(tmpdir(), 'porte-voix-commande-'));

/** Runs `porte-voix … --json` on a test's database: its exit code, and the object it answered. */
export function command(
  databaseUrl: string,
  smtpUrl: string,
  args: string[],
): Promise<{ code: number; json: Record<string, unknown>; stderr: string }> {
  const env = {
    ...process.env,
    DATABASE_URL: databaseUrl,
    SMTP_URL: smtpUrl,
    DATA_DIR,
    PUBLIC_URL: 'https://pv.example',
  };
  return new Promise((resolve) => {
    execFile(process.execPath, [COMMAND, ...args, '--json'], { env, timeout: 25_000 }, (error, stdout, stderr) => {
      const code = error ? Number(error.code ?? -1) : 0;
      resolve({ code, json: stdout.trim() === '' ? {} : JSON.parse(stdout), stderr });
    });
  });
}
