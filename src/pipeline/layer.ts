/**
 * One layer of a conversation: the bytes of both directions, from the first until it is known what
 * they speak, and the decoder that reads them from there.
 *
 * Layers lie within each other: a CONNECT tunnel holds TLS, TLS holds HTTP, and that may tunnel again.
 * What a layer's decoder lets through goes to the openings of the layer within, exactly as a
 * connection's bytes go to those of the outermost.
 *
 * It is one file because it is one switch: each decoder's listener, and where its bytes go on.
 */
import type { InOrder } from '../bytes/in-order.js';
import type { ClientBasis, Connection, Protocol } from '../facts/connection.js';
import type { BothSides, Side } from '../facts/endpoint.js';
import type { Exchange, RequestMessage, ResponseMessage } from '../facts/exchange.js';
import type { TlsFacts } from '../facts/tls.js';
import { H2Decoder, type H2Listener } from '../http/h2/decoder.js';
import { Http1Decoder } from '../http/http1/decoder.js';
import type { Http1Listener } from '../http/http1/listener.js';
import type { FirstBytes } from '../http/sniff.js';
import { WebSocketDecoder } from '../http/websocket/decoder.js';
import { type Handshake, handshakeOf } from '../http/websocket/handshake.js';
import { TlsDecoder } from '../tls/decoder.js';
import type { TlsListener } from '../tls/listener.js';
import type { LayerOwner } from './layer-owner.js';
import { Opening, type OpeningOwner } from './opening.js';
import { announced, inTurn, UNREAD } from './readers.js';

/** Layers of one conversation: TLS in a tunnel in TLS, and HTTP in it, is five; what is beyond is not looked at. */
export const MAX_LAYERS = 8;

/** See the head of this file. */
export class Layer implements OpeningOwner, Http1Listener, H2Listener, TlsListener {
  readonly first = new Opening(this, true);
  readonly second = new Opening(this, false);
  /** Bytes are missing before what comes. */
  hasGap = false;
  private clientIsFirst = true;
  /** Made when first HTTP/1 is spoken, kept for the connections that follow. */
  private decoder: Http1Decoder | null = null;
  private http1: Http1Decoder | null = null;
  private h2: H2Decoder | null = null;
  /** What HTTP/1 went over to, and the handshake by which it did. */
  private webSocket: { readonly decoder: WebSocketDecoder; readonly handshake: Handshake } | null = null;
  /** Its bytes were taken out of TLS, by this run. */
  private isWithinTls = false;
  /** Exchanges told before this layer's first. */
  private firstIndex = 0;
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
    this.h2 = null;
    this.webSocket = null;
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

  get isOutermost(): boolean {
    return this.depth === 0;
  }

  /** Bytes of one direction that nobody understood. */
  undecodedBytes(isFirst: boolean): number {
    const side: Side = (isFirst ? this.clientIsFirst : !this.clientIsFirst) ? 'client' : 'server';
    let bytes = isFirst ? this.first.undecoded : this.second.undecoded;
    if (this.http1 !== null) bytes += ofSide(this.http1.undecodedBytes, side);
    if (this.h2 !== null) bytes += ofSide(this.h2.undecodedBytes, side);
    if (this.webSocket !== null) bytes += ofSide(this.webSocket.decoder.undecodedBytes, side);
    return bytes + (this.within?.undecodedBytes(isFirst) ?? 0);
  }

  /** What the outermost HTTP/2 says of the connection as a whole; `null`: none is spoken. */
  get h2Facts(): Connection['h2'] {
    return this.h2?.facts ?? this.within?.h2Facts ?? null;
  }

  /** Signs (facts/signs) that the fields of all messages are, in this layer and within it. */
  get signs(): number {
    return (this.http1?.signs ?? 0) | (this.h2?.signs ?? 0) | (this.within?.signs ?? 0);
  }

