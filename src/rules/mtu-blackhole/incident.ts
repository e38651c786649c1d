/** The signature: a large segment sent again and never acknowledged, where no large one ever was, and small ones were. */
import type { Connection, RepeatedSegment } from '../../facts/connection.js';
import { LARGE_SEGMENT } from '../../facts/connection.js';
import type { Side } from '../../facts/endpoint.js';
import { type Occurrence, occurrenceIn } from '../tally/occurrences.js';

/** Two time-outs, the second twice the first: 0.2 and 0.4 s at least. */
const MIN_REPEATED_NS = 300_000_000;
/** IP and TCP headers without options. */
const HEADERS = 40;

/** One connection that hangs for it. */
export interface BlackHole extends Occurrence {
  readonly side: Side;
  readonly repeated: RepeatedSegment;
  /** Bytes of small segments that were acknowledged before. */
  readonly passed: number;
  /** The other side is heard of afterwards. */
  readonly alive: { readonly packet: number; readonly atNs: number } | null;
  /** "Packet too big", and the size that it asks for. */
  readonly icmp: {
    readonly packet: number;
    readonly atNs: number;
    readonly sender: string;
    readonly mtu: number;
  } | null;
  readonly encrypted: boolean;
}

/** The side of a connection whose large segments do not pass; `null`: they do, or it cannot be told. */
export function blackHoleOf(connection: Connection): BlackHole | null {
  const { client, server, goesOn } = connection;
  if ((client.repeated === null && server.repeated === null) || goesOn) return null;
  return onSide(connection, 'client') ?? onSide(connection, 'server');
}

function onSide(connection: Connection, side: Side): BlackHole | null {
  const own = connection[side];
  const other = connection[side === 'client' ? 'server' : 'client'];
  const { repeated, firstLarge } = own;
  if (repeated === null || firstLarge === null || repeated.acknowledged || repeated.length < LARGE_SEGMENT) return null;
  if (repeated.lastNs - repeated.firstNs < MIN_REPEATED_NS) return null;
  const acknowledged = other.highestAcknowledged ?? 0;
  // A large one has passed before: the peer is gone, or the path loses.
  if (acknowledged > firstLarge || connection.handshake.kind !== 'complete') return null;
  const otherSide = side === 'client' ? 'server' : 'client';
  const close = connection.close.segments.find(({ from, atNs }) => from === otherSide && atNs > repeated.firstNs);
  const error = connection.unreachables.find(
    ({ mtu, quoted, atNs }) =>
      mtu !== null && quoted === side && mtu < repeated.length + HEADERS && atNs <= repeated.lastNs,
  );
  const icmp =
    error?.mtu == null ? null : { packet: error.packet, atNs: error.atNs, sender: error.sender, mtu: error.mtu };
  const alive = close === undefined ? null : { packet: close.packet, atNs: close.atNs };
  // Of a peer that is heard of no more, nothing says that it is there.
  if (alive === null && icmp === null) return null;
  return {
    ...occurrenceIn(connection, { atNs: repeated.firstNs, packet: repeated.firstPacket }),
    side,
    repeated,
    passed: Math.max(0, acknowledged - 1),
    alive,
    icmp,
    encrypted: connection.tls !== null,
  };
}
