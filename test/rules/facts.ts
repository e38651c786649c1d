/**
 * Connections written by hand, for trying rules on.
 *
 * A connection is a list of what happened, in order: `syn(0)`, `get(…)`, `answer(…)`, `reset(…)`.
 * {@link connection} counts packets, keeps sequence numbers, and makes of it the facts that the
 * decoders would have made. Times are microseconds since the connection began.
 */
import type { Anomaly } from '../../src/facts/anomaly.js';
import { type CloseSegment, LIFE_AFTER_NS } from '../../src/facts/close.js';
import type { Connection, ConnectionGuards, IdlePeriod, Protocol, SideFacts } from '../../src/facts/connection.js';
import { OPPOSITE, type Side } from '../../src/facts/endpoint.js';
import type { Exchange, RequestMessage, ResponseMessage } from '../../src/facts/exchange.js';
import type { Field } from '../../src/facts/field.js';
import type { SegmentEvidence } from '../../src/facts/segment-evidence.js';
import { connection as ordinaryConnection, side as ordinarySide } from '../findings/connections.js';

/** A second, in the unit of all times here. */
export const SECOND = 1_000_000;

/** Header fields that say who wrote a segment; what is not given is as its sender's others. */
interface Hand {
  readonly ttl?: number | null;
  readonly ipId?: number | null;
  readonly mac?: number | null;
  readonly direction?: 'inbound' | 'outbound' | null;
  readonly window?: number;
  readonly options?: number;
}

/** Something that happened in a connection. */
export type Step =
  | { readonly at: number; readonly is: 'syn' | 'syn-ack' | 'ack'; readonly from?: Side; readonly hand?: Hand }
  | { readonly at: number; readonly is: 'request'; readonly request: RequestOptions }
  | {
      readonly at: number;
      readonly is: 'response';
      readonly status: number;
      readonly bytes: number;
      readonly response?: Partial<ResponseMessage>;
    }
  | { readonly at: number; readonly is: 'data'; readonly from: Side; readonly bytes: number }
  | { readonly at: number; readonly is: 'fin'; readonly from: Side; readonly unseenBytes?: number }
  | ({ readonly at: number; readonly is: 'rst'; readonly from: Side } & ResetOptions);

export interface RequestOptions {
  readonly method?: string;
  readonly target?: string;
  readonly bytes?: number;
  readonly body?: number;
  readonly version?: string;
  readonly authority?: string | null;
  readonly fields?: readonly Field[];
  /** False: bytes of it are still to come. */
  readonly complete?: boolean;
}

export interface ResetOptions {
  /** So many of the other side's last bytes had not reached its sender. */
  readonly unseenBytes?: number;
  /** Flags with ACK: an abort. */
  readonly ack?: boolean;
  /** Relative sequence number; its sender's position when not given. */
  readonly sequence?: number;
  readonly answers?: boolean;
  /** More was unanswered than is remembered. */
  readonly answersUnknown?: boolean;
  readonly senderIpId?: number;
  readonly hand?: Hand;
}

export interface ConnectionOptions {
  readonly stream?: number;
  readonly client?: string;
  readonly clientPort?: number;
  readonly server?: string;
  readonly serverPort?: number;
  /** When the connection began, microseconds since the run's first packet, and its first packet's number. */
  readonly beginsAt?: number;
  readonly firstPacket?: number;
  /** Absent: not known, as in a text printed without -v. */
  readonly ttl?: { readonly client: number; readonly server: number };
  readonly mac?: { readonly client: number; readonly server: number };
  readonly protocol?: Protocol;
  readonly guards?: Partial<ConnectionGuards>;
  readonly clientFacts?: Partial<SideFacts>;
  readonly serverFacts?: Partial<SideFacts>;
  readonly anomalies?: readonly Anomaly[];
  readonly undecoded?: Partial<Connection['undecodedBytes']>;
  readonly synRetransmissions?: number;
  readonly exchangeOffset?: number;
  readonly unreachable?: boolean;
  readonly idlePeriods?: readonly IdlePeriod[];
}

const US = 1000;
const FLAGS = { syn: 2, 'syn-ack': 18, ack: 16, fin: 17, rst: 4 } as const;

/** SYN, SYN-ACK and ACK at these microseconds; the default is a capture at the server, client 926 µs away. */
export function handshake(synAckAt = 60, ackAt = 986): Step[] {
  return [
    { at: 0, is: 'syn' },
    { at: synAckAt, is: 'syn-ack' },
    { at: ackAt, is: 'ack' },
  ];
}

