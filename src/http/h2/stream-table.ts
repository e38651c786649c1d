/**
 * The streams of a connection that are open, and how their exchanges end. RFC 9113 §5.1, §8.
 *
 * The directions are decoded apart, so that a response may be read before its request where that
 * waited for a lost segment: either opens the stream, and the other finds it. An exchange is told
 * when both sides have ended it, or when the connection ends. One that is reset is told then too,
 * but a little later where the other side was not done: what that sent before the reset reached it
 * belongs to the exchange.
 *
 * It is one file because it is one question: which stream is meant, and is it over?
 */
import type { EndOfDirection } from '../../bytes/in-order.js';
import { MAX_WEB_SOCKETS } from '../../facts/connection.js';
import type { Side } from '../../facts/endpoint.js';
import { type Exchange, type RequestMessage, UNKNOWN_STATUS } from '../../facts/exchange.js';
import { type LateReset, MAX_H2_RECORDS } from '../../facts/h2.js';
import type { WebSocketFacts } from '../../facts/websocket.js';
import { BoundedList } from '../bounded-list.js';
import { WebSocketDecoder } from '../websocket/decoder.js';
import { handshakeOf } from '../websocket/handshake.js';
import type { BlockHead } from './field-block.js';
import type { FieldSection } from './field-section.js';
import type { FlowControl, StreamWindow } from './flow-control.js';
import { RecentSet } from './recent-set.js';
import { authorityOf, reach, requestOf, responseOf, Stream, textOf } from './stream.js';
import type { StreamInput } from './stream-state.js';

/** Streams kept open; beyond it the oldest is told as it stands. Servers allow some hundred at once. */
export const MAX_OPEN_STREAMS = 1024;

/** Streams that were reset, or are no longer followed, for which frames may still be under way: a round trip's worth of them. */
const MAX_GONE_STREAMS = 4096;

/** Streams that are over but for what the other side had already sent, or is decoded late; beyond it the oldest is told. */
const MAX_LINGERING_STREAMS = 64;

/** Interim responses kept for one exchange, as in HTTP/1. */
const MAX_INTERIM_RESPONSES = 64;

/** Who is told. */
export interface StreamListener {
  exchange(exchange: Exchange): void;
  anomaly(name: string, from: Side, packet: number): void;
}

/** See the head of this file. */
export class StreamTable {
  readonly lateResets = new BoundedList<LateReset>(MAX_H2_RECORDS);
  readonly webSockets: WebSocketFacts[] = [];
  webSocketCount = 0;
  /** Something was not seen: a stream that nothing is known of is no fault. */
  hasLoss: boolean;
  private readonly open = new Map<number, Stream>();
  private readonly lingering = new RecentSet<Stream>(MAX_LINGERING_STREAMS);
  private readonly gone = new RecentSet<number>(MAX_GONE_STREAMS);
  private highestRequest = 0;
  private highestPromise = 0;
  private told: number;

  /**
   * @param flows Windows of each side.
   * @param firstIndex Exchanges of the connection before.
   */
  constructor(
    private readonly listener: StreamListener,
    private readonly flows: { readonly client: () => FlowControl; readonly server: () => FlowControl },
    private readonly firstIndex: number,
    beginsUnseen: boolean,
  ) {
    this.told = firstIndex;
    this.hasLoss = beginsUnseen;
  }

  /** Whether anything was asked or answered yet. */
  get isUnused(): boolean {
    return this.told === this.firstIndex;
  }

  find(id: number): Stream | undefined {
    return this.open.get(id);
  }

  /** Each open stream's window of one side. */
  *windowsOf(side: Side): Iterable<StreamWindow> {
    for (const stream of this.open.values()) yield stream.windows[side];
  }

  /** The request that asked for the upgrade to HTTP/2: it is answered on stream 1. RFC 7540 §3.2. */
  upgraded(request: RequestMessage): void {
    const stream = this.create(1, request.headPacket);
    stream.request = { ...request, fields: request.fields };
    stream.state = 'client-done';
    this.highestRequest = 1;
  }

  /** The client sent a field section: a request, or its trailers. */
  requestSection(section: FieldSection, head: BlockHead): void {
    const stream = this.open.get(head.stream) ?? this.openRequest(section, head);
    if (stream === null) return;
    if (stream.request === null && stream.promise === null && (section.method !== null || section.isUnknown)) {
      stream.request = requestOf(section, head);
      stream.scheme = section.scheme;
      stream.protocol = section.protocol;
      if (section.isUnknown) stream.lacksFields('client');
      if (section.protocol === 'websocket') stream.webSocket = new WebSocketDecoder(this.listener, head.lastNs);
      this.advance(stream, 'request', 'client', head.lastPacket);
    } else this.takeTrailers(stream, 'client', section, head);
    if (head.endsStream) this.endSide(stream, 'client', head.lastPacket, head.lastNs);
  }

