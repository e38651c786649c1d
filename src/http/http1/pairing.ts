/**
 * Which response answers which request. RFC 9112 §9.3.2: first come, first served.
 *
 * A capture makes it harder than that. The two directions are decoded as their bytes become
 * complete, so a request may be decoded after its answer (its direction waited for a lost
 * segment), and messages may be missing altogether. Four rules hold it together:
 *
 * 1. A response that begins before the first unanswered request does answers none of the requests
 *    known so far. It waits as a stray: a request that began before it and is decoded late takes
 *    it. Once the client's bytes are decoded up to a later packet, it stays without request (a 408
 *    on an idle connection, a capture that began in between). Where too many wait, the oldest stay
 *    without as well; a request that is decoded even later than that is told without its answer,
 *    and takes none of the next's.
 * 2. After bytes of the server were lost, the next response may not be the next answer. A client
 *    that does not pipeline has had all its answers but the last; one that does, at least one.
 *    The last may be decoded late as well: until the client's bytes are decoded up to the response,
 *    a request that began before it takes it over. Where bytes of the client were lost in between,
 *    nobody knows what was asked last, and the response stays without request.
 * 3. A response that was captured before its request (two queues of a card, further apart than
 *    {@link isEarlier} allows for) leaves that request over, and each later answer would be taken for
 *    that of the request before. So a request that follows a response without request, on a connection
 *    that was seen to be in step, gives up its claim as soon as the next one is answered.
 * 4. Interim responses answer nothing, and belong to the next exchange that is answered.
 *
 * Exchanges are told in order. Each waits for those before it, within {@link MAX_OPEN_EXCHANGES}.
 */
import type { InterimResponse } from '../../facts/exchange.js';
import type { DraftRequest, DraftResponse } from '../message-facts.js';
import { isEarlier } from '../packet-order.js';
import type { Http1Listener } from './listener.js';
import { type LossBefore, type OpenExchange, openExchange } from './open-exchange.js';

/** Exchanges of one connection that are kept open; beyond it the oldest is told unfinished. Deeper pipelines are not met, but captures of the client's direction alone are. */
export const MAX_OPEN_EXCHANGES = 1024;

/**
 * Responses without request that wait for a late one; beyond it the oldest stays without. What the capture lost of
 * the client's direction holds back the rest of it for twice 64 packets of the server at most (tcp/stream-reassembly).
 */
export const MAX_WAITING_STRAYS = 192;

/** Interim responses kept for one exchange: 100, 103 and some 102 are usual, a server that sends progress sends many. */
export const MAX_INTERIM_RESPONSES = 64;

/** Pairs the messages of one connection and tells its exchanges. */
export class Pairing {
  private readonly open: OpenExchange[] = [];
  private looseInterim: InterimResponse[] = [];
  private waitingStrays = 0;
  /** The last of the strays that were told for want of room. */
  private toldEarly: DraftResponse | null = null;
  private told = 0;
  /** An answer that came when bytes of the server had been lost, to the last request decoded by then. */
  private provisional: OpenExchange | null = null;
  private provisionalLoss: LossBefore = 'none';
  /** Bytes of the client were lost since its last request. */
  private clientHasGap = false;
  /** A response stayed without request since the last request, and no lost bytes of the client explain it. */
  private overtaken = false;
  /** A request was read: from then on a response without request is out of order, not the answer to something before the capture. */
  private inStep = false;
  /** The client was seen to send a request before the answer to the one before began. */
  private pipelines = false;

  constructor(private listener: Http1Listener) {}

  reset(listener: Http1Listener): void {
    this.listener = listener;
    if (this.open.length > 0) this.open.length = 0;
    if (this.looseInterim.length > 0) this.looseInterim = [];
    this.waitingStrays = 0;
    this.toldEarly = null;
    this.told = 0;
    this.provisional = null;
    this.clientHasGap = false;
    this.overtaken = false;
    this.inStep = false;
    this.pipelines = false;
  }

  /** A request's head was read. */
  request(request: DraftRequest): OpenExchange {
    this.clientHasGap = false;
    this.inStep = true;
    const { provisional, toldEarly } = this;
    if (provisional !== null && !this.isBegunBefore(provisional, request.firstPacket, request.startNs))
      return this.takenOver(provisional, request);
    if (toldEarly !== null && isEarlier(request.firstPacket, request.startNs, toldEarly.firstPacket, toldEarly.startNs))
      return this.answeredUnseen(request);
    if (this.waitingStrays > 0) {
      for (const exchange of this.open) {
        const { response } = exchange;
        if (!exchange.waiting || response === null) continue;
        if (!isEarlier(request.firstPacket, request.startNs, response.firstPacket, response.startNs)) continue;
        exchange.waiting = false;
        this.waitingStrays -= 1;
        exchange.request = request;
        if (exchange.loss !== 'none' && !this.pipelines) {
          this.provisional = exchange;
          this.provisionalLoss = exchange.loss;
        }
        return exchange;
      }
    }
    const exchange = openExchange(request);
    exchange.mayBeAnswered = this.overtaken;
    this.overtaken = false;
    if (this.open.length >= MAX_OPEN_EXCHANGES) this.tellOldest(request.firstPacket);
    this.open.push(exchange);
    return exchange;
  }

