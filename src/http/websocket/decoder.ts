/**
 * A WebSocket conversation: two directions of in-order bytes in, facts out. RFC 6455.
 *
 * The facts are counts and a few bounded lists; they are final when both directions have ended. It
 * does no I/O and throws for no bytes.
 */
import { copied } from '../../bytes/copied.js';
import { textOf } from '../../bytes/data-view.js';
import type { EndOfDirection, InOrder } from '../../bytes/in-order.js';
import { MIN_IDLE_NS } from '../../facts/connection.js';
import type { Draft } from '../../facts/draft.js';
import { type BothSides, OPPOSITE, type Side } from '../../facts/endpoint.js';
import {
  MAX_WEB_SOCKET_RECORDS,
  type WebSocketClose,
  type WebSocketFacts,
  type WebSocketIdle,
  type WebSocketPing,
  type WebSocketSent,
} from '../../facts/websocket.js';
import { BoundedList } from '../bounded-list.js';
import { type FrameHead, FrameReader, OPCODE } from './frame-reader.js';
import type { Handshake } from './handshake.js';

/** Pings that wait for their Pong; who sends more without one is not waiting. */
const MAX_WAITING_PINGS = 16;

/** Where a decoder reports. */
export interface AnomalySink {
  anomaly(name: string, from: Side, packet: number): void;
}

interface WaitingPing {
  readonly ping: Draft<WebSocketPing>;
  readonly payload: Uint8Array;
}

/** See the head of this file. */
export class WebSocketDecoder {
  readonly client: InOrder;
  readonly server: InOrder;
  private readonly readers: BothSides<FrameReader>;
  private readonly sent: BothSides<Draft<WebSocketSent>> = { client: nothingSent(), server: nothingSent() };
  private readonly pings = new BoundedList<WebSocketPing>(MAX_WEB_SOCKET_RECORDS);
  private readonly idlePeriods = new BoundedList<WebSocketIdle>(MAX_WEB_SOCKET_RECORDS);
  private readonly closes: { client: WebSocketClose | null; server: WebSocketClose | null } = {
    client: null,
    server: null,
  };
  private readonly waiting: { client: WaitingPing[]; server: WaitingPing[] } = { client: [], server: [] };
  private lastNs: number;
  private after: Side | null = null;
  private hasEnded = false;

  /** @param startNs When the handshake was over. */
  constructor(
    private readonly sink: AnomalySink,
    private startNs: number,
  ) {
    this.lastNs = startNs;
    this.readers = { client: this.readerOf('client'), server: this.readerOf('server') };
    this.client = this.readers.client;
    this.server = this.readers.server;
  }

  /** Bytes that belong to no frame. */
  get undecodedBytes(): BothSides<number> {
    return { client: this.readers.client.undecodedBytes, server: this.readers.server.undecodedBytes };
  }

  /** Frames of both sides so far. */
  get frames(): number {
    return this.sent.client.frames + this.sent.server.frames;
  }

  /** The handshake is over only now: the decoder was made before, because the directions are decoded apart. */
  accepted(at: number): void {
    this.startNs = at;
    if (this.frames === 0) this.lastNs = at;
  }

  /** What was seen so far, all of it once both directions have ended. */
  factsWith(handshake: Handshake): WebSocketFacts {
    return {
      ...handshake,
      startNs: this.startNs,
      sent: {
        client: { ...this.sent.client, isLost: this.readers.client.isLost },
        server: { ...this.sent.server, isLost: this.readers.server.isLost },
      },
      pings: this.pings.items,
      pingCount: this.pings.count,
      closes: this.closes,
      idlePeriods: this.idlePeriods.items,
      idlePeriodCount: this.idlePeriods.count,
    };
  }

  private readerOf(side: Side): FrameReader {
    return new FrameReader(
      {
        frame: (head) => this.frame(side, head),
        control: (head, payload, length) => this.control(side, head, payload, length),
        anomaly: (name, packet) => this.sink.anomaly(name, side, packet),
        ended: (how, packet, at) => this.ended(how, packet, at),
      },
      side === 'client',
    );
  }

  private frame(from: Side, head: FrameHead): void {
    const sent = this.sent[from];
    sent.frames += 1;
    sent.payloadBytes += head.length;
    if (head.length > sent.largestPayload) sent.largestPayload = head.length;
    sent.lastNs = head.at;
    sent.lastPacket = head.packet;
    if (head.opcode === OPCODE.text) sent.textMessages += 1;
    else if (head.opcode === OPCODE.binary) sent.binaryMessages += 1;
    else if (head.opcode === OPCODE.ping) sent.pings += 1;
    else if (head.opcode === OPCODE.pong) sent.pongs += 1;
    if (head.isCompressed && head.opcode < OPCODE.close) sent.compressedMessages += 1;
    this.idleUntil(head.at, from, head.packet);
    this.after = from;
  }

  private control(from: Side, head: FrameHead, payload: Uint8Array, length: number): void {
    const { packet, at: atNs } = head;
    if (head.opcode === OPCODE.ping) {
      const ping: Draft<WebSocketPing> = { from, packet, atNs, answerPacket: null, answerNs: null };
      this.pings.add(ping);
      const waiting = this.waiting[from];
      if (waiting.length < MAX_WAITING_PINGS) waiting.push({ ping, payload: copied(payload, 0, length) });
    } else if (head.opcode === OPCODE.pong) this.answer(this.waiting[OPPOSITE[from]], payload, length, head);
    else if (this.closes[from] === null) this.closes[from] = closeOf(from, head, payload, length);
  }

  /** RFC 6455 §5.5.3: a Pong may answer the latest Ping alone, and one that nobody asked for answers none. */
  private answer(waiting: WaitingPing[], payload: Uint8Array, length: number, head: FrameHead): void {
    const at = waiting.findIndex(
      (one) => one.payload.length === length && one.payload.every((byte, i) => byte === payload[i]),
    );
    const answered = waiting[at];
    if (answered === undefined) return;
    answered.ping.answerPacket = head.packet;
    answered.ping.answerNs = head.at;
    waiting.splice(0, at + 1);
  }

  private ended(_how: EndOfDirection, packet: number, at: number): void {
    if (this.hasEnded) return;
    this.hasEnded = true;
    this.idleUntil(at, null, packet);
  }

  private idleUntil(at: number, endedBy: Side | null, packet: number): void {
    const durationNs = at - this.lastNs;
    if (durationNs > MIN_IDLE_NS)
      this.idlePeriods.add({ startNs: this.lastNs, durationNs, after: this.after, endedBy, packet });
    if (durationNs > 0) this.lastNs = at;
  }
}

function closeOf(from: Side, { packet, at: atNs }: FrameHead, payload: Uint8Array, length: number): WebSocketClose {
  if (length < 2) return { from, packet, atNs, code: null, reason: '' };
  const code = ((payload[0] ?? 0) << 8) | (payload[1] ?? 0);
  return { from, packet, atNs, code, reason: textOf(payload, 2, length) };
}

function nothingSent(): Draft<WebSocketSent> {
  return {
    frames: 0,
    textMessages: 0,
    binaryMessages: 0,
    compressedMessages: 0,
    pings: 0,
    pongs: 0,
    payloadBytes: 0,
    largestPayload: 0,
    lastNs: null,
    lastPacket: null,
    isLost: false,
  };
}
