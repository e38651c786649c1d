import type { TrackedConnection } from './connection.js';

/** Entries taken from the front before the rest moves up; more where more follow, so that each moves up few times. */
const MIN_TAKEN = 1024;

/**
 * Connections in the order they were added. Objects are reused, so an entry counts only while its
 * object still bears the stream number that it was added with.
 *
 * An entry is a place in three columns: an object each would outlive the garbage collector's young
 * generation, one for each connection of the run.
 */
export class ConnectionQueue {
  private readonly connections: TrackedConnection[] = [];
  private readonly streams: number[] = [];
  private readonly weights: number[] = [];
  private from = 0;
  /** Sum of the weights of all entries, those whose connection has ended included. */
  weight = 0;

  /** Entries, those whose connection has ended included. */
  get length(): number {
    return this.connections.length - this.from;
  }

  add(connection: TrackedConnection, weight = 0): void {
    this.connections.push(connection);
    this.streams.push(connection.stream);
    this.weights.push(weight);
    this.weight += weight;
  }

  /** The oldest connection that has not ended, taken out; `null`: none is left. */
  takeOldest(): TrackedConnection | null {
    while (this.length > 0) {
      const { from } = this;
      const connection = this.connections[from];
      const isOpen = connection.stream === this.streams[from];
      this.weight -= this.weights[from];
      this.from += 1;
      if (this.from > MIN_TAKEN && this.from * 2 > this.connections.length) this.keep(() => true);
      if (isOpen) return connection;
    }
    return null;
  }

  /** Takes out the entries whose connection has ended. */
  forgetEnded(): void {
    this.keep((connection, stream) => connection.stream === stream);
  }

  /** Moves up the entries that are wanted, over those taken and those not wanted. */
  private keep(isWanted: (connection: TrackedConnection, stream: number) => boolean): void {
    const { connections, streams, weights } = this;
    let kept = 0;
    let weight = 0;
    for (let at = this.from; at < connections.length; at += 1) {
      if (!isWanted(connections[at], streams[at])) continue;
      connections[kept] = connections[at];
      streams[kept] = streams[at];
      weights[kept] = weights[at];
      weight += weights[at];
      kept += 1;
    }
    connections.length = streams.length = weights.length = kept;
    this.from = 0;
    this.weight = weight;
  }
}
