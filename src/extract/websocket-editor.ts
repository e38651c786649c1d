/**
 * Frames of WebSocket in one direction. RFC 6455 §5.2. Headers stay, and of a Close frame its code;
 * payloads are made unreadable. In those of Ping and Pong, which stay equal where they were, and in a
 * Close frame's reason secrets are replaced.
 */
import { OPCODE } from '../http/websocket/frame-reader.js';
import { type ContentEditor, type EditContext, editBody } from './content-editor.js';
import { Gathered } from './gathered.js';

const MASK = 0x80;
const MAX_CONTROL_BYTES = 125;
const CLOSE_CODE_BYTES = 2;

/** See the head of this file. */
export class WebSocketEditor implements ContentEditor {
  private gathered: Gathered | null = null;
  private payloadLeft = 0;
  private isLost = false;

  constructor(private readonly context: EditContext) {}

  bytes(bytes: Uint8Array, offset: number): void {
    if (this.isLost) {
      this.context.edits.fill(offset, offset + bytes.length);
      return;
    }
    for (let at = 0; at < bytes.length; ) {
      if (this.payloadLeft > 0) {
        const taken = Math.min(this.payloadLeft, bytes.length - at);
        editBody(this.context, bytes.subarray(at, at + taken), offset + at, false);
        this.payloadLeft -= taken;
        at += taken;
        continue;
      }
      this.gathered ??= new Gathered(offset + at);
      const { gathered } = this;
      const taken = Math.min(wantedOf(gathered.bytes) - gathered.length, bytes.length - at);
      gathered.add(bytes.subarray(at, at + taken));
      at += taken;
      if (gathered.length === wantedOf(gathered.bytes)) this.take(gathered);
    }
  }

  gap(): void {
    this.isLost = true;
    this.gathered = null;
  }

  end(): void {}

  /** A header, with the payload where it is a control frame. */
  private take({ bytes, offset }: Gathered): void {
    this.gathered = null;
    const { edits, pseudonyms, words } = this.context;
    const opcode = (bytes[0] ?? 0) & 0x0f;
    const headLength = headBytesOf(bytes);
    if (opcode < OPCODE.close) {
      edits.keep(offset, offset + headLength);
      this.payloadLeft = payloadBytesOf(bytes);
      return;
    }
    if (words === null) {
      edits.keep(offset, offset + bytes.length);
      return;
    }
    const kept = headLength + (opcode === OPCODE.close ? Math.min(CLOSE_CODE_BYTES, bytes.length - headLength) : 0);
    edits.keep(offset, offset + kept);
    const key = ((bytes[1] ?? 0) & MASK) === 0 ? null : bytes.subarray(headLength - 4, headLength);
    const masked = (part: Uint8Array) =>
      key === null ? part : part.map((byte, index) => byte ^ (key[(index + kept - headLength) & 3] ?? 0));
    const payload = masked(bytes.subarray(kept));
    const edited =
      pseudonyms === null
        ? Buffer.from(words.text(Buffer.from(payload).toString('latin1')), 'latin1')
        : pseudonyms.bytes(payload);
    edits.replace(offset + kept, masked(edited));
  }
}

/** Bytes of a frame's beginning that are looked at together. */
function wantedOf(bytes: Buffer): number {
  if (bytes.length < 2) return 2;
  const isControl = ((bytes[0] ?? 0) & 0x0f) >= OPCODE.close && ((bytes[1] ?? 0) & 0x7f) <= MAX_CONTROL_BYTES;
  return headBytesOf(bytes) + (isControl ? payloadBytesOf(bytes) : 0);
}

function headBytesOf(bytes: Buffer): number {
  const second = bytes[1] ?? 0;
  const short = second & 0x7f;
  return 2 + (short === 126 ? 2 : short === 127 ? 8 : 0) + ((second & MASK) === 0 ? 0 : 4);
}

function payloadBytesOf(bytes: Buffer): number {
  const short = (bytes[1] ?? 0) & 0x7f;
  if (short === 126) return bytes.length < 4 ? 0 : bytes.readUInt16BE(2);
  return short === 127 ? (bytes.length < 10 ? 0 : Number(bytes.readBigUInt64BE(2))) : short;
}
