import type { TrackedConnection } from './connection.js';
import { ConnectionQueue } from './connection-queue.js';
import { LINGERING, Lingering, SETTLED, SETTLED_WHOLE } from './lingering.js';
import type { PendingBudget } from './pending-segments.js';

/** Active connections passed over before one is given up all the same; half as many each time that all of them were. */
export const EVICTION_TRIES = 64;

/** What the connections of one bucket (share.ts) have in common. */
export class Bucket {
  readonly budget: PendingBudget = { bytes: 0 };
  /** Connections that ended, to be used again. */
  readonly free: TrackedConnection[] = [];
  readonly opened = new ConnectionQueue();
  /** Closed connections. */
  readonly lingering = new Lingering(LINGERING);
  /** Those among them of which both ends are acknowledged. */
  readonly settled = new Lingering(SETTLED);
  /** Those among them that wait less. */
  readonly settledWhole = new Lingering(SETTLED_WHOLE);
  /** With which segment number one of all that wait may be due. */
  dueAt = Number.POSITIVE_INFINITY;
  /** A packet was captured twice. */
  hasCopies = false;
  /** Connections that are neither closed nor ended. */
  open = 0;
  evictionTries = EVICTION_TRIES;
  /** In the order in which they are asked: who waits least first. */
  private readonly waiting: readonly Lingering[] = [this.settledWhole, this.settled, this.lingering];

  constructor(
    readonly number: number,
    readonly isOurs: boolean,
  ) {}

  /** Lets a connection wait in one of this bucket's queues, from the capture's segment number `ordinal`, when `latestNs` was the latest time so far. */
  wait(queue: Lingering, connection: TrackedConnection, ordinal: number, latestNs: number): void {
    queue.add(connection, ordinal, latestNs);
    if (queue.dueAt < this.dueAt) this.dueAt = queue.dueAt;
  }

  /** The next connection that has waited long enough, taken out; `null`: none has. */
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
