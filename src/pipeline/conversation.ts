/**
 * What one connection says: finds out which protocol its bytes speak, hands them to that decoder
 * and keeps what it tells until the connection's facts are made.
 *
 * A connection seen from its start speaks at once, or is none of ours. One that the capture begins
 * in the middle of may be in a body: there, each segment is looked at until one begins a message.
 */
import type { EndOfDirection, InOrder } from '../bytes/in-order.js';
import type { Anomaly } from '../facts/anomaly.js';
import type { ClientBasis, Connection, Protocol } from '../facts/connection.js';
import { OPPOSITE, type Side } from '../facts/endpoint.js';
import type { Exchange } from '../facts/exchange.js';
import { Http1Decoder } from '../http/http1/decoder.js';
import type { Http1Listener } from '../http/http1/listener.js';
import { type FirstBytes, SNIFF_BYTES, sniff } from '../http/sniff.js';

/** Segments of one direction that may say nothing known before a connection seen from its start is given up. */
const MAX_UNKNOWN_SEGMENTS = 4;
/** Bytes held back while they may yet become something known: a request line with a method that nobody knows may be long. */
const MAX_HELD_BYTES = SNIFF_BYTES * 8;
/** Exchanges handed over at once where the connection goes on; as many as rules look at comfortably, and some 500 KB. */
export const EXCHANGE_BATCH = 1000;

/** Anomaly: the TCP client answers requests of the TCP server. */
export const ROLES_REVERSED = 'http-roles-reversed';

/** Who is told while the connection goes on. */
export interface ConversationOwner {
  /** The capture begins in the middle of the connection. */
  readonly isMidStream: boolean;
  /** The bytes say which side is the client. */
  claimsClient(isFirst: boolean, basis: ClientBasis): void;
  /** {@link EXCHANGE_BATCH} exchanges have ended since the last time. */
  batch(): void;
}

/** Bytes of one direction that nobody has understood yet. */
class Opening implements InOrder {
  /** Where the direction goes once it is known what it speaks. */
  target: InOrder | null = null;
  /** Bytes that no decoder took. */
  undecoded = 0;
  private held: Uint8Array | null = null;
  private heldPacket = 0;
  private heldAt = 0;
  private unknownSegments = 0;
  private ended: { how: EndOfDirection; packet: number; at: number } | null = null;

  constructor(
    private readonly conversation: Conversation,
    private readonly isFirst: boolean,
  ) {}

  bytes(view: Uint8Array, start: number, end: number, packet: number, at: number): void {
    if (this.target !== null) {
      this.target.bytes(view, start, end, packet, at);
      return;
    }
    this.undecoded += end - start;
    if (this.unknownSegments > MAX_UNKNOWN_SEGMENTS && !this.conversation.looksOn) return;
    if (this.held !== null) {
      const joined = new Uint8Array(this.held.length + end - start);
      joined.set(this.held);
      joined.set(view.subarray(start, end), this.held.length);
      this.decide(joined, 0, joined.length, this.heldPacket, this.heldAt, packet, at);
    } else this.decide(view, start, end, packet, at, packet, at);
  }

  gap(length: number, packet: number, at: number): void {
    this.held = null;
    this.conversation.hasGap = true;
    this.target?.gap(length, packet, at);
  }

  end(how: EndOfDirection, packet: number, at: number): void {
    this.ended = { how, packet, at };
    this.target?.end(how, packet, at);
  }

  /** Makes it as new, for the next connection. */
  reset(): void {
    this.target = null;
    this.undecoded = 0;
    this.held = null;
    this.unknownSegments = 0;
    this.ended = null;
  }

  /** Sends the direction to `target`, with the bytes held back so far. */
  settle(target: InOrder): void {
    this.target = target;
    if (this.held !== null) {
      this.undecoded -= this.held.length;
      target.bytes(this.held, 0, this.held.length, this.heldPacket, this.heldAt);
      this.held = null;
    }
    if (this.ended !== null) target.end(this.ended.how, this.ended.packet, this.ended.at);
  }

  private decide(
    view: Uint8Array,
    start: number,
    end: number,
    firstPacket: number,
    firstAt: number,
    packet: number,
    at: number,
  ): void {
    const what = sniff(view, start, end);
    if (what === 'incomplete' && end - start < MAX_HELD_BYTES) {
      this.held = view.slice(start, end);
      this.heldPacket = firstPacket;
      this.heldAt = firstAt;
      return;
    }
    const before = this.held?.length ?? 0;
    this.held = null;
    if (!this.conversation.recognise(what, this.isFirst, firstPacket)) {
      this.unknownSegments += 1;
      return;
    }
    if (this.target === null) return;
    this.undecoded -= end - start;
    if (before > 0) {
      this.target.bytes(view, start, start + before, firstPacket, firstAt);
      this.target.bytes(view, start + before, end, packet, at);
    } else this.target.bytes(view, start, end, packet, at);
  }
}