/** A GET, or whatever `request` says. */
export function get(at: number, target = '/', request: RequestOptions = {}): Step {
  return { at, is: 'request', request: { target, ...request } };
}

/** A whole response. */
export function answer(at: number, status = 200, bytes = 500, response: Partial<ResponseMessage> = {}): Step {
  return { at, is: 'response', status, bytes, response };
}

/** Fields of a message, in order. */
export function fieldsOf(values: Readonly<Record<string, string>>): Field[] {
  return Object.entries(values).map(([name, value]) => ({ name, value }));
}

/** A reset: bare, at its sender's position. */
export function rstBy(from: Side, at: number, options: ResetOptions = {}): Step {
  return { at, is: 'rst', from, ...options };
}

/** A reset as a Linux socket's abort writes it: with ACK and window. */
export function abortBy(from: Side, at: number, options: ResetOptions = {}): Step {
  return rstBy(from, at, { ack: true, hand: { window: 502, ...options.hand }, ...options });
}

/** A FIN; `unseenBytes`: so many of the other side's last bytes had not reached its sender. */
export function finBy(from: Side, at: number, unseenBytes = 0): Step {
  return { at, is: 'fin', from, unseenBytes };
}

interface Sending {
  next: number;
  acknowledged: number;
  packets: number;
  plain: number;
  payload: number;
  firstPayloadNs: number | null;
  lastPayloadNs: number | null;
  lastNs: number | null;
  lastPacket: number | null;
}