  /** The server sent a field section: an interim or final response, or its trailers. */
  responseSection(section: FieldSection, head: BlockHead): void {
    const stream = this.open.get(head.stream) ?? this.openResponse(section, head);
    if (stream === null) return;
    const { response } = stream;
    // A response of unknown status that another follows was an interim one.
    const wasInterim = response !== null && response.status === UNKNOWN_STATUS && section.status >= 0;
    if (response !== null && !wasInterim) this.takeTrailers(stream, 'server', section, head);
    else if (section.status >= 100 && section.status < 200) {
      if (section.status === 101 || head.endsStream)
        this.listener.anomaly('h2-malformed-response', 'server', head.lastPacket);
      if (stream.interim.length < MAX_INTERIM_RESPONSES)
        stream.interim = [...stream.interim, { status: section.status, packet: head.firstPacket, atNs: head.firstNs }];
    } else if (section.status >= 0 || section.isUnknown) this.takeResponse(stream, section, head);
    else if (!this.hasLoss) this.listener.anomaly('h2-malformed-response', 'server', head.lastPacket);
    if (head.endsStream) this.endSide(stream, 'server', head.lastPacket, head.lastNs);
  }

  /** The server announced a request that it will answer unasked. RFC 9113 §8.4. */
  promised(section: FieldSection, head: BlockHead): void {
    const { promised: id, stream: onStream, lastPacket: packet, lastNs: atNs } = head;
    if (id <= this.highestPromise || id % 2 !== 0) {
      this.listener.anomaly('h2-wrong-stream', 'server', packet);
      return;
    }
    this.highestPromise = id;
    const stream = this.create(id, packet);
    stream.state = 'reserved';
    stream.scheme = section.scheme;
    if (section.isUnknown) stream.lacksFields('client');
    stream.promise = {
      onStream,
      method: textOf(section.method, section) ?? '',
      target: textOf(section.path, section) ?? '',
      authority: authorityOf(section),
      packet,
      atNs,
    };
  }

  data(from: Side, id: number, view: Uint8Array, start: number, end: number, packet: number, at: number): void {
    const stream = this.open.get(id);
    if (stream === undefined) return;
    stream.takeData(from, end - start, false, packet, at);
    if (from === 'server') stream.digestData(view, start, end);
    if (stream.reset === null) stream.webSocket?.[from].bytes(view, start, end, packet, at);
  }

  missedData(from: Side, id: number, length: number, packet: number, at: number): void {
    const stream = this.open.get(id);
    if (stream === undefined) return;
    stream.takeData(from, length, true, packet, at);
    stream.webSocket?.[from].gap(length, packet, at);
  }

  /** A DATA frame is over that ends a side's message. */
  endSide(stream: Stream, side: Side, packet: number, at: number): void {
    if (!this.advance(stream, END_OF[side], side, packet)) return;
    const message = stream.messageOf(side);
    if (message !== null) {
      const { contentLength, bodyBytes, lostBytes } = message;
      const isUnlike =
        contentLength !== null && contentLength !== bodyBytes && lostBytes === 0 && !this.mayBeBodiless(stream, side);
      // Whose stream the other side has reset sends no more of it; some end it with an empty frame all the same.
      message.complete = !isUnlike || stream.reset === null;
      reach(message, packet, at);
      if (isUnlike && stream.reset === null) this.listener.anomaly('h2-content-length-mismatch', side, packet);
    }
    stream.webSocket?.[side].end('fin', packet, at);
    if (stream.state === 'closed') this.tell(stream);
    // Its request is late; or it will not come, where the client's direction was not captured.
    else if (stream.request === null && side === 'server') this.linger(stream);
  }

  reset(by: Side, id: number, code: number | null, packet: number, at: number): void {
    const stream = this.open.get(id);
    // Those that linger are over.
    const openStreams = this.open.size - this.lingering.size;
    if (stream === undefined) {
      this.lateResets.add({ by, h2Stream: id, code, packet, atNs: at, openStreams });
      return;
    }
    if (stream.reset !== null) {
      this.tell(stream);
      return;
    }
    const isOtherDone = stream.state === (by === 'client' ? 'server-done' : 'client-done');
    stream.reset = { by, code, packet, atNs: at, openStreams };
    stream.advance('reset');
    for (const side of SIDES) this.flows[side]().close(stream.windows[side], 'reset', packet, at);
    this.endWebSocket(stream, 'rst', packet, at);
    this.gone.add(id);
    if (isOtherDone) this.tell(stream);
    else this.linger(stream);
  }

  /** The connection is over: tells what is left, in order of the requests. */
  flush(how: EndOfDirection, packet: number, at: number): void {
    for (const stream of [...this.open.values()].sort((a, b) => a.index - b.index)) {
      for (const side of SIDES) this.flows[side]().close(stream.windows[side], null, packet, at);
      this.endWebSocket(stream, how, packet, at);
      this.tell(stream);
    }
  }

