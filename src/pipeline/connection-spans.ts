import type { Connection } from '../facts/connection.js';
import type { Endpoint } from '../facts/endpoint.js';
import { isSameCapture, type PacketReference } from '../facts/packet-reference.js';
import { endpointText } from '../text/address.js';

const INITIAL_STREAMS = 1024;

/** The packets between which a connection lies. */
export interface Span {
  readonly stream: number;
  readonly first: PacketReference;
  readonly last: PacketReference;
}

/** Servers told apart; connections of further ones are not found by their server. */
const MAX_SERVERS = 65_536;

/** First and last packet and the server of every connection of a run, by stream: 20 bytes each. */
export class ConnectionSpans {
  /** First and last side by side; 0: no such connection. */
  private packets = new Float64Array(INITIAL_STREAMS * 2);
  /** By stream, 1 more than the server's index. */
  private serverOf = new Int32Array(INITIAL_STREAMS);
  private readonly servers = new Map<string, number>();

  /** Takes down what is known of a connection; a later word on the same one holds. */
  note({ stream, firstPacket, lastPacket, endNs, unreachables, server }: Connection): void {
    // An ICMP error about a connection's last packet comes behind it.
    const quoted = unreachables.at(-1);
    const last = quoted !== undefined && quoted.atNs > endNs ? quoted.packet : lastPacket;
    if (stream * 2 >= this.packets.length) {
      const larger = new Float64Array(Math.max(this.packets.length * 2, (stream + 1) * 2));
      larger.set(this.packets);
      this.packets = larger;
      const servers = new Int32Array(larger.length / 2);
      servers.set(this.serverOf);
      this.serverOf = servers;
    }
    this.packets[stream * 2] = firstPacket;
    this.packets[stream * 2 + 1] = last;
    this.serverOf[stream] = this.indexOf(endpointText(server.endpoint)) + 1;
  }

  /** Streams of a server, those first that begin nearest to one of the packets. */
  ofServer(endpoint: Endpoint, near: readonly PacketReference[], most: number): readonly number[] {
    const server = this.servers.get(endpointText(endpoint)) ?? -1;
    const found: { readonly stream: number; readonly apart: number }[] = [];
    for (let stream = 0; stream < this.serverOf.length; stream += 1) {
      if (server < 0 || this.serverOf[stream] !== server + 1) continue;
      const first = this.packets[stream * 2] ?? 0;
      found.push({ stream, apart: Math.min(...near.map((packet) => Math.abs(packet - first))) });
    }
    return found
      .sort((one, other) => one.apart - other.apart || one.stream - other.stream)
      .slice(0, most)
      .map(({ stream }) => stream);
  }

  /** Streams that begin before a packet and end behind it, those first that began last. */
  over(packet: PacketReference, most: number): readonly number[] {
    const found: number[] = [];
    for (let stream = this.packets.length / 2 - 1; stream >= 0 && found.length < most; stream -= 1) {
      const span = this.spanOf(stream);
      if (span !== null && span.first <= packet && packet <= span.last) found.push(stream);
    }
    return found;
  }

  /** Streams that may hold one of the packets: which begin before it and end behind it, or lie in several captures. */
  around(packets: readonly PacketReference[]): readonly number[] {
    const streams: number[] = [];
    for (let stream = 0; stream * 2 < this.packets.length; stream += 1) {
      const span = this.spanOf(stream);
      if (span === null) continue;
      const { first, last } = span;
      const holds = (packet: PacketReference) => !isSameCapture(first, last) || (first <= packet && packet <= last);
      if (packets.some(holds)) streams.push(stream);
    }
    return streams;
  }

  /** `null`: the run has no such connection. */
  spanOf(stream: number): Span | null {
    const first = this.packets[stream * 2] ?? 0;
    return first === 0 ? null : { stream, first, last: this.packets[stream * 2 + 1] ?? first };
  }

  private indexOf(server: string): number {
    const known = this.servers.get(server);
    if (known !== undefined) return known;
    if (this.servers.size >= MAX_SERVERS) return -1;
    this.servers.set(server, this.servers.size);
    return this.servers.size - 1;
  }
}
