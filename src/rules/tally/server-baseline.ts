import type { PacketReference } from '../../facts/packet-reference.js';
import { attributesOf, type DescribedRequest } from '../judgements/discriminating-attribute.js';
import { mergeSpoken, newSpoken, type Spoken } from '../judgements/spoken-otherwise.js';
import { type Activity, activity, mergeActivity } from './activity.js';
import { type BoundedTable, boundedTable, mergeTable } from './bounded-table.js';
import type { Moment } from './earliest.js';
import { mergeSample, type Sample, sample } from './sample.js';
import { mergeTimeCounts, type TimeCounts, timeCounts } from './time-counts.js';

/** Answered requests kept per server: enough that a chance split among them is below one in a thousand. */
const MAX_ANSWERED = 128;
/** Distinct TTLs or link-layer sources kept per server; more of either are no baseline. */
const MAX_VALUES = 4;
/** Clients whose connection attempts are kept apart per server: proxies and load balancers are few. */
const MAX_CLIENTS = 32;

/** A request that the server answered: what its attributes are made of, where they are asked for. */
interface AnsweredRequest extends Moment {
  readonly status: number;
  readonly request: DescribedRequest;
  /** The client's address. */
  readonly client: string;
  /** The first of its connection. */
  readonly isFirst: boolean;
}

/** How a client's connection attempts fared at a server. */
export interface ClientDealings {
  refused: number;
  firstRefusal: Moment | null;
  /** Changed in place: each connection brings a later one. */
  lastAccept: { atNs: number; packet: PacketReference } | null;
}

/** A client not seen yet. */
export function clientDealings(): ClientDealings {
  return { refused: 0, firstRefusal: null, lastAccept: null };
}

/** Keeps the first refusal and the last acceptance of a client. */
export function noteAttempt(into: ClientDealings, refused: Moment | null, accepted: Moment | null): void {
  const { firstRefusal, lastAccept } = into;
  if (refused !== null && (firstRefusal === null || isSooner(refused, firstRefusal)))
    into.firstRefusal = { atNs: refused.atNs, packet: refused.packet };
  if (accepted === null) return;
  if (lastAccept === null) into.lastAccept = { atNs: accepted.atNs, packet: accepted.packet };
  else if (isSooner(lastAccept, accepted)) {
    lastAccept.atNs = accepted.atNs;
    lastAccept.packet = accepted.packet;
  }
}

function isSooner(one: Moment, other: Moment): boolean {
  return one.atNs < other.atNs || (one.atNs === other.atNs && one.packet < other.packet);
}

/** What a server does when all is well: what a failure is compared with. */
export interface ServerBaseline {
  connections: number;
  answered: number;
  /** When it answered. */
  readonly answeredAt: TimeCounts;
  /** Connections that the client itself reset while it waited for an answer. */
  abandoned: number;
  /** Clients by address: how their connection attempts fared. */
  readonly clients: BoundedTable<ClientDealings>;
  /** Fastest answer, request's end to response's start, nanoseconds; `null`: none. */
  fastestAnswerNs: number | null;
  /** The largest head of a request that was answered, no error; 0: none. */
  largestHeadBytes: number;
  /** Earliest answer 400: the server rejects what it does not like by saying so. */
  badRequest: Moment | null;
  votes: { server: number; client: number; between: number; loopback: number };
  /** Connections (or batches) that show that it speaks HTTP. */
  http: number;
  /**
   * The shortest SYN to SYN-ACK: the round trip to the server, and at least the way of a SYN there and
   * of its answer back. Nanoseconds; `null`: no handshake was seen.
   */
  roundTripNs: number | null;
  /** TTLs of its resets that nobody disputes: answers to SYNs for a closed port, and resets behind its answers. */
  refusalTtls: number[];
  /** Link-layer sources of its ordinary segments. */
  macs: number[];
  /** What it is spoken to in, and answers. */
  readonly spoken: Spoken;
  readonly activity: Activity;
  readonly sample: Sample<AnsweredRequest>;
}

/** A server of which nothing is known. */
export function serverBaseline(): ServerBaseline {
  return {
    connections: 0,
    answered: 0,
    answeredAt: timeCounts(),
    abandoned: 0,
    clients: boundedTable(MAX_CLIENTS),
    fastestAnswerNs: null,
    largestHeadBytes: 0,
    badRequest: null,
    votes: { server: 0, client: 0, between: 0, loopback: 0 },
    http: 0,
    roundTripNs: null,
    refusalTtls: [],
    macs: [],
    spoken: newSpoken(),
    activity: activity(),
    sample: sample(MAX_ANSWERED),
  };
}

/** Adds what another part of the run saw of the same server. */
export function mergeBaseline(into: ServerBaseline, from: ServerBaseline): void {
  into.connections += from.connections;
  into.answered += from.answered;
  mergeTimeCounts(into.answeredAt, from.answeredAt);
  into.abandoned += from.abandoned;
  mergeTable(into.clients, from.clients, clientDealings, (whole, part) => {
    whole.refused += part.refused;
    noteAttempt(whole, part.firstRefusal, part.lastAccept);
  });
  if (from.fastestAnswerNs !== null) noteAnswerTime(into, from.fastestAnswerNs);
  into.largestHeadBytes = Math.max(into.largestHeadBytes, from.largestHeadBytes);
  if (from.badRequest !== null) noteBadRequest(into, from.badRequest);
  for (const point of ['server', 'client', 'between', 'loopback'] as const) into.votes[point] += from.votes[point];
  into.http += from.http;
  if (from.roundTripNs !== null) noteRoundTrip(into, from.roundTripNs);
  for (const ttl of from.refusalTtls) noteValue(into.refusalTtls, ttl);
  for (const mac of from.macs) noteValue(into.macs, mac);
  mergeSpoken(into.spoken, from.spoken);
  mergeActivity(into.activity, from.activity);
  mergeSample(into.sample, from.sample);
}

/** Keeps the shortest time. */
export function noteAnswerTime(into: ServerBaseline, thinkNs: number): void {
  if (into.fastestAnswerNs === null || thinkNs < into.fastestAnswerNs) into.fastestAnswerNs = thinkNs;
}

/** Keeps the shortest round trip. */
export function noteRoundTrip(into: ServerBaseline, roundTripNs: number): void {
  if (into.roundTripNs === null || roundTripNs < into.roundTripNs) into.roundTripNs = roundTripNs;
}

/** Keeps the earliest answer 400. */
export function noteBadRequest(into: ServerBaseline, moment: Moment): void {
  const known = into.badRequest;
  if (known === null || moment.atNs < known.atNs || (moment.atNs === known.atNs && moment.packet < known.packet))
    into.badRequest = { atNs: moment.atNs, packet: moment.packet };
}

/** Keeps a value among the smallest {@link MAX_VALUES} distinct ones, in order. */
export function noteValue(into: number[], value: number): void {
  if (into.includes(value)) return;
  into.push(value);
  if (into.length > 1) into.sort((one, other) => one - other);
  if (into.length > MAX_VALUES) into.pop();
}

/** The sample of a server's answers, with the attributes of their requests. */
export function answeredSample({ sample: { items } }: ServerBaseline): {
  readonly atNs: number;
  readonly packet: PacketReference;
  readonly status: number;
  readonly request: Pick<DescribedRequest, 'headBytes' | 'bodyBytes'>;
  readonly attributes: Readonly<Partial<Record<string, string>>>;
}[] {
  return items.map(({ atNs, packet, status, request, client, isFirst }) => ({
    atNs,
    packet,
    status,
    request,
    attributes: attributesOf(request, client, isFirst),
  }));
}
