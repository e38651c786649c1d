/**
 * HTTP/2 on one connection: two directions of in-order bytes in, exchanges out. RFC 9113.
 *
 * Each side's frames are read apart (sender.ts); here they meet: one side's settings bound the
 * other's frames, its window updates give the other's windows, its frames belong to common streams
 * (stream-table.ts). It does no I/O and throws for no bytes.
 *
 * The client is who sends the preface, until somebody else sends the first request: there are
 * reverse connections in which the side that connects sends the preface, and is asked.
 */
import type { EndOfDirection, InOrder } from '../../bytes/in-order.js';
import type { Draft } from '../../facts/draft.js';
import { type BothSides, OPPOSITE, type Side } from '../../facts/endpoint.js';
import type { Exchange, RequestMessage } from '../../facts/exchange.js';
import {
  type AlternativeService,
  type GoAway,
  type H2Connection,
  type H2Ping,
  type H2Settings,
  MAX_H2_RECORDS,
  MAX_ORIGINS,
  type WindowStall,
} from '../../facts/h2.js';
import type { WebSocketFacts } from '../../facts/websocket.js';
import { BoundedList } from '../bounded-list.js';
import { DEFAULT_TABLE_BYTES } from '../hpack/dynamic-table.js';
import type { Alternative } from './extension-frames.js';
import type { BlockHead } from './field-block.js';
import { FieldSection } from './field-section.js';
import type { FlowControl } from './flow-control.js';
import { FLAG, type FrameHeader, LARGEST_FRAME_BYTES } from './frame.js';
import { Sender, type SenderOwner } from './sender.js';
import { StreamTable } from './stream-table.js';

/** PINGs that wait for their answer; who sends more is not waiting. */
const MAX_WAITING_PINGS = 16;

/** What the decoder tells while the connection goes on. */
export interface H2Listener {
  /** An exchange ended, or the connection did with it unfinished. Exchanges end in no order; `index` tells that of their requests. */
  exchange(exchange: Exchange): void;
  anomaly(name: string, from: Side, packet: number): void;
  /** The side that was given as server sends the requests: from here on it is called the client. */
  rolesTurned(packet: number): void;
}

/** How a connection comes to speak HTTP/2. */
export interface H2Beginning {
  /** The capture begins in the middle of the connection. */
  readonly isUnseen: boolean;
  /** Exchanges of the connection before. */
  readonly firstIndex: number;
  /** The HTTP/1 request that asked for it: RFC 7540 §3.2. */
  readonly upgrade: RequestMessage | null;
}

interface WaitingPing {
  readonly ping: Draft<H2Ping>;
  readonly first: number;
  readonly second: number;
}

/** See the head of this file. */
export class H2Decoder implements SenderOwner {
  /** What the side given as client sends, and the other. */
  readonly client: InOrder;
  readonly server: InOrder;
  private senders: { client: Sender; server: Sender };
  private readonly fields = new FieldSection();
  private readonly stalls = new BoundedList<WindowStall>(MAX_H2_RECORDS);
  private readonly goAways = new BoundedList<Draft<GoAway>>(MAX_H2_RECORDS);
  private readonly pings = new BoundedList<Draft<H2Ping>>(MAX_H2_RECORDS);
  private readonly alternatives: AlternativeService[] = [];
  private readonly streams: StreamTable;
  private waitingPings: WaitingPing[] = [];
  private originsSeen: string[] | null = null;
  private hasPreface = false;
  private beginsUnseen: boolean;
  private openEnds = 2;

  constructor(
    private readonly listener: H2Listener,
    { isUnseen, firstIndex, upgrade }: H2Beginning,
  ) {
    this.beginsUnseen = isUnseen;
    this.senders = {
      client: new Sender(this, 'client', this.fields, this.stalls, isUnseen),
      server: new Sender(this, 'server', this.fields, this.stalls, isUnseen),
    };
    this.client = this.senders.client.reader;
    this.server = this.senders.server.reader;
    const flow = (side: Side) => (): FlowControl => this.senders[side].flow;
    this.streams = new StreamTable(listener, { client: flow('client'), server: flow('server') }, firstIndex, isUnseen);
    if (!isUnseen) for (const side of SIDES) this.senders[side].blocks.allow(DEFAULT_TABLE_BYTES);
    if (upgrade !== null) this.upgradedBy(upgrade);
  }

