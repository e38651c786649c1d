/**
 * A server gives a connection up because no whole request has come on it: with a 408 (RFC 9110
 * §15.5.9), or with FIN alone.
 *
 * For a connection opened ahead of need that is as it should be. It does harm where the client
 * then writes its request: it reads the 408 as the answer. What a single connection shows is
 * decided when it ends (incident.ts); the time-out, the clients that never ask, and what became of
 * requests that came too late, at the end (conclude.ts).
 */
import { concludeRun } from './preconnect-408/conclude.js';
import { META } from './preconnect-408/meta.js';
import { mergeTally, newTally, noteConnection, type Preconnect408Tally } from './preconnect-408/tally.js';
import { defineRule } from './rule.js';

/** See the head of this file. */
export const preconnect408 = defineRule<Preconnect408Tally>({
  meta: META,
  seesEveryday: true,
  tally: newTally,
  inspect: noteConnection,
  merge: mergeTally,
  conclude: concludeRun,
});
