/**
 * The way back from a connection to its packets: the capture file is the database (design.md,
 * decision 5).
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
import type { ConversationDetail } from '../facts/packet-detail.js';
import type { PacketReference } from '../facts/packet-reference.js';
import { KeyLog } from '../tls/key-log.js';
import { ConnectionSpans, type Span } from './connection-spans.js';
import { ConversationReader } from './conversation-reader.js';
import { SpanMatcher } from './span-matcher.js';

/** See the head of this file. Its maker closes it, which frees the disk space of a pipe. */
export class DrillDown {
  readonly spool = new Spool();
  private readonly spans = new ConnectionSpans();
  private readonly index = new CaptureIndex();
  private files: readonly string[] = [];
  private originEpochNs = 0n;
  /** Those of its captures among them. */
  private keyLog = new KeyLog();

  /** Called by `analyze` for each connection, or batch of one. */
  note(connection: Connection): void {
    this.spans.note(connection);
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
   * All packets of the connections named, in the order of the run; ICMP errors that quote them, and
   * the fragments of a datagram, are among them. Each view is borrowed until `onPacket` returns.
   */
  async eachPacket(
    streams: readonly number[],
    onPacket: (packet: PacketView, streams: readonly number[]) => void,
    signal?: AbortSignal,
  ): Promise<void> {
    const spans = streams.map((stream) => this.spanOf(stream)).filter((span) => span !== null);
    if (spans.length === 0) return;
    const matcher = new SpanMatcher(spans, onPacket);
    const first = spans.map((span) => span.first);
    const last = spans.map((span) => span.last);
    await readExcerpt(this.captures, first, last, (packet) => matcher.packet(packet), signal);
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
    const { files, spool, index, originEpochNs } = this;
    return { files, spool, index, originEpochNs };
  }
}
