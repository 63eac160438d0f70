import type { Problem } from '../problems.ts';
import { readYaml, type YamlSource } from '../yaml-source.ts';

/** A YAML file read by `of`; what cannot be read at all is told, and nothing else. */
export function fromYaml<T>(
  file: string,
  bytes: Buffer,
  of: (source: YamlSource) => { value: T[]; problems: Problem[] },
): Promise<{ value: T[]; problems: Problem[] }> {
  // Composed accents whatever the machine that wrote the file, and no byte-order mark.
  const text = bytes
    .toString('utf8')
    .replace(/^\ufeff/, '')
    .normalize('NFC');
  const { source, problems } = readYaml(file, text);
  return Promise.resolve(problems.length ? { value: [], problems } : of(source));
}
