import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type Inspected, inspectReturns } from '../../src/bounces/inspect-return.ts';
import { readReturn } from '../../src/bounces/read-return.ts';
import { RETURN_CLASSES, RETURN_REASONS } from '../../src/bounces/schema.ts';
import { REASON_TEXTS } from '../../src/mail/classify.ts';

const FOLDER = new URL('../fixtures/bounces/', import.meta.url);
const bytes = (name: string): Buffer => readFileSync(new URL(name, FOLDER));

type Expected = {
  file: string;
  class: string;
  reason?: string;
  address?: string;
  status?: string;
  replyCode?: number;
  recipients?: number;
};
const EXPECTED: Expected[] = JSON.parse(bytes('expected.json').toString('utf8'));

describe('MAIL-20: what comes back, engine by engine', () => {
  test.each(EXPECTED.map((e) => [e.file, e] as const))('%s', async (file, expected) => {
    const reading = await readReturn(bytes(file));
    const about = reading.recipients.find((r) => r.class === reading.class);
    const { file: _, recipients, ...said } = expected;
    expect({ ...about, class: reading.class, reason: reading.reason }).toMatchObject(said);
    if (recipients !== undefined) expect(reading.recipients).toHaveLength(recipients);
    expect(RETURN_REASONS[reading.reason] ?? REASON_TEXTS[reading.reason]).toBeTypeOf('string');
    expect(reading.confidence).toBeGreaterThanOrEqual(0.25);
    expect(reading.words).not.toContain('@destinataire');
  });

  test('every mail of the folder is expected to be something, each class is there, and there are enough of them', () => {
    const mails = readdirSync(FOLDER).filter((name) => name.endsWith('.eml'));
    expect(EXPECTED.map((e) => e.file).sort()).toEqual(mails.sort());
    expect(mails.length).toBeGreaterThanOrEqual(60);
    expect([...new Set(EXPECTED.map((e) => e.class))].sort()).toEqual([...RETURN_CLASSES].sort());
  });
});

const inspected = async (name: string, file: Buffer): Promise<Inspected[]> => {
  const lines: Inspected[] = [];
  for await (const line of inspectReturns(name, file)) lines.push(line);
  return lines;
};

test('`inspect bounce` says each message of an mbox on its own, in the shape of the contract (design §7)', async () => {
  const lines = await inspected('boite.mbox', bytes('boite.mbox'));
  expect(lines.map((l) => [l.message, l.class])).toEqual([
    [1, 'hard'],
    [2, 'auto-reply'],
    [3, 'complaint'],
  ]);
});

test('`inspect bounce` gives a file of one message exactly the fields of the contract', async () => {
  const [line] = await inspected('x.eml', bytes('postfix-adresse-inconnue.eml'));
  expect(line).toEqual({
    file: 'x.eml',
    class: 'hard',
    reason: 'address_unknown',
    confidence: 0.95,
    recipients: [
      {
        address: 'claire@destinataire.example',
        status: '5.1.1',
        replyCode: 550,
        class: 'hard',
        reason: 'address_unknown',
      },
    ],
  });
});

test('of several people in one report, each has their own class, and the worst names the mail', async () => {
  const reading = await readReturn(bytes('postfix-plusieurs.eml'));
  expect(reading.recipients.map((r) => [r.address, r.class])).toEqual([
    ['a@destinataire.example', 'soft'],
    ['b@destinataire.example', 'hard'],
    ['c@destinataire.example', 'delayed'],
  ]);
  expect(reading.class).toBe('hard');
});

test('an absence that says the address is dead is an absence: free text shuts nobody out', async () => {
  for (const name of ['absence-outlook-fr.eml', 'absence-vacation-unix.eml', 'demission.eml'])
    expect((await readReturn(bytes(name))).class).toBe('auto-reply');
});
