/** One stream: an exchange while it lasts. RFC 9113 §5.1, §8.1. */
import type { BothSides, Side } from '../../facts/endpoint.js';
import { type Exchange, type InterimResponse, UNKNOWN_STATUS, UNKNOWN_TEXT } from '../../facts/exchange.js';
import type { Field } from '../../facts/field.js';
import type { H2StreamState, PushPromise, StreamReset } from '../../facts/h2.js';
import { BodyDigest } from '../body-digest.js';
import type { DraftMessage, DraftRequest, DraftResponse } from '../message-facts.js';
import { isEarlier } from '../packet-order.js';
import type { WebSocketDecoder } from '../websocket/decoder.js';
import type { BlockHead } from './field-block.js';
import type { FieldSection } from './field-section.js';
import type { StreamWindow } from './flow-control.js';
import { NEXT, type StreamInput } from './stream-state.js';

const NO_INTERIM: readonly InterimResponse[] = Object.freeze([]);
const NO_FIELDS: readonly Field[] = Object.freeze([]);
/** What nearly all streams have, one for all of them. */
const NO_TRAILERS: BothSides<readonly Field[]> = Object.freeze({ client: NO_FIELDS, server: NO_FIELDS });
const ALL_KNOWN: BothSides<boolean> = Object.freeze({ client: false, server: false });

/** A stream and what was said on it so far. */
export class Stream {
  state: H2StreamState = 'open';
  request: DraftRequest | null = null;
  response: DraftResponse | null = null;
  interim: readonly InterimResponse[] = NO_INTERIM;
  reset: StreamReset | null = null;
  promise: PushPromise | null = null;
  scheme: string | null = null;
  protocol: string | null = null;
  grpcStatus: number | null = null;
  trailers: BothSides<readonly Field[]> = NO_TRAILERS;
  unknownFields: BothSides<boolean> = ALL_KNOWN;
  private digest: BodyDigest | null = null;
  /** Reads the DATA of both sides, where the stream carries a WebSocket. */
  webSocket: WebSocketDecoder | null = null;

  /**
   * @param index Place of the exchange in the connection.
   * @param windows What each side may send.
   */
  constructor(
    readonly id: number,
    readonly index: number,
    readonly windows: { readonly client: StreamWindow; readonly server: StreamWindow },
  ) {}

  /** The message of a side; `null`: its head was not seen. */
  messageOf(side: Side): DraftMessage | null {
    return side === 'client' ? this.request : this.response;
  }

  /** Takes the state on; `false` when that is not to be said in this state. */
  advance(input: StreamInput): boolean {
    const next = NEXT[this.state][input];
    if (next === undefined) return false;
    this.state = next;
    return true;
  }

  /** Fields of a side's message are not known. */
  lacksFields(side: Side): void {
    this.unknownFields = { ...this.unknownFields, [side]: true };
  }

  /** Data of a side was sent, or (`isMissed`) was and is not in the capture. */
  takeData(side: Side, length: number, isMissed: boolean, packet: number, at: number): void {
    const message = this.messageOf(side);
    if (message === null) return;
    message.bodyBytes += length;
    if (isMissed) message.lostBytes += length;
    if (isMissed && side === 'server') this.digest?.miss();
    reach(message, packet, at);
  }

  /** Digests data of the response. */
  digestData(view: Uint8Array, start: number, end: number): void {
    const { response } = this;
    if (response === null) return;
    if (this.digest === null) {
      // Begun only if the data before was seen too.
      if (response.lostBytes > 0) return;
      this.digest = new BodyDigest();
    }
    this.digest.add(view, start, end);
    response.bodyDigest = this.digest.value;
  }

  /** The exchange, as far as it has come. */
  exchange(): Exchange {
    const { request, interim, response, state, reset, scheme, protocol, promise, trailers, grpcStatus } = this;
    return {
      h2Stream: this.id,
      index: this.index,
      request,
      interim,
      response,
      h2: { state, reset, scheme, protocol, promise, trailers, grpcStatus, unknownFields: this.unknownFields },
    };
  }
}

/** Notes the latest packet of a message. */
export function reach(message: DraftMessage, packet: number, at: number): void {
  if (packet === message.lastPacket || !isEarlier(message.lastPacket, message.endNs, packet, at)) return;
  if (at - message.endNs > message.longestPauseNs) message.longestPauseNs = at - message.endNs;
  message.lastPacket = packet;
  message.endNs = at;
}

/** The request that a section stands for. RFC 9113 §8.3.1. */
export function requestOf(section: FieldSection, head: BlockHead): DraftRequest {
  const method = textOf(section.method, section) ?? '';
  const authority = authorityOf(section);
  // RFC 9113 §8.5: CONNECT has no path; in HTTP/1 its target is the authority.
  const isTunnel = method === 'CONNECT' && section.protocol === null;
  const target = isTunnel ? authority : textOf(section.path, section);
  // Written out, here and below: one shape for all requests, and half the time of a spread.
  return {
    firstPacket: head.firstPacket,
    lastPacket: head.lastPacket,
    headPacket: head.lastPacket,
    startNs: head.firstNs,
    endNs: head.lastNs,
    version: VERSION,
    headBytes: head.bytes,
    bodyBytes: 0,
    contentLength: section.contentLength,
    framing: method === 'CONNECT' ? 'tunnel' : 'stream',
    complete: false,
    lostBytes: 0,
    longestPauseNs: 0,
    fields: section.takeFields(),
    method,
    target: target ?? '',
    authority,
  };
}

/** The final response that a section stands for. RFC 9113 §8.3.2. */
export function responseOf(section: FieldSection, head: BlockHead, isTunnel: boolean): DraftResponse {
  return {
    firstPacket: head.firstPacket,
    lastPacket: head.lastPacket,
    headPacket: head.lastPacket,
    startNs: head.firstNs,
    endNs: head.lastNs,
    version: VERSION,
    headBytes: head.bytes,
    bodyBytes: 0,
    contentLength: section.contentLength,
    framing: isTunnel && section.status >= 200 && section.status < 300 ? 'tunnel' : 'stream',
    complete: false,
    lostBytes: 0,
    longestPauseNs: 0,
    fields: section.takeFields(),
    status: section.status < 0 ? UNKNOWN_STATUS : section.status,
    reason: '',
    bodyDigest: null,
  };
}

/** What is asked of, of the request or promise that a section stands for: `:authority`, else the Host field. */
export function authorityOf(section: FieldSection): string | null {
  return section.authority ?? section.host ?? (section.isUnknown ? UNKNOWN_TEXT : null);
}

/** A pseudo-field's value; where some fields are not known it may be among them. */
export function textOf(value: string | null, { isUnknown }: FieldSection): string | null {
  return value ?? (isUnknown ? UNKNOWN_TEXT : null);
}

const VERSION = 'HTTP/2';
