import { csvFile } from '../../base/csv.ts';
import { decode } from '../../contacts/decode.ts';
import { titleKey } from '../../contacts/headers.ts';
import { type FileRecord, records } from '../../contacts/records.ts';
import {
  type SimulatedJournal,
  simulatedJournalSchema,
  simulatedJournalsOf,
  writeSimulatedJournal,
} from '../../pages/simulated-clicks.ts';
import type { Problem } from '../problems.ts';
import { kind } from './kind.ts';

const COLUMNS = ['action', 'jour', 'retenus', 'douteux', 'robots'] as const;
const SAID =
  '# Journal simulé : aucune de ces requêtes n’a eu lieu. Accepté dans une campagne de démonstration seulement.';

/** `clics-simules.csv`: what a demonstration's links would have received, day by day; never part of a model. */
export const simulatedClicks = kind<SimulatedJournal>({
  what: 'journal simulé',
  file: 'clics-simules.csv',
  keyOf: (j) => j.action,
  read: async (file, bytes) => {
    const [header, ...rows] = [...records(decode(bytes).text, ';')].filter((r) => !r.cells[0]?.startsWith('#'));
    if (header?.cells.map(titleKey).join(';') !== COLUMNS.join(';')) {
      const message = `Les titres de ce fichier sont : ${COLUMNS.join(';')}.`;
      return { value: [], problems: [{ file, line: header?.line ?? 1, column: 1, message }] };
    }
    return journalsIn(file, rows);
  },
  written: (journals) =>
    csvFile([
      COLUMNS,
      ...journals.flatMap((j) => j.days.map((d) => [j.action, d.day, d.retained, d.doubtful, d.robots])),
    ]).replace('\ufeff', `\ufeff${SAID}\r\n`),
  current: (trx, campaign) => simulatedJournalsOf(trx, campaign.id),
  write: writeSimulatedJournal,
  fromModel: () => null,
});

function journalsIn(file: string, rows: readonly FileRecord[]): { value: SimulatedJournal[]; problems: Problem[] } {
  const problems: Problem[] = [];
  const days = new Map<string, { action: string; day: SimulatedJournal['days'][number] }>();
  for (const { line, cells } of rows) {
    const [action = '', day = ''] = cells.map((c) => c.trim());
    const [retained, doubtful, robots] = cells.slice(2).map(numberIn);
    const parsed = simulatedJournalSchema.safeParse({ action, days: [{ day, retained, doubtful, robots }] });
    const key = `${action} ${day}`;
    const problem = parsed.success
      ? days.has(key) && 'Ce jour de cette action est déjà donné plus haut.'
      : (parsed.error.issues[0]?.message ?? '');
    if (problem) problems.push({ file, line, column: 1, message: problem });
    else for (const d of parsed.data?.days ?? []) days.set(key, { action, day: d });
  }
  const journals = Map.groupBy(days.values(), (d) => d.action);
  return {
    value: [...journals].map(([action, of]) => simulatedJournalSchema.parse({ action, days: of.map((d) => d.day) })),
    problems,
  };
}

const numberIn = (cell: string): number => (/^\d{1,9}$/.test(cell.trim()) ? Number(cell) : Number.NaN);
