import type { TrackedConnection } from './connection.js';

/**
 * How long a closed connection is kept for late segments: until `segments` segments of the capture have passed,
 * and then either `ns` nanoseconds or {@link LINGERING_CLOSES} later closes in its bucket (share.ts).
 *
 * That is some hundredths of a second at the busiest proxy, and seconds elsewhere. A kept connection should not
 * outlive the garbage collector's young generation: that doubles the cost and the memory of a run.
 */
export interface Wait {
  readonly segments: number;
  readonly ns: number;
}
export const LINGERING: Wait = { segments: 5120, ns: 100_000_000 };
export const LINGERING_CLOSES = 3;
/** For connections where each side knows of the other's end: nothing that matters follows, except copies from a second capture point. */
export const SETTLED: Wait = { segments: 1024, ns: 10_000_000 };
/**
 * The same where nothing of the connection is missing, in one capture of one interface, while no packet of its bucket
 * was captured twice so far. The wait is short so that the connection is still in the processor's cache. No time is
 * required: at a busy proxy, none has passed by then.
 */
export const SETTLED_WHOLE: Wait = { segments: 64, ns: 0 };

/** How many entries are taken from the front before the rest moves up. A longer queue waits for more, so that each entry moves only a few times. */
const MIN_TAKEN = 256;

/**
 * The closed connections of a bucket in the order in which they closed. Objects are reused, so an entry
 * is valid only while its object still has the stream number it was added with.
 *
 * An entry is one index into four arrays. An object for each connection of the run would outlive the
 * garbage collector's young generation.
 */
export class Lingering {
  private readonly connections: TrackedConnection[] = [];
  private readonly streams: number[] = [];
  private readonly closedAt: number[] = [];
  private readonly closedNs: number[] = [];
  private from = 0;
  /** The segment number at which the first entry may be due; infinite: there is none. */
  dueAt = Number.POSITIVE_INFINITY;

  constructor(private readonly wait: Wait) {}

  /** Adds a connection that closed at segment number `ordinal` of the capture; `latestNs` is the latest time so far. */
  add(connection: TrackedConnection, ordinal: number, latestNs: number): void {
    this.connections.push(connection);
    this.streams.push(connection.stream);
    this.closedAt.push(ordinal);
    this.closedNs.push(latestNs);
    if (this.connections.length === this.from + 1) this.dueAt = ordinal + this.wait.segments;
  }

  /** Removes the connection again if it was the last one added. */
  withdraw(connection: TrackedConnection): void {
    const last = this.connections.length - 1;
    if (last < this.from || this.connections[last] !== connection) return;
    this.connections.pop();
    this.streams.pop();
    this.closedAt.pop();
    this.closedNs.pop();
    if (last === this.from) this.dueAt = Number.POSITIVE_INFINITY;
  }

  /** Removes and returns the next connection that has waited long enough; `null`: none has. Neither argument ever decreases, so connections become due in the order they closed. */
  takeDue(ordinal: number, latestNs: number): TrackedConnection | null {
    const { connections, wait } = this;
    while (this.from < connections.length) {
      const { from } = this;
      this.dueAt = this.closedAt[from] + wait.segments;
      if (ordinal < this.dueAt) return null;
      const hasWaited = latestNs - this.closedNs[from] >= wait.ns;
      if (!hasWaited && connections.length - from <= LINGERING_CLOSES) return null;
      const connection = connections[from];
      const isThere = connection.stream === this.streams[from];
      this.from += 1;
      if (this.from > MIN_TAKEN && this.from * 2 > connections.length) this.moveUp();
      if (isThere) return connection;
    }
    this.dueAt = Number.POSITIVE_INFINITY;
    return null;
  }

  private moveUp(): void {
    for (const column of [this.connections, this.streams, this.closedAt, this.closedNs]) column.splice(0, this.from);
    this.from = 0;
  }
}
