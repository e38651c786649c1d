import type { EndOfDirection, InOrder } from '../../bytes/in-order.js';
import type { DraftMessage, DraftRequest } from '../message-facts.js';
import { isEarlier } from '../packet-order.js';
import { type ProxyHeader, ProxyHeaderReader, readProxyHeader } from '../proxy-protocol.js';
import { PROXY_V1_PREFIX, PROXY_V2_SIGNATURE } from '../signatures.js';
import { SNIFF_BYTES, sniffHttp1 } from '../sniff.js';
import {
  type DeclaredLength,
  type Framing,
  NO_LENGTH,
  requestFraming,
  type TransferCoding,
  transferCoding,
} from './body-framing.js';
import { SEEN_CONTENT_LENGTH, SEEN_HOST, SEEN_TRANSFER_ENCODING, SEEN_UPGRADE } from './field-section.js';
import { HeldInput } from './held-input.js';
import { type AnomalySink, type Likeness, MessageReader, START, type StartLineKind } from './message-reader.js';
import type { OpenExchange } from './open-exchange.js';
import type { Pairing } from './pairing.js';
import { mayBecomeRequestLine, type RequestLine, readCutRequestLine, readRequestLine } from './start-line.js';

/**
 * The client's direction: requests.
 *
 * Behind a CONNECT or a request with an Upgrade field it is open whose bytes follow until the
 * server has answered: they are held back until then. RFC 9110 §7.8, §9.3.6.
 */
export class RequestReader extends MessageReader {
  /** The PROXY header before the first request; `null`: there was none. */
  proxyHeader: ProxyHeader | null = null;
  /** Takes that header off, where the first bytes begin like one. */
  private preamble: ProxyHeaderReader | null = null;
  private hasBegun = false;
  private readonly requestLine: RequestLine = { method: '', target: '', version: '', isSimple: false, flaw: null };
  private readonly held = new HeldInput(() => this.stopHolding());
  /** Once too much had to be held, nothing is: a client that goes on like this is not waiting for an answer. */
  private mayHold = true;
  private exchange: OpenExchange | null = null;
  /** The exchange whose answer decides what follows; `null`: nothing waits for an answer. */
  private awaited: OpenExchange | null = null;
  /** Another protocol takes over at the next message boundary: who reads it, and the exchange that led to it. */
  private takeover: { readonly outlet: InOrder | null; readonly exchange: OpenExchange } | null = null;
  private hasEnded = false;
  /** What was read is the head of HTTP/2's connection preface. */
  private isPreface = false;

  constructor(
    private readonly pairing: Pairing,
    sink: AnomalySink,
    beginsUnseen: boolean,
    private readonly ended: (packet: number) => void,
    private readonly goOverToH2: () => InOrder | null,
  ) {
    super('client', sink, beginsUnseen);
  }

  reset(sink: AnomalySink, beginsUnseen: boolean): void {
    this.clear(sink, beginsUnseen);
    this.proxyHeader = null;
    this.preamble = null;
    this.hasBegun = false;
    this.held.clear();
    this.mayHold = true;
    this.exchange = null;
    this.awaited = null;
    this.takeover = null;
    this.hasEnded = false;
    this.isPreface = false;
  }

  override bytes(view: Uint8Array, start: number, end: number, packet: number, at: number): void {
    if (!this.hasBegun) this.beginDirection(view, start, end);
    if (this.preamble === null) super.bytes(view, start, end, packet, at);
    else this.preamble.bytes(view, start, end, packet, at);
  }

  override gap(length: number, packet: number, at: number): void {
    this.hasBegun = true;
    // Behind a head that was cut short nobody knows where messages begin: there only the rest of it may be missing.
    if (this.state === START && this.isAtBoundary) this.pairing.clientLost();
    if (this.preamble === null) super.gap(length, packet, at);
    else this.preamble.gap(length, packet, at);
  }

