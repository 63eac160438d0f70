import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readContacts } from '../../src/contacts/read-contacts.ts';
import expected from '../fixtures/contacts/expected.json' with { type: 'json' };

const fixture = (name: string) => readFileSync(new URL(`../fixtures/contacts/${name}`, import.meta.url));
const pairs = (lines: { line: number; code: string; severity: string }[], severity: string) =>
  lines.filter((l) => l.severity === severity).map((l) => [l.line, l.code]);

test.each(['afdas-export-crm.csv', 'constructys-contacts.csv', 'federation-adherents.tsv'] as const)(
  'every row of %s is accounted for, with the lines and codes foreseen',
  async (name) => {
    const want = expected[name];
    const file = await readContacts(fixture(name), { level: 'default_level' in want ? 'terrain' : undefined });
    const contacts = [...file.contacts];
    expect({ encoding: file.encoding, delimiter: file.delimiter }).toEqual({
      encoding: want.encoding,
      delimiter: want.delimiter,
    });
    expect(file.tally.rows).toBe(want.rows);
    expect(contacts).toHaveLength(want.created);
    expect(file.tally.rejected).toBe(want.rejected);
    expect(file.tally.duplicates).toBe('duplicates_in_file' in want ? want.duplicates_in_file : 0);
    expect(pairs(file.tally.lines, 'rejected')).toEqual('rejected_lines' in want ? want.rejected_lines : []);
    expect(pairs(file.tally.lines, 'warned')).toEqual('warned_lines' in want ? want.warned_lines : []);
    expect(file.ignored).toEqual([]);
  },
);
