/** A request in progress when the server closes or resets its connection. */
import type { Connection } from '../../facts/connection.js';
import { silenceIsUnsayable } from '../judgements/capture-guards.js';
import { areHttpRolesOfTcp } from '../judgements/http-roles.js';
import { resetShapeOf } from '../judgements/reset-shape.js';
import { hasClientSaidGoodbye, sealedTurnsOf, unansweredTurnOf } from '../judgements/sealed-turn.js';
import { resetBefore } from '../judgements/stream-reset.js';
import { mayEndUnanswered, streamingOf } from '../judgements/streaming.js';
import { type Occurrence, occurrenceIn } from '../tally/occurrences.js';

/** One request that was lost; dated by the close. */
export interface Victim extends Occurrence {
  /** HTTP/2; `null` elsewhere. */
  readonly h2Stream: number | null;
  /** `null`, both: in TLS without keys. */
  readonly method: string | null;
  readonly target: string | null;
  /** In TLS without keys those of its records. */
  readonly bytes: number;
  readonly requestPacket: number;
  readonly requestNs: number;
  readonly how: 'fin' | 'rst';
  /** Its answer had begun. */
  readonly amidAnswer: boolean;
  /** From the request's last byte to the close. */
  readonly ageNs: number;
}

/** Tells `note` of each request in progress when the server closed first. */
export function victimsOf(connection: Connection, note: (victim: Victim) => void): void {
  const { exchanges, tls, protocol } = connection;
  if (protocol === 'tls') {
    const sealed = sealedVictimOf(connection);
    if (sealed !== null) note(sealed);
    return;
  }
  const [end] = connection.close.segments;
  const last = exchanges.at(-1);
  if (end === undefined || last === undefined || (last.response?.complete === true && connection.h2 === null)) return;
  // A process that ends aborts its sockets; a bare RST answers for one that is not there: a packet filter, a path.
  if (end.kind === 'rst' && resetShapeOf(end) !== 'B') return;
  if (tls !== null && tls.decryption !== 'whole') return;
  // Before an end that stands beyond what was seen of the server, the answer may be missing.
  const close = { deltaSequence: end.deltaSequence ?? 0 };
  if (!areHttpRolesOfTcp(connection) || silenceIsUnsayable(connection, close) !== null) return;
  for (const exchange of exchanges) {
    const { request, response } = exchange;
    if (request === null || response?.complete === true || resetBefore(exchange, end.atNs) !== null) continue;
    if (!request.complete || request.endNs > end.atNs || response?.framing === 'close') continue;
    if (response === null ? mayEndUnanswered(exchange) : streamingOf(exchange) !== null) continue;
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
      h2Stream: exchange.h2Stream,
      method: request.method,
      target: request.target,
      bytes: request.headBytes + request.bodyBytes,
      requestPacket: request.firstPacket,
      requestNs: request.startNs,
      how: end.kind,
      amidAnswer: response !== null,
      ageNs: end.atNs - request.endNs,
    });
  }
}

/** TLS without keys: a turn of the client that the server's end acknowledges, and nothing of the server upon it (docs/without-keys.md). */
function sealedVictimOf(connection: Connection): Victim | null {
  const [end] = connection.close.segments;
  const sealed = sealedTurnsOf(connection);
  if (end === undefined || sealed === null || sealed.speaks !== 'said' || sealed.turns.mayBePreface) return null;
  const { tls, turns } = sealed;
  const turn = unansweredTurnOf(sealed);
  if (turn === null || turn.endNs > end.atNs || end.deltaSequence !== 0 || (end.deltaAcknowledgement ?? -1) < 0)
    return null;
  if (end.kind === 'rst' && resetShapeOf(end) !== 'B') return null;
  if (silenceIsUnsayable(connection, end) !== null || hasClientSaidGoodbye(tls, end.atNs)) return null;
  // Whose certificate is refused learns it by an alert behind its first request (TLS 1.3).
  if (turns.count === 1 && tls.alerts.some(({ from }) => from === 'server')) return null;
  const common = occurrenceIn(connection, end);
  return {
    ...common,
    steps: Math.min(2, common.steps + 1),
    ...{ h2Stream: null, method: null, target: null, bytes: turn.bytes },
    ...{ requestPacket: turn.firstPacket, requestNs: turn.startNs },
    ...{ how: end.kind, amidAnswer: false, ageNs: end.atNs - turn.endNs },
  };
}
