import { readFile } from 'node:fs/promises';
import { invalid } from '../base/errors.ts';

const WHY: Record<string, string> = {
  ENOENT: 'il n’existe pas',
  EACCES: 'il n’est pas lisible par ce compte',
  EISDIR: 'c’est un dossier',
};

/** A file named on the command line, or the sentence that says why it cannot be read. `-` is the standard input. */
export async function fileBytes(path: string): Promise<Buffer> {
  if (path === '-') {
    const chunks: Buffer[] = [];
    for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks);
  }
  try {
    return await readFile(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw invalid('file', `Le fichier « ${path} » ne peut pas être lu : ${WHY[code ?? ''] ?? code}.`);
  }
}
