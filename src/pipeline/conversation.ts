/**
 * What one connection says: finds out which protocol its bytes speak, hands them to that decoder
 * and keeps what it tells until the connection's facts are made.
 *
 * A connection seen from its start speaks at once, or is none of ours. One that the capture begins
 * in the middle of may be in a body: there, each segment is looked at until one begins a message.
 */
import type { InOrder } from '../bytes/in-order.js';
import { type Anomaly, ROLES_REVERSED } from '../facts/anomaly.js';
import type { ClientBasis, Connection, Protocol } from '../facts/connection.js';
import { OPPOSITE, type Side } from '../facts/endpoint.js';
import type { Exchange, RequestMessage, ResponseMessage } from '../facts/exchange.js';
import { H2Decoder, type H2Listener } from '../http/h2/decoder.js';
import { Http1Decoder } from '../http/http1/decoder.js';
import type { Http1Listener } from '../http/http1/listener.js';
import type { FirstBytes } from '../http/sniff.js';
import { WebSocketDecoder } from '../http/websocket/decoder.js';
import { type Handshake, handshakeOf } from '../http/websocket/handshake.js';
import { Opening, type OpeningOwner } from './opening.js';

/** Exchanges handed over at once where the connection goes on; as many as rules look at comfortably, and some 500 KB. */
export const EXCHANGE_BATCH = 1000;

/** Exchanges that all open connections together may keep: some 30 MB of plain ones. Beyond it the one that adds another hands over. */
export const MAX_KEPT_EXCHANGES = 16_384;

/** What all conversations share: how many exchanges are kept in the whole run. */
export interface ExchangeBudget {
  kept: number;
}

/** Who is told while the connection goes on. */
export interface ConversationOwner {
  /** The capture begins in the middle of the connection. */
  readonly isMidStream: boolean;
  /** The bytes say which side is the client. */
  claimsClient(isFirst: boolean, basis: ClientBasis): void;
  /** {@link EXCHANGE_BATCH} exchanges have ended since the last time, or all together are too many. */
  batch(): void;
}

/** See the head of this file. */
export class Conversation implements Http1Listener, H2Listener, OpeningOwner {
  readonly first = new Opening(this, true);
  readonly second = new Opening(this, false);
  protocol: Protocol = 'unknown';
  /** Epoch time of the connection's first packet. */
  startEpoch: Connection['startEpoch'] = { seconds: 0, nanoseconds: 0 };
  /** Exchanges told and not yet handed over. */
  exchanges: Exchange[] = [];
  /** Exchanges handed over before. */
  exchangeOffset = 0;
  /** Bytes are missing before what comes. */
  hasGap = false;
  private clientIsFirst = true;
  /** The bytes said which side is the client. */
  private areRolesKnown = false;
  private recognisedAt = 0;
  /** Made for the first connection that speaks HTTP/1, kept for those that follow. */
  private decoder: Http1Decoder | null = null;
  private http1: Http1Decoder | null = null;
  private h2: H2Decoder | null = null;
  /** What HTTP/1 went over to, and the handshake by which it did. */
  private webSocket: { readonly decoder: WebSocketDecoder; readonly handshake: Handshake } | null = null;
  private readonly anomaliesByName = new Map<string, Anomaly>();

  constructor(
    private readonly owner: ConversationOwner,
    private readonly budget: ExchangeBudget,
  ) {}

  /** The exchanges were handed over. */
  handedOver(): void {
    this.budget.kept -= this.exchanges.length;
    this.exchangeOffset += this.exchanges.length;
    this.exchanges = [];
  }

  /** Makes it as new, for the next connection. */
  reset(): void {
    this.budget.kept -= this.exchanges.length;
    this.first.reset();
    this.second.reset();
    this.protocol = 'unknown';
    this.exchanges = [];
    this.exchangeOffset = 0;
    this.hasGap = false;
    this.clientIsFirst = true;
    this.areRolesKnown = false;
    this.recognisedAt = 0;
    this.http1 = null;
    this.h2 = null;
    this.webSocket = null;
    this.anomaliesByName.clear();
  }

