/**
 * A server behind a proxy is named in what its clients are sent: its address in Location, its
 * domain in a cookie, its port.
 *
 * What a response names and its request did not ask for is collected where it is read (answer.ts);
 * with both legs it is seen whether the proxy hands it on or mends it (conclude.ts).
 */
import { SIGN } from '../facts/signs.js';
import { concludeRun } from './proxy-header-leak/conclude.js';
import { META } from './proxy-header-leak/meta.js';
import { type HeaderLeakTally, mergeTally, newTally, noteAttempt, noteConnection } from './proxy-header-leak/tally.js';
import { defineRule } from './rule.js';

/** See the head of this file. */
export const proxyHeaderLeak = defineRule<HeaderLeakTally>({
  meta: META,
  tally: newTally,
  inspect(connection, tally) {
    const { handshake, signs } = connection;
    if (handshake.synAck === null && handshake.syn !== null) noteAttempt(connection, handshake.syn, tally);
    if ((signs & (SIGN.location | SIGN.cookieSet)) !== 0) noteConnection(connection, tally);
  },
  merge: mergeTally,
  conclude: concludeRun,
});