  private openRequest(section: FieldSection, head: BlockHead): Stream | null {
    const { stream: id, lastPacket } = head;
    if (this.gone.has(id)) return null;
    if (id % 2 === 0 || (id <= this.highestRequest && !this.hasLoss)) {
      this.listener.anomaly(id % 2 === 0 ? 'h2-wrong-stream' : 'h2-frame-on-closed-stream', 'client', lastPacket);
      return null;
    }
    if (section.method === null && !section.isUnknown) {
      // Trailers of a request that was not seen; or no request at all, which its receiver treats as malformed.
      if (!this.hasLoss) this.listener.anomaly('h2-malformed-request', 'client', lastPacket);
      return null;
    }
    if (id > this.highestRequest) this.highestRequest = id;
    const isComplete =
      section.method === 'CONNECT' && section.protocol === null ? section.authority !== null : section.path !== null;
    if (!section.isUnknown && !isComplete) this.listener.anomaly('h2-malformed-request', 'client', lastPacket);
    return this.create(id, lastPacket);
  }

  private openResponse(section: FieldSection, { stream: id, lastPacket }: BlockHead): Stream | null {
    if (this.gone.has(id)) return null;
    // A stream that was asked for and is not open is over. Beyond, the request may be late, or lost.
    const isOver = id % 2 === 0 ? id <= this.highestPromise : id <= this.highestRequest;
    if (isOver && !this.hasLoss) {
      this.listener.anomaly('h2-frame-on-closed-stream', 'server', lastPacket);
      return null;
    }
    // Trailers of a response that was not seen.
    if (section.status < 0 && !section.isUnknown) return null;
    return this.create(id, lastPacket);
  }

  /** RFC 9113 §8.1.1: a HEAD's response and a 304 declare what they do not carry; what was not seen may be one. */
  private mayBeBodiless({ request, response }: Stream, side: Side): boolean {
    if (this.hasLoss) return true;
    return side === 'server' && (request === null || request.method === 'HEAD' || response?.status === 304);
  }

  private takeResponse(stream: Stream, section: FieldSection, head: BlockHead): void {
    const response = responseOf(section, head, stream.request?.framing === 'tunnel');
    stream.response = response;
    if (section.isUnknown) stream.lacksFields('server');
    if (head.endsStream) stream.grpcStatus = section.grpcStatus;
    this.advance(stream, 'response', 'server', head.lastPacket);
    const { webSocket } = stream;
    if (webSocket === null) return;
    // Any answer but 2xx refuses: then DATA is the body of an error. RFC 8441 §5.
    if (response.framing === 'tunnel') webSocket.accepted(head.lastNs);
    else stream.webSocket = null;
  }

  private takeTrailers(stream: Stream, side: Side, section: FieldSection, head: BlockHead): void {
    // RFC 9113 §8.1: they end the stream, and hold no pseudo-fields.
    if (!head.endsStream || section.method !== null || section.status >= 0)
      this.listener.anomaly('h2-malformed-trailers', side, head.lastPacket);
    stream.trailers = { ...stream.trailers, [side]: section.takeFields() };
    if (section.isUnknown) stream.lacksFields(side);
    if (side === 'server') stream.grpcStatus = section.grpcStatus ?? stream.grpcStatus;
    const message = stream.messageOf(side);
    if (message !== null) reach(message, head.lastPacket, head.lastNs);
  }

  private linger(stream: Stream): void {
    const over = this.lingering.add(stream);
    if (over === undefined) return;
    this.gone.add(over.id);
    this.tell(over);
  }

  private advance(stream: Stream, input: StreamInput, from: Side, packet: number): boolean {
    // Sent before its sender knew of the reset.
    if (stream.reset !== null) return stream.reset.by !== from;
    if (stream.advance(input)) return true;
    this.listener.anomaly('h2-frame-after-end', from, packet);
    return false;
  }

  private create(id: number, packet: number): Stream {
    if (this.open.size >= MAX_OPEN_STREAMS) this.tellOldest(packet);
    const stream = new Stream(id, this.told, {
      client: this.flows.client().open(id),
      server: this.flows.server().open(id),
    });
    this.told += 1;
    this.open.set(id, stream);
    return stream;
  }

  private tellOldest(packet: number): void {
    const oldest = this.open.values().next().value;
    if (oldest === undefined) return;
    this.listener.anomaly('h2-too-many-open-streams', 'client', packet);
    this.gone.add(oldest.id);
    this.tell(oldest);
  }

  private endWebSocket({ webSocket }: Stream, how: EndOfDirection, packet: number, at: number): void {
    if (webSocket === null) return;
    for (const side of SIDES) webSocket[side].end(how, packet, at);
  }

  private tell(stream: Stream): void {
    this.open.delete(stream.id);
    for (const side of SIDES) this.flows[side]().forget(stream.windows[side]);
    this.lingering.delete(stream);
    const { webSocket, request, response } = stream;
    if (webSocket !== null && response !== null) {
      this.webSocketCount += 1;
      if (this.webSockets.length < MAX_WEB_SOCKETS)
        this.webSockets.push(webSocket.factsWith(handshakeOf(request, response, stream.id)));
    }
    // A promise that was never kept is an exchange as well: something was announced. Nothing at all is none.
    if (request !== null || response !== null || stream.promise !== null) this.listener.exchange(stream.exchange());
  }
}

const SIDES: readonly Side[] = ['client', 'server'];
const END_OF: Readonly<Record<Side, StreamInput>> = { client: 'client-end', server: 'server-end' };
