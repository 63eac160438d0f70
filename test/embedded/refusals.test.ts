import { writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterAll, expect, inject, test } from 'vitest';
import { expectRefusal, newPlace, porteVoix, processesOn, temporaryFolder, tryStart } from '../support/running.ts';

/** Starts where something is wrong, and gives back how it ended. */
const startWith = async (env: Record<string, string>) => {
  const place = await newPlace();
  const ended = await tryStart(place, env);
  expect(processesOn(place.dataDir)).toEqual([]);
  return ended;
};

test('a data folder that cannot be written is named, with the variable to give', async () => {
  // Root writes everywhere: under a regular file nobody can.
  const file = join(temporaryFolder(), 'fichier');
  writeFileSync(file, '');
  expectRefusal(
    await startWith({ DATA_DIR: join(file, 'donnees') }),
    /Le dossier .*fichier\/donnees ne peut pas être écrit .*DATA_DIR=/,
  );
});

test('a database nobody answers for, or on a host that does not exist, is said with the address', async () => {
  const { port } = await newPlace();
  expectRefusal(
    await startWith({ DATABASE_URL: `postgresql://pv:secret@127.0.0.1:${port}/pv` }),
    /DATABASE_URL .*127\.0\.0\.1:\d+ .*aucun serveur/,
  );
  expectRefusal(
    await startWith({ DATABASE_URL: 'postgresql://pv:secret@base.invalid/pv' }),
    /DATABASE_URL .*base\.invalid.* nom d’hôte/,
  );
});

test('a wrong password and a database that does not exist are told apart', async () => {
  const wrongPassword = new URL(inject('templateUrl'));
  wrongPassword.password = 'faux';
  expectRefusal(await startWith({ DATABASE_URL: wrongPassword.href }), /DATABASE_URL .*mot de passe est refusé/);
  const missing = new URL(inject('templateUrl'));
  missing.pathname = '/absente';
  expectRefusal(await startWith({ DATABASE_URL: missing.href }), /DATABASE_URL .*absente.* n’existe pas/);
});

test('no refusal repeats the password of the database', async () => {
  const ended = await startWith({ DATABASE_URL: 'postgresql://pv:tres-secret@base.invalid/pv' });
  expect(JSON.stringify('said' in ended ? ended.said : ended)).not.toContain('tres-secret');
});

test('an address that is no address of a database is refused before anything is opened', async () => {
  expectRefusal(
    await startWith({ DATABASE_URL: 'mysql://localhost/pv' }),
    /DATABASE_URL doit être une adresse qui commence par postgres/,
  );
  expectRefusal(await startWith({ PORT: 'trois-mille' }), /PORT=trois-mille n’est pas un nombre/);
});

test('a PostgreSQL older than 15 is refused by its number', async () => {
  const port = await oldServer();
  expectRefusal(
    await startWith({ DATABASE_URL: `postgresql://pv@127.0.0.1:${port}/pv` }),
    /PostgreSQL 14 est trop ancien .*15/,
  );
});

test('a command on a database that is not prepared says which command prepares it', async () => {
  const empty = new URL(inject('templateUrl'));
  empty.pathname = '/postgres';
  const ended = await porteVoix(['report', 'essentiels-infranum'], {
    DATABASE_URL: empty.href,
    DATA_DIR: temporaryFolder(),
  });
  expectRefusal(ended, /La base n’est pas préparée\. Lancez : npx porte-voix migrate/);
});

const servers: Server[] = [];
afterAll(() => {
  for (const server of servers) server.close();
});

/** Speaks just enough of the protocol to be a PostgreSQL 14: lets anybody in, and answers its version to any question. */
function oldServer(): Promise<number> {
  const message = (type: string, body: Buffer): Buffer => {
    const length = Buffer.alloc(4);
    length.writeInt32BE(body.length + 4);
    return Buffer.concat([Buffer.from(type), length, body]);
  };
  const text = (value: string): Buffer => Buffer.from(`${value}\0`);
  const int16 = (n: number): Buffer => Buffer.from([n >> 8, n & 255]);
  const int32 = (n: number): Buffer => Buffer.from([0, 0, n >> 8, n & 255]);
  const ready = message('Z', Buffer.from('I'));
  const column = Buffer.concat([
    text('server_version_num'),
    int32(0),
    int16(0),
    int32(25),
    int16(65535),
    int32(65535),
    int16(0),
  ]);
  const version = Buffer.from('140012');
  const answer = Buffer.concat([
    message('T', Buffer.concat([int16(1), column])),
    message('D', Buffer.concat([int16(1), int32(version.length), version])),
    message('C', text('SHOW')),
    ready,
  ]);
  const server = createServer((socket) => {
    socket.once('data', () => {
      socket.write(Buffer.concat([message('R', int32(0)), ready]));
      socket.on('data', (sent) => (sent[0] === 'Q'.charCodeAt(0) ? socket.write(answer) : socket.end()));
    });
    socket.on('error', () => socket.destroy());
  });
  servers.push(server);
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : 0);
    });
  });
}
