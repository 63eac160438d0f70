import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];
const IN_CACHE = [
  'chromium-*/chrome-linux*/chrome',
  'chromium-*/chrome-mac*/**/MacOS/{Chromium,Google Chrome for Testing}',
];

/** Some distributions install a `chromium` that only says how to install one: it must answer for itself. */
const answers = (program: string): boolean =>
  spawnSync(program, ['--version'], { stdio: 'ignore', timeout: 20_000 }).status === 0;

/** The Chromium of this machine: the one named by CHROMIUM_PATH, of the system, or of Playwright's cache; or null. */
export function findChromium(env: NodeJS.ProcessEnv = process.env): string | null {
  const onPath = NAMES.flatMap((name) => (env.PATH ?? '').split(delimiter).map((folder) => join(folder, name)));
  const caches = [
    env.PLAYWRIGHT_BROWSERS_PATH,
    join(homedir(), '.cache/ms-playwright'),
    join(homedir(), 'Library/Caches/ms-playwright'),
  ];
  const cached = caches
    .flatMap((cache) => (cache ? IN_CACHE.flatMap((pattern) => globSync(join(cache, pattern))) : []))
    .sort()
    .reverse();
  return [env.CHROMIUM_PATH ?? '', ...onPath, ...cached].find((program) => program !== '' && answers(program)) ?? null;
}