  /** An interim response arrived. RFC 9110 §15.2. */
  interim(interim: InterimResponse): void {
    const at = this.firstUnanswered();
    const exchange = this.open[at];
    const request = exchange?.request;
    if (exchange && request && isEarlier(request.firstPacket, request.startNs, interim.packet, interim.atNs)) {
      if (exchange.interim.length < MAX_INTERIM_RESPONSES) exchange.interim = [...exchange.interim, interim];
    } else if (this.looseInterim.length < MAX_INTERIM_RESPONSES) this.looseInterim.push(interim);
  }

  /** The exchange that a final response, begun at `packet`, belongs to: an unanswered request's, or one of its own. */
  answer(packet: number, at: number, loss: LossBefore): OpenExchange {
    const first = this.firstUnanswered();
    if (!this.isAskedBefore(first, packet, at)) return this.stray(first, packet, loss);
    let chosen = first;
    const second = this.unansweredAfter(first);
    if (this.isAskedBefore(second, packet, at)) {
      if (loss === 'none' && this.open[first]?.mayBeAnswered === true) chosen = second;
      else if (loss === 'none') this.pipelines = true;
      else if (!this.pipelines) chosen = this.lastAskedBefore(packet, at);
      else if (loss === 'between-messages') chosen = second;
    }
    for (let lost = first; lost < chosen; lost += 1) {
      const exchange = this.open[lost];
      if (exchange !== undefined && this.isUnanswered(lost)) exchange.responseDone = true;
    }
    const exchange = this.open[chosen];
    if (exchange === undefined) return this.stray(first, packet, loss);
    if (loss !== 'none' && !this.pipelines) {
      if (exchange.lostBehind && loss === 'between-messages') {
        exchange.responseDone = true;
        return this.stray(chosen + 1, packet, loss);
      }
      this.provisional = exchange;
      this.provisionalLoss = loss;
    }
    this.takeInterim(exchange);
    return exchange;
  }

  /** Has a request begun before this packet and not been answered? */
  hasUnanswered(packet: number, at: number): boolean {
    return this.isAskedBefore(this.firstUnanswered(), packet, at);
  }

  /** The request that is to be answered next; `null`: none. */
  nextUnanswered(): DraftRequest | null {
    return this.open[this.firstUnanswered()]?.request ?? null;
  }

  /** The client's bytes are decoded up to a message boundary, and the next come from this packet: earlier strays stay so. */
  clientReached(packet: number, at: number): void {
    const { provisional } = this;
    const isCertain = provisional !== null && this.isBegunBefore(provisional, packet, at);
    if (isCertain) this.provisional = null;
    if (this.waitingStrays === 0) {
      if (isCertain) this.tellFinished();
      return;
    }
    for (const exchange of this.open) {
      const { response } = exchange;
      if (!exchange.waiting || response === null) continue;
      if (isEarlier(response.firstPacket, response.startNs, packet, at)) this.settle(exchange);
    }
    this.tellFinished();
  }

  /** Bytes of the client were lost from a message boundary on. */
  clientLost(): void {
    this.clientHasGap = true;
    const last = this.open.at(-1);
    if (last !== undefined) last.lostBehind = true;
    const { provisional } = this;
    if (provisional === null) return;
    this.provisional = null;
    if (this.provisionalLoss === 'between-messages') {
      this.leaveUnanswered(provisional);
      provisional.request = null;
      provisional.waiting = true;
      this.waitingStrays += 1;
    }
    this.tellFinished();
  }

  /** No request follows. */
  clientEnded(): void {
    this.provisional = null;
    for (const exchange of this.open) if (exchange.waiting) this.settle(exchange);
    this.tellFinished();
  }

  /** Tells the exchanges at the head of the line that are finished. */
  tellFinished(): void {
    const { open } = this;
    let finished = 0;
    for (; finished < open.length; finished += 1) {
      const exchange = open[finished];
      if (exchange === undefined) break;
      const requestDone = exchange.request === null ? !exchange.waiting : exchange.requestDone;
      if (!requestDone || !exchange.responseDone || exchange === this.provisional) break;
    }
    // One at a time, and the only one, is the rule: then nothing is copied, and the array keeps its room.
    if (finished === 1) {
      const exchange = open.length === 1 ? open.pop() : open.shift();
      if (exchange !== undefined) this.tell(exchange);
    } else if (finished > 1) for (const exchange of open.splice(0, finished)) this.tell(exchange);
  }

