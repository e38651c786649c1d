/** What the rule keeps of a run: plain data whose merge is associative and commutative. */
import type { Connection } from '../../facts/connection.js';
import { MAX_EVIDENCE } from '../../facts/finding.js';
import { undeliveredBytesOf } from '../judgements/undelivered.js';
import { addEarliest, type Earliest, earliest, mergeEarliest } from '../tally/earliest.js';
import { type Occurrence, occurrenceIn } from '../tally/occurrences.js';

/** What may be missing of a connection. */
export const LACKS = ['bytes', 'direction', 'packet-ends', 'beginning', 'clock'] as const;
/** One thing that a capture may lack. */
export type Lack = (typeof LACKS)[number];

/** A connection of which something is missing; dated by its first packet. */
export interface Lacking extends Occurrence {
  readonly lacks: readonly Lack[];
  readonly lostBytes: number;
}

/** The rule's tally. */
export interface CaptureQualityTally {
  connections: number;
  affected: number;
  /** Connections with packets of both sides. */
  twoSided: number;
  lostBytes: number;
  lastNs: number;
  readonly counts: Record<Lack, number>;
  readonly earliest: Earliest<Lacking>;
}

/** Nothing seen yet. */
export function newTally(): CaptureQualityTally {
  return {
    connections: 0,
    affected: 0,
    twoSided: 0,
    lostBytes: 0,
    lastNs: Number.NEGATIVE_INFINITY,
    counts: { bytes: 0, direction: 0, 'packet-ends': 0, beginning: 0, clock: 0 },
    earliest: earliest(MAX_EVIDENCE),
  };
}

/** Counts a connection, and what is missing of it. */
export function noteQuality(connection: Connection, tally: CaptureQualityTally): void {
  const { guards, client, server, goesOn } = connection;
  if (goesOn) return;
  tally.connections += 1;
  if (client.packets > 0 && server.packets > 0) tally.twoSided += 1;
  const { midStream, oneSided, snapped, clockStepped } = guards;
  let lost = client.lostBytes - client.snappedBytes + server.lostBytes - server.snappedBytes;
  // What did not arrive is no fault of the capture.
  if (lost > 0) lost -= undeliveredBytesOf(connection, 'client') + undeliveredBytesOf(connection, 'server');
  const hasLost = lost > 0 && !oneSided;
  if (!midStream && !oneSided && !snapped && !clockStepped && !hasLost) return;
  const lacks: Lack[] = [];
  if (hasLost) lacks.push('bytes');
  if (oneSided) lacks.push('direction');
  if (snapped) lacks.push('packet-ends');
  if (midStream) lacks.push('beginning');
  if (clockStepped) lacks.push('clock');
  tally.affected += 1;
  tally.lostBytes += hasLost ? lost : 0;
  for (const lack of lacks) tally.counts[lack] += 1;
  const at = { atNs: connection.startNs, packet: connection.firstPacket };
  tally.lastNs = Math.max(tally.lastNs, at.atNs);
  // What is missing is what this is about: it is no guard.
  addEarliest(tally.earliest, { ...occurrenceIn(connection, at), steps: 0, lacks, lostBytes: hasLost ? lost : 0 });
}

/** Adds all of `from`. */
export function mergeTally(into: CaptureQualityTally, from: CaptureQualityTally): void {
  into.connections += from.connections;
  into.affected += from.affected;
  into.twoSided += from.twoSided;
  into.lostBytes += from.lostBytes;
  into.lastNs = Math.max(into.lastNs, from.lastNs);
  for (const lack of LACKS) into.counts[lack] += from.counts[lack];
  mergeEarliest(into.earliest, from.earliest);
}
