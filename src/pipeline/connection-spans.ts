import type { Connection } from '../facts/connection.js';
import type { PacketReference } from '../facts/packet-reference.js';

const INITIAL_STREAMS = 1024;

/** The packets between which a connection lies. */
export interface Span {
  readonly stream: number;
  readonly first: PacketReference;
  readonly last: PacketReference;
}

/** First and last packet of every connection of a run, by stream: 16 bytes each. */
export class ConnectionSpans {
  /** First and last side by side; 0: no such connection. */
  private packets = new Float64Array(INITIAL_STREAMS * 2);

  /** Takes down what is known of a connection; a later word on the same one holds. */
  note({ stream, firstPacket, lastPacket, endNs, unreachables }: Connection): void {
    // An ICMP error about a connection's last packet comes behind it.
    const quoted = unreachables.at(-1);
    const last = quoted !== undefined && quoted.atNs > endNs ? quoted.packet : lastPacket;
    if (stream * 2 >= this.packets.length) {
      const larger = new Float64Array(Math.max(this.packets.length * 2, (stream + 1) * 2));
      larger.set(this.packets);
      this.packets = larger;
    }
    this.packets[stream * 2] = firstPacket;
    this.packets[stream * 2 + 1] = last;
  }

  /** `null`: the run has no such connection. */
  spanOf(stream: number): Span | null {
    const first = this.packets[stream * 2] ?? 0;
    return first === 0 ? null : { stream, first, last: this.packets[stream * 2 + 1] ?? first };
  }
}