  /** Bytes of each side that no frame accounts for. Final after both ends. */
  get undecodedBytes(): BothSides<number> {
    const { client, server } = this.senders;
    return { client: client.reader.undecodedBytes, server: server.reader.undecodedBytes };
  }

  /** Signs (facts/signs) that the fields of all messages so far are. */
  get signs(): number {
    return this.fields.signs;
  }

  /** WebSockets on streams that have ended, all of them after both ends. */
  get webSockets(): { readonly kept: readonly WebSocketFacts[]; readonly count: number } {
    return { kept: this.streams.webSockets, count: this.streams.webSocketCount };
  }

  /** What was said of the connection as a whole. Final after both ends. */
  get facts(): H2Connection {
    const { senders, streams } = this;
    return {
      hasPreface: this.hasPreface,
      settings: { client: senders.client.ownSettings, server: senders.server.ownSettings },
      goAways: this.goAways.items,
      goAwayCount: this.goAways.count,
      pings: this.pings.items,
      pingCount: this.pings.count,
      lateResets: streams.lateResets.items,
      lateResetCount: streams.lateResets.count,
      windowStalls: this.stalls.items,
      windowStallCount: this.stalls.count,
      origins: this.originsSeen,
      alternativeServices: this.alternatives,
      unfinishedHead: senders.client.unfinishedHead,
      timesLost: { client: senders.client.timesLost, server: senders.server.timesLost },
    };
  }

  section(from: Sender, head: BlockHead): void {
    const { fields, streams } = this;
    if (head.promised > 0) {
      if (from.side === 'client') this.anomaly('h2-push-from-client', 'client', head.lastPacket);
      else streams.promised(fields, head);
      return;
    }
    const isOthers = from.side === 'server' ? fields.method !== null : fields.method === null && fields.status >= 0;
    if (isOthers && streams.isUnused && head.stream % 2 === 1) this.turnRoles(head.lastPacket);
    if (from.side === 'client') streams.requestSection(fields, head);
    else streams.responseSection(fields, head);
  }

  data(from: Sender, stream: number, view: Uint8Array, start: number, end: number, packet: number, at: number): void {
    this.streams.data(from.side, stream, view, start, end, packet, at);
  }

  missedData(from: Sender, stream: number, length: number, packet: number, at: number): void {
    this.streams.missedData(from.side, stream, length, packet, at);
  }

  dataEnded(from: Sender, header: FrameHeader): void {
    const { length, flags, stream: id, lastPacket, lastNs } = header;
    const stream = this.streams.find(id);
    const endsStream = (flags & FLAG.endStream) !== 0;
    from.flow.take(stream?.windows[from.side] ?? null, length, !endsStream, lastPacket, lastNs);
    if (stream !== undefined && endsStream) this.streams.endSide(stream, from.side, lastPacket, lastNs);
  }

  reset(from: Sender, stream: number, code: number | null, packet: number, at: number): void {
    this.streams.reset(from.side, stream, code, packet, at);
  }

  settings(from: Sender, settings: H2Settings, packet: number, at: number): void {
    const other = this.senders[OPPOSITE[from.side]];
    const { headerTableSize, initialWindowSize, maxFrameSize } = settings;
    if (headerTableSize !== null) other.blocks.allow(headerTableSize);
    // What is under way may still keep to a larger size than the latest.
    if (maxFrameSize !== null) other.reader.maxFrameBytes = Math.max(other.reader.maxFrameBytes, maxFrameSize);
    if (initialWindowSize !== null) other.flow.setInitial(initialWindowSize, packet, at);
  }

  settingsAcknowledged(from: Sender, at: number): void {
    const { ownSettings } = this.senders[OPPOSITE[from.side]];
    if (ownSettings !== null) ownSettings.acknowledgedNs ??= at;
  }

