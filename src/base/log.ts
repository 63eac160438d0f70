import { pino } from 'pino';

/** Always on stderr: stdout belongs to what a command answers. Never an address, a token or a code in a log line. */
export const log = pino({ base: null }, pino.destination(2));
