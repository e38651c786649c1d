/** What a capture that lies by omission lets nobody claim (docs/judging.md). */
import { OUT_OF_WINDOW } from '../../facts/anomaly.js';
import type { Close, CloseSegment } from '../../facts/close.js';
import type { Connection } from '../../facts/connection.js';
import { CONFIDENCES, type Confidence } from '../../facts/finding.js';
import { TCP_OPTION } from '../../facts/segment-evidence.js';
import { isSeenWhole } from './message-end.js';

/** As many equal incidents raise a confidence that a capture guard lowered (docs/judging.md). */
const MANY = 5;

/** Why "the server sent nothing" cannot be said. */
export type Unsayable =
  | 'one-sided'
  | 'bytes-lost'
  | 'unseen-before-close'
  | 'unseen-but-acknowledged'
  | 'out-of-window'
  | 'several-paths';

/**
 * Why it cannot be said that the server sent nothing (or nothing more) before `close`, its FIN or RST;
 * `null` when it can.
 *
 * A close that stands beyond what was seen of its sender, or a client that acknowledged more than
 * was seen, means that the capture missed bytes of the server. Segments that do not fit the connection
 * are not read, and may be what it said. Where both sides speak Multipath TCP, it may have said it by another
 * subflow, which is a connection of its own here (RFC 8684 §1.3).
 */
export function silenceIsUnsayable(
  connection: Pick<Connection, 'client' | 'server' | 'guards' | 'anomalies' | 'handshake'> & {
    readonly close: Pick<Close, 'segments'>;
  },
  close: Pick<CloseSegment, 'deltaSequence'>,
): Unsayable | null {
  const { client, server, guards } = connection;
  if (guards.oneSided || server.plainSegments === 0 || close.deltaSequence === null) return 'one-sided';
  if (connection.anomalies.some(({ name }) => name === OUT_OF_WINDOW)) return 'out-of-window';
  if (close.deltaSequence > 0) return 'unseen-before-close';
  if (isMultipath(connection)) return 'several-paths';
  if (
    client.highestAcknowledged !== null &&
    server.nextSequence !== null &&
    client.highestAcknowledged > server.nextSequence
  )
    return 'unseen-but-acknowledged';
  for (const { from, deltaAcknowledgement } of connection.close.segments)
    if (from === 'client' && (deltaAcknowledgement ?? 0) > 1) return 'unseen-but-acknowledged';
  return isSeenWhole(server) ? null : 'bytes-lost';
}

/**
 * Whether both sides agreed on Multipath TCP in the handshake, or the one whose was seen offers it: other subflows,
 * each a connection of its own here, may carry bytes from the midst of what this one carries (RFC 8684 §1.3).
 */
export function isMultipath({ handshake: { syn, synAck } }: Pick<Connection, 'handshake'>): boolean {
  const seen = [syn, synAck].filter((segment) => segment !== null);
  return seen.length > 0 && seen.every(({ options }) => (options & TCP_OPTION.mptcp) !== 0);
}

/**
 * How many steps one connection's guards take from a finding's confidence. Dropped packets are not
 * among them: how many there were is known when the capture has been read to its end.
 */
export function guardSteps(connection: Pick<Connection, 'client' | 'guards'>): number {
  const { midStream, clockStepped, snapped, oneSided } = connection.guards;
  const unsure = [midStream, clockStepped, oneSided, snapped || connection.client.lostBytes > 0];
  return Math.min(unsure.filter((guard) => guard).length, CONFIDENCES.length - 1);
}

/** The confidence so many steps lower; never below `possible`. */
export function lowered(confidence: Confidence, steps: number): Confidence {
  return CONFIDENCES[Math.min(CONFIDENCES.indexOf(confidence) + steps, CONFIDENCES.length - 1)] ?? 'possible';
}

/** A confidence that guards lowered, raised again where enough incidents say the same. */
export function raised(low: Confidence, incidents: number): Confidence {
  return low === 'possible' && incidents >= MANY ? 'likely' : low;
}
