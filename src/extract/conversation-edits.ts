/** What is to become of the payload of some connections: read once in order before anything is written. */

import type { InOrder } from '../bytes/in-order.js';
import type { PacketView } from '../capture/packet.js';
import { PacketDecoder } from '../net/decoder.js';
import type { PacketSink, SegmentView } from '../net/segment.js';
import type { TrackedConnection } from '../tcp/connection.js';
import { type ConnectionHandler, ConnectionTracker } from '../tcp/tracker.js';
import { type EditContext, SharedContext } from './content-editor.js';
import { Edits } from './edits.js';
import { OpeningEditor } from './opening-editor.js';

/** The first byte of data, as relative sequence numbers count. */
const FIRST_OFFSET = 1;

/** Edits of both directions; `first` sent the connection's first packet. */
export interface ConnectionEdits {
  readonly first: Edits;
  readonly second: Edits;
}

/** See the head of this file. */
export class ConversationEdits implements PacketSink, ConnectionHandler {
  /** By stream number of the run. */
  readonly byStream = new Map<number, ConnectionEdits>();
  private readonly decoder = new PacketDecoder(this);
  private readonly tracker = new ConnectionTracker(this);
  private streams: readonly number[] = [];

  constructor(private readonly context: Omit<EditContext, 'edits'>) {}

  /** The next packet, with the connections that it belongs to. */
  packet(packet: PacketView, streams: readonly number[]): void {
    this.streams = streams;
    this.decoder.decode(packet);
  }

  finish(): void {
    this.tracker.finish();
  }

  segment(segment: SegmentView): void {
    this.tracker.segment(segment);
  }

  quoted(): void {}

  name(): void {}

  presence(): void {}

  quicInitial(): void {}

  opened(connection: TrackedConnection): void {
    const stream = this.streams.find((candidate) => !this.byStream.has(candidate));
    if (stream === undefined) return;
    const edits = { first: new Edits(), second: new Edits() };
    this.byStream.set(stream, edits);
    const shared = new SharedContext();
    connection.first.stream.reader = new EditingReader({ ...this.context, edits: edits.first }, shared);
    connection.second.stream.reader = new EditingReader({ ...this.context, edits: edits.second }, shared);
  }

  spent(): void {}

  finished(): void {}
}

/** Counts where the bytes stand. */
class EditingReader implements InOrder {
  private offset = FIRST_OFFSET;
  private readonly editor: OpeningEditor;

  constructor(context: EditContext, shared: SharedContext) {
    this.editor = new OpeningEditor(context, shared);
  }

  bytes(view: Uint8Array, start: number, end: number): void {
    this.editor.bytes(view.subarray(start, end), this.offset);
    this.offset += end - start;
  }

  gap(length: number): void {
    this.offset += length;
    this.editor.gap(this.offset);
  }

  end(): void {
    this.editor.end();
  }
}
