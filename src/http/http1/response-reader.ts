import type { InOrder } from '../../bytes/in-order.js';
import { UNFINISHED_HEAD } from '../../facts/anomaly.js';
import { BodyDigest } from '../body-digest.js';
import type { DraftMessage, DraftResponse } from '../message-facts.js';
import { sniffHttp1 } from '../sniff.js';
import {
  type DeclaredLength,
  type Framing,
  isChunkedTwice,
  NO_LENGTH,
  responseFraming,
  type TransferCoding,
  transferCoding,
} from './body-framing.js';
import { SEEN_CONTENT_LENGTH, SEEN_TRANSFER_ENCODING } from './field-section.js';
import { type AnomalySink, CLOSE, type Likeness, MessageReader, type StartLineKind } from './message-reader.js';
import type { OpenExchange } from './open-exchange.js';
import type { Pairing } from './pairing.js';
import { mayBecomeStatusLine, readStatusLine, type StatusLine } from './start-line.js';

/** What the server's direction tells beside its responses. */
export interface ResponseSink extends AnomalySink {
  /** A final response was read that leaves the connection to HTTP/1. */
  answered(exchange: OpenExchange): void;
  /** The connection goes over to another protocol. */
  switched(protocol: string, exchange: OpenExchange): void;
  serverEnded(packet: number): void;
}

const INTERIM: Framing = Object.freeze({ framing: 'none', length: 0 });

/** The server's direction: responses, each framed by the request that it answers. RFC 9112 §6.3. */
export class ResponseReader extends MessageReader {
  private readonly statusLine: StatusLine = { version: '', status: 0, reason: '', flaw: null };
  private exchange: OpenExchange | null = null;

  constructor(
    private readonly pairing: Pairing,
    private responses: ResponseSink,
    beginsUnseen: boolean,
    digestsBodies: boolean,
  ) {
    super('server', responses, beginsUnseen);
    if (digestsBodies) this.digest = new BodyDigest();
  }

  reset(sink: ResponseSink, beginsUnseen: boolean, digestsBodies: boolean): void {
    this.clear(sink, beginsUnseen);
    this.responses = sink;
    this.exchange = null;
    if ((this.digest !== null) !== digestsBodies) this.digest = digestsBodies ? new BodyDigest() : null;
  }

  /** The connection went over to another protocol: what follows goes to `outlet`. */
  handOver(outlet: InOrder | null): void {
    this.divert(outlet);
  }

  override gap(length: number, packet: number, at: number): void {
    // What was taken for its body was decoded before its request: answers are missing, not bytes of this one.
    if (this.doubtful && this.exchange?.request?.method === 'HEAD') this.endWithoutBody();
    super.gap(length, packet, at);
  }

  protected override readStartLine(view: Uint8Array, start: number, end: number): StartLineKind {
    return readStatusLine(view, start, end, this.statusLine) ? 'with-fields' : 'none';
  }

  protected override readCutStartLine(view: Uint8Array, start: number, end: number): boolean {
    // The reason may be cut short, or be missing; what counts is the status.
    return readStatusLine(view, start, end, this.statusLine);
  }

  protected override mayBegin(view: Uint8Array, start: number, end: number): boolean {
    return mayBecomeStatusLine(view, start, end);
  }

  protected override likeness(view: Uint8Array, start: number, end: number): Likeness {
    const found = sniffHttp1(view, start, end);
    if (found === 'http1-response') return 'yes';
    return found === 'incomplete' && mayBecomeStatusLine(view, start, end) ? 'maybe' : 'no';
  }