  override end(how: EndOfDirection, packet: number, at: number): void {
    if (this.preamble === null) super.end(how, packet, at);
    else this.preamble.end(how, packet, at);
  }

  /** A final response to `exchange` was read that leaves the connection to HTTP/1. */
  answered(exchange: OpenExchange): void {
    if (this.awaited !== exchange) return;
    this.awaited = null;
    if (this.outlet === this.held) this.resume();
  }

  /** The connection goes over to another protocol: what is not part of a request goes to `outlet`. */
  handOver(outlet: InOrder | null, exchange: OpenExchange): void {
    this.awaited = null;
    if (this.outlet === this.held) {
      this.divert(outlet);
      this.held.releaseTo(outlet);
    } else if (this.isAtBoundary && exchange.request !== null) this.divert(outlet);
    // The request for it may still be on its way to us, behind a lost segment.
    else this.takeover = { outlet, exchange };
  }

  /** No answer will come: what is held is read as requests if it begins like one, else it belongs to nobody. */
  stopHolding(): void {
    if (this.outlet !== this.held) return;
    this.mayHold = false;
    this.awaited = null;
    const first = this.held.beginning(SNIFF_BYTES);
    const found = sniffHttp1(first, 0, first.length);
    if (found === 'http1-request' || found === 'h2-preface') {
      this.resume();
      return;
    }
    this.undecodedBytes += this.held.length;
    this.held.clear();
    this.divert(null);
  }

  protected override readStartLine(view: Uint8Array, start: number, end: number): StartLineKind {
    if (!readRequestLine(view, start, end, this.requestLine)) return 'none';
    return this.requestLine.isSimple ? 'simple' : 'with-fields';
  }

  protected override readCutStartLine(view: Uint8Array, start: number, end: number): boolean {
    return readCutRequestLine(view, start, end, this.requestLine);
  }

  protected override mayBegin(view: Uint8Array, start: number, end: number): boolean {
    return mayBecomeRequestLine(view, start, end);
  }

  protected override likeness(view: Uint8Array, start: number, end: number): Likeness {
    const found = sniffHttp1(view, start, end);
    if (found === 'http1-request') return 'yes';
    return found === 'incomplete' ? 'maybe' : 'no';
  }

  protected override isExcess(): boolean {
    return this.framingBefore === 'content-length';
  }

  protected override atBoundary(packet: number, at: number): void {
    this.pairing.clientReached(packet, at);
    const answer = this.takeover?.exchange.response;
    // What was sent before the answer is the request for it, late; what came after is the new protocol.
    if (answer && !isEarlier(packet, at, answer.firstPacket, answer.startNs)) this.takeOver();
  }

  protected override beforeEnd(): void {
    if (this.takeover !== null) this.takeOver();
  }

  protected override headRead(packet: number): Framing {
    const { section, requestLine, extent } = this;
    const { seen } = section;
    const { method, target, version } = requestLine;
    if (method === 'PRI' && target === '*' && version === 'HTTP/2.0') {
      this.isPreface = true;
      return PREFACE;
    }
    if (requestLine.flaw !== null) this.sink.anomaly(requestLine.flaw, 'client', packet);
    let coding: TransferCoding = 'none';
    let length: DeclaredLength = NO_LENGTH;
    if ((seen & SEEN_TRANSFER_ENCODING) !== 0) {
      coding = transferCoding(section.valuesOf('transfer-encoding'));
      if (coding === 'other') this.sink.anomaly('http1-unknown-transfer-coding', 'client', packet);
      if (version === 'HTTP/1.0') this.sink.anomaly('http1-transfer-encoding-in-http10', 'client', packet);
    }
    if ((seen & SEEN_CONTENT_LENGTH) !== 0) {
      length = this.declaredLength();
      if (length.flaw !== null) this.sink.anomaly(length.flaw, 'client', packet);
      if (coding !== 'none') this.sink.anomaly('http1-content-length-with-transfer-encoding', 'client', packet);
    }
    const framing = requestFraming(coding, length);
    const request: DraftRequest = {
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
      method,
      target,
      authority: this.authority(packet),
    };
    this.message = request;
    const exchange = this.pairing.request(request);
    this.exchange = exchange;
    const mayLeave = method === 'CONNECT' || (seen & SEEN_UPGRADE) !== 0;
    this.awaited = mayLeave && this.mayHold && exchange.response === null ? exchange : null;
    return framing;
  }

