/**
 * One layer of a conversation: the bytes of both directions, from the first until it is known what
 * they speak, and the decoder that reads them from there.
 *
 * Layers lie within each other: a CONNECT tunnel holds TLS, TLS holds HTTP, and that may tunnel again.
 * What a layer's decoder lets through goes to the openings of the layer within, exactly as a
 * connection's bytes go to those of the outermost.
 */
import type { InOrder } from '../bytes/in-order.js';
import type { ClientBasis, Protocol } from '../facts/connection.js';
import type { Side } from '../facts/endpoint.js';
import type { Exchange } from '../facts/exchange.js';
import type { TlsFacts } from '../facts/tls.js';
import { Http1Decoder } from '../http/http1/decoder.js';
import type { Http1Listener } from '../http/http1/listener.js';
import type { FirstBytes } from '../http/sniff.js';
import { TlsDecoder, type TlsListener } from '../tls/decoder.js';
import type { KeyLog } from '../tls/key-log.js';
import { Opening, type OpeningOwner } from './opening.js';

/** Layers of one conversation: TLS in a tunnel in TLS, and HTTP in it, is five; what is beyond is not looked at. */
export const MAX_LAYERS = 8;

/** The conversation that a layer belongs to. */
export interface LayerOwner {
  readonly keyLog: KeyLog;
  /** The capture begins in the middle of the connection. */
  readonly isMidStream: boolean;
  /** The bytes say which side is the client. */
  claimsClient(isFirst: boolean, basis: ClientBasis): void;
  /** It is known what a layer speaks; `clientIsFirst` is `null` where the bytes do not tell the roles. */
  speaks(protocol: Protocol, clientIsFirst: boolean | null, packet: number): void;
  exchange(exchange: Exchange): void;
  anomaly(name: string, fromFirst: boolean, packet: number): void;
}

/** See the head of this file. */
export class Layer implements OpeningOwner, Http1Listener, TlsListener {
  readonly first = new Opening(this, true);
  readonly second = new Opening(this, false);
  /** Bytes are missing before what comes. */
  hasGap = false;
  private clientIsFirst = true;
  /** Made when first HTTP/1 is spoken, kept for the connections that follow. */
  private decoder: Http1Decoder | null = null;
  private http1: Http1Decoder | null = null;
  private tls: TlsDecoder | null = null;
  private within: Layer | null = null;
  /** The layer within an earlier connection's, to be used again. */
  private spare: Layer | null = null;

  /** @param depth 0 is the outermost. */
  constructor(
    private readonly owner: LayerOwner,
    private readonly depth = 0,
  ) {}

  /** Makes it as new, for the next connection. */
  reset(): void {
    this.first.reset();
    this.second.reset();
    this.hasGap = false;
    this.clientIsFirst = true;
    this.http1 = null;
    this.tls = null;
    if (this.within === null) return;
    this.within.reset();
    this.spare = this.within;
    this.within = null;
  }

  /** Each segment is looked at though others said nothing: the capture began in the middle, or lost bytes. */
  get looksOn(): boolean {
    return this.hasGap || (this.depth === 0 && this.owner.isMidStream);
  }

  /** Bytes of one direction that nobody understood. */
  undecodedBytes(isFirst: boolean): number {
    const decoded = this.http1?.undecodedBytes;
    const opening = isFirst ? this.first.undecoded : this.second.undecoded;
    const own = decoded === undefined ? 0 : isFirst === this.clientIsFirst ? decoded.client : decoded.server;
    return opening + own + (this.within?.undecodedBytes(isFirst) ?? 0);
  }

  /** The outermost TLS in this layer or within it; `null`: none. `clientIsFirst`: the connection's roles. */
  tlsFacts(clientIsFirst: boolean): TlsFacts | null {
    const inner = this.within?.tlsFacts(clientIsFirst) ?? null;
    return this.tls === null ? inner : { ...this.tls.factsFor(clientIsFirst), inner };
  }

  recognise(what: FirstBytes, isFirst: boolean, packet: number): boolean {
    switch (what) {
      case 'incomplete':
      case 'unknown':
      // A second PROXY header behind the first is none.
      case 'proxy-v1':
      case 'proxy-v2':
        return false;
      case 'http1-request':
        this.speakHttp1(isFirst, 'request', packet);
        return true;
      case 'http1-response':
        this.speakHttp1(!isFirst, 'response', packet);
        return true;
      case 'tls-client-hello':
        this.speakTls(isFirst, 'client-hello', isFirst, packet);
        return true;
      case 'tls-server-hello':
        this.speakTls(!isFirst, 'response', isFirst, packet);
        return true;
      case 'tls-record':
        // Five bytes that could be a record's header are little to go by; they settle nothing but the protocol, and only where no hello could have been seen.
        if (!this.looksOn) return false;
        this.speakTls(null, 'first-packet', isFirst, packet);
        return true;
      case 'h2-preface':
        this.speakUnread('h2', isFirst, 'request', packet);
        return true;
      case 'h2-settings':
        this.speakUnread('h2', !isFirst, 'response', packet);
        return true;
      default: {
        const never: never = what;
        return never;
      }
    }
  }

