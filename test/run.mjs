// npm test: the checks, then every test. Finds a Chromium for the tests of pages, or installs one. Its last line counts.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const bin = (name) => join(root, 'node_modules/.bin', name);
const [major, minor] = process.versions.node.split('.').map(Number);
const oldNode = major < 22 || (major === 22 && minor < 18);

const run = (program, args, options = {}) => spawnSync(program, args, { cwd: root, stdio: 'inherit', ...options });

// Started by hand on an older Node: the pinned one takes over. npm puts it first in PATH by itself.
if (oldNode) process.exit(run(bin('node'), process.argv.slice(1)).status ?? 1);

const { findChromium } = await import('./support/chromium.ts');

function chromium() {
  const found = findChromium();
  if (found) return found;
  process.stdout.write('Aucun Chromium ici : installation…\n');
  const debian = { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } };
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    run('apt-get', ['update', '-q'], debian);
    run('apt-get', ['install', '-y', '-q', '--no-install-recommends', 'chromium'], debian);
  }
  if (!findChromium()) run(bin('playwright-core'), ['install', 'chromium']);
  return findChromium();
}

/** A check that says nothing when it has nothing to say. */
function check(name, program, args) {
  const started = Date.now();
  const { status, stdout, stderr } = run(program, args, { stdio: 'pipe', encoding: 'utf8' });
  process.stdout.write(`${status === 0 ? '✓' : '×'} ${name} (${((Date.now() - started) / 1000).toFixed(1)} s)\n`);
  if (status !== 0) process.stdout.write(`${stdout}${stderr}\n`);
  return status === 0;
}

/** Counts from vitest's own report. A file that could not be loaded, or an error outside any test, is one failure. */
function tests(executable, filters) {
  const folder = mkdtempSync(join(tmpdir(), 'porte-voix-tests-'));
  const report = join(folder, 'report.json');
  try {
    const { status } = run(
      bin('vitest'),
      ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...filters],
      {
        env: { ...process.env, CHROMIUM_PATH: executable },
      },
    );
    if (!existsSync(report)) return { passed: 0, failed: 1 };
    const { numPassedTests, numFailedTests, testResults } = JSON.parse(readFileSync(report, 'utf8'));
    const unloaded = testResults.filter(
      (file) => file.status === 'failed' && file.assertionResults.every((t) => t.status !== 'failed'),
    ).length;
    const failed = numFailedTests + unloaded;
    return { passed: numPassedTests, failed: failed === 0 && status !== 0 ? 1 : failed };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const executable = chromium();
if (!executable) {
  process.stderr.write(
    'Les tests des pages ont besoin de Chromium. Installez-le, puis relancez npm test : npx playwright-core install --with-deps chromium\n',
  );
  process.exit(1);
}
const checks = [
  check('mise en forme et règles (biome)', bin('biome'), ['check', '.']),
  check('types (tsc)', bin('tsc'), ['--noEmit']),
];
const { passed, failed } = tests(executable, process.argv.slice(2));
const wrong = failed + checks.filter((ok) => !ok).length;
process.stdout.write(`${passed + checks.filter((ok) => ok).length} passed, ${wrong} failed\n`);
process.exit(wrong === 0 ? 0 : 1);
