import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { ROLES } from '../../src/base/context.ts';
import { roleName } from '../../src/base/words.ts';
import { ACTION_NAMES, type Action, PERMISSIONS } from '../../src/organisations/permissions.ts';

const PAGE = fileURLToPath(new URL('../../docs/droits.md', import.meta.url));

const table = (): string =>
  [
    `| action | ${ROLES.map(roleName).join(' | ')} |`,
    `| --- |${ROLES.map(() => ' :---: |').join('')}`,
    ...(Object.keys(PERMISSIONS) as Action[]).map((action) => {
      const allowed: readonly string[] = PERMISSIONS[action];
      return `| ${ACTION_NAMES[action]} | ${ROLES.map((role) => (allowed.includes(role) ? 'oui' : '·')).join(' | ')} |`;
    }),
  ].join('\n');

test('the printed table of rights is the one that verbs obey (`RIGHTS=write` prints it again)', () => {
  const before = readFileSync(PAGE, 'utf8');
  const after = before.replace(/\| action [\s\S]*?(?=\n\n|$)/, table());
  if (process.env.RIGHTS === 'write') writeFileSync(PAGE, after);
  expect(before).toBe(after);
});
