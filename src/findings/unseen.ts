/**
 * What the captures did not show of the connections in them: the report says it beside what it found.
 *
 * A tally: any order, any split, the same result. A connection that hands its exchanges over in
 * batches comes several times, and what its last part shows (bytes lost late) its first did not;
 * such connections are remembered by their stream, a few bits each, and counted once at the end.
 */
import type { Connection } from '../facts/connection.js';
import type { Unseen } from '../facts/summary.js';

/** What {@link Unseen} holds of connections; the rest is known of packets. */
export type UnseenConnections = Omit<Unseen, 'latePackets' | 'malformedHeaders' | 'unknownLinkTypes'>;

const MID_STREAM = 1;
const ENCRYPTED = 2;
const ONE_SIDED = 4;
const LOST_BYTES = 8;
const SNAPPED = 16;

/** See the head of this file. */
export class UnseenTally {
  /** How often each combination of bits occurred among connections that came whole. */
  private readonly whole = new Array<number>(32).fill(0);
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
    else this.whole[bits] = (this.whole[bits] ?? 0) + 1;
  }

  /** A connection was given up because too many were open; it is inspected as well. */
  evicted(): void {
    this.evictions += 1;
  }

  merge(other: UnseenTally): void {
    this.connections += other.connections;
    this.closed += other.closed;
    this.evictions += other.evictions;
    other.whole.forEach((count, bits) => {
      this.whole[bits] = (this.whole[bits] ?? 0) + count;
    });
    for (const [stream, bits] of other.parts) this.parts.set(stream, (this.parts.get(stream) ?? 0) | bits);
  }

  conclude(): UnseenConnections {
    const counts = [...this.whole];
    for (const bits of this.parts.values()) counts[bits] = (counts[bits] ?? 0) + 1;
    const having = (bit: number): number =>
      counts.reduce((sum, count, bits) => ((bits & bit) === 0 ? sum : sum + count), 0);
    return {
      midStream: having(MID_STREAM),
      encrypted: having(ENCRYPTED),
      oneSided: having(ONE_SIDED),
      withLostBytes: having(LOST_BYTES),
      snapped: having(SNAPPED),
      openAtEnd: this.connections - this.closed,
      evicted: this.evictions,
    };
  }
}

function bitsOf({ client, guards, protocol, server }: Connection): number {
  return (
    (guards.midStream ? MID_STREAM : 0) |
    (protocol === 'tls' ? ENCRYPTED : 0) |
    (guards.oneSided ? ONE_SIDED : 0) |
    (client.lostBytes > 0 || server.lostBytes > 0 ? LOST_BYTES : 0) |
    (guards.snapped ? SNAPPED : 0)
  );
}