/** See the head of this file. */
export class Conversation implements Http1Listener {
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
  private recognisedAt = 0;
  /** Made for the first connection that speaks HTTP/1, kept for those that follow. */
  private decoder: Http1Decoder | null = null;
  private http1: Http1Decoder | null = null;
  private readonly anomaliesByName = new Map<string, Anomaly>();

  constructor(private readonly owner: ConversationOwner) {}

  /** Makes it as new, for the next connection. */
  reset(): void {
    this.first.reset();
    this.second.reset();
    this.protocol = 'unknown';
    this.exchanges = [];
    this.exchangeOffset = 0;
    this.hasGap = false;
    this.clientIsFirst = true;
    this.recognisedAt = 0;
    this.http1 = null;
    this.anomaliesByName.clear();
  }

  /** Each segment is looked at though others said nothing: the capture began in the middle, or lost bytes. */
  get looksOn(): boolean {
    return this.hasGap || this.owner.isMidStream;
  }

  /** What was wrong, by the roles of the connection: one whose acceptor sends the requests is told as such (reverse HTTP). */
  anomaliesFor(clientIsFirst: boolean): readonly Anomaly[] {
    const all = this.anomaliesByName.size === 0 ? NO_ANOMALIES : [...this.anomaliesByName.values()];
    if (this.protocol === 'unknown' || this.clientIsFirst === clientIsFirst) return all;
    return [
      { name: ROLES_REVERSED, from: null, packet: this.recognisedAt, count: 1 },
      ...all.map((anomaly) => ({ ...anomaly, from: anomaly.from === null ? null : OPPOSITE[anomaly.from] })),
    ];
  }

  /** Bytes of one direction that nobody understood. */
  undecodedBytes(isFirst: boolean): number {
    const decoded = this.http1?.undecodedBytes;
    const opening = isFirst ? this.first.undecoded : this.second.undecoded;
    if (decoded === undefined) return opening;
    return opening + (isFirst === this.clientIsFirst ? decoded.client : decoded.server);
  }

  /** What one direction's first bytes look like; false: nothing known. */
  recognise(what: FirstBytes, isFirst: boolean, packet: number): boolean {
    this.recognisedAt = packet;
    switch (what) {
      case 'incomplete':
      case 'unknown':
        return false;
      case 'http1-request':
      case 'proxy-v1':
      case 'proxy-v2':
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
        return this.speak('h2', isFirst, 'request');
      case 'h2-settings':
        return this.speak('h2', !isFirst, 'response');
      default: {
        const never: never = what;
        return never;
      }
    }
  }

  exchange(exchange: Exchange): void {
    this.exchanges.push(exchange);
    if (this.exchanges.length >= EXCHANGE_BATCH) this.owner.batch();
  }

  anomaly(name: string, from: Side, packet: number): void {
    const known = this.anomaliesByName.get(name);
    this.anomaliesByName.set(
      name,
      known === undefined ? { name, from, packet, count: 1 } : { ...known, count: known.count + 1 },
    );
  }

  handOver(protocol: string): { client: InOrder; server: InOrder } | null {
    if (protocol === 'websocket') this.protocol = 'websocket';
    else if (protocol === 'h2c') this.protocol = 'h2';
    return null;
  }

  private speakHttp1(clientIsFirst: boolean, basis: ClientBasis): void {
    this.protocol = 'http/1.1';
    this.clientIsFirst = clientIsFirst;
    this.owner.claimsClient(clientIsFirst, basis);
    if (this.decoder === null) this.decoder = new Http1Decoder(this, this.owner.isMidStream);
    else this.decoder.reset(this, this.owner.isMidStream);
    const { decoder } = this;
    this.http1 = decoder;
    this.first.settle(this.clientIsFirst ? decoder.client : decoder.server);
    this.second.settle(this.clientIsFirst ? decoder.server : decoder.client);
  }

  private speak(protocol: Protocol, clientIsFirst: boolean | null, basis: ClientBasis): true {
    this.protocol = protocol;
    if (clientIsFirst !== null) {
      this.clientIsFirst = clientIsFirst;
      this.owner.claimsClient(clientIsFirst, basis);
    }
    this.first.settle(UNREAD);
    this.second.settle(UNREAD);
    return true;
  }
}

const NO_ANOMALIES: readonly Anomaly[] = [];

/** Takes the bytes of a protocol that is recognised and not decoded. */
const UNREAD: InOrder = { bytes: () => undefined, gap: () => undefined, end: () => undefined };
