/**
 * Frames of HTTP/2 in one direction. RFC 9113 §4.
 *
 * Frame headers stay. DATA is made unreadable; words and secrets in literal strings of field blocks are
 * replaced at equal length, which leaves references into the compression tables true (RFC 7541).
 */
import {
  emptyHeader,
  FLAG,
  FRAME,
  FRAME_HEADER_BYTES,
  isFrameChain,
  PRIORITY_BYTES,
  readFrameHeader,
} from '../http/h2/frame.js';
import { type ContentEditor, type EditContext, editBody } from './content-editor.js';
import { FieldBlockEditor } from './field-block-editor.js';
import { Gathered } from './gathered.js';

const PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';
/** A frame that is gathered; larger ones, DATA apart, nobody sends. */
const MAX_FRAME_BYTES = 1_048_576;

/** See the head of this file. */
export class H2Editor implements ContentEditor {
  /** What waits for the end of a frame. */
  private frame: Gathered | null = null;
  private readonly header = emptyHeader();
  /** Of a DATA frame. */
  private dataLeft = 0;
  private beginsBody = false;
  private isLost = false;
  /** A field block in several frames: its parts so far, with their places. */
  private block: { readonly at: number; readonly bytes: Buffer }[] = [];
  private readonly fieldBlocks = new FieldBlockEditor();

  constructor(
    private readonly context: EditContext,
    private mayBeginWithPreface: boolean,
  ) {}

  bytes(bytes: Uint8Array, offset: number): void {
    let at = 0;
    if (this.isLost) {
      if (!isFrameChain(bytes, 0, bytes.length)) {
        this.context.edits.fill(offset, offset + bytes.length);
        return;
      }
      this.isLost = false;
    }
    while (at < bytes.length) {
      if (this.dataLeft > 0) {
        const taken = Math.min(this.dataLeft, bytes.length - at);
        editBody(this.context, bytes.subarray(at, at + taken), offset + at, this.beginsBody);
        this.beginsBody = false;
        this.dataLeft -= taken;
        at += taken;
      } else at = this.gather(bytes, at, offset);
    }
  }

  gap(): void {
    this.dropFrame();
    this.dataLeft = 0;
    this.block = [];
    this.isLost = true;
  }

  end(): void {
    this.dropFrame();
  }

  /** Adds to the frame in hand what it lacks, and reads it when it is whole. */
  private gather(bytes: Uint8Array, at: number, offset: number): number {
    this.frame ??= new Gathered(offset + at);
    const { frame, header } = this;
    const wanted = this.wanted();
    const taken = Math.min(wanted - frame.length, bytes.length - at);
    frame.add(bytes.subarray(at, at + taken));
    if (frame.length < wanted) return at + taken;
    const whole = frame.bytes;
    if (
      this.mayBeginWithPreface &&
      frame.length === FRAME_HEADER_BYTES &&
      whole.toString('latin1') === PREFACE.slice(0, 9)
    ) {
      return at + taken;
    }
    if (this.mayBeginWithPreface && frame.length === PREFACE.length) {
      this.mayBeginWithPreface = false;
      this.context.edits.keep(frame.offset, frame.offset + frame.length);
      this.frame = null;
      return at + taken;
    }
    if (frame.length === FRAME_HEADER_BYTES) {
      this.mayBeginWithPreface = false;
      readFrameHeader(whole, 0, header);
      if (header.type === FRAME.data) {
        this.context.edits.keep(frame.offset, frame.offset + frame.length);
        this.frame = null;
        this.dataLeft = header.length;
        this.beginsBody = true;
        return at + taken;
      }
      if (header.length > MAX_FRAME_BYTES) {
        this.gap();
        return at + taken;
      }
      if (header.length > 0) return at + taken;
    }
    this.frame = null;
    this.takeFrame(whole, frame.offset);
    return at + taken;
  }

