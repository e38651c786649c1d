/**
 * HTTP/1 on one connection: two directions of in-order bytes in, exchanges out. RFC 9112.
 *
 * The request reader and the response reader each follow the messages of their direction; the
 * pairing says which response answers which request, which the response reader must know to find
 * the end of a body. It does no I/O and throws for no bytes.
 */
import type { InOrder } from '../../bytes/in-order.js';
import type { BothSides, Side } from '../../facts/endpoint.js';
import type { ProxyHeader } from '../proxy-protocol.js';
import type { Http1Listener } from './listener.js';
import type { OpenExchange } from './open-exchange.js';
import { Pairing } from './pairing.js';
import { RequestReader } from './request-reader.js';
import { ResponseReader, type ResponseSink } from './response-reader.js';

/**
 * Decodes the HTTP/1 messages of one connection.
 *
 * `client` and `server` take the two directions; each is to be given its `end`, and after both
 * ends every exchange has been told. Not to be used afterwards, but for `reset`.
 */
export class Http1Decoder implements ResponseSink {
  private readonly pairing: Pairing;
  private readonly requests: RequestReader;
  private readonly responses: ResponseReader;
  private openEnds = 2;

  /**
   * @param beginsUnseen The capture begins in the middle of the connection: what stands before the
   * first start line of a direction is the rest of a message and no anomaly.
   * @param digestsBodies Bodies of responses are to be told apart (facts/exchange, `bodyDigest`).
   */
  constructor(
    private listener: Http1Listener,
    beginsUnseen = false,
    digestsBodies = false,
  ) {
    this.pairing = new Pairing(listener);
    this.requests = new RequestReader(
      this.pairing,
      this,
      beginsUnseen,
      (packet) => this.clientEnded(packet),
      () => this.goOverToH2(),
    );
    this.responses = new ResponseReader(this.pairing, this, beginsUnseen, digestsBodies);
  }

  /** What the client sends. */
  get client(): InOrder {
    return this.requests;
  }

  /** What the server sends. */
  get server(): InOrder {
    return this.responses;
  }

  /** The PROXY header that stood before the first request; `null`: there was none. */
  get proxyHeader(): ProxyHeader | null {
    return this.requests.proxyHeader;
  }

  /** Bytes that no message accounts for: heads that did not end, and what was not understood. Final after both ends. */
  get undecodedBytes(): BothSides<number> {
    return { client: this.requests.undecodedBytes, server: this.responses.undecodedBytes };
  }

  /** Signs (facts/signs) that the fields of all messages so far are. */
  get signs(): number {
    return this.requests.signs | this.responses.signs;
  }

  /** Makes it as new, for the next connection. */
  reset(listener: Http1Listener, beginsUnseen = false, digestsBodies = false): void {
    this.listener = listener;
    this.openEnds = 2;
    this.pairing.reset(listener);
    this.requests.reset(this, beginsUnseen);
    this.responses.reset(this, beginsUnseen, digestsBodies);
  }

  anomaly(name: string, from: Side, packet: number): void {
    this.listener.anomaly(name, from, packet);
  }

  answered(exchange: OpenExchange): void {
    this.requests.answered(exchange);
  }

  switched(protocol: string, exchange: OpenExchange): void {
    const targets = this.listener.handOver(protocol, exchange.request, exchange.response);
    this.responses.handOver(targets?.server ?? null);
    this.requests.handOver(targets?.client ?? null, exchange);
  }

  /** RFC 9113 §11.6: only a client of HTTP/2 says `PRI`; what told it that it may was lost. */
  private goOverToH2(): InOrder | null {
    const targets = this.listener.handOver('h2c', null, null);
    this.responses.handOver(targets?.server ?? null);
    return targets?.client ?? null;
  }

  serverEnded(packet: number): void {
    this.directionEnded(packet);
  }

  private clientEnded(packet: number): void {
    this.pairing.clientEnded();
    this.directionEnded(packet);
  }

  private directionEnded(packet: number): void {
    this.openEnds -= 1;
    if (this.openEnds > 0) return;
    this.requests.stopHolding();
    this.pairing.flush(packet);
  }
}
