/** One direction of HTTP/2 as a transcript: field sections in words, data apart, other frames by name. RFC 9113 §6. */
import { textOf } from '../../bytes/data-view.js';
import type { EndOfDirection } from '../../bytes/in-order.js';
import type { Side } from '../../facts/endpoint.js';
import type { Field } from '../../facts/field.js';
import { type BlockHead, type BlockSink, FieldBlockAssembly } from '../../http/h2/field-block.js';
import { FRAME, type FrameHeader } from '../../http/h2/frame.js';
import type { FrameSink } from '../../http/h2/frame-reader.js';
import { FieldBlockReader, type FieldSink } from '../../http/hpack/field-block-reader.js';
import { StaticTable } from '../../http/hpack/static-table.js';
import type { Vocabulary } from '../../http/hpack/vocabulary.js';
import { UNSALTED } from '../../text/redaction.js';
import { countText } from '../../text/size.js';
import { visible } from '../../text/visible.js';
import type { Transcript } from './transcript.js';

/** A field, and whether its sender marked it as never to be indexed. RFC 7541 §7.1.3. */
interface SaidField extends Field {
  readonly isSecret?: boolean;
}

/** Names seen so far; their numbers are what tables hold, and tables hold sixteen bits. */
const MAX_NAMES = 32_000;

/** Every field is kept, under the number of its name. */
class AllFields implements Vocabulary {
  private readonly names: string[] = [];
  private readonly numbers = new Map<string, number>();

  indexOf(view: Uint8Array, start: number, end: number): number {
    const name = textOf(view, start, end);
    const known = this.numbers.get(name);
    if (known !== undefined) return known;
    if (this.names.length >= MAX_NAMES) return 0;
    this.numbers.set(name, this.names.length);
    this.names.push(name);
    return this.names.length - 1;
  }

  repeats(): boolean {
    return false;
  }

  field(name: number, view: Uint8Array, start: number, end: number, isSecret: boolean): SaidField {
    return { name: this.names[name] ?? '', value: textOf(view, start, end), isSecret };
  }
}

/** Those that are written in one word. RFC 9113 §6.8, RFC 7838 §4. */
const ONE_WORD: Readonly<Record<string, string>> = { goAway: 'GOAWAY', altSvc: 'ALTSVC' };
const NAMES: ReadonlyMap<number, string> = new Map(
  Object.entries(FRAME).map(([name, type]) => [type, ONE_WORD[name] ?? name.replace(/[A-Z]/g, '_$&').toUpperCase()]),
);

/** See the head of this file. */
export class H2Follower implements FrameSink, BlockSink, FieldSink {
  private readonly blocks = new FieldBlockAssembly(this);
  private readonly reader: FieldBlockReader;
  private fields: SaidField[] = [];
  private unknown = 0;
  private body: Uint8Array[] = [];
  private bodyLength = 0;

  constructor(
    private readonly side: Side,
    private readonly transcript: Transcript,
    isUnseen: boolean,
  ) {
    this.reader = new FieldBlockReader(new StaticTable(new AllFields()), this, isUnseen);
  }

  frame(header: FrameHeader, view: Uint8Array, start: number, end: number): void {
    if (header.type === FRAME.headers || header.type === FRAME.pushPromise) this.blocks.begin(header, view, start, end);
    else if (header.type === FRAME.continuation) {
      if (this.blocks.allows(header.type, header.stream)) this.blocks.goOn(header, view, start, end);
    } else this.name(header);
  }

  cutFrame(header: FrameHeader): void {
    if (header.type === FRAME.headers || header.type === FRAME.continuation || header.type === FRAME.pushPromise) {
      this.blocks.cut(header);
    } else this.name(header);
  }

  dataBegins(): void {
    this.body = [];
    this.bodyLength = 0;
  }

  data(_header: FrameHeader, view: Uint8Array, start: number, end: number): void {
    this.bodyLength += end - start;
    const room = this.transcript.room(end - start);
    if (room > 0) this.body.push(Uint8Array.prototype.slice.call(view, start, start + room));
  }

  missedData({ firstPacket, firstNs }: FrameHeader, length: number): void {
    this.transcript.addGap(this.side, firstPacket, firstNs, length);
  }

  dataEnds({ firstPacket, firstNs, stream }: FrameHeader): void {
    if (this.bodyLength === 0) return;
    const { body, bodyLength } = this;
    this.transcript.addBody(this.side, firstPacket, firstNs, Buffer.concat(body), bodyLength, `DATA[${stream}]`);
  }

  block(head: BlockHead, view: Uint8Array, start: number, end: number): void {
    this.fields = [];
    this.unknown = 0;
    const outcome = this.reader.read(view, start, end);
    const title = `HEADERS[${head.stream}]${head.endsStream ? ', ends the stream' : ''}`;
    const lines = [title];
    const revealed = [title];
    for (const { name, value, isSecret } of this.fields) {
      const shown = UNSALTED.field(name, value, isSecret);
      lines.push(visible(`${name}: ${shown}`));
      revealed.push(visible(`${name}: ${value}`));
    }
    if (this.unknown > 0) lines.push(`(${countText(this.unknown)} fields refer to what was not captured)`);
    if (outcome !== 'read') lines.push(`(the rest is ${outcome === 'malformed' ? 'not readable' : 'too large'})`);
    const isSame = lines.every((line, at) => line === revealed[at]);
    this.add(
      head.firstPacket,
      head.firstNs,
      'head',
      lines,
      isSame ? null : [...revealed, ...lines.slice(revealed.length)],
    );
  }

  cutBlock({ stream, firstPacket, firstNs }: BlockHead): void {
    this.reader.lose();
    this.add(firstPacket, firstNs, 'gap', [`(HEADERS[${stream}]: not all of it was captured)`], null);
  }

  lostBlock(): void {
    this.reader.lose();
  }

  lost(): void {
    this.blocks.forget();
    this.reader.lose();
  }

  field(_name: number, field: SaidField | null, isUnknown: boolean): void {
    if (field === null || isUnknown) this.unknown += 1;
    else this.fields.push(field);
  }

  preface(packet: number): void {
    this.add(packet, 0, 'frame', ['(connection preface)'], null);
  }

  anomaly(): void {}

  ended(_how: EndOfDirection): void {}

  private name({ type, stream, flags, length, firstPacket, firstNs }: FrameHeader): void {
    const name = NAMES.get(type) ?? `frame type ${type}`;
    const acknowledges = (type === FRAME.settings || type === FRAME.ping) && (flags & 1) !== 0 ? ' ACK' : '';
    const where = stream === 0 ? '' : `[${stream}]`;
    this.add(firstPacket, firstNs, 'frame', [`${name}${where}${acknowledges}, ${countText(length)} bytes`], null);
  }

  private add(
    packet: number,
    atNs: number,
    kind: 'head' | 'frame' | 'gap',
    lines: readonly string[],
    revealed: readonly string[] | null,
  ): void {
    this.transcript.add({ from: this.side, packet, atNs, kind, lines, revealed });
  }
}
