/** What the rule keeps of a run: leaking answers by server, legs by request, connections that came to nothing. */
import type { Connection } from '../../facts/connection.js';
import type { SegmentEvidence } from '../../facts/segment-evidence.js';
import { endpointText } from '../../text/address.js';
import { type BoundedTable, boundedTable, entryOf, mergeTable } from '../tally/bounded-table.js';
import { addEarliest, type Earliest, earliest, type Moment, mergeEarliest } from '../tally/earliest.js';
import { type KeyedLegs, keyedLegs, mergeLegs, noteLeg } from '../tally/keyed-legs.js';
import { absorbOccurrences, addOccurrence, newOccurrences, type Occurrences } from '../tally/occurrences.js';
import { mergePerServer, type PerServer, perServer, tallyOf } from '../tally/per-server.js';
import { type Answer, answerOf } from './answer.js';

/** Answers of one server that are looked at one by one. */
const MAX_ANSWERS = 64;
/** Clients and addresses that they tried in vain. */
const MAX_ATTEMPTS = 4096;

/** The rule's tally. */
export interface HeaderLeakTally {
  readonly servers: PerServer<Occurrences<Answer>>;
  readonly legs: KeyedLegs<Answer>;
  /** SYNs without a SYN-ACK, by client and the endpoint tried. */
  readonly attempts: BoundedTable<Earliest<Moment>>;
}

/** Nothing seen yet. */
export function newTally(): HeaderLeakTally {
  return { servers: perServer(), legs: keyedLegs(), attempts: boundedTable(MAX_ATTEMPTS) };
}

/** Enters a connection that was asked for and did not come about. */
export function noteAttempt({ client, server }: Connection, syn: SegmentEvidence, tally: HeaderLeakTally): void {
  const entry = entryOf(tally.attempts, attemptKey(client.endpoint.address, endpointText(server.endpoint)), newAttempt);
  if (entry !== null) addEarliest(entry, { atNs: syn.atNs, packet: syn.packet });
}

/** What {@link HeaderLeakTally.attempts} are kept by. */
export function attemptKey(client: string, endpoint: string): string {
  return `${client} ${endpoint}`;
}

/** Enters the answers of a connection. */
export function noteConnection(connection: Connection, tally: HeaderLeakTally): void {
  for (const exchange of connection.exchanges) {
    const answer = answerOf(exchange, connection);
    if (answer === null) continue;
    noteLeg(tally.legs, answer.leg, answer);
    if (answer.leaks.length === 0) continue;
    const server = tallyOf(tally.servers, answer.server, newAnswers);
    if (server !== null) addOccurrence(server, answer);
  }
}

/** Adds all of `from`. */
export function mergeTally(into: HeaderLeakTally, from: HeaderLeakTally): void {
  mergePerServer(into.servers, from.servers, newAnswers, absorbOccurrences);
  mergeLegs(into.legs, from.legs);
  mergeTable(into.attempts, from.attempts, newAttempt, mergeEarliest);
}

function newAnswers(): Occurrences<Answer> {
  return newOccurrences(MAX_ANSWERS);
}

function newAttempt(): Earliest<Moment> {
  return earliest(4);
}
