import type { TrackedConnection } from './connection.js';

/** How many entries are taken from the front before the rest moves up. A longer queue waits for more, so that each entry moves only a few times. */
const MIN_TAKEN = 1024;

/**
 * Open connections in the order they were added. Objects are reused, so an entry is valid only while
 * its object still has the stream number it was added with, and is not closed.
 *
 * An entry is one index into two arrays. An object for each connection of the run would outlive the
 * garbage collector's young generation.
 */
export class ConnectionQueue {
  private readonly connections: TrackedConnection[] = [];
  private readonly streams: number[] = [];
  private from = 0;

  /** Number of entries, including those whose connection is no longer open. */
  get length(): number {
    return this.connections.length - this.from;
  }

  add(connection: TrackedConnection): void {
    this.connections.push(connection);
    this.streams.push(connection.stream);
  }

  /** Removes and returns the oldest connection that is still open; `null`: none is left. */
  takeOldest(): TrackedConnection | null {
    while (this.length > 0) {
      const { from } = this;
      const connection = this.connections[from];
      const isOpen = isStillOpen(connection, this.streams[from]);
      this.from += 1;
      if (this.from > MIN_TAKEN && this.from * 2 > this.connections.length) this.keep(() => true);
      if (isOpen) return connection;
    }
    return null;
  }

  /** Removes the entries whose connection is no longer open. */
  forgetEnded(): void {
    this.keep(isStillOpen);
  }

  /** Moves the wanted entries to the front, over those taken and those not wanted. */
  private keep(isWanted: (connection: TrackedConnection, stream: number) => boolean): void {
    const { connections, streams } = this;
    let kept = 0;
    for (let at = this.from; at < connections.length; at += 1) {
      if (!isWanted(connections[at], streams[at])) continue;
      connections[kept] = connections[at];
      streams[kept] = streams[at];
      kept += 1;
    }
    connections.length = streams.length = kept;
    this.from = 0;
  }
}

function isStillOpen(connection: TrackedConnection, stream: number): boolean {
  return connection.stream === stream && !connection.lingers;
}