  protected override finish(complete: boolean): void {
    super.finish(complete);
    if (!this.isPreface) return;
    this.isPreface = false;
    const { extent } = this;
    const outlet = this.goOverToH2();
    this.divert(outlet);
    outlet?.bytes(H2_PREFACE_HEAD, 0, H2_PREFACE_HEAD.length, extent.firstPacket, extent.firstNs);
  }

  protected override messageRead(_message: DraftMessage): void {
    const { exchange } = this;
    this.exchange = null;
    if (exchange !== null) exchange.requestDone = true;
    if (this.takeover !== null) this.takeOver();
    else if (this.awaited !== null) this.divert(this.held);
    this.pairing.tellFinished();
  }

  protected override directionEnded(packet: number): void {
    // What was held is read after the end came, and then meets it once more.
    if (this.hasEnded) return;
    this.hasEnded = true;
    this.ended(packet);
  }

  private beginDirection(view: Uint8Array, start: number, end: number): void {
    this.hasBegun = true;
    const first = view[start];
    if (first !== PROXY_V1_PREFIX[0] && first !== PROXY_V2_SIGNATURE[0]) return;
    if (readProxyHeader(view, start, end) === 'none') return;
    this.preamble = new ProxyHeaderReader(
      {
        proxyHeader: (header) => {
          this.proxyHeader = header;
        },
        anomaly: (name, packet) => this.sink.anomaly(name, 'client', packet),
      },
      {
        bytes: (rest, from, to, packet, at) => super.bytes(rest, from, to, packet, at),
        gap: (length, packet, at) => super.gap(length, packet, at),
        end: (how, packet, at) => super.end(how, packet, at),
      },
    );
  }

  private takeOver(): void {
    const outlet = this.takeover?.outlet ?? null;
    this.takeover = null;
    this.divert(outlet);
  }

  /** Reads on as HTTP/1 what was held back. */
  private resume(): void {
    this.outlet = null;
    this.state = START;
    this.held.releaseTo(this);
  }

  /** RFC 9112 §3.2: of an absolute target, of CONNECT's target, else the Host field. */
  private authority(packet: number): string | null {
    const { section, requestLine } = this;
    const { method, target, version } = requestLine;
    let host: string | null = null;
    if ((section.seen & SEEN_HOST) !== 0) {
      host = section.firstValueOf('host');
      if (section.isRepeated(SEEN_HOST)) this.sink.anomaly('http1-repeated-host', 'client', packet);
    } else if (version === 'HTTP/1.1' && section.ended) this.sink.anomaly('http1-missing-host', 'client', packet);
    if (method === 'CONNECT') return target.slice(target.lastIndexOf('@') + 1);
    if (target.charCodeAt(0) === SLASH) return host;
    return authorityOf(target) ?? host;
  }
}

const SLASH = 0x2f;

const PREFACE: Framing = Object.freeze({ framing: 'none', length: 0 });
/** As much of the preface as reads like a request's head. RFC 9113 §3.4. */
const H2_PREFACE_HEAD: Uint8Array = Buffer.from('PRI * HTTP/2.0\r\n\r\n', 'latin1');

/** The authority of an absolute target, RFC 3986 §3.2; `null` when it is none. User information is a secret and left out. */
function authorityOf(target: string): string | null {
  const match = /^[a-z][a-z0-9+.-]*:\/\/(?:[^/?#]*@)?([^/?#]*)/i.exec(target);
  return match?.[1] ?? null;
}
