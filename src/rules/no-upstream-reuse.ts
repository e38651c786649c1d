/**
 * A proxy opens a connection for each request (RFC 9112 §9.3): a round trip and more for each, and
 * ports that run short.
 */
import type { Connection } from '../facts/connection.js';
import { SIGN } from '../facts/signs.js';
import { announcesClose } from './judgements/closing-message.js';
import type { SingleUse } from './no-upstream-reuse/causes.js';
import { concludeRun } from './no-upstream-reuse/conclude.js';
import { META } from './no-upstream-reuse/meta.js';
import { defineRule } from './rule.js';
import {
  mergeOccurrences,
  noteOccurrence,
  type OccurrencesByServer,
  occurrenceIn,
  occurrencesByServer,
} from './tally/occurrences.js';

/** See the head of this file. */
export const noUpstreamReuse = defineRule<OccurrencesByServer<SingleUse>>({
  meta: META,
  seesEveryday: true,
  tally: occurrencesByServer,
  inspect(connection, tally) {
    if ((connection.signs & SIGN.proxied) === 0 || connection.exchanges.length !== 1) return;
    if (connection.exchangeOffset > 0 || connection.goesOn) return;
    const use = singleUseOf(connection);
    if (use !== null) noteOccurrence(tally, use);
  },
  merge: mergeOccurrences,
  conclude: concludeRun,
});

/** The one request of a connection that a proxy opened; `null`: it is none, or not over. */
function singleUseOf(connection: Connection): SingleUse | null {
  const { exchanges, close, protocol, handshake } = connection;
  const [only] = exchanges;
  const [first] = close.segments;
  if (protocol !== 'http/1.1' || only?.request == null || only.response?.complete !== true) return null;
  if (handshake.syn === null || first === undefined) return null;
  const { request, response } = only;
  if (!request.fields.some(({ name }) => name === 'x-forwarded-for' || name === 'via' || name === 'forwarded'))
    return null;
  return {
    ...occurrenceIn(connection, handshake.syn),
    requestPacket: request.firstPacket,
    requestNs: request.startNs,
    clientCloses: announcesClose(request),
    serverCloses: !announcesClose(request) && announcesClose(response),
    end: { packet: first.packet, atNs: first.atNs, kind: first.kind },
    endedBy: first.from,
    keptNs: first.atNs - response.endNs,
  };
}
