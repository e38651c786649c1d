/**
 * One direction of a WebSocket conversation: frames one behind the other. RFC 6455 §5.2.
 *
 * A state machine over bytes without a buffer but for control frames, which are 125 bytes at most.
 * Payloads are counted and skipped. Where bytes were lost within a payload its length still tells
 * where the next frame begins; anywhere else the place is lost, and sought again at the beginning
 * of later segments: there, a chain of frames must fill the segment to its end.
 */
import type { EndOfDirection, InOrder } from '../../bytes/in-order.js';

/** Opcodes of frames. RFC 6455 §11.8. */
export const OPCODE = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

const FIN = 0x80;
const RSV1 = 0x40;
const RSV = 0x70;
const MASK = 0x80;
const LENGTH_16 = 126;
const LENGTH_64 = 127;
/** RFC 6455 §5.5: payload of a control frame at most. */
export const MAX_CONTROL_BYTES = 125;
/** First two bytes, a length of eight, a masking key. */
const MAX_HEADER_BYTES = 14;

const HEADER = 0;
const PAYLOAD = 1;
const LOST = 2;

/** A frame's header, and the packet that it began in. */
export interface FrameHead {
  opcode: number;
  isFinal: boolean;
  /** RSV1, which permessage-deflate uses: RFC 7692 §6. */
  isCompressed: boolean;
  isMasked: boolean;
  length: number;
  packet: number;
  at: number;
}

/** Who is told. */
export interface FrameSink {
  /** A frame's header was read. */
  frame(head: FrameHead): void;
  /** A control frame is whole: its payload, unmasked, is [0, length) of `payload`, borrowed. */
  control(head: FrameHead, payload: Uint8Array, length: number): void;
  anomaly(name: string, packet: number): void;
  ended(how: EndOfDirection, packet: number, at: number): void;
}

/** See the head of this file. */
export class FrameReader implements InOrder {
  /** Bytes that belong to no frame. */
  undecodedBytes = 0;
  isLost = false;
  private state = HEADER;
  private readonly header = new Uint8Array(MAX_HEADER_BYTES);
  private headerLength = 0;
  private readonly head: FrameHead = {
    opcode: 0,
    isFinal: false,
    isCompressed: false,
    isMasked: false,
    length: 0,
    packet: 0,
    at: 0,
  };
  private remaining = 0;
  private readonly control = new Uint8Array(MAX_CONTROL_BYTES);
  private controlLength = 0;
  private isControlWhole = true;

  /** @param mustMask Its sender is the client. RFC 6455 §5.1. */
  constructor(
    private readonly sink: FrameSink,
    private readonly mustMask: boolean,
  ) {}

  bytes(view: Uint8Array, start: number, end: number, packet: number, at: number): void {
    if (this.state === LOST) {
      if (!this.fillsWithFrames(view, start, end)) {
        this.undecodedBytes += end - start;
        return;
      }
      this.state = HEADER;
      this.headerLength = 0;
    }
    let from = start;
    while (from < end) {
      if (this.state === PAYLOAD) {
        const taken = Math.min(this.remaining, end - from);
        this.takePayload(view, from, from + taken);
        from += taken;
      } else if (this.state === HEADER) {
        if (this.headerLength === 0) {
          this.head.packet = packet;
          this.head.at = at;
        }
        this.header[this.headerLength] = view[from] ?? 0;
        this.headerLength += 1;
        from += 1;
        this.readHeader();
      } else {
        this.undecodedBytes += end - from;
        return;
      }
    }
  }

  gap(length: number, packet: number, at: number): void {
    if (this.state === PAYLOAD && length <= this.remaining) {
      this.remaining -= length;
      this.isControlWhole = false;
      if (this.remaining === 0) this.endFrame();
    } else if (this.state === PAYLOAD) {
      const rest = length - this.remaining;
      this.gap(this.remaining, packet, at);
      this.gap(rest, packet, at);
    } else this.lose();
  }

  end(how: EndOfDirection, packet: number, at: number): void {
    if (this.state === HEADER) this.undecodedBytes += this.headerLength;
    this.sink.ended(how, packet, at);
  }

