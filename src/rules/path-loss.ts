/**
 * Segments get lost on the way, so many that it is felt (RFC 6298, RFC 5681).
 */
import { concludeRun } from './path-loss/conclude.js';
import { lossOf } from './path-loss/incident.js';
import { META } from './path-loss/meta.js';
import { type LossesByServer, mergeTally, newTally, noteLoss } from './path-loss/tally.js';
import { defineRule } from './rule.js';

/** See the head of this file. */
export const pathLoss = defineRule<LossesByServer>({
  meta: META,
  tally: newTally,
  inspect(connection, tally) {
    const found = lossOf(connection);
    if (found !== null) noteLoss(tally, found);
  },
  merge: mergeTally,
  conclude: concludeRun,
});