  /** WebSocket conversations of the outermost layer that has some; `null`: none has. */
  get webSocketFacts(): Pick<Connection, 'webSockets' | 'webSocketCount'> | null {
    const { webSocket, h2, within } = this;
    if (webSocket !== null)
      return { webSockets: [webSocket.decoder.factsWith(webSocket.handshake)], webSocketCount: 1 };
    if (h2 !== null) return { webSockets: h2.webSockets.kept, webSocketCount: h2.webSockets.count };
    return within?.webSocketFacts ?? null;
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
        this.speakH2(isFirst, 'request', false, packet);
        return true;
      case 'h2-settings':
        this.speakH2(!isFirst, this.looksOn ? 'first-packet' : 'response', this.looksOn, packet);
        return true;
      case 'h2-requests':
        this.speakH2(isFirst, 'request', true, packet);
        return true;
      case 'h2-responses':
        this.speakH2(!isFirst, 'response', true, packet);
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

  /** Each decoder counts from 0; where a tunnel has brought a second one, the count goes on. */
  exchange(exchange: Exchange): void {
    const { firstIndex } = this;
    this.owner.exchange(firstIndex === 0 ? exchange : { ...exchange, index: firstIndex + exchange.index });
  }

  anomaly(name: string, from: Side, packet: number): void {
    this.owner.anomaly(name, (from === 'client') === this.clientIsFirst, packet);
  }

  /** Who was held to be the server asks. */
  rolesTurned(packet: number): void {
    this.recognised('h2', !this.clientIsFirst, 'request', packet);
  }

  handOver(
    protocol: string,
    request: RequestMessage | null,
    response: ResponseMessage | null,
  ): { client: InOrder; server: InOrder } | null {
    // RFC 9110 §9.3.6: a tunnel may hold anything. RFC 2817 §3.2: an upgrade to TLS holds that.
    if (protocol === 'connect' || protocol.startsWith('tls/')) return this.openWithin();
    switch (protocol) {
      case 'websocket': {
        if (response === null) return null;
        const decoder = new WebSocketDecoder(this, response.endNs);
        this.webSocket = { decoder, handshake: handshakeOf(request, response, null) };
        return this.onceSpoken('websocket', decoder);
      }
      // RFC 7540 §3.2.
      case 'h2c': {
        const firstIndex = this.owner.told - this.firstIndex;
        this.h2 = new H2Decoder(this, { isUnseen: false, firstIndex, upgrade: request });
        return this.onceSpoken('h2', this.h2);
      }
      default:
        return null;
    }
  }

  handshakeMessage(type: number, firstPacket: number, packet: number): void {
    this.owner.tap?.handshakeMessage(type, firstPacket, packet);
  }

  plaintext(): { client: InOrder; server: InOrder } {
    return this.openWithin() ?? { client: UNREAD, server: UNREAD };
  }

  /** The layer within this one, from its first byte; `null` where there are too many. */
  private openWithin(): { client: InOrder; server: InOrder } | null {
    if (this.depth + 1 >= MAX_LAYERS) return null;
    const layer = this.spare ?? new Layer(this.owner, this.depth + 1);
    this.spare = null;
    layer.isWithinTls = this.isWithinTls || this.tls !== null;
    this.within = layer;
    return this.clientIsFirst
      ? { client: layer.first, server: layer.second }
      : { client: layer.second, server: layer.first };
  }

  /** A protocol is spoken once its first byte is: an upgrade that nobody uses leaves the connection HTTP/1. */
  private onceSpoken(protocol: Protocol, { client, server }: { client: InOrder; server: InOrder }) {
    const spoken = (reader: InOrder) => announced(reader, (packet) => this.owner.speaks(protocol, null, packet));
    return this.tapped(protocol, { client: spoken(client), server: spoken(server) }, false);
  }

  /** The readers of a decoder, with those who look on before them. */
  private tapped(
    protocol: Protocol,
    readers: { readonly client: InOrder; readonly server: InOrder },
    isUnseen: boolean,
  ): { readonly client: InOrder; readonly server: InOrder } {
    const { clientIsFirst } = this;
    const tapped = this.owner.tap?.layer(protocol, clientIsFirst, isUnseen) ?? null;
    if (tapped === null) return readers;
    return {
      client: inTurn(clientIsFirst ? tapped.first : tapped.second, readers.client),
      server: inTurn(clientIsFirst ? tapped.second : tapped.first, readers.server),
    };
  }

  private speakHttp1(clientIsFirst: boolean, basis: ClientBasis, packet: number): void {
    this.recognised('http/1.1', clientIsFirst, basis, packet);
    if (this.decoder === null) this.decoder = new Http1Decoder(this, this.looksOn, this.isWithinTls);
    else this.decoder.reset(this, this.looksOn, this.isWithinTls);
    this.firstIndex = this.owner.told;
    this.http1 = this.decoder;
    this.settle(this.tapped('http/1.1', this.decoder, this.looksOn));
  }

  private speakH2(clientIsFirst: boolean, basis: ClientBasis, isUnseen: boolean, packet: number): void {
    if (isUnseen && basis === 'first-packet') {
      // Settings begin what a server sends; in the middle of a connection either side may send them.
      this.owner.speaks('h2', null, packet);
      this.clientIsFirst = clientIsFirst;
    } else this.recognised('h2', clientIsFirst, basis, packet);
    this.firstIndex = this.owner.told;
    this.h2 = new H2Decoder(this, { isUnseen, firstIndex: 0, upgrade: null });
    this.settle(this.tapped('h2', this.h2, isUnseen));
  }

  private settle({ client, server }: { readonly client: InOrder; readonly server: InOrder }): void {
    const { clientIsFirst } = this;
    this.first.settle(clientIsFirst ? client : server);
    this.second.settle(clientIsFirst ? server : client);
  }

  /** @param isFirst The direction that was recognised, which therefore begins with a record. */
  private speakTls(clientIsFirst: boolean | null, basis: ClientBasis, isFirst: boolean, packet: number): void {
    this.recognised('tls', clientIsFirst, basis, packet);
    const { looksOn } = this;
    const { keyLog, deferredTags } = this.owner;
    const tls = new TlsDecoder(this, keyLog, clientIsFirst, looksOn && !isFirst, looksOn && isFirst, deferredTags);
    this.tls = tls;
    const tapped = this.owner.tap?.layer('tls', this.clientIsFirst, looksOn) ?? null;
    this.first.settle(tapped === null ? tls.first : inTurn(tapped.first, tls.first), mayBeginRecord);
    this.second.settle(tapped === null ? tls.second : inTurn(tapped.second, tls.second), mayBeginRecord);
  }

  private recognised(protocol: Protocol, clientIsFirst: boolean | null, basis: ClientBasis, packet: number): void {
    this.owner.speaks(protocol, clientIsFirst, packet);
    if (clientIsFirst === null) return;
    this.clientIsFirst = clientIsFirst;
    // Who connects is told by the outermost protocol; what is within may turn it over (reverse HTTP).
    if (this.depth === 0) this.owner.claimsClient(clientIsFirst, basis);
  }
}

/** Not looked up by the side's name, which V8 would do in tables. */
function ofSide({ client, server }: BothSides<number>, side: Side): number {
  return side === 'client' ? client : server;
}

/** Bytes held back before TLS was recognised belong to it where they can begin a record. RFC 8446 §5.1, RFC 5246 appendix E.2. */
function mayBeginRecord(firstByte: number): boolean {
  return (firstByte >= 0x14 && firstByte <= 0x18) || firstByte >= 0x80;
}