/** The facts of what happened. */
export function connection(steps: readonly Step[], options: ConnectionOptions = {}): Connection {
  const beginsNs = (options.beginsAt ?? 0) * US;
  const ttl = options.ttl ?? { client: null, server: null };
  const firstPacket = options.firstPacket ?? 1;
  const sides: Record<Side, Sending> = { client: sending(), server: sending() };
  const exchanges: { request: RequestMessage | null; response: ResponseMessage | null }[] = [];
  const closes: CloseSegment[] = [];
  let [syn, synAck]: (SegmentEvidence | null)[] = [null, null];
  let ackNs: number | null = null;
  let synRetransmissions = 0;
  let synAckRetransmissions = 0;
  let packet = firstPacket - 1;
  let atNs = beginsNs;

  for (const step of steps) {
    packet += 1;
    atNs = beginsNs + step.at * US;
    const from: Side =
      step.is === 'request' || step.is === 'syn' || step.is === 'ack'
        ? 'client'
        : step.is === 'syn-ack' || step.is === 'response'
          ? 'server'
          : (step.from ?? 'client');
    const mine = sides[from];
    const other = sides[OPPOSITE[from]];
    const hand = 'hand' in step ? (step.hand ?? {}) : {};
    const evidence = (flags: number, sequence: number, acknowledgement: number | null): SegmentEvidence => ({
      packet,
      atNs,
      from,
      sequence,
      acknowledgement,
      flags,
      window: hand.window ?? (flags === FLAGS.rst ? 0 : 64240),
      payloadLength: 0,
      options: hand.options ?? 0,
      ttl: hand.ttl === undefined ? ttl[from] : hand.ttl,
      ipId: hand.ipId === undefined ? 0 : hand.ipId,
      mac: hand.mac === undefined ? (options.mac?.[from] ?? null) : hand.mac,
      macTo: null,
      vlan: null,
      direction: hand.direction ?? null,
      interfaceIndex: 0,
    });
    mine.packets += 1;
    if (step.is !== 'rst') {
      mine.plain += 1;
      const goesOn = step.is !== 'ack' || other.next > mine.acknowledged;
      if (step.is === 'syn-ack' && synAck !== null) synAckRetransmissions += 1;
      if (other.next > 0) mine.acknowledged = other.next;
      for (const close of closes)
        if (close.kind === 'rst' && close.from === from && close.lifeAfter === null && goesOn)
          if (atNs - close.atNs > LIFE_AFTER_NS)
            closes[closes.indexOf(close)] = { ...close, lifeAfter: packet, lifeAfterNs: atNs };
    }
    switch (step.is) {
      case 'syn':
        // A second one is the first, sent again.
        if (syn !== null) synRetransmissions += 1;
        syn ??= evidence(FLAGS.syn, 0, null);
        mine.next = 1;
        break;
      case 'syn-ack':
        // A second one is the first, sent again.
        synAck ??= evidence(FLAGS['syn-ack'], 0, 1);
        mine.next = Math.max(mine.next, 1);
        if (synAckRetransmissions > 0) mine.acknowledged = 1;
        break;
      case 'ack':
        ackNs ??= atNs;
        for (const [at, close] of closes.entries())
          if (close.kind === 'fin' && close.from !== from && close.acknowledgedPacket === null)
            closes[at] = { ...close, acknowledgedPacket: packet, acknowledgedNs: atNs };
        break;
      case 'request': {
        const { method = 'GET', target = '/', bytes = 100, body = 0, version = 'HTTP/1.1' } = step.request;
        payload(mine, bytes + body, atNs);
        exchanges.push({
          request: {
            ...message(packet, atNs, bytes, body),
            complete: step.request.complete ?? true,
            version,
            method,
            target,
            authority: step.request.authority === undefined ? 'serv1.example' : step.request.authority,
            fields: step.request.fields ?? [],
          },
          response: null,
        });
        break;
      }
      case 'response': {
        payload(mine, step.bytes, atNs);
        const open = exchanges.find(({ response }) => response === null);
        const response: ResponseMessage = {
          ...message(packet, atNs, Math.min(step.bytes, 200), Math.max(step.bytes - 200, 0)),
          version: 'HTTP/1.1',
          status: step.status,
          reason: '',
          bodyDigest: null,
          fields: [],
          ...step.response,
        };
        if (open === undefined) exchanges.push({ request: null, response });
        else open.response = response;
        break;
      }
      case 'data':
        payload(mine, step.bytes, atNs);
        break;
      default: {
        const isReset = step.is === 'rst';
        const hasAck = !isReset || step.ack === true;
        const sequence = isReset ? (step.sequence ?? mine.next) : mine.next;
        const unseen = step.unseenBytes ?? 0;
        const base = evidence(isReset && hasAck ? 20 : FLAGS[step.is], sequence, hasAck ? other.next - unseen : null);
        closes.push({
          ...base,
          kind: step.is,
          deltaSequence: mine.lastNs === null ? null : sequence - mine.next,
          deltaAcknowledgement: hasAck && other.lastNs !== null ? (unseen === 0 ? 0 : -unseen) : null,
          sinceSenderNs: mine.lastNs === null ? null : atNs - mine.lastNs,
          sincePeerNs: other.lastNs === null ? null : atNs - other.lastNs,
          peerPacket: other.lastPacket,
          answers: isReset && step.answers === true ? other.lastPacket : null,
          answersUnknown: isReset && step.answersUnknown === true,
          peerIpId: other.lastNs === null ? null : 0,
          peerWindow: other.lastNs === null ? null : 64240,
          senderIpId: isReset ? (step.senderIpId ?? null) : null,
          lifeAfter: null,
          lifeAfterNs: null,
          acknowledgedPacket: null,
          acknowledgedNs: null,
        });
        if (!isReset) mine.next += 1;
      }
    }
    mine.lastNs = atNs;
    mine.lastPacket = packet;
  }

  const reset = closes.find(({ kind }) => kind === 'rst');
  const sideOf = (side: Side): SideFacts => {
    const facts = sides[side];
    const endpoint =
      side === 'client'
        ? { address: options.client ?? '10.0.0.1', port: options.clientPort ?? 63320 }
        : { address: options.server ?? '10.0.1.43', port: options.serverPort ?? 80 };
    return ordinarySide(endpoint, {
      packets: facts.packets,
      payloadBytes: facts.payload,
      ttl: facts.plain === 0 ? null : ttl[side],
      mac: options.mac?.[side] ?? null,
      plainSegments: facts.plain,
      firstPayloadNs: facts.firstPayloadNs,
      lastPayloadNs: facts.lastPayloadNs,
      highestAcknowledged: facts.acknowledged > 0 ? facts.acknowledged : null,
      nextSequence: facts.plain === 0 ? null : facts.next,
      ...(side === 'client' ? options.clientFacts : options.serverFacts),
    });
  };
  const seen = [syn, synAck, ackNs].filter((part) => part !== null).length;
  return ordinaryConnection({
    stream: options.stream ?? 0,
    client: sideOf('client'),
    server: sideOf('server'),
    firstPacket,
    lastPacket: packet,
    startNs: beginsNs,
    endNs: atNs,
    handshake: {
      kind: seen === 3 ? 'complete' : seen > 0 ? 'partial' : 'none',
      syn,
      synAck,
      ackNs,
      synToSynAckNs: syn !== null && synAck !== null ? synAck.atNs - syn.atNs : null,
      synElsewhere: false,
      synAckToAckNs: synAck !== null && ackNs !== null ? ackNs - synAck.atNs : null,
      synRetransmissions: options.synRetransmissions ?? synRetransmissions,
      synAckRetransmissions,
      timestampsNegotiated: false,
      sackNegotiated: false,
    },
    close: {
      kind: reset !== undefined ? 'rst' : closes.length > 0 ? 'fin' : 'open',
      resetBy: reset?.from ?? null,
      segments: closes,
      segmentCount: closes.length,
    },
    idlePeriods: options.idlePeriods ?? [],
    idlePeriodCount: options.idlePeriods?.length ?? 0,
    unreachables: options.unreachable === true ? [UNREACHABLE] : [],
    protocol: options.protocol ?? 'http/1.1',
    exchanges: exchanges.map(
      ({ request, response }, at): Exchange => ({
        h2Stream: null,
        index: (options.exchangeOffset ?? 0) + at,
        request,
        interim: [],
        response,
        h2: null,
      }),
    ),
    exchangeOffset: options.exchangeOffset ?? 0,
    undecodedBytes: { client: 0, server: 0, ...options.undecoded },
    anomalies: options.anomalies ?? [],
    guards: {
      midStream: syn === null && synAck === null,
      cutByCaptureEnd: false,
      oneSided: false,
      snapped: false,
      captureDrops: false,
      clockStepped: false,
      severalPoints: false,
      ...options.guards,
    },
  });
}

