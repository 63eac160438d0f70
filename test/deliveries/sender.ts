// A worker to be killed: drains one push until nothing is left for now. Arguments: database, push, SMTP address.

import { deriveSecrets } from '../../src/base/tokens.ts';
import { openDatabase } from '../../src/db/database.ts';
import { drainPush } from '../../src/deliveries/drain.ts';
import { openPool } from '../../src/mail/pool.ts';
import { parseTransport } from '../../src/mail/transport.ts';

const [url = '', pushId = '', smtp = ''] = process.argv.slice(2);
const db = await openDatabase(url, 3);
const pool = openPool(parseTransport(smtp));
await drainPush(
  {
    db,
    secrets: deriveSecrets(Buffer.from('secret de test, jamais ailleurs que dans les tests')),
    publicUrl: 'https://pv.example',
    now: () => new Date(),
  },
  { pushId: Number(pushId), worker: `victim-${process.pid}`, pool, signal: new AbortController().signal },
);
await pool.close();
await db.close();
