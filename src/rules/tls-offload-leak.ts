/**
 * TLS ends at a proxy, and the server behind it answers as if there were none: redirections to
 * http://, session cookies without Secure.
 *
 * That the client spoke TLS is shown by the connection itself (decrypted), by what the proxy says
 * (X-Forwarded-Proto and its like), or by the leg in front; and where the leg in front was captured,
 * it tells whether the proxy mends the answer.
 */
import { SIGN } from '../facts/signs.js';
import { defineRule } from './rule.js';
import { concludeRun } from './tls-offload-leak/conclude.js';
import { META } from './tls-offload-leak/meta.js';
import { mergeTally, newTally, noteConnection, type OffloadTally } from './tls-offload-leak/tally.js';

/** See the head of this file. */
export const tlsOffloadLeak = defineRule<OffloadTally>({
  meta: META,
  tally: newTally,
  inspect(connection, tally) {
    if ((connection.signs & (SIGN.location | SIGN.cookieSet)) !== 0) noteConnection(connection, tally);
  },
  merge: mergeTally,
  conclude: concludeRun,
});
