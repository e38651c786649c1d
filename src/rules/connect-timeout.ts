/**
 * A SYN is sent again and again (RFC 9293 §3.8.1, RFC 6298) and nobody answers, or the answers do
 * not arrive: the client gives up.
 */
import { endpointText } from '../text/address.js';
import { concludeRun } from './connect-timeout/conclude.js';
import { silenceOf } from './connect-timeout/incident.js';
import { META } from './connect-timeout/meta.js';
import { type ConnectTimeoutTally, mergeTally, newTally, noteDirections } from './connect-timeout/tally.js';
import { isLoneSyn } from './judgements/lone-syn.js';
import { isStrayAnswer, isUnknownToClient } from './judgements/stray-answer.js';
import { defineRule } from './rule.js';
import { noteKnock } from './tally/knocks.js';
import { noteOccurrence } from './tally/occurrences.js';
import { addToSample } from './tally/sample.js';

/** See the head of this file. */
export const connectTimeout = defineRule<ConnectTimeoutTally>({
  meta: META,
  seesEveryday: true,
  tally: newTally,
  inspect(connection, tally) {
    const { synRetransmissions, synAck } = connection.handshake;
    noteDirections(connection, tally);
    if (synAck !== null && (isStrayAnswer(connection) || isUnknownToClient(connection))) {
      const client = endpointText(connection.client.endpoint);
      addToSample(tally.strays, { atNs: synAck.atNs, packet: synAck.packet, client });
    }
    // Most SYNs are sent once, and answered.
    if (synRetransmissions === 0) {
      if (synAck === null && isLoneSyn(connection)) noteKnock(tally.probes, connection);
      return;
    }
    const silence = silenceOf(connection);
    if (silence === null) return;
    noteKnock(tally.knocks, connection);
    noteOccurrence(tally.silences, silence);
  },
  merge: mergeTally,
  conclude: concludeRun,
});
