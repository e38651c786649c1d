/**
 * A gateway answers 502, 503 or 504 by itself (RFC 9110 §15.6), and asks no server behind it: none counts as alive,
 * its queue ran out, or a rule of its own says so. Nothing failed on the leg behind, so that no other rule sees it.
 */
import { SIGN } from '../facts/signs.js';
import { concludeRun } from './gateway-unasked/conclude.js';
import { META } from './gateway-unasked/meta.js';
import { mergeTally, newTally, noteAnswers, noteAttempt, type UnaskedTally } from './gateway-unasked/tally.js';
import { defineRule } from './rule.js';

/** See the head of this file. */
export const gatewayUnasked = defineRule<UnaskedTally>({
  meta: META,
  tally: newTally,
  inspect(connection, tally) {
    if ((connection.signs & SIGN.refusal) !== 0) noteAnswers(connection, tally);
    if (connection.exchanges.length === 0 && connection.exchangeOffset === 0) noteAttempt(connection, tally);
  },
  merge: mergeTally,
  conclude: concludeRun,
});
