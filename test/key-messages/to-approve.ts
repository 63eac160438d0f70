import { readWordingsToApprove } from '../../src/key-messages/read-to-approve.ts';
import type { Person, TestDatabase } from '../support/database.ts';

/** What waits for a person in the campaign of this test: those before it are answered or not theirs. */
export const readToApproveOf = async (t: TestDatabase, person: Person) =>
  (await readWordingsToApprove(t.ctx(person))).slice(-1);
