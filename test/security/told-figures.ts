// Every number that somebody may read of a campaign, by page, file, key and shared address.
import { sealId } from '../../src/base/tokens.ts';
import { shareReport } from '../../src/seals/share-report.ts';
import { program } from '../api/world.ts';
import { asker } from '../structure/ask.ts';
import { openHouse } from '../structure/house.ts';
import type { Person, TestDatabase } from '../support/database.ts';

const BASE = ['', '/series', '/publics', '/webinaires', '/methode'];
const FILES = ['.csv', '.json', '.html'];
const API = [
  'rapport',
  'rapport/essentiel',
  'rapport/series',
  'rapport/tableaux',
  'rapport.csv',
  'pages',
  'webinaires',
];

/** Periods that differ by a day, or by a letter. */
export type Asked = { campaign: string; pushes: readonly string[]; periods: readonly string[]; compared: string };

/** What is drawn anew in each world: instants, ids, tokens. */
const plain = (text: string): string =>
  text
    .replace(/<style>[\s\S]*?<\/style>/g, '')
    .replace(/\d{4}-\d{2}-\d{2}T[\d:.]+Z/g, 'T')
    .replace(/(csrf"[^>]*value=")[^"]+/g, '$1')
    .replace(/\/rapports\/[\w-]+/g, '/rapports/x')
    .replace(/\d{1,2}(?::|\sh\s)\d{2}/g, 'H');

/** Of this world, by what says it. */
export async function openWorld(t: TestDatabase) {
  const { app, service } = await openHouse(t.url);
  const { as } = asker(t, app, service);
  const { keyOf, ask } = program(app, t, service);
  const until = new Date(service.now().getTime() + 5 * 86_400_000).toISOString().slice(0, 10);

  return async (who: Person, { campaign, pushes, periods, compared }: Asked): Promise<Map<string, string>> => {
    const told = new Map<string, string>();
    const keep = (what: string, { status, text }: { status: number; text: string }): void => {
      told.set(what, `${status} ${plain(text)}`);
    };
    const report = `/campagnes/${campaign}/rapport`;
    const ctx = { ...t.ctx(who), secrets: service.secrets, now: service.now };
    const { id } = await shareReport(ctx, campaign, { label: 'Essai', until });
    const { secret } = await keyOf(who);
    const shared = `/rapports/${sealId(service.secrets.doors, 'rapport', id)}`;
    for (const period of periods) {
      for (const part of [...BASE, ...FILES]) {
        keep(`page ${part}?${period}`, await as(who, 'GET /', `${report}${part}?${period}`));
        const file = FILES.includes(part) ? `/rapport${part}` : part;
        keep(`partage ${part}?${period}`, await ask(`${shared}${file}?${period}`));
      }
      for (const route of API)
        keep(`api ${route}?${period}`, await ask(`/api/v1/campagnes/${campaign}/${route}?${period}`, secret));
    }
    keep('comparaison', await as(who, 'GET /', `${report}/comparaison?${compared}`));
    keep('api comparaison', await ask(`/api/v1/campagnes/${campaign}/comparaison?${compared}`, secret));
    for (const path of ['/', `/campagnes/${campaign}`, `${report}/sceaux`]) keep(path, await as(who, 'GET /', path));
    for (const push of pushes)
      for (const part of ['', '/avancement'])
        keep(`envoi ${push}${part}`, await as(who, 'GET /', `/campagnes/${campaign}/envois/${push}${part}`));
    return told;
  };
}

export type Told = Awaited<ReturnType<Awaited<ReturnType<typeof openWorld>>>>;

/** Where two readings differ. */
export const differences = (a: Told, b: Told): string[] =>
  [...new Set([...a.keys(), ...b.keys()])].filter((what) => a.get(what) !== b.get(what));
