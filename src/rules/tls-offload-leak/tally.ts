/** What the rule keeps of a run: leaking answers by server, and legs by request; plain data, in any order the same. */
import type { Connection } from '../../facts/connection.js';
import { type KeyedLegs, keyedLegs, mergeLegs, noteLeg } from '../tally/keyed-legs.js';
import { absorbOccurrences, addOccurrence, newOccurrences, type Occurrences } from '../tally/occurrences.js';
import { mergePerServer, type PerServer, perServer, tallyOf } from '../tally/per-server.js';
import { type Answer, answerOf, type Leak } from './answer.js';

/** Answers of one server that are looked at one by one. */
const MAX_ANSWERS = 64;

/** Answers of one server that leak. */
export interface Leaking {
  readonly answers: Occurrences<Answer>;
  /** How many leak each, and session cookies without HttpOnly. */
  readonly counts: Record<Leak, number>;
  withoutHttpOnly: number;
}

/** One server: what leaks where TLS is shown by the leg itself, where a proxy says so, and where neither is. */
export interface ServerTally {
  readonly tls: Leaking;
  readonly said: Leaking;
  readonly plain: Leaking;
}

/** The rule's tally. */
export interface OffloadTally {
  readonly servers: PerServer<ServerTally>;
  readonly legs: KeyedLegs<Answer>;
}

/** Nothing seen yet. */
export function newTally(): OffloadTally {
  return { servers: perServer(), legs: keyedLegs() };
}

/** Enters the answers of a connection. */
export function noteConnection(connection: Connection, tally: OffloadTally): void {
  for (const exchange of connection.exchanges) {
    const answer = answerOf(exchange, connection);
    if (answer === null) continue;
    noteLeg(tally.legs, answer.leg, answer);
    if (answer.leaks.length === 0) continue;
    const server = tallyOf(tally.servers, answer.server, newServer);
    if (server === null) continue;
    const leaking = answer.isTls ? server.tls : answer.scheme === 'https' ? server.said : server.plain;
    addOccurrence(leaking.answers, answer);
    for (const leak of answer.leaks) leaking.counts[leak] += 1;
    leaking.withoutHttpOnly += answer.withoutHttpOnly;
  }
}

/** Adds all of `from`. */
export function mergeTally(into: OffloadTally, from: OffloadTally): void {
  mergePerServer(into.servers, from.servers, newServer, (server, part) => {
    for (const kind of ['tls', 'said', 'plain'] as const) mergeLeaking(server[kind], part[kind]);
  });
  mergeLegs(into.legs, from.legs);
}

function mergeLeaking(into: Leaking, from: Leaking): void {
  absorbOccurrences(into.answers, from.answers);
  for (const leak of Object.keys(into.counts) as Leak[]) into.counts[leak] += from.counts[leak];
  into.withoutHttpOnly += from.withoutHttpOnly;
}

function newServer(): ServerTally {
  return { tls: leaking(), said: leaking(), plain: leaking() };
}

function leaking(): Leaking {
  return {
    answers: newOccurrences(MAX_ANSWERS),
    counts: { location: 0, 'content-location': 0, refresh: 0, cookie: 0 },
    withoutHttpOnly: 0,
  };
}
