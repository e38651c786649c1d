import type { TrackedConnection } from './connection.js';

/** Entries taken from the front before the rest moves up. */
const MAX_TAKEN = 1024;

/**
 * Connections in the order they were added. Objects are reused, so an entry counts only while its
 * object still bears the stream number that it was added with.
 */
export class ConnectionQueue {
  private entries: { readonly connection: TrackedConnection; readonly stream: number; readonly weight: number }[] = [];
  private from = 0;
  /** Sum of the weights of all entries, those whose connection has ended included. */
  weight = 0;

  /** Entries, those whose connection has ended included. */
  get length(): number {
    return this.entries.length - this.from;
  }

  add(connection: TrackedConnection, weight = 0): void {
    this.entries.push({ connection, stream: connection.stream, weight });
    this.weight += weight;
  }

  /** The oldest connection that has not ended, taken out; `null`: none is left. */
  takeOldest(): TrackedConnection | null {
    while (this.length > 0) {
      const { connection, stream, weight } = this.entries[this.from];
      this.from += 1;
      this.weight -= weight;
      if (this.from > MAX_TAKEN) {
        this.entries = this.entries.slice(this.from);
        this.from = 0;
      }
      if (connection.stream === stream) return connection;
    }
    return null;
  }

  /** Takes out the entries whose connection has ended. */
  forgetEnded(): void {
    this.entries = this.entries.filter(({ connection, stream }, at) => at >= this.from && connection.stream === stream);
    this.from = 0;
    this.weight = this.entries.reduce((sum, { weight }) => sum + weight, 0);
  }
}
