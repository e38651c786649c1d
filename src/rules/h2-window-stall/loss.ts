/**
 * What looks like a window that nobody opens, and may be a segment that was lost: the data may not have arrived,
 * and the WINDOW_UPDATE may have been sent, and be lost on its way or to the capture.
 */
import type { CloseSegment } from '../../facts/close.js';
import type { Connection, SideFacts } from '../../facts/connection.js';
import type { WindowStall } from '../../facts/h2.js';
import { lastResendIn } from '../judgements/delivery.js';
import { httpRoles } from '../judgements/http-roles.js';

/** Whether a stall that ended at `endNs`, or was not over then, may be that. */
export function mayBeLoss({ sender: by, startNs }: WindowStall, endNs: number, connection: Connection): boolean {
  const roles = httpRoles(connection);
  const [sender, receiver] = by === 'client' ? [roles.client, roles.server] : [roles.server, roles.client];
  return (
    mayNotHaveArrived(sender, receiver, startNs) ||
    wasSentAgain(receiver, startNs, endNs) ||
    isUnseen(receiver, sender, connection)
  );
}

/** What used the window up may not have arrived: the receiver cannot read, nor allow more, before it does. */
function mayNotHaveArrived(sender: SideFacts, { highestAcknowledged }: SideFacts, startNs: number): boolean {
  const { retransmissions, refills, nextSequence, lastPayloadNs } = sender;
  if (retransmissions > 0 || refills > 0) return true;
  // What was sent later tells nothing; a FIN counts as one byte.
  if (lastPayloadNs === null || lastPayloadNs > startNs) return false;
  return highestAcknowledged !== null && nextSequence !== null && highestAcknowledged < nextSequence - 1;
}

/** The receiver sent anything again while the other waited, or it was lost before the capture: what came behind it waited too. */
function wasSentAgain(receiver: SideFacts, startNs: number, endNs: number): boolean {
  const { firstAgain, refills } = receiver;
  // Of refills only the first has a time.
  if (refills > 0) return firstAgain === null || firstAgain.atNs <= endNs;
  return lastResendIn(receiver, startNs, endNs) !== null;
}

/** Bytes of the receiver were acknowledged, or its end stands behind such, that the capture does not hold. */
function isUnseen(receiver: SideFacts, sender: SideFacts, { client, close }: Connection): boolean {
  const { nextSequence } = receiver;
  if (nextSequence !== null && (sender.highestAcknowledged ?? 0) > nextSequence) return true;
  const from = receiver === client ? 'client' : 'server';
  const isBeyond = (segment: CloseSegment): boolean =>
    segment.from === from ? (segment.deltaSequence ?? 0) > 0 : (segment.deltaAcknowledgement ?? 0) > 1;
  return close.segments.some(isBeyond);
}
