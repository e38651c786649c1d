/**
 * The way back from a connection to its packets: the capture file is the database.
 *
 * Given to `analyze`, it takes down where each connection lies and, every few ten thousand packets,
 * where the reading stands; what cannot be read twice is kept on disk. Afterwards the packets of
 * chosen connections are read again, from shortly before the first to the last.
 */
import { CaptureIndex } from '../capture/capture-index.js';
import { type ReadCaptures, readExcerpt } from '../capture/excerpt.js';
import type { PacketView } from '../capture/packet.js';
import type { PacketStream } from '../capture/packet-stream.js';
import { Spool } from '../capture/spool.js';
import type { Connection } from '../facts/connection.js';
import type { Endpoint } from '../facts/endpoint.js';
import type { ConversationDetail } from '../facts/packet-detail.js';
import type { PacketReference } from '../facts/packet-reference.js';
import { KeyLog } from '../tls/key-log.js';
import { ClientRandoms } from './client-randoms.js';
import { ConnectionSpans, type Span } from './connection-spans.js';
import { ConversationReader } from './conversation-reader.js';
import type { ReadLimits } from './read-limits.js';
import { SpanMatcher } from './span-matcher.js';

/** See the head of this file. Its maker closes it, which frees the disk space of a pipe. */
export class DrillDown {
  readonly spool: Spool;
  private readonly spans = new ConnectionSpans();
  private readonly index = new CaptureIndex();
  private files: readonly string[] = [];
  private observationPoints: readonly number[] = [];
  private clocks: PacketStream['clocks'] = [];
  private originEpochNs = 0n;
  /** Those of its captures among them. */
  private keyLog = new KeyLog();

  /** @param looksOn Told of each connection, or batch of one, as it comes. */
  constructor(
    private readonly looksOn: ((connection: Connection) => void) | null = null,
    private readonly limits: ReadLimits = {},
  ) {
    this.spool = new Spool(limits.maxSpool);
  }

  /** Called by `analyze` for each connection, or batch of one. */
  note(connection: Connection): void {
    this.spans.note(connection);
    this.looksOn?.(connection);
  }

  /** Called by `analyze` every few ten thousand packets: from then on what was read can be read again. */
  turn(stream: PacketStream, last: PacketView, keyLog: KeyLog): void {
    this.index.note(stream.places(last));
    this.finish(stream, keyLog);
  }

  /** Called by `analyze` at the end. */
  finish(stream: PacketStream, keyLog: KeyLog): void {
    this.files = stream.facts().map(({ file }) => file);
    this.originEpochNs = stream.originEpochNs ?? 0n;
    this.observationPoints = stream.observationPoints;
    this.clocks = stream.clocks;
    this.keyLog = keyLog;
  }

  /** The keys of the run, to open what is read again. */
  get keys(): KeyLog {
    return this.keyLog;
  }

  /** Where a connection lies; `null`: there is none of that number. */
  spanOf(stream: number): Span | null {
    return this.spans.spanOf(stream);
  }

  /**
   * A connection packet by packet; `null`: there is none of that number.
   *
   * @param kept Packets that must be among those kept of a very long one.
   * @throws CaptureError where a capture cannot be read any more
   */
  async conversation(
    stream: number,
    kept: readonly PacketReference[] = [],
    signal?: AbortSignal,
  ): Promise<ConversationDetail | null> {
    const span = this.spanOf(stream);
    if (span === null) return null;
    const reader = new ConversationReader(span, kept, this.keyLog);
    await this.eachPacket([stream], (packet) => reader.packet(packet), signal);
    return reader.finish();
  }

  /**
   * All packets of the connections named, in the order of the run; ICMP errors that quote them
   * are among them; of a datagram in fragments only the last is. Each view is borrowed until `onPacket` returns.
   *
   * @param further Packets that are told whatever they belong to.
   */
  async eachPacket(
    streams: readonly number[],
    onPacket: (packet: PacketView, streams: readonly number[]) => void,
    signal?: AbortSignal,
    further: readonly PacketReference[] = [],
  ): Promise<void> {
    const spans = streams.map((stream) => this.spanOf(stream)).filter((span) => span !== null);
    if (spans.length + further.length === 0) return;
    const matcher = new SpanMatcher(spans, onPacket, new Set(further));
    const first = [...spans.map((span) => span.first), ...further];
    const last = [...spans.map((span) => span.last), ...further];
    await readExcerpt(this.captures, first, last, (packet) => matcher.packet(packet), signal);
  }

  /** The connections that some packets belong to, in ascending order. */
  async streamsOf(packets: readonly PacketReference[], signal?: AbortSignal): Promise<readonly number[]> {
    const candidates = this.spans.around(packets);
    const wanted = new Set(packets);
    const found = new Set<number>();
    const note = ({ reference }: PacketView, streams: readonly number[]) => {
      if (wanted.has(reference)) for (const stream of streams) found.add(stream);
    };
    await this.eachPacket(candidates, note, signal);
    return [...found].sort((one, other) => one - other);
  }

  /** Connections to a server, at most `most`, those first that begin nearest to one of the packets. */
  streamsTo(server: Endpoint, near: readonly PacketReference[], most: number): readonly number[] {
    return this.spans.ofServer(server, near, most);
  }

  /** Connections that were open at a packet, at most `most`, those first that began last. */
  streamsOpenAt(packet: PacketReference, most: number): readonly number[] {
    return this.spans.over(packet, most);
  }

  /** The TLS secrets of connections, as lines of a key log; empty: none are known. */
  async keysOf(streams: readonly number[], signal?: AbortSignal): Promise<string> {
    const randoms = new ClientRandoms();
    await this.eachPacket(streams, (packet) => randoms.packet(packet), signal);
    return [...randoms.found].map((random) => this.keyLog.linesOf(random)).join('');
  }

  /** One packet as captured; `null`: there is none. The view is borrowed until `onPacket` returns. */
  async packet(reference: PacketReference, onPacket: (packet: PacketView) => void): Promise<boolean> {
    let found = false;
    await readExcerpt(this.captures, [reference], [reference], (packet) => {
      if (packet.reference !== reference) return true;
      found = true;
      onPacket(packet);
      return false;
    });
    return found;
  }

  /** Frees the disk space of what was kept. */
  close(): void {
    this.spool.close();
  }

  private get captures(): ReadCaptures {
    const { files, spool, index, originEpochNs, observationPoints, clocks } = this;
    return { files, spool, index, originEpochNs, observationPoints, clocks, maxUnpackedBytes: this.limits.maxUnpacked };
  }
}
