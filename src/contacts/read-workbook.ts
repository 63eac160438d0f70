import { Worker } from 'node:worker_threads';
import { invalid } from '../base/errors.ts';
import type { FileRecord } from './records.ts';
import type { WorkbookAnswer } from './workbook-worker.ts';

const LIMITS = { memoryMb: 1024, seconds: 60 };

/**
 * The rows of the first sheet; `line` is the row number that Excel shows. Read in a thread with its own memory: one cell
 * at XFD1048576 in a file of 1 KB makes any reader build the whole sheet, and must not end the service.
 * Throws `workbook_damaged`, `workbook_too_large`.
 */
export async function readWorkbook(bytes: Uint8Array, limits = LIMITS): Promise<FileRecord[]> {
  const answer = await ask(bytes, limits);
  if ('rows' in answer) return answer.rows;
  throw answer.problem === 'damaged'
    ? invalid(
        'workbook_damaged',
        'Ce classeur Excel ne peut pas être lu : ouvrez-le dans Excel, enregistrez-le de nouveau (.xlsx) ou en CSV, puis recommencez.',
      )
    : invalid(
        'workbook_too_large',
        'Ce classeur est trop volumineux une fois ouvert : gardez une seule feuille, sans cellule isolée ni mise en forme, ou enregistrez-le en CSV.',
      );
}

function ask(bytes: Uint8Array, { memoryMb, seconds }: typeof LIMITS): Promise<WorkbookAnswer> {
  const worker = new Worker(new URL('./workbook-worker.ts', import.meta.url), {
    workerData: bytes,
    resourceLimits: { maxOldGenerationSizeMb: memoryMb },
  });
  return new Promise<WorkbookAnswer>((resolve, reject) => {
    const late = setTimeout(() => resolve({ problem: 'too-large' }), seconds * 1000);
    worker.once('message', resolve);
    worker.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? resolve({ problem: 'too-large' }) : reject(error),
    );
    worker.once('exit', () => {
      clearTimeout(late);
      reject(new Error('the workbook reader ended without an answer'));
    });
  }).finally(() => worker.terminate());
}
