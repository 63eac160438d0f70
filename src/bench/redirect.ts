import { createRequire } from 'node:module';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freezePush } from '../deliveries/freeze.ts';
import { openJournal } from '../tracking/journal.ts';
import { startFlusher } from '../tracking/flusher.ts';
import { approvedPush, campaignOf, fillContacts, member, newsletter } from './campaign.ts';
import { freePort, output, peakMemoryMb, startListening, stop } from './children.ts';
import { type BenchResult, benchResult, median } from './result.ts';
import { type BenchDeps, type Scratch, withScratch } from './scratch.ts';

const CONNECTIONS = 50;
const ROUNDS = 3;
const COMMAND = fileURLToPath(new URL('../porte-voix.mjs', import.meta.url));
const BARE = fileURLToPath(new URL('./bare-redirect.ts', import.meta.url));
const LOADER = createRequire(import.meta.url).resolve('autocannon');
const BROWSER = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:144.0) Gecko/20100101 Firefox/144.0';

/** `answered`: redirects that a client got; `recorded`: of these, clicks in the database after the process was killed. */
export type RedirectResult = BenchResult & { p99Ms: number; limitP99Ms: number; killed: { answered: number; recorded: number; lost: number } };

type Load = { rate: number; p99Ms: number; answered: number };

/**
 * Clicks on tracked links of the real `serve`, journal and flush on, beside a bare redirect with the same headers, each
 * in its own process and asked by a third one, in turn. Then the service is killed under load, and its clicks counted.
 */
export function benchRedirect(deps: BenchDeps, { seconds }: { seconds: number }): Promise<RedirectResult> {
  return withScratch(deps, async (scratch) => {
    const { service, say, onClose } = scratch;
    const token = await anyToken(scratch);
    const [port, barePort] = [await freePort(), await freePort()];
    // Nothing of our own environment: PORT or DATABASE_URL there would lead this process to other data.
    const env = { DATA_DIR: service.config.dataDir, PORT: String(port), SECRET: 'banc-de-mesure-banc-de-mesure-banc', ...(service.embedded ? {} : { DATABASE_URL: service.db.url }) };
    const real = await startListening(process.execPath, [COMMAND, 'serve'], port, { env });
    onClose(() => stop(real));
    const bare = await startListening(process.execPath, [BARE, String(barePort)], barePort);
    onClose(() => stop(bare));

    const each = Math.max(1, Math.round(seconds / ROUNDS));
    const [ours, limits]: [Load[], Load[]] = [[], []];
    await load(barePort, token, 1);
    await load(port, token, 1);
    for (let round = 1; round <= ROUNDS; round++) {
      const limit = await load(barePort, token, each);
      const our = await load(port, token, each);
      say(`Tour ${round} : ${Math.round(our.rate)} clics par seconde (p99 ${our.p99Ms} ms), redirection nue ${Math.round(limit.rate)} (p99 ${limit.p99Ms} ms)`);
      ours.push(our);
      limits.push(limit);
    }
    const rssMb = await peakMemoryMb(real.pid!);
    say('Service tué en pleine charge, puis journal rejoué…');
    const before = await recordedAfterFlush(scratch, real, token);
    const result = benchResult({
      name: 'redirect',
      work: `Répondre à des clics sur ${CONNECTIONS} connexions pendant ${ROUNDS} fois ${each} s, chacun écrit au journal`,
      units: median(ours.map((o) => o.rate)) * each, seconds: each, rssMb,
      limit: { name: 'une redirection nue de mêmes en-têtes', rate: median(limits.map((l) => l.rate)) },
    });
    return { ...result, p99Ms: Math.max(...ours.map((o) => o.p99Ms)), limitP99Ms: Math.max(...limits.map((l) => l.p99Ms)), killed: before };
  });
}