  /** Bytes that the frame in hand should have: its header, then all of it; or the preface. */
  private wanted(): number {
    const { frame, header } = this;
    if (frame === null || frame.length < FRAME_HEADER_BYTES) return FRAME_HEADER_BYTES;
    if (this.mayBeginWithPreface) return PREFACE.length;
    return FRAME_HEADER_BYTES + header.length;
  }

  private takeFrame(frame: Buffer, offset: number): void {
    const { edits, pseudonyms, words } = this.context;
    const { type, flags } = this.header;
    if (words === null) {
      edits.keep(offset, offset + frame.length);
      return;
    }
    switch (type) {
      case FRAME.headers:
      case FRAME.pushPromise:
      case FRAME.continuation: {
        this.block.push({ at: offset, bytes: frame });
        if ((flags & FLAG.endHeaders) !== 0) this.takeBlock();
        return;
      }
      case FRAME.goAway: {
        // Last stream and error code; then whatever the sender likes.
        edits.keep(offset, offset + FRAME_HEADER_BYTES + 8);
        const debug = frame.subarray(FRAME_HEADER_BYTES + 8).toString('latin1');
        edits.replace(offset + FRAME_HEADER_BYTES + 8, Buffer.from(words.text(debug), 'latin1'));
        return;
      }
      case FRAME.altSvc:
      case FRAME.origin:
        edits.keep(offset, offset + FRAME_HEADER_BYTES + 2);
        edits.replace(
          offset + FRAME_HEADER_BYTES + 2,
          Buffer.from(words.text(frame.subarray(FRAME_HEADER_BYTES + 2).toString('latin1')), 'latin1'),
        );
        return;
      case FRAME.priority:
      case FRAME.rstStream:
      case FRAME.settings:
      case FRAME.ping:
      case FRAME.windowUpdate:
        edits.keep(offset, offset + frame.length);
        return;
      default:
        edits.keep(offset, offset + (pseudonyms === null ? frame.length : FRAME_HEADER_BYTES));
        if (pseudonyms !== null) edits.fill(offset + FRAME_HEADER_BYTES, offset + frame.length);
    }
  }

  /** Edits a field block, and writes it back into the frames that it came in. */
  private takeBlock(): void {
    const { edits, words } = this.context;
    const parts = this.block.map(({ at, bytes }) => ({ at, bytes, ...fragmentOf(bytes) }));
    this.block = [];
    if (words === null) return;
    const block = Buffer.concat(parts.map(({ bytes, from, to }) => bytes.subarray(from, to)));
    const edited = this.fieldBlocks.edited(block, (name, text, isNeverIndexed) =>
      words.field(name, text, isNeverIndexed),
    );
    let used = 0;
    for (const { at, bytes, from, to } of parts) {
      edits.keep(at, at + from);
      if (edited === null) edits.fill(at + from, at + to);
      else edits.replace(at + from, edited.subarray(used, used + to - from));
      used += to - from;
      edits.keep(at + to, at + bytes.length);
    }
  }

  private dropFrame(): void {
    const { frame } = this;
    this.frame = null;
    if (frame !== null) this.context.edits.fill(frame.offset, frame.offset + frame.length);
    for (const { at, bytes } of this.block) this.context.edits.fill(at, at + bytes.length);
  }
}

/** Where the field block lies in a frame. RFC 9113 §6.2, §6.6, §6.10. */
function fragmentOf(frame: Buffer): { readonly from: number; readonly to: number } {
  const type = frame[3] ?? 0;
  const flags = frame[4] ?? 0;
  let from = FRAME_HEADER_BYTES;
  let to = frame.length;
  if (type === FRAME.continuation) return { from, to };
  if ((flags & FLAG.padded) !== 0) {
    to -= frame[from] ?? 0;
    from += 1;
  }
  if (type === FRAME.headers && (flags & FLAG.priority) !== 0) from += PRIORITY_BYTES;
  if (type === FRAME.pushPromise) from += 4;
  return { from: Math.min(from, frame.length), to: Math.max(Math.min(from, frame.length), to) };
}