  ping(from: Sender, isAnswer: boolean, first: number, second: number, packet: number, atNs: number): void {
    if (!isAnswer) {
      const ping: Draft<H2Ping> = { from: from.side, packet, atNs, answerPacket: null, answerNs: null };
      this.pings.add(ping);
      if (this.waitingPings.length < MAX_WAITING_PINGS) this.waitingPings.push({ ping, first, second });
      return;
    }
    const at = this.waitingPings.findIndex(
      (one) => one.ping.from !== from.side && one.first === first && one.second === second,
    );
    const answered = this.waitingPings[at];
    if (answered === undefined) return;
    answered.ping.answerPacket = packet;
    answered.ping.answerNs = atNs;
    this.waitingPings.splice(at, 1);
  }

  goAway(from: Sender, lastStream: number, code: number, debug: string, packet: number, atNs: number): void {
    this.goAways.add({ from: from.side, packet, atNs, lastStream, code, debug });
  }

  windowUpdate(from: Sender, id: number, increment: number, packet: number, at: number): void {
    if (increment === 0) {
      this.anomaly('h2-window-update-of-zero', from.side, packet);
      return;
    }
    const other = this.senders[OPPOSITE[from.side]];
    const stream = this.streams.find(id);
    // For a stream that is over, or whose request is late: no window is kept.
    if (id !== 0 && stream === undefined) return;
    if (!other.flow.update(stream?.windows[other.side] ?? null, increment, packet, at))
      this.anomaly('h2-window-overflow', from.side, packet);
  }

  origins(from: Sender, origins: readonly string[]): void {
    // RFC 8336 §2.2: a server's word; from a client it is ignored.
    if (from.side === 'client') return;
    const known = this.originsSeen ?? [];
    for (const origin of origins) if (known.length < MAX_ORIGINS && !known.includes(origin)) known.push(origin);
    this.originsSeen = known;
  }

  alternative(from: Sender, h2Stream: number, { origin, value }: Alternative, packet: number): void {
    if (from.side === 'server' && this.alternatives.length < MAX_H2_RECORDS)
      this.alternatives.push({ packet, origin, h2Stream, value });
  }

  preface(_from: Sender, packet: number): void {
    this.hasPreface = true;
    if (!this.beginsUnseen) return;
    // The capture has no handshake, and the whole of what was said nevertheless.
    this.beginsUnseen = false;
    for (const side of SIDES) this.senders[side].begin();
    for (const side of SIDES) {
      const { ownSettings } = this.senders[side];
      if (ownSettings !== null) this.settings(this.senders[side], ownSettings, packet, ownSettings.atNs);
    }
  }

  anomaly(name: string, from: Side, packet: number): void {
    this.listener.anomaly(name, from, packet);
  }

  lost(from: Sender): void {
    this.streams.hasLoss = true;
    for (const side of SIDES) {
      const { flow, reader } = this.senders[side];
      // What one side sets governs what the other sends.
      flow.lose(this.streams.windowsOf(side), side !== from.side);
      // A setting may have been lost that allows more.
      reader.maxFrameBytes = LARGEST_FRAME_BYTES;
    }
  }

  ended(_from: Sender, how: EndOfDirection, packet: number, at: number): void {
    this.openEnds -= 1;
    if (this.openEnds > 0) return;
    this.streams.flush(how, packet, at);
    for (const side of SIDES) this.senders[side].flow.end(packet, at);
  }

  /** RFC 7540 §3.2.1: the upgrade's HTTP2-Settings field is the client's first SETTINGS. */
  private upgradedBy(request: RequestMessage): void {
    const field = request.fields.find(({ name }) => name === 'http2-settings');
    if (field !== undefined) {
      const payload = Buffer.from(field.value, 'base64url');
      this.senders.client.takeSettings(payload, 0, payload.length, request.headPacket, request.endNs);
    }
    this.streams.upgraded(request);
  }

  private turnRoles(packet: number): void {
    const { client, server } = this.senders;
    this.senders = { client: server, server: client };
    for (const side of SIDES) {
      this.senders[side].side = side;
      this.senders[side].flow.side = side;
    }
    for (const record of [...this.goAways.items, ...this.pings.items]) record.from = OPPOSITE[record.from];
    this.listener.rolesTurned(packet);
  }
}

const SIDES: readonly Side[] = ['client', 'server'];
