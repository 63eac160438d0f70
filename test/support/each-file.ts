// What every test file begins and ends with: files share their modules, and leave nothing to one another.
import { afterAll, vi } from 'vitest';
import { log } from '../../src/base/log.ts';
import { leaveNothing } from './running.ts';

log.level = 'silent';
afterAll(async () => {
  vi.restoreAllMocks();
  await leaveNothing();
});
