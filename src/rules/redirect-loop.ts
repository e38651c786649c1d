/**
 * A redirection that leads to what was asked for, again and again.
 *
 * Single redirections are collected where they are read (turn.ts); a chain of them, one behind the
 * other, is a loop (conclude.ts).
 */
import { SIGN } from '../facts/signs.js';
import { concludeRun } from './redirect-loop/conclude.js';
import { META } from './redirect-loop/meta.js';
import { type LoopTally, mergeTally, newTally, noteConnection } from './redirect-loop/tally.js';
import { defineRule } from './rule.js';

/** See the head of this file. */
export const redirectLoop = defineRule<LoopTally>({
  meta: META,
  tally: newTally,
  inspect(connection, tally) {
    if ((connection.signs & SIGN.redirection) !== 0) noteConnection(connection, tally);
  },
  merge: mergeTally,
  conclude: concludeRun,
});
