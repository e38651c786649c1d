/** A request in work when the server closes or resets its connection. */
import type { Connection } from '../../facts/connection.js';
import { silenceIsUnsayable } from '../judgements/capture-guards.js';
import { areHttpRolesOfTcp } from '../judgements/http-roles.js';
import { resetShapeOf } from '../judgements/reset-shape.js';
import { streamingOf } from '../judgements/streaming.js';
import { type Occurrence, occurrenceIn } from '../tally/occurrences.js';

/** One request that was lost; dated by the close. */
export interface Victim extends Occurrence {
  readonly method: string;
  readonly target: string;
  readonly requestPacket: number;
  readonly requestNs: number;
  readonly how: 'fin' | 'rst';
  /** Its answer had begun. */
  readonly amidAnswer: boolean;
  /** From the request's last byte to the close. */
  readonly ageNs: number;
}

/** Tells `note` of each request in work when the server closed first. */
export function victimsOf(connection: Connection, note: (victim: Victim) => void): void {
  const { exchanges, close, tls } = connection;
  const [end] = close.segments;
  const last = exchanges.at(-1);
  if (end === undefined || last === undefined || (last.response?.complete === true && connection.h2 === null)) return;
  // A process that ends aborts its sockets; a bare RST answers for one that is not there: a packet filter, a path.
  if (end.kind === 'rst' && resetShapeOf(end) !== 'B') return;
  if (tls !== null && tls.decryption !== 'whole') return;
  if (!areHttpRolesOfTcp(connection) || silenceIsUnsayable(connection, { deltaSequence: 0 }) !== null) return;
  for (const exchange of exchanges) {
    const { request, response } = exchange;
    if (request === null || response?.complete === true || (exchange.h2?.reset ?? null) !== null) continue;
    if (!request.complete || request.endNs > end.atNs || response?.framing === 'close') continue;
    if (streamingOf(exchange) !== null) continue;
    // Of an answer that the capture lacks a part of, nobody can say that it was not at its end.
    if (response !== null && response.lostBytes > 0) continue;
    // What the end does not acknowledge its sender had not read: a race for an idle connection.
    if (end.deltaAcknowledgement !== null && end.deltaAcknowledgement < 0) continue;
    const { atNs, packet, stream, client, server, steps } = occurrenceIn(connection, end);
    note({
      atNs,
      packet,
      stream,
      client,
      server,
      steps,
      method: request.method,
      target: request.target,
      requestPacket: request.firstPacket,
      requestNs: request.startNs,
      how: end.kind,
      amidAnswer: response !== null,
      ageNs: end.atNs - request.endNs,
    });
  }
}