const UNREACHABLE: Connection['unreachables'][number] = {
  packet: 9,
  atNs: 2_000_000,
  sender: '10.0.0.254',
  type: 3,
  code: 1,
  mtu: null,
  quoted: 'client',
};

function sending(): Sending {
  return {
    next: 0,
    acknowledged: 0,
    packets: 0,
    plain: 0,
    payload: 0,
    firstPayloadNs: null,
    lastPayloadNs: null,
    lastNs: null,
    lastPacket: null,
  };
}

function payload(side: Sending, bytes: number, atNs: number): void {
  side.next = Math.max(side.next, 1) + bytes;
  side.payload += bytes;
  side.firstPayloadNs ??= atNs;
  side.lastPayloadNs = atNs;
}

function message(packet: number, atNs: number, headBytes: number, bodyBytes: number) {
  return {
    firstPacket: packet,
    lastPacket: packet,
    headPacket: packet,
    startNs: atNs,
    endNs: atNs,
    headBytes,
    bodyBytes,
    contentLength: bodyBytes > 0 ? bodyBytes : null,
    framing: bodyBytes > 0 ? ('content-length' as const) : ('none' as const),
    complete: true,
    lostBytes: 0,
    longestPauseNs: 0,
  };
}

/**
 * Options of the connections of one capture: the `at`-th has a stream, a port and packets of its own, and begins
 * `apart` microseconds behind the one before it.
 */
export function nthEvery(
  apart: number,
  all: ConnectionOptions = {},
): (at: number, options?: ConnectionOptions) => ConnectionOptions {
  return (at, options) => ({
    stream: at,
    clientPort: 40_000 + at,
    firstPacket: 1 + at * 10,
    beginsAt: at * apart,
    ...all,
    ...options,
  });
}

/** The same connection, its requests changed so. */
export function withRequests(facts: Connection, change: Partial<RequestMessage>): Connection {
  const exchanges = facts.exchanges.map((one) => ({ ...one, request: one.request && { ...one.request, ...change } }));
  return { ...facts, exchanges };
}

/** The same connection, its responses changed so. */
export function withResponses(facts: Connection, change: Partial<ResponseMessage>): Connection {
  const exchanges = facts.exchanges.map((one) => ({
    ...one,
    response: one.response && { ...one.response, ...change },
  }));
  return { ...facts, exchanges };
}

/** The same connection, its FINs and RSTs changed as `change` says of each. */
export function withEnds(
  facts: Connection,
  change: (end: CloseSegment, at: number) => Partial<CloseSegment>,
): Connection {
  const segments = facts.close.segments.map((end, at) => ({ ...end, ...change(end, at) }));
  return { ...facts, close: { ...facts.close, segments } };
}

/** A healthy connection with one answered request, and what it costs: six packets. */
export function healthy(options: ConnectionOptions = {}, target = '/', request: RequestOptions = {}): Connection {
  return connection(
    [...handshake(), get(1133, target, request), answer(3600), finBy('client', 5000), finBy('server', 5100)],
    options,
  );
}

/** A SYN that the server's kernel refuses: RST,ACK with sequence number 0 (docs/judging.md, A0). */
export function refused(options: ConnectionOptions = {}): Connection {
  const facts = connection(
    [{ at: 0, is: 'syn' }, rstBy('server', 50, { ack: true, sequence: 0, hand: { window: 0 } })],
    options,
  );
  return { ...facts, server: { ...facts.server, plainSegments: 0 } };
}
