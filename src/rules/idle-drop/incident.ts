/** The signature: a pause of half a minute and longer, then silence, or a reset that is not the peer's. */
import type { Connection, IdlePeriod } from '../../facts/connection.js';
import type { Side } from '../../facts/endpoint.js';
import { SHORTEST_WAY_TIMER_NS } from '../judgements/idleness.js';
import { resetShapeOf } from '../judgements/reset-shape.js';
import { hasForeignSource, hasForeignTtl } from '../judgements/sender-ttl.js';
import { type Occurrence, occurrenceIn } from '../tally/occurrences.js';

/** One forgotten connection; dated by what was sent behind the pause. */
export interface Drop extends Occurrence {
  readonly idleNs: number;
  /** Who spoke first again. */
  readonly side: Side;
  /** `silence`: nobody acknowledges it; `reset`: a reset in the other side's name, not written by it. */
  readonly how: 'silence' | 'reset';
  readonly end: { readonly packet: number; readonly atNs: number };
  readonly ttl: number | null;
  readonly usualTtl: number | null;
  readonly times: number;
  /** A request was lost with it. */
  readonly pending: boolean;
}

/** The forgotten connection; `null`: it was not, or it cannot be told. */
export function dropOf(connection: Connection): Drop | null {
  const { idlePeriodCount, idlePeriods, goesOn } = connection;
  if (idlePeriodCount === 0 || goesOn) return null;
  const last = idlePeriods.at(-1);
  const idle = last?.endedBy.endsWith('-payload') === true ? last : idlePeriods.at(-2);
  if (idle === undefined || idle.packet === null || idle.durationNs < SHORTEST_WAY_TIMER_NS) return null;
  const side = idle.endedBy === 'client-payload' ? 'client' : idle.endedBy === 'server-payload' ? 'server' : null;
  if (side === null) return null;
  const end = endOf(connection, idle, side);
  if (end === null) return null;
  return {
    ...occurrenceIn(connection, { atNs: idle.startNs + idle.durationNs, packet: idle.packet }),
    idleNs: idle.durationNs,
    side,
    ...end,
    pending: connection.exchanges.some(({ request, response }) => request !== null && response === null),
  };
}

function endOf(
  connection: Connection,
  idle: IdlePeriod,
  side: Side,
): Pick<Drop, 'how' | 'end' | 'ttl' | 'usualTtl' | 'times'> | null {
  const own = connection[side];
  const otherSide = side === 'client' ? 'server' : 'client';
  const other = connection[otherSide];
  const resumedNs = idle.startNs + idle.durationNs;
  const spokeBefore = (other.lastPayloadNs ?? Number.POSITIVE_INFINITY) <= idle.startNs;
  if (!spokeBefore || other.payloadBytes === 0) return null;
  // A FIN before, and the pause was the peer's to end: keepalive-race.
  const before = connection.close.segments.some(({ atNs }) => atNs < resumedNs);
  if (before) return null;
  const [first] = connection.close.segments;
  if (first !== undefined && first.kind === 'rst' && first.from === otherSide) {
    const isForeign = hasForeignTtl(first, other) || hasForeignSource(first, other);
    if (!isForeign || resetShapeOf(first) === 'B') return null;
    return { how: 'reset', end: first, ttl: first.ttl, usualTtl: other.ttl, times: 0 };
  }
  const { repeated } = own;
  if (repeated === null || repeated.acknowledged || repeated.firstNs < resumedNs) return null;
  if (connection.close.segments.some(({ from }) => from === otherSide)) return null;
  return {
    how: 'silence',
    end: { packet: repeated.lastPacket, atNs: repeated.lastNs },
    ttl: null,
    usualTtl: other.ttl,
    times: repeated.times,
  };
}
