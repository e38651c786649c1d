/**
 * What one connection says: its layers (layer.ts) find out which protocols its bytes speak and read
 * them; here stays what they tell until the connection's facts are made.
 *
 * A connection seen from its start speaks at once, or is none of ours. One that the capture begins
 * in the middle of may be in a body: there, each segment is looked at until one begins a message.
 */
import type { InOrder } from '../bytes/in-order.js';
import { type Anomaly, ROLES_REVERSED } from '../facts/anomaly.js';
import type { Beginnings } from '../facts/beginning.js';
import type { ClientBasis, Connection, Protocol } from '../facts/connection.js';
import type { Exchange } from '../facts/exchange.js';
import { LARGE_HEAD_BYTES, SIGN } from '../facts/signs.js';
import type { TlsFacts } from '../facts/tls.js';
import { areOdd } from '../http/beginning.js';
import { BUCKETS } from '../tcp/share.js';
import type { DeferredTags } from '../tls/decryption/deferred-tags.js';
import type { KeyLog } from '../tls/key-log.js';
import { Layer } from './layer.js';
import type { LayerOwner, LayerTap } from './layer-owner.js';

/** Exchanges kept before they are handed over where the connection goes on: few enough to die young, and enough for the facts that come with them. */
export const EXCHANGE_BATCH = 32;

/**
 * Exchanges that stay, the last ones: what fails with the connection's end is judged by what came before
 * it. Once the end has begun (tcp/connection's `isEnding`) all stay, so that they come with it.
 */
export const EXCHANGES_THAT_STAY = 2;

/**
/**
 * Exchanges that the open connections of a bucket (tcp/share) together may keep, in all some 4 MB of
 * plain ones: what is kept longer is copied by each collection of the young generation. Beyond it a
 * connection hands over what it has, once that is {@link MIN_BATCH}; so the bound is this and as many
 * for each open connection.
 */
export const MAX_KEPT_EXCHANGES = 4096 / BUCKETS;

/** Fewer are not worth the facts of a connection that come with them. */
export const MIN_BATCH = 16;

/** What the conversations of a bucket have in common: how many exchanges are kept. */
export interface ExchangeBudget {
  kept: number;
}

/** Who is told while the connection goes on. */
export interface ConversationOwner {
  /** The capture begins in the middle of the connection. */
  readonly isMidStream: boolean;
  /** The bytes say which side is the client. */
  claimsClient(isFirst: boolean, basis: ClientBasis): void;
  /** {@link EXCHANGE_BATCH} exchanges are kept, or fewer and all together are too many: all but the last may be handed over. */
  batch(): void;
}

/** An anomaly before it is known which side is the client. */
interface AnomalyDraft {
  readonly name: string;
  readonly fromFirst: boolean;
  readonly packet: number;
  count: number;
}

/** See the head of this file. */
export class Conversation implements LayerOwner {
  protocol: Protocol = 'unknown';
  /** Exchanges told and not yet handed over. */
  exchanges: Exchange[] = [];
  /** Exchanges handed over before. */
  exchangeOffset = 0;
  /** Signs of the exchanges so far that are not single fields. */
  private exchangeSigns = 0;
  private readonly outermost = new Layer(this);
  private budget: ExchangeBudget = { kept: 0 };
  /** Who asks and who answers, as the innermost protocol has it, and where that was recognised. */
  private clientIsFirst: boolean | null = null;
  private recognisedAt = 0;
  private readonly anomaliesByName = new Map<string, AnomalyDraft>();
  private readonly minBatch: number;

  constructor(
    private readonly owner: ConversationOwner,
    readonly keyLog: KeyLog,
    readonly tap: LayerTap | null = null,
    /** {@link EXCHANGE_BATCH}, or how many else; infinite: all are kept. */
    private readonly batch = EXCHANGE_BATCH,
    readonly deferredTags: DeferredTags | null = null,
  ) {
    this.minBatch = batch === Number.POSITIVE_INFINITY ? batch : Math.min(batch, MIN_BATCH);
  }

  /** What the side that sent the first packet sends. */
  get first(): InOrder {
    return this.outermost.first;
  }

  /** What the other side sends. */
  get second(): InOrder {
    return this.outermost.second;
  }

  get isMidStream(): boolean {
    return this.owner.isMidStream;
  }

  /** A connection begins. `budget`: that of all exchanges kept. */
  begin(budget: ExchangeBudget): void {
    this.budget = budget;
  }

  /** The first `count` exchanges were handed over. */
  handedOver(count: number): void {
    this.budget.kept -= count;
    this.exchangeOffset += count;
    this.exchanges = this.exchanges.slice(count);
  }