  private readHeader(): void {
    const { header, headerLength, head } = this;
    if (headerLength < 2) return;
    const short = (header[1] ?? 0) & 0x7f;
    const isMasked = ((header[1] ?? 0) & MASK) !== 0;
    const lengthBytes = short === LENGTH_16 ? 2 : short === LENGTH_64 ? 8 : 0;
    if (headerLength < 2 + lengthBytes + (isMasked ? 4 : 0)) return;
    const first = header[0] ?? 0;
    head.opcode = first & 0x0f;
    head.isFinal = (first & FIN) !== 0;
    head.isCompressed = (first & RSV1) !== 0;
    head.isMasked = isMasked;
    head.length = lengthBytes === 0 ? short : bigEndian(header, 2, lengthBytes);
    this.headerLength = 0;
    const flaw = this.flawOf(first);
    if (flaw !== null) {
      this.sink.anomaly(flaw, head.packet);
      // A length that no frame has, or an opcode that nobody defined: these are no frames. RFC 6455 §7.1.7.
      if (flaw === 'websocket-impossible-length' || flaw === 'websocket-reserved-opcode') {
        this.undecodedBytes += headerLength;
        this.lose();
        return;
      }
    }
    this.sink.frame(head);
    this.remaining = head.length;
    this.controlLength = 0;
    this.isControlWhole = short <= MAX_CONTROL_BYTES;
    this.state = PAYLOAD;
    if (head.length === 0) this.endFrame();
  }

  private flawOf(first: number): string | null {
    const { opcode, isFinal, isMasked, length } = this.head;
    const isControl = opcode >= OPCODE.close;
    if (length > Number.MAX_SAFE_INTEGER) return 'websocket-impossible-length';
    if (opcode > OPCODE.pong || (opcode > OPCODE.binary && opcode < OPCODE.close)) return 'websocket-reserved-opcode';
    if (isControl && !isFinal) return 'websocket-fragmented-control-frame';
    if (isControl && length > MAX_CONTROL_BYTES) return 'websocket-long-control-frame';
    if ((first & RSV & ~RSV1) !== 0) return 'websocket-reserved-bits';
    if (isMasked !== this.mustMask)
      return this.mustMask ? 'websocket-unmasked-client-frame' : 'websocket-masked-server-frame';
    return null;
  }

  private takePayload(view: Uint8Array, start: number, end: number): void {
    if (this.head.opcode >= OPCODE.close && this.isControlWhole) {
      this.control.set(view.subarray(start, end), this.controlLength);
      this.controlLength += end - start;
    }
    this.remaining -= end - start;
    if (this.remaining === 0) this.endFrame();
  }

  private endFrame(): void {
    this.state = HEADER;
    const { head, control } = this;
    if (head.opcode < OPCODE.close || !this.isControlWhole) return;
    if (head.isMasked) {
      // RFC 6455 §5.3. The length of a whole control frame stands in the second byte, so that the key is behind it.
      for (let at = 0; at < head.length; at += 1) control[at] = (control[at] ?? 0) ^ (this.header[2 + (at & 3)] ?? 0);
    }
    this.sink.control(head, control, head.length);
  }

  private lose(): void {
    this.state = LOST;
    this.isLost = true;
    this.headerLength = 0;
  }

  /** Do frames that this side may send fill [start, end) exactly? */
  private fillsWithFrames(view: Uint8Array, start: number, end: number): boolean {
    let at = start;
    while (at < end) {
      if (end - at < 2) return false;
      const first = view[at] ?? 0;
      const second = view[at + 1] ?? 0;
      const opcode = first & 0x0f;
      if ((first & RSV & ~RSV1) !== 0 || opcode > OPCODE.pong || (opcode > OPCODE.binary && opcode < OPCODE.close))
        return false;
      if (((second & MASK) !== 0) !== this.mustMask) return false;
      const short = second & 0x7f;
      const lengthBytes = short === LENGTH_16 ? 2 : short === LENGTH_64 ? 8 : 0;
      if (opcode >= OPCODE.close && (lengthBytes > 0 || (first & FIN) === 0)) return false;
      if (at + 2 + lengthBytes > end) return false;
      const length = lengthBytes === 0 ? short : bigEndian(view, at + 2, lengthBytes);
      at += 2 + lengthBytes + (this.mustMask ? 4 : 0) + length;
    }
    return at === end;
  }
}

function bigEndian(view: Uint8Array, start: number, bytes: number): number {
  let value = 0;
  for (let at = 0; at < bytes; at += 1) value = value * 256 + (view[start + at] ?? 0);
  return value;
}
