/**
 * The rule of totals that no request ever made: the simulated journal of a demonstration. It stands in the totals
 * themselves, so that whoever adds clicks up leaves these out, or says that they are simulated.
 */
export const SIMULATED_RULE = 'journal-simule';