  beginsWithProxyHeader(isFirst: boolean): void {
    this.clientIsFirst = isFirst;
    if (this.depth === 0) this.owner.claimsClient(isFirst, 'request');
  }

  exchange(exchange: Exchange): void {
    this.owner.exchange(exchange);
  }

  anomaly(name: string, from: Side, packet: number): void {
    this.owner.anomaly(name, (from === 'client') === this.clientIsFirst, packet);
  }

  handOver(protocol: string): { client: InOrder; server: InOrder } | null {
    // RFC 9110 §9.3.6: a tunnel may hold anything. RFC 2817 §3.2: an upgrade to TLS holds that.
    if (protocol === 'connect' || protocol.startsWith('tls/')) return this.openWithin();
    const next = UPGRADES.get(protocol);
    if (next === undefined) return null;
    // It is spoken once its first byte is: an upgrade that nobody uses leaves the connection HTTP/1.
    const unread: InOrder = {
      ...UNREAD,
      bytes: (_view, _start, _end, packet) => this.owner.speaks(next, null, packet),
    };
    return { client: unread, server: unread };
  }

  plaintext(): { client: InOrder; server: InOrder } {
    return this.openWithin() ?? { client: UNREAD, server: UNREAD };
  }

  /** The layer within this one, from its first byte; `null` where there are too many. */
  private openWithin(): { client: InOrder; server: InOrder } | null {
    if (this.depth + 1 >= MAX_LAYERS) return null;
    const layer = this.spare ?? new Layer(this.owner, this.depth + 1);
    this.spare = null;
    this.within = layer;
    return this.clientIsFirst
      ? { client: layer.first, server: layer.second }
      : { client: layer.second, server: layer.first };
  }

  private speakHttp1(clientIsFirst: boolean, basis: ClientBasis, packet: number): void {
    this.recognised('http/1.1', clientIsFirst, basis, packet);
    if (this.decoder === null) this.decoder = new Http1Decoder(this, this.looksOn);
    else this.decoder.reset(this, this.looksOn);
    const { decoder } = this;
    this.http1 = decoder;
    this.first.settle(this.clientIsFirst ? decoder.client : decoder.server);
    this.second.settle(this.clientIsFirst ? decoder.server : decoder.client);
  }

  /** @param isFirst The direction that was recognised, which therefore begins with a record. */
  private speakTls(clientIsFirst: boolean | null, basis: ClientBasis, isFirst: boolean, packet: number): void {
    this.recognised('tls', clientIsFirst, basis, packet);
    const { looksOn } = this;
    const tls = new TlsDecoder(this, this.owner.keyLog, clientIsFirst, looksOn && !isFirst, looksOn && isFirst);
    this.tls = tls;
    this.first.settle(tls.first, mayBeginRecord);
    this.second.settle(tls.second, mayBeginRecord);
  }

  private speakUnread(protocol: Protocol, clientIsFirst: boolean, basis: ClientBasis, packet: number): void {
    this.recognised(protocol, clientIsFirst, basis, packet);
    this.first.settle(UNREAD);
    this.second.settle(UNREAD);
  }

  private recognised(protocol: Protocol, clientIsFirst: boolean | null, basis: ClientBasis, packet: number): void {
    this.owner.speaks(protocol, clientIsFirst, packet);
    if (clientIsFirst === null) return;
    this.clientIsFirst = clientIsFirst;
    // Who connects is told by the outermost protocol; what is within may turn it over (reverse HTTP).
    if (this.depth === 0) this.owner.claimsClient(clientIsFirst, basis);
  }
}

/** What an Upgrade token stands for. RFC 6455 §4.1, RFC 7540 §3.2. */
const UPGRADES: ReadonlyMap<string, Protocol> = new Map([
  ['websocket', 'websocket'],
  ['h2c', 'h2'],
]);

/** Takes the bytes of a protocol that is recognised and not decoded. */
const UNREAD: InOrder = { bytes: () => undefined, gap: () => undefined, end: () => undefined };

/** Bytes held back before TLS was recognised belong to it where they can begin a record. RFC 8446 §5.1, RFC 5246 appendix E.2. */
function mayBeginRecord(firstByte: number): boolean {
  return (firstByte >= 0x14 && firstByte <= 0x18) || firstByte >= 0x80;
}
