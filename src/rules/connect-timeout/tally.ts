/** What the rule keeps of a run: plain data whose merge is associative and commutative. */

import type { Connection } from '../../facts/connection.js';
import { type BoundedTable, boundedTable, entryOf, mergeTable } from '../tally/bounded-table.js';
import type { Moment } from '../tally/earliest.js';
import { type KnockedAt, knockedAt, mergeKnocks } from '../tally/knocks.js';
import { mergeOccurrences, type OccurrencesByServer, occurrencesByServer } from '../tally/occurrences.js';
import { mergeSample, type Sample, sample } from '../tally/sample.js';
import type { Silence } from './incident.js';

/** Answers from another address than was asked, kept. */
const MAX_STRAYS = 256;

/** Addresses of which the capture holds what clients send them, and nothing of theirs. */
const MAX_UNHEARD = 1024;

/** The rule's tally. */
export interface ConnectTimeoutTally {
  readonly silences: OccurrencesByServer<Silence>;
  /** Whom each client tried in vain: a scanner tries many. */
  readonly knocks: KnockedAt;
  /** Whom each client sent a single SYN to, without an answer. */
  readonly probes: KnockedAt;
  /** Clients' endpoints that another address answered. */
  readonly strays: Sample<Moment & { readonly client: string }>;
  /** Connections of which both sides were captured. */
  heard: number;
  /** How many connections of an address went on, of which only the client's side was captured. */
  readonly unheard: BoundedTable<{ count: number }>;
}

/** Nothing seen yet. */
export function newTally(): ConnectTimeoutTally {
  return {
    silences: occurrencesByServer(),
    knocks: knockedAt(),
    probes: knockedAt(),
    strays: sample(MAX_STRAYS),
    heard: 0,
    unheard: boundedTable(MAX_UNHEARD),
  };
}

/** Counts which directions of a connection were captured. */
export function noteDirections({ client, server, guards }: Connection, tally: ConnectTimeoutTally): void {
  if (client.packets > 0 && server.packets > 0) tally.heard += 1;
  else if (guards.oneSided && server.packets === 0) {
    const entry = entryOf(tally.unheard, server.endpoint.address, none);
    if (entry !== null) entry.count += 1;
  }
}

/** Whether an answer of the address, had there been one, would have been captured. */
export function isHeard({ heard, unheard }: ConnectTimeoutTally, address: string): boolean {
  if (unheard.entries[address] !== undefined) return false;
  return heard > 0 || unheard.size === 0;
}

/** Adds all of `from`. */
export function mergeTally(into: ConnectTimeoutTally, from: ConnectTimeoutTally): void {
  mergeOccurrences(into.silences, from.silences);
  mergeKnocks(into.knocks, from.knocks);
  mergeKnocks(into.probes, from.probes);
  mergeSample(into.strays, from.strays);
  into.heard += from.heard;
  mergeTable(into.unheard, from.unheard, none, (known, part) => {
    known.count += part.count;
  });
}

function none(): { count: number } {
  return { count: 0 };
}
