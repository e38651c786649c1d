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
import type { Exchange } from '../facts/exchange.js';
import { Http1Decoder } from '../http/http1/decoder.js';
import type { Http1Listener } from '../http/http1/listener.js';
import type { FirstBytes } from '../http/sniff.js';
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
export class Conversation implements Http1Listener, OpeningOwner {
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
    const known = this.speaks(what, isFirst);
    if (known) this.recognisedAt = packet;
    return known;
  }

  beginsWithProxyHeader(isFirst: boolean): void {
    this.clientIsFirst = isFirst;
    this.owner.claimsClient(isFirst, 'request');
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

  handOver(protocol: string): { client: InOrder; server: InOrder } | null {
    const next = UPGRADES.get(protocol);
    if (next === undefined) return null;
    // It is spoken once its first byte is: an upgrade that nobody uses leaves the connection HTTP/1.
    const unread: InOrder = {
      ...UNREAD,
      bytes: () => {
        this.protocol = next;
      },
    };
    return { client: unread, server: unread };
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
        return this.speak('h2', isFirst, 'request');
      case 'h2-settings':
        return this.speak('h2', !isFirst, 'response');
      default: {
        const never: never = what;
        return never;
      }
    }
  }

  private speakHttp1(clientIsFirst: boolean, basis: ClientBasis): void {
    this.protocol = 'http/1.1';
    this.clientIsFirst = clientIsFirst;
    this.owner.claimsClient(clientIsFirst, basis);
    if (this.decoder === null) this.decoder = new Http1Decoder(this, this.looksOn);
    else this.decoder.reset(this, this.looksOn);
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

/** What an Upgrade token stands for. RFC 6455 §4.1, RFC 7540 §3.2. */
const UPGRADES: ReadonlyMap<string, Protocol> = new Map([
  ['websocket', 'websocket'],
  ['h2c', 'h2'],
]);

const NO_ANOMALIES: readonly Anomaly[] = [];

/** Takes the bytes of a protocol that is recognised and not decoded. */
const UNREAD: InOrder = { bytes: () => undefined, gap: () => undefined, end: () => undefined };
