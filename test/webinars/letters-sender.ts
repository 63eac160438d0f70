// A worker to be killed: sends what is owed until it is. Arguments: database, SMTP address, the instant its clock begins at.

import { setTimeout as pause } from 'node:timers/promises';
import { openDatabase } from '../../src/db/database.ts';
import { drainOutbox } from '../../src/outbox/drain.ts';
import { sendOwed } from './letters-house.ts';

const [url = '', smtp = '', start = ''] = process.argv.slice(2);
const db = await openDatabase(url, 3);
const late = Number(start) - Date.now();
for (;;) {
  await drainOutbox(db, sendOwed(smtp), () => new Date(Date.now() + late));
  await pause(20);
}
