/**
 * What the captures did not show of the connections in them: the report says it beside what it found.
 *
 * A tally: any order, any split, the same result. A connection that hands its exchanges over in
 * batches comes several times, and what its last part shows (bytes lost late) its first did not;
 * such connections are remembered by their stream, a few bits each, and counted once at the end.
 */
import type { Connection, SideFacts } from '../facts/connection.js';
import { type TlsSeen, UNDECRYPTED_CAUSES, type UndecryptedCause, type Unseen } from '../facts/summary.js';
import type { Decryption } from '../facts/tls.js';

/** What {@link Unseen} holds of connections; the rest is known of packets. */
export type UnseenConnections = Omit<
  Unseen,
  'legsBehind' | 'quic' | 'latePackets' | 'malformedHeaders' | 'unknownLinkTypes'
>;

const MID_STREAM = 1;
const ENCRYPTED = 2;
const ONE_SIDED = 4;
const LOST_BYTES = 8;
const SNAPPED = 16;
const DECRYPTED = 32;
const IN_PART = 64;
const UNREAD = 128;
/** Why nothing was decrypted: a bit for each cause, in order. */
const FIRST_CAUSE = 256;

/** What a part of a run saw: plain data. */
export interface UnseenSeen {
  readonly connections: number;
  readonly closed: number;
  readonly evictions: number;
  readonly whole: ReadonlyMap<number, number>;
  readonly parts: ReadonlyMap<number, number>;
}

/** See the head of this file. */
export class UnseenTally {
  /** How often each combination of bits occurred among connections that came whole. */
  private readonly whole = new Map<number, number>();
  /** Bits by stream of connections that came, or may yet come, in parts. */
  private readonly parts = new Map<number, number>();
  private connections = 0;
  private closed = 0;
  private evictions = 0;

  inspect(connection: Connection): void {
    const { close, exchangeOffset, exchanges, guards, stream } = connection;
    const bits = bitsOf(connection);
    if (exchangeOffset === 0) this.connections += 1;
    if (close.kind !== 'open') this.closed += 1;
    // A first batch looks like a connection that was open, and active, to the end.
    const mayBePart = exchangeOffset > 0 || (close.kind === 'open' && guards.cutByCaptureEnd && exchanges.length > 0);
    if (mayBePart) this.parts.set(stream, (this.parts.get(stream) ?? 0) | bits);
    else add(this.whole, bits, 1);
  }

  /** A connection was given up because too many were open; it is inspected as well. */
  evicted(): void {
    this.evictions += 1;
  }

  get seen(): UnseenSeen {
    const { connections, closed, evictions, whole, parts } = this;
    return { connections, closed, evictions, whole, parts };
  }

  merge(other: UnseenSeen): void {
    this.connections += other.connections;
    this.closed += other.closed;
    this.evictions += other.evictions;
    for (const [bits, count] of other.whole) add(this.whole, bits, count);
    for (const [stream, bits] of other.parts) this.parts.set(stream, (this.parts.get(stream) ?? 0) | bits);
  }

  conclude(): UnseenConnections {
    const counts = new Map(this.whole);
    for (const bits of this.parts.values()) add(counts, settled(bits), 1);
    const having = (bit: number): number => {
      let sum = 0;
      for (const [bits, count] of counts) if ((bits & bit) !== 0) sum += count;
      return sum;
    };
    return {
      midStream: having(MID_STREAM),
      encrypted: having(ENCRYPTED),
      tls: tlsOf(having),
      oneSided: having(ONE_SIDED),
      unread: having(UNREAD),
      withLostBytes: having(LOST_BYTES),
      snapped: having(SNAPPED),
      openAtEnd: this.connections - this.closed,
      evicted: this.evictions,
    };
  }
}

function bitsOf(connection: Connection): number {
  const { client, guards, server, tls, protocol } = connection;
  return (
    (guards.midStream ? MID_STREAM : 0) |
    (guards.oneSided ? ONE_SIDED : 0) |
    (!guards.oneSided && (hasLost(client) || hasLost(server)) ? LOST_BYTES : 0) |
    (guards.snapped ? SNAPPED : 0) |
    (isUnread(connection) ? UNREAD : 0) |
    (tls === null ? (protocol === 'tls' ? ENCRYPTED : 0) : decryptionBits(tls.decryption))
  );
}

/** All of it is there to be read, and it is nothing that is known. */
function isUnread({ client, guards, server, tls, protocol }: Connection): boolean {
  if (protocol !== 'unknown' || tls !== null || guards.midStream || guards.oneSided || guards.snapped) return false;
  return client.payloadBytes > 0 && server.payloadBytes > 0 && client.lostBytes + server.lostBytes === 0;
}

/** Bytes that no packet brought; what the snap length cut is told apart. */
function hasLost({ lostBytes, snappedBytes }: SideFacts): boolean {
  return lostBytes > snappedBytes;
}

function decryptionBits(decryption: Decryption): number {
  switch (decryption) {
    case 'nothing-protected':
      return 0;
    case 'whole':
      return DECRYPTED;
    case 'partial':
      return DECRYPTED | IN_PART;
    default:
      return ENCRYPTED | causeBit(decryption);
  }
}

function causeBit(cause: UndecryptedCause): number {
  return FIRST_CAUSE << UNDECRYPTED_CAUSES.indexOf(cause);
}

/** Of a connection that came in parts, a later part may have been opened where an earlier was not. */
function settled(bits: number): number {
  if ((bits & DECRYPTED) === 0) return bits;
  const causes = UNDECRYPTED_CAUSES.reduce((sum, cause) => sum | causeBit(cause), 0);
  return (bits & ENCRYPTED) === 0 ? bits : (bits & ~(ENCRYPTED | causes)) | IN_PART;
}

function tlsOf(having: (bit: number) => number): TlsSeen {
  const decrypted = having(DECRYPTED);
  return {
    connections: decrypted + having(ENCRYPTED),
    decrypted,
    decryptedInPart: having(IN_PART),
    undecrypted: UNDECRYPTED_CAUSES.map((cause) => ({ cause, connections: having(causeBit(cause)) })).filter(
      ({ connections }) => connections > 0,
    ),
  };
}

function add(counts: Map<number, number>, bits: number, count: number): void {
  counts.set(bits, (counts.get(bits) ?? 0) + count);
}