  /** Makes it as new, for the next connection. */
  reset(): void {
    this.budget.kept -= this.exchanges.length;
    this.outermost.reset();
    this.protocol = 'unknown';
    if (this.exchanges.length > 0) this.exchanges = [];
    this.exchangeOffset = 0;
    this.exchangeSigns = 0;
    this.clientIsFirst = null;
    this.recognisedAt = 0;
    if (this.anomaliesByName.size > 0) this.anomaliesByName.clear();
  }

  /** What was wrong, by the roles of the connection: one whose acceptor sends the requests is told as such (reverse HTTP). */
  anomaliesFor(clientIsFirst: boolean): readonly Anomaly[] {
    const isReversed = this.clientIsFirst !== null && this.clientIsFirst !== clientIsFirst;
    if (this.anomaliesByName.size === 0 && !isReversed) return NO_ANOMALIES;
    const anomalies: Anomaly[] = [];
    if (isReversed) anomalies.push({ name: ROLES_REVERSED, from: null, packet: this.recognisedAt, count: 1 });
    for (const { name, fromFirst, packet, count } of this.anomaliesByName.values()) {
      anomalies.push({ name, from: fromFirst === clientIsFirst ? 'client' : 'server', packet, count });
    }
    return anomalies;
  }

  /** Bytes of one direction that nobody understood. */
  undecodedBytes(isFirst: boolean): number {
    return this.outermost.undecodedBytes(isFirst);
  }

  /** TLS by the roles of the connection, the outermost of several; `null`: none was spoken. */
  tlsFacts(clientIsFirst: boolean): TlsFacts | null {
    return this.outermost.tlsFacts(clientIsFirst);
  }

  /** Exchanges told so far. */
  get told(): number {
    return this.exchangeOffset + this.exchanges.length;
  }

  /** Exchanges told and not yet handed over, in order of their requests. Those of HTTP/2 end in any order. */
  get exchangesInOrder(): readonly Exchange[] {
    if (this.outermost.h2Facts !== null) this.exchanges.sort((a, b) => a.index - b.index);
    return this.exchanges;
  }

  /** How the two sides began, by the roles of the connection, where that is worth a look; `null`: it is not. */
  beginningsFor(clientIsFirst: boolean): Beginnings | null {
    const { first, second } = this.outermost;
    const [client, server] = clientIsFirst ? [first, second] : [second, first];
    if (!areOdd(client.beginningKind, server.beginningKind) || client.beginning === null) return null;
    return { client: client.beginning, server: server.beginning };
  }

  /** What the messages have about them that is not everyday (facts/signs). */
  get signs(): number {
    return this.exchangeSigns | this.outermost.signs;
  }

  get h2Facts(): Connection['h2'] {
    return this.protocol === 'h2' ? this.outermost.h2Facts : null;
  }

  get webSocketFacts(): Pick<Connection, 'webSockets' | 'webSocketCount'> {
    return this.outermost.webSocketFacts ?? NO_WEB_SOCKETS;
  }

  claimsClient(isFirst: boolean, basis: ClientBasis): void {
    this.owner.claimsClient(isFirst, basis);
  }

  speaks(protocol: Protocol, clientIsFirst: boolean | null, packet: number): void {
    // TLS in a tunnel says nothing: the connection speaks what opened the tunnel until what is within is known.
    if (protocol === 'tls' && this.protocol !== 'unknown') return;
    this.protocol = protocol;
    if (clientIsFirst === null) return;
    this.clientIsFirst = clientIsFirst;
    this.recognisedAt = packet;
  }

  exchange(exchange: Exchange): void {
    this.exchangeSigns |= signsOf(exchange);
    // Pushed onto an empty array it would make room for seventeen.
    if (this.exchanges.length === 0) this.exchanges = [exchange];
    else this.exchanges.push(exchange);
    this.budget.kept += 1;
    const { length } = this.exchanges;
    if (length >= this.batch || (length >= this.minBatch && this.budget.kept > MAX_KEPT_EXCHANGES)) this.owner.batch();
  }

  anomaly(name: string, fromFirst: boolean, packet: number): void {
    const known = this.anomaliesByName.get(name);
    if (known === undefined) this.anomaliesByName.set(name, { name, fromFirst, packet, count: 1 });
    else known.count += 1;
  }
}

function signsOf({ request, response }: Exchange): number {
  let signs = 0;
  if (request === null) signs |= SIGN.unasked;
  else if (request.headBytes >= LARGE_HEAD_BYTES) signs |= SIGN.largeHead;
  if (response === null) return signs | SIGN.unanswered;
  if (response.headBytes >= LARGE_HEAD_BYTES) signs |= SIGN.largeHead;
  if (response.status >= 300) signs |= response.status < 400 ? SIGN.redirection : SIGN.refusal;
  if (request !== null && (!request.complete || request.endNs > response.startNs)) signs |= SIGN.earlyResponse;
  return signs;
}

const NO_ANOMALIES: readonly Anomaly[] = [];
const NO_WEB_SOCKETS = { webSockets: [], webSocketCount: 0 };