  /** Each segment is looked at though others said nothing: the capture began in the middle, or lost bytes. */
  get looksOn(): boolean {
    return this.hasGap || this.owner.isMidStream;
  }

  /** What was wrong, by the roles of the connection: one whose acceptor sends the requests is told as such (reverse HTTP). */
  anomaliesFor(clientIsFirst: boolean): readonly Anomaly[] {
    const all = this.anomaliesByName.size === 0 ? NO_ANOMALIES : [...this.anomaliesByName.values()];
    if (!this.areRolesKnown || this.clientIsFirst === clientIsFirst) return all;
    return [
      { name: ROLES_REVERSED, from: null, packet: this.recognisedAt, count: 1 },
      ...all.map((anomaly) => ({ ...anomaly, from: anomaly.from === null ? null : OPPOSITE[anomaly.from] })),
    ];
  }

  /** Exchanges told and not yet handed over, in order of their requests. Those of HTTP/2 end in any order. */
  get exchangesInOrder(): readonly Exchange[] {
    if (this.h2 !== null) this.exchanges.sort((a, b) => a.index - b.index);
    return this.exchanges;
  }

  get h2Facts(): Connection['h2'] {
    return this.protocol === 'h2' ? (this.h2?.facts ?? null) : null;
  }

  get webSocketFacts(): Pick<Connection, 'webSockets' | 'webSocketCount'> {
    const { webSocket, h2 } = this;
    if (webSocket !== null)
      return { webSockets: [webSocket.decoder.factsWith(webSocket.handshake)], webSocketCount: 1 };
    return { webSockets: h2?.webSockets.kept ?? [], webSocketCount: h2?.webSockets.count ?? 0 };
  }

  /** Bytes of one direction that nobody understood. */
  undecodedBytes(isFirst: boolean): number {
    const side: Side = isFirst === this.clientIsFirst ? 'client' : 'server';
    let bytes = isFirst ? this.first.undecoded : this.second.undecoded;
    for (const decoder of [this.http1, this.h2, this.webSocket?.decoder]) bytes += decoder?.undecodedBytes[side] ?? 0;
    return bytes;
  }

  /** What one direction's first bytes look like; false: nothing known. */
  recognise(what: FirstBytes, isFirst: boolean, packet: number): boolean {
    const known = this.speaks(what, isFirst);
    if (known) this.recognisedAt = packet;
    return known;
  }

  beginsWithProxyHeader(isFirst: boolean): void {
    this.claim(isFirst, 'request');
  }

  exchange(exchange: Exchange): void {
    this.exchanges.push(exchange);
    this.budget.kept += 1;
    if (this.exchanges.length >= EXCHANGE_BATCH || this.budget.kept > MAX_KEPT_EXCHANGES) this.owner.batch();
  }

  anomaly(name: string, from: Side, packet: number): void {
    const known = this.anomaliesByName.get(name);
    this.anomaliesByName.set(
      name,
      known === undefined ? { name, from, packet, count: 1 } : { ...known, count: known.count + 1 },
    );
  }

  rolesTurned(packet: number): void {
    this.recognisedAt = packet;
    this.claim(!this.clientIsFirst, 'request');
    for (const [name, anomaly] of this.anomaliesByName)
      if (anomaly.from !== null) this.anomaliesByName.set(name, { ...anomaly, from: OPPOSITE[anomaly.from] });
  }

  handOver(
    protocol: string,
    request: RequestMessage | null,
    response: ResponseMessage | null,
  ): { client: InOrder; server: InOrder } | null {
    switch (protocol) {
      case 'websocket': {
        if (response === null) return null;
        const decoder = new WebSocketDecoder(this, response.endNs);
        this.webSocket = { decoder, handshake: handshakeOf(request, response, null) };
        return this.onceSpoken('websocket', decoder);
      }
      // RFC 7540 §3.2.
      case 'h2c':
        this.h2 = new H2Decoder(this, { isUnseen: false, firstIndex: this.told, upgrade: request });
        return this.onceSpoken('h2', this.h2);
      default:
        return null;
    }
  }

