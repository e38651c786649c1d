/**
 * A request for a WebSocket that does not become one (RFC 6455 §4, RFC 8441).
 *
 * What a request asked for and what it lacked is decided where it is read (attempt.ts). The same
 * handshake on both legs of a proxy is known by its key, which proxies hand on: then it can be said
 * which hop dropped what (legs.ts).
 */
import { SIGN } from '../facts/signs.js';
import { defineRule } from './rule.js';
import { concludeRun } from './websocket-upgrade-failed/conclude.js';
import { META } from './websocket-upgrade-failed/meta.js';
import { mergeTally, newTally, noteConnection, type UpgradeTally } from './websocket-upgrade-failed/tally.js';

/** See the head of this file. */
export const websocketUpgradeFailed = defineRule<UpgradeTally>({
  meta: META,
  tally: newTally,
  inspect(connection, tally) {
    if ((connection.signs & SIGN.upgrade) !== 0) noteConnection(connection, tally);
  },
  merge: mergeTally,
  conclude: concludeRun,
});