  protected override headRead(packet: number): Framing {
    const { section, statusLine, extent } = this;
    const { status, version } = statusLine;
    if (statusLine.flaw !== null) this.sink.anomaly(statusLine.flaw, 'server', packet);
    if (status < 200 && status !== 101) {
      this.pairing.interim({ status, packet: extent.firstPacket, atNs: extent.firstNs });
      return INTERIM;
    }
    const { seen } = section;
    let coding: TransferCoding = 'none';
    let length: DeclaredLength = NO_LENGTH;
    if ((seen & SEEN_TRANSFER_ENCODING) !== 0) {
      const codings = section.valuesOf('transfer-encoding');
      coding = transferCoding(codings);
      if (codings.length > 1 && isChunkedTwice(codings))
        this.sink.anomaly('http1-repeated-transfer-encoding', 'server', packet);
      if (version === 'HTTP/1.0') this.sink.anomaly('http1-transfer-encoding-in-http10', 'server', packet);
    }
    if ((seen & SEEN_CONTENT_LENGTH) !== 0) {
      length = this.declaredLength();
      if (length.flaw !== null) this.sink.anomaly(length.flaw, 'server', packet);
      if (coding !== 'none') this.sink.anomaly('http1-content-length-with-transfer-encoding', 'server', packet);
    }
    const exchange = this.pairing.answer(extent.firstPacket, extent.firstNs, this.loss);
    const framing = responseFraming(exchange.request?.method ?? null, status, coding, length);
    const response: DraftResponse = {
      firstPacket: extent.firstPacket,
      lastPacket: extent.lastPacket,
      headPacket: extent.lastPacket,
      startNs: extent.firstNs,
      endNs: extent.lastNs,
      version,
      headBytes: extent.headBytes,
      bodyBytes: 0,
      contentLength: length.declared,
      framing: framing.framing,
      complete: false,
      lostBytes: 0,
      longestPauseNs: 0,
      fields: section.fields,
      status,
      reason: statusLine.reason,
      bodyDigest: null,
    };
    this.message = response;
    exchange.response = response;
    this.exchange = exchange;
    this.doubtful = framing.framing === 'close' || exchange.request === null;
    if (framing.framing !== 'tunnel') this.responses.answered(exchange);
    return framing;
  }

  /**
   * Two bodies that are none. A response whose request was not seen, or not yet, may answer HEAD: then the
   * next response begins where its body should. And a body that seems to last until the close is over
   * when a segment begins with the answer to a later request.
   */
  protected override reconsider(
    view: Uint8Array,
    from: number,
    end: number,
    first: boolean,
    packet: number,
    at: number,
  ): boolean {
    if (this.state === CLOSE && !first) return false;
    if (this.state !== CLOSE) this.doubtful = false;
    if (view[from] !== 0x48 || sniffHttp1(view, from, end) !== 'http1-response') return false;
    const request = this.exchange?.request ?? null;
    const mayBeHead = request === null || request.method === 'HEAD';
    if (this.state === CLOSE && !mayBeHead) {
      if (!this.pairing.hasUnanswered(packet, at)) return false;
      this.sink.anomaly('http1-response-after-unframed-body', 'server', packet);
      this.finish(true);
    } else this.endWithoutBody();
    // Lost bytes that were counted as this body's may have been whole answers.
    if (this.extent.lostBytes > 0) this.loss = 'within-message';
    return true;
  }

  private endWithoutBody(): void {
    if (this.message !== null) this.message.framing = 'none';
    this.finish(true);
  }

  protected override messageRead(message: DraftMessage): void {
    const { exchange } = this;
    if (exchange === null) return;
    this.exchange = null;
    exchange.responseDone = true;
    if (exchange.response !== null) exchange.response.bodyDigest = this.digest?.value ?? null;
    this.pairing.tellFinished();
    if (message.framing === 'tunnel') this.responses.switched(protocolOf(message, exchange), exchange);
  }

  protected override headUnfinished(): void {
    this.sink.anomaly(UNFINISHED_HEAD, 'server', this.extent.firstPacket);
  }

  protected override isExcess(): boolean {
    const { framingBefore, extent } = this;
    if (framingBefore === null || framingBefore === 'close' || framingBefore === 'tunnel') return false;
    return !this.pairing.hasUnanswered(extent.firstPacket, extent.firstNs);
  }

  protected override claimsGarbage(packet: number): boolean {
    if (this.pairing.nextUnanswered()?.version !== 'HTTP/0.9') return false;
    // RFC 1945 §6.1: a simple response is a body alone, to the end of the connection.
    this.sink.anomaly('http09-response', 'server', packet);
    this.divert(null);
    return true;
  }

  protected override directionEnded(packet: number): void {
    this.responses.serverEnded(packet);
  }
}

/** The protocol that a 101 or a CONNECT goes over to: what the server says, else what the client asked for. */
function protocolOf(response: DraftMessage, exchange: OpenExchange): string {
  if (exchange.request?.method === 'CONNECT') return 'connect';
  const named = upgradeOf(response) ?? (exchange.request && upgradeOf(exchange.request));
  return named ?? '';
}

/** First element of the Upgrade field, in lower case. RFC 9110 §7.8. */
function upgradeOf(message: DraftMessage): string | null {
  const field = message.fields.find(({ name }) => name === 'upgrade');
  const token = field?.value.split(',', 1)[0]?.trim().toLowerCase();
  return token === undefined || token === '' ? null : token;
}
