/** What the rule keeps of a run: plain data whose merge is associative and commutative. */
import type { Connection } from '../../facts/connection.js';
import type { Endpoint } from '../../facts/endpoint.js';
import { endpointText } from '../../text/address.js';
import type { Moment } from '../tally/earliest.js';
import { mergeOccurrences, type OccurrencesByServer, occurrencesByServer } from '../tally/occurrences.js';
import { addToSample, isSampled, mergeSample, type Sample, sample } from '../tally/sample.js';
import type { Detour } from './incident.js';
import { markOf, type SynMark } from './syn-mark.js';

/** SYNs without an answer kept: those to which another address may have answered. */
const MAX_SYNS = 1024;

/** A SYN to which the address that it asked did not answer. */
export interface UnansweredSyn extends Moment {
  /** The client's endpoint, as text. */
  readonly client: string;
  readonly server: Endpoint;
  readonly mark: SynMark;
}

/** The rule's tally. */
export interface AsymmetricPathTally {
  readonly failed: OccurrencesByServer<Detour>;
  readonly oneSided: OccurrencesByServer<Detour>;
  /** SYN-ACKs that the client resets although its SYN was captured: stray ones if that SYN was translated. */
  readonly unknown: OccurrencesByServer<Detour>;
  readonly syns: Sample<UnansweredSyn>;
}

/** Nothing seen yet. */
export function newTally(): AsymmetricPathTally {
  return {
    failed: occurrencesByServer(),
    oneSided: occurrencesByServer(),
    unknown: occurrencesByServer(),
    syns: sample(MAX_SYNS),
  };
}

/** Keeps a SYN that the address it went to did not answer. */
export function noteUnansweredSyn(
  { handshake: { syn }, client, server }: Connection,
  tally: AsymmetricPathTally,
): void {
  if (syn === null || !isSampled(tally.syns, syn.packet)) return;
  const { atNs, packet } = syn;
  addToSample(tally.syns, {
    atNs,
    packet,
    client: endpointText(client.endpoint),
    server: server.endpoint,
    mark: markOf(syn),
  });
}

/** Adds all of `from`. */
export function mergeTally(into: AsymmetricPathTally, from: AsymmetricPathTally): void {
  mergeOccurrences(into.failed, from.failed);
  mergeOccurrences(into.oneSided, from.oneSided);
  mergeOccurrences(into.unknown, from.unknown);
  mergeSample(into.syns, from.syns);
}
