import type { Anomaly } from '../../facts/anomaly.js';
import type { Connection } from '../../facts/connection.js';
import { type Occurrence, occurrenceIn } from '../tally/occurrences.js';
import { type Asked, askedIn } from './asked.js';
import { FLAWS, flawOf, isToldTogether } from './flaws.js';

/** One connection with messages that can be read in two ways; its packet is the first of them. */
export interface Ambiguity extends Occurrence {
  readonly flaws: readonly SeenFlaw[];
}

/** A flaw as it was remarked. */
export interface SeenFlaw {
  readonly name: string;
  readonly from: Anomaly['from'];
  readonly packet: number;
  readonly count: number;
}

/** An answer that a proxy may refuse for its flaws. */
export interface FlawedAnswer extends Ambiguity {
  /** Place of its exchange in the connection. */
  readonly index: number;
  readonly request: Asked;
}

const NO_STATUS_LINE = 'http1-malformed-start-line';

/** What a connection has of them; `null`: none. */
export function ambiguityIn(connection: Connection): Ambiguity | null {
  return ambiguityOf(
    connection,
    soundFlaws(connection).filter(({ name }) => FLAWS[name] !== undefined),
  );
}

/** The answer of a connection that has flaws, the first of them in time; `null`: none has, or it is not known which. */
export function flawedAnswerIn(connection: Connection): FlawedAnswer | null {
  const flaws = soundFlaws(connection).filter(
    ({ name, from }) => from === 'server' && flawOf(name) !== undefined && isToldTogether(name),
  );
  // Where the two sides speak different protocols, that is what is wrong.
  const ambiguity = connection.beginnings === null ? ambiguityOf(connection, flaws) : null;
  if (ambiguity === null) return null;
  const { packet } = ambiguity;
  const answered = connection.exchanges.find(({ response }) => response !== null && isOf(packet, response));
  const exchange =
    answered ?? connection.exchanges.find(({ request, response }) => request !== null && response === null);
  if (exchange?.request == null || (exchange.response?.status ?? 0) >= 500) return null;
  if (ambiguity.atNs < exchange.request.startNs) return null;
  // What stands behind an answer is no answer: its body was longer than it said.
  const own = ambiguity.flaws.filter(({ name }) => answered === undefined || name !== NO_STATUS_LINE);
  if (own.length === 0) return null;
  return { ...ambiguity, flaws: own, index: exchange.index, request: askedIn(exchange.request) };
}

/** Where bytes of a side were lost, its messages only seem to be flawed. */
function soundFlaws({ anomalies, client, server }: Connection): SeenFlaw[] {
  return anomalies.filter(({ from }) => {
    const side = from === 'server' ? server : client;
    return side.lostBytes <= side.snappedBytes;
  });
}

function ambiguityOf(connection: Connection, flaws: readonly SeenFlaw[]): Ambiguity | null {
  const [first] = [...flaws].sort((one, other) => one.packet - other.packet);
  if (first === undefined) return null;
  return { ...occurrenceIn(connection, { packet: first.packet, atNs: timeOf(first, connection) }), flaws };
}

/** When the message was sent that this flaw belongs to. */
function timeOf({ packet, from }: SeenFlaw, { exchanges, startNs, server }: Connection): number {
  for (const { request, response } of exchanges)
    for (const message of [request, response]) if (message !== null && isOf(packet, message)) return message.startNs;
  // What is no message was read to the end, as the last that its side sent.
  return (from === 'server' ? server.lastPayloadNs : null) ?? startNs;
}

function isOf(
  packet: number,
  { firstPacket, lastPacket }: { readonly firstPacket: number; readonly lastPacket: number },
): boolean {
  return packet >= firstPacket && packet <= lastPacket;
}
