import { log } from '../../src/base/log.ts';

log.level = 'silent';
