import type { InOrder } from '../../src/bytes/in-order.js';
import type { Connection } from '../../src/facts/connection.js';
import { captureIndexOf } from '../../src/facts/packet-reference.js';
import { TCP_OPTION } from '../../src/facts/segment-evidence.js';
import { ACK, FIN, PSH, RST, SYN } from '../../src/facts/tcp-flags.js';
import type { SegmentView } from '../../src/net/segment.js';
import type { TrackedConnection } from '../../src/tcp/connection.js';
import { connectionFactsOf, type Said } from '../../src/tcp/connection-facts.js';
import { ConnectionTracker } from '../../src/tcp/tracker.js';

const LETTERS: Readonly<Record<string, number>> = { S: SYN, F: FIN, R: RST, P: PSH, '.': ACK };

/** What a test says of a segment; the rest is ordinary. `flags` as tcpdump writes them: `S`, `S.`, `P.`, `.`, `F.`, `R`. */
export interface SegmentOptions {
  readonly flags?: string;
  readonly seq?: number;
  readonly ack?: number;
  readonly data?: string | Uint8Array;
  /** Payload bytes on the wire; above the length of `data` when the snap length cut it. */
  readonly length?: number;
  readonly at?: number;
  readonly packet?: number;
  readonly ttl?: number;
  readonly ipId?: number;
  readonly window?: number;
  readonly mac?: number;
  readonly vlan?: number;
  readonly depth?: number;
  readonly options?: number;
  readonly mss?: number;
  /** Edges of the first block of SACK. RFC 2018. */
  readonly sack?: readonly [number, number];
  readonly unseenOptions?: number;
  /** TSval of the timestamps option. RFC 7323. */
  readonly timestamp?: number;
  readonly clientPort?: number;
  readonly serverPort?: number;
  readonly interfaceIndex?: number;
}

/** A segment of 10.0.0.1:50000 (client) or 10.0.1.43:80 (server). */
export function segmentOf(from: 'client' | 'server', options: SegmentOptions, packet: number): SegmentView {
  const data =
    typeof options.data === 'string' ? Buffer.from(options.data, 'latin1') : (options.data ?? new Uint8Array(0));
  const client = { word: 0x0a000001, port: options.clientPort ?? 50_000 };
  const server = { word: 0x0a00012b, port: options.serverPort ?? 80 };
  const source = from === 'client' ? client : server;
  const destination = from === 'client' ? server : client;
  const buffer = new Uint8Array(data);
  return {
    packet: options.packet ?? packet,
    observationPoint: captureIndexOf(options.packet ?? packet),
    atNs: options.at ?? packet * 1000,
    family: 4,
    source0: source.word,
    source1: 0,
    source2: 0,
    source3: 0,
    destination0: destination.word,
    destination1: 0,
    destination2: 0,
    destination3: 0,
    sourcePort: source.port,
    destinationPort: destination.port,
    sequence: (options.seq ?? 0) >>> 0,
    acknowledgement: (options.ack ?? 0) >>> 0,
    flags: [...(options.flags ?? '.')].reduce((flags, letter) => flags | LETTERS[letter], 0),
    window: options.window ?? 512,
    options: (options.options ?? 0) | (options.sack === undefined ? 0 : TCP_OPTION.sack),
    mss: options.mss ?? -1,
    windowScale: -1,
    timestampValue: options.timestamp ?? -1,
    timestampEcho: -1,
    sackStart: (options.sack?.[0] ?? 0) >>> 0,
    sackEnd: (options.sack?.[1] ?? 0) >>> 0,
    unseenOptions: options.unseenOptions ?? 0,
    ttl: options.ttl ?? 64,
    ipId: options.ipId ?? packet,
    mac: options.mac ?? (from === 'client' ? 0xc1 : 0x5e),
    macTo: -1,
    vlan: options.vlan ?? -1,
    depth: options.depth ?? 34,
    direction: null,
    interfaceIndex: options.interfaceIndex ?? 0,
    buffer,
    view: new DataView(buffer.buffer),
    payloadStart: 0,
    payloadEnd: buffer.length,
    payloadLength: options.length ?? buffer.length,
  };
}

/** Records what a reader is told: text for bytes, `[gap n]`, `[fin]`. */
export class Recorder implements InOrder {
  text = '';
  readonly packets: number[] = [];

  bytes(view: Uint8Array, start: number, end: number, packet: number): void {
    this.text += Buffer.from(view.subarray(start, end)).toString('latin1');
    this.packets.push(packet);
  }

  gap(length: number): void {
    this.text += `[gap ${length}]`;
  }

  end(how: string): void {
    this.text += `[${how}]`;
  }
}

const NOTHING_SAID: Said = {
  tls: null,
  protocol: 'unknown',
  exchanges: [],
  exchangeOffset: 0,
  h2: null,
  webSockets: [],
  webSocketCount: 0,
  signs: 0,
  beginnings: null,
  anomalies: [],
  undecodedFirst: 0,
  undecodedSecond: 0,
};

/** A connection as the tracker finished it, with what its readers were told. */
export interface Finished {
  readonly facts: Connection;
  readonly first: string;
  readonly second: string;
  readonly firstPackets: readonly number[];
}

/** Runs segments through a tracker and gives the connections it finished, in order of their streams. */
export function track(...segments: readonly (readonly ['client' | 'server', SegmentOptions])[]): Finished[] {
  const finished: Finished[] = [];
  const readers = new Map<TrackedConnection, { first: Recorder; second: Recorder }>();
  const tracker = new ConnectionTracker({
    opened(connection) {
      const pair = { first: new Recorder(), second: new Recorder() };
      readers.set(connection, pair);
      connection.first.stream.reader = pair.first;
      connection.second.stream.reader = pair.second;
    },
    spent: () => undefined,
    finished(connection) {
      const pair = readers.get(connection);
      finished.push({
        facts: connectionFactsOf(connection, NOTHING_SAID, {
          latestNs: connection.endNs,
          startEpoch: { seconds: 0, nanoseconds: 0 },
          captureDrops: false,
          goesOn: false,
        }),
        first: pair?.first.text ?? '',
        second: pair?.second.text ?? '',
        firstPackets: pair?.first.packets ?? [],
      });
    },
  });
  segments.forEach(([from, options], at) => {
    tracker.segment(segmentOf(from, options, at + 1));
  });
  tracker.finish();
  return finished.sort((a, b) => a.facts.stream - b.facts.stream);
}
