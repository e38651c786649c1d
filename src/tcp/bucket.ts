import type { TrackedConnection } from './connection.js';
import { ConnectionQueue } from './connection-queue.js';
import { LINGERING, Lingering, SETTLED, SETTLED_WHOLE } from './lingering.js';
import type { PendingBudget } from './pending-segments.js';

/** How many active connections are passed over before one is evicted all the same. Halved each time all of them were active. */
export const EVICTION_TRIES = 64;

/** The state that the connections of one bucket (share.ts) share. */
export class Bucket {
  readonly budget: PendingBudget = { bytes: 0 };
  /** Objects of finished connections, for reuse. */
  readonly free: TrackedConnection[] = [];
  readonly opened = new ConnectionQueue();
  /** Closed connections. */
  readonly lingering = new Lingering(LINGERING);
  /** Closed connections whose FINs are both acknowledged. */
  readonly settled = new Lingering(SETTLED);
  /** Settled connections that qualify for the shorter wait. */
  readonly settledWhole = new Lingering(SETTLED_WHOLE);
  /** The segment number at which the first waiting connection may be due. */
  dueAt = Number.POSITIVE_INFINITY;
  /** A packet of this bucket was captured twice. */
  hasCopies = false;
  /** Connections that are neither closed nor ended. */
  open = 0;
  evictionTries = EVICTION_TRIES;
  /** In the order in which they are checked: the shortest wait first. */
  private readonly waiting: readonly Lingering[] = [this.settledWhole, this.settled, this.lingering];

  constructor(
    readonly number: number,
    readonly isOurs: boolean,
  ) {}

  /** Adds a connection to one of this bucket's queues at segment number `ordinal` of the capture; `latestNs` is the latest time so far. */
  wait(queue: Lingering, connection: TrackedConnection, ordinal: number, latestNs: number): void {
    queue.add(connection, ordinal, latestNs);
    if (queue.dueAt < this.dueAt) this.dueAt = queue.dueAt;
  }

  /** Removes and returns the next connection that has waited long enough; `null`: none has. */
  takeDue(ordinal: number, latestNs: number): TrackedConnection | null {
    for (const queue of this.waiting) {
      const due = queue.takeDue(ordinal, latestNs);
      if (due !== null) return due;
    }
    this.dueAt = Number.POSITIVE_INFINITY;
    for (const { dueAt } of this.waiting) if (dueAt < this.dueAt) this.dueAt = dueAt;
    return null;
  }
}