  /** The connection ended: tells all that is left, finished or not. */
  flush(packet: number): void {
    if (this.open.length > 0) for (const exchange of this.open.splice(0)) this.tell(exchange);
    this.waitingStrays = 0;
    this.provisional = null;
    if (this.looseInterim.length === 0) return;
    for (const _ of this.looseInterim) this.listener.anomaly('http1-interim-without-request', 'server', packet);
    this.looseInterim = [];
  }

  /** Its answer was told without it. It stands before those that wait for their requests. */
  private answeredUnseen(request: DraftRequest): OpenExchange {
    const exchange = openExchange(request);
    exchange.responseDone = true;
    const before = this.open.findIndex(({ waiting }) => waiting);
    this.open.splice(before === -1 ? this.open.length : before, 0, exchange);
    return exchange;
  }

  /** The answer is this later request's; that of the one before was lost. */
  private takenOver(provisional: OpenExchange, request: DraftRequest): OpenExchange {
    this.leaveUnanswered(provisional);
    provisional.request = request;
    provisional.requestDone = false;
    provisional.lostBehind = false;
    return provisional;
  }

  /** Gives the request of an answered exchange one of its own, whose answer was lost. */
  private leaveUnanswered(answered: OpenExchange): void {
    const exchange = openExchange(answered.request);
    exchange.requestDone = answered.requestDone;
    exchange.responseDone = true;
    this.open.splice(this.open.indexOf(answered), 0, exchange);
  }

  private isBegunBefore({ response }: OpenExchange, packet: number, at: number): boolean {
    return response !== null && isEarlier(response.firstPacket, response.startNs, packet, at);
  }

  private stray(before: number, packet: number, loss: LossBefore): OpenExchange {
    const exchange = openExchange(null);
    exchange.loss = loss;
    exchange.waiting = true;
    this.takeInterim(exchange);
    this.open.splice(before, 0, exchange);
    this.waitingStrays += 1;
    if (this.waitingStrays > MAX_WAITING_STRAYS) {
      const oldest = this.open.find((one) => one.waiting);
      if (oldest !== undefined) {
        this.settle(oldest);
        this.toldEarly = oldest.response;
      }
      this.tellFinished();
    }
    if (this.open.length > MAX_OPEN_EXCHANGES) this.tellOldest(packet);
    return exchange;
  }

  private settle(stray: OpenExchange): void {
    stray.waiting = false;
    this.waitingStrays -= 1;
    this.overtaken = this.inStep && !this.clientHasGap;
  }

  private takeInterim(exchange: OpenExchange): void {
    if (this.looseInterim.length === 0) return;
    exchange.interim = [...exchange.interim, ...this.looseInterim].slice(0, MAX_INTERIM_RESPONSES);
    this.looseInterim = [];
  }

  private isUnanswered(index: number): boolean {
    const exchange = this.open[index];
    return exchange !== undefined && exchange.request !== null && exchange.response === null && !exchange.responseDone;
  }

  private firstUnanswered(): number {
    let index = 0;
    while (index < this.open.length && !this.isUnanswered(index)) index += 1;
    return index;
  }

  private unansweredAfter(index: number): number {
    let next = index + 1;
    while (next < this.open.length && !this.isUnanswered(next)) next += 1;
    return next;
  }

  private lastAskedBefore(packet: number, at: number): number {
    let last = this.open.length - 1;
    while (last > 0 && !this.isAskedBefore(last, packet, at)) last -= 1;
    return last;
  }

  private isAskedBefore(index: number, packet: number, at: number): boolean {
    const request = this.isUnanswered(index) ? (this.open[index]?.request ?? null) : null;
    return request !== null && isEarlier(request.firstPacket, request.startNs, packet, at);
  }

  /** Makes room: the oldest exchange is told as it stands, in copies, because its messages may still grow. */
  private tellOldest(packet: number): void {
    const oldest = this.open.shift();
    if (oldest === undefined) return;
    if (oldest.waiting) this.settle(oldest);
    if (oldest === this.provisional) this.provisional = null;
    this.listener.anomaly('http1-too-many-open-exchanges', 'client', packet);
    const { request, response } = oldest;
    this.tell({ ...oldest, request: request && { ...request }, response: response && { ...response } });
    this.tellFinished();
  }

  private tell(exchange: OpenExchange): void {
    const { request, interim, response } = exchange;
    this.listener.exchange({ h2Stream: null, index: this.told, request, interim, response, h2: null });
    this.told += 1;
  }
}
