import { readReturn } from './read-return.ts';
import type { ReturnClass, ReturnedRecipient } from './schema.ts';
import { splitMbox } from './split-mbox.ts';

/** One line of `inspect bounce` (design §7); `message`, from 1, only where a file holds several. */
export type Inspected = {
  file: string;
  message?: number;
  class: ReturnClass;
  reason: string;
  confidence: number;
  recipients: ReturnedRecipient[];
};

/** What each message of a file is taken for. Pure but for the parsing: no database, nothing kept. */
export async function* inspectReturns(file: string, bytes: Buffer): AsyncGenerator<Inspected> {
  const messages = splitMbox(bytes);
  for (const [i, message] of messages.entries()) {
    const { class: kind, reason, confidence, recipients } = await readReturn(message);
    yield { file, ...(messages.length > 1 && { message: i + 1 }), class: kind, reason, confidence, recipients };
  }
}
