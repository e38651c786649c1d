import type { TrackedConnection } from './connection.js';

/**
 * How long a closed connection is kept for late segments: until so many segments of the capture have
 * passed, and then either so much time or so many others of its bucket (share.ts) have closed after it.
 *
 * That is some hundredths of a second at the busiest proxy, seconds elsewhere. What is kept should not
 * outlive the garbage collector's young generation, which doubles the cost and the memory of a run.
 */
export interface Wait {
  readonly segments: number;
  readonly ns: number;
}
export const LINGERING: Wait = { segments: 5120, ns: 100_000_000 };
export const LINGERING_CLOSES = 3;
/** Where both sides know of the other's end, nothing of weight follows, but copies from a second place of capture may. */
export const SETTLED: Wait = { segments: 1024, ns: 10_000_000 };
/** The same where nothing is missing of it, in one capture of one interface of which no packet of its bucket was captured twice so far: until then it stays in the processor's cache. By then a busy proxy has not let any time pass. */
export const SETTLED_WHOLE: Wait = { segments: 64, ns: 0 };

/** Entries taken from the front before the rest moves up; more where more follow, so that each moves up few times. */
const MIN_TAKEN = 256;

/**
 * Closed connections of a bucket in the order in which they closed. Objects are reused, so an entry
 * counts only while its object still bears the stream number that it was added with.
 *
 * An entry is a place in four columns: an object each would outlive the young generation, one for
 * each connection of the run.
 */
export class Lingering {
  private readonly connections: TrackedConnection[] = [];
  private readonly streams: number[] = [];
  private readonly closedAt: number[] = [];
  private readonly closedNs: number[] = [];
  private from = 0;
  /** With which segment number the first entry may be due; infinite: there is none. */
  dueAt = Number.POSITIVE_INFINITY;

  constructor(private readonly wait: Wait) {}

  /** A connection closed with the capture's segment number `ordinal`, when `latestNs` was the latest time so far. */
  add(connection: TrackedConnection, ordinal: number, latestNs: number): void {
    this.connections.push(connection);
    this.streams.push(connection.stream);
    this.closedAt.push(ordinal);
    this.closedNs.push(latestNs);
    if (this.connections.length === this.from + 1) this.dueAt = ordinal + this.wait.segments;
  }

  /** Takes the connection out again, where it is the last that was added. */
  withdraw(connection: TrackedConnection): void {
    const last = this.connections.length - 1;
    if (last < this.from || this.connections[last] !== connection) return;
    this.connections.pop();
    this.streams.pop();
    this.closedAt.pop();
    this.closedNs.pop();
    if (last === this.from) this.dueAt = Number.POSITIVE_INFINITY;
  }

  /** The next connection that has waited long enough, taken out; `null`: none has. Neither argument ever falls, so what closed later never waits less. */
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