  /** Exchanges told so far. */
  private get told(): number {
    return this.exchangeOffset + this.exchanges.length;
  }

  /** A protocol is spoken once its first byte is: an upgrade that nobody uses leaves the connection HTTP/1. */
  private onceSpoken(protocol: Protocol, { client, server }: { client: InOrder; server: InOrder }) {
    const spoken = (reader: InOrder): InOrder => ({
      bytes: (view, start, end, packet, at) => {
        this.protocol = protocol;
        reader.bytes(view, start, end, packet, at);
      },
      gap: (length, packet, at) => reader.gap(length, packet, at),
      end: (how, packet, at) => reader.end(how, packet, at),
    });
    return { client: spoken(client), server: spoken(server) };
  }

  private speaks(what: FirstBytes, isFirst: boolean): boolean {
    switch (what) {
      case 'incomplete':
      case 'unknown':
      // A second PROXY header behind the first is none.
      case 'proxy-v1':
      case 'proxy-v2':
        return false;
      case 'http1-request':
        this.speakHttp1(isFirst, 'request');
        return true;
      case 'http1-response':
        this.speakHttp1(!isFirst, 'response');
        return true;
      case 'tls-client-hello':
        return this.speak('tls', isFirst, 'client-hello');
      case 'tls-server-hello':
        return this.speak('tls', !isFirst, 'response');
      case 'tls-record':
        // Five bytes that could be a record's header are little to go by; they settle nothing but the protocol, and only where no hello could have been seen.
        return this.looksOn && this.speak('tls', null, 'first-packet');
      case 'h2-preface':
        return this.speakH2(isFirst, 'request', false);
      case 'h2-settings':
        return this.speakH2(!isFirst, this.looksOn ? 'first-packet' : 'response', this.looksOn);
      case 'h2-requests':
        return this.speakH2(isFirst, 'request', true);
      case 'h2-responses':
        return this.speakH2(!isFirst, 'response', true);
      default: {
        const never: never = what;
        return never;
      }
    }
  }

  private speakHttp1(clientIsFirst: boolean, basis: ClientBasis): void {
    this.protocol = 'http/1.1';
    this.claim(clientIsFirst, basis);
    if (this.decoder === null) this.decoder = new Http1Decoder(this, this.looksOn);
    else this.decoder.reset(this, this.looksOn);
    const { decoder } = this;
    this.http1 = decoder;
    this.settle(decoder);
  }

  private speakH2(clientIsFirst: boolean, basis: ClientBasis, isUnseen: boolean): true {
    this.protocol = 'h2';
    // Settings begin what a server sends; in the middle of a connection either side may send them.
    if (isUnseen && basis === 'first-packet') this.clientIsFirst = clientIsFirst;
    else this.claim(clientIsFirst, basis);
    this.h2 = new H2Decoder(this, { isUnseen, firstIndex: this.told, upgrade: null });
    this.settle(this.h2);
    return true;
  }

  private claim(clientIsFirst: boolean, basis: ClientBasis): void {
    this.clientIsFirst = clientIsFirst;
    this.areRolesKnown = true;
    this.owner.claimsClient(clientIsFirst, basis);
  }

  private settle({ client, server }: { readonly client: InOrder; readonly server: InOrder }): void {
    const { clientIsFirst } = this;
    this.first.settle(clientIsFirst ? client : server);
    this.second.settle(clientIsFirst ? server : client);
  }

  private speak(protocol: Protocol, clientIsFirst: boolean | null, basis: ClientBasis): true {
    this.protocol = protocol;
    if (clientIsFirst !== null) this.claim(clientIsFirst, basis);
    this.first.settle(UNREAD);
    this.second.settle(UNREAD);
    return true;
  }
}

const NO_ANOMALIES: readonly Anomaly[] = [];

/** Takes the bytes of a protocol that is recognised and not decoded. */
const UNREAD: InOrder = { bytes: () => undefined, gap: () => undefined, end: () => undefined };
