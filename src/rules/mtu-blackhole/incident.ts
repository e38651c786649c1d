/**
 * The signatures. At the sender's end: a large segment sent again and never acknowledged, where no large one
 * ever was, and small ones were. At the receiver's: a hole that is never filled, where short segments behind
 * it arrive, and no large one ever does.
 */
import type { Connection, RepeatedSegment } from '../../facts/connection.js';
import { LARGE_SEGMENT } from '../../facts/connection.js';
import { OPPOSITE, type Side } from '../../facts/endpoint.js';
import { undeliveredBytesOf } from '../judgements/undelivered.js';
import type { Moment } from '../tally/earliest.js';
import { type Occurrence, occurrenceIn } from '../tally/occurrences.js';

/** Two time-outs, the second twice the first: 0.2 and 0.4 s at least. */
const MIN_REPEATED_NS = 300_000_000;
/** In so long a time the sender has sent a hole's bytes again twice and more: after 0.2, 0.6 and 1.4 s. */
const MIN_WAITED_NS = 1_000_000_000;
/** IP and TCP headers without options. */
const HEADERS = 40;

/** One connection that hangs for it. */
export interface BlackHole extends Occurrence {
  readonly side: Side;
  /** What was sent again; `null`: captured where it does not arrive. */
  readonly repeated: RepeatedSegment | null;
  /** There: how much is missing, the FIN of the receiver that waited for it in vain, and for how long it did. */
  readonly missing: {
    readonly bytes: number;
    readonly packet: number;
    readonly atNs: number;
    readonly waitedNs: number;
  } | null;
  /** Bytes of small segments that were acknowledged before; or else, by SACK, of those that came behind. */
  readonly passed: number;
  /** The other side is heard of afterwards; `null`: it is not, on this connection. */
  readonly alive: (Moment & { readonly elsewhere?: true }) | null;
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
  if (goesOn) return null;
  if (client.lostBytes + server.lostBytes > 0) {
    const missing = missingFrom(connection, 'client') ?? missingFrom(connection, 'server');
    if (missing !== null) return missing;
  }
  if (client.repeated === null && server.repeated === null) return null;
  return onSide(connection, 'client') ?? onSide(connection, 'server');
}

function missingFrom(connection: Connection, side: Side): BlackHole | null {
  const bytes = undeliveredBytesOf(connection, side);
  const own = connection[side];
  // One large segment has come through: the path loses, or its sender stopped.
  if (bytes < LARGE_SEGMENT || own.firstLarge !== null || own.lastPayloadNs === null) return null;
  if (connection.handshake.kind !== 'complete') return null;
  const otherSide = OPPOSITE[side];
  const fin = connection.close.segments.find(({ from, kind }) => from === otherSide && kind === 'fin');
  // The sender acknowledges the FIN: it is there, and what is short passes both ways.
  if (fin?.acknowledgedPacket == null || fin.acknowledgedNs === null) return null;
  const waitedNs = fin.atNs - own.lastPayloadNs;
  if (waitedNs < MIN_WAITED_NS) return null;
  return {
    ...occurrenceIn(connection, { atNs: fin.atNs, packet: fin.packet }),
    // What is missing is what this is about: it is no guard.
    steps: 0,
    side,
    repeated: null,
    missing: { bytes, packet: fin.packet, atNs: fin.atNs, waitedNs },
    passed: Math.max(0, (connection[otherSide].highestAcknowledged ?? 1) - 1),
    alive: { packet: fin.acknowledgedPacket, atNs: fin.acknowledgedNs },
    icmp: null,
    encrypted: connection.tls !== null,
  };
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
  // Of a peer that is heard of no more, nothing says that it is there; a server may answer others meanwhile.
  if (alive === null && icmp === null && side === 'server') return null;
  return {
    ...occurrenceIn(connection, { atNs: repeated.firstNs, packet: repeated.firstPacket }),
    side,
    repeated,
    missing: null,
    passed: Math.max(0, acknowledged - 1) || own.shortBehind,
    alive,
    icmp,
    encrypted: connection.tls !== null,
  };
}
