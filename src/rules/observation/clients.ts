/**
 * How addresses fared as clients: a proxy is one, and what befell its own requests explains what it
 * told those who asked it. `answer`: it was answered; `refusal`: whatever failed there.
 */
import type { Connection } from '../../facts/connection.js';
import { type Activity, noteActivity } from '../tally/activity.js';

/** Enters how a connection (or batch of its exchanges) went for its client. */
export function observeClient({ exchanges, close, handshake }: Connection, fared: Activity): void {
  if (handshake.syn !== null && handshake.synAck === null)
    noteActivity(fared, 'refusal', handshake.syn.atNs, handshake.syn.packet);
  let isUnanswered = false;
  let near = -1;
  for (let at = 0; at < exchanges.length; at += 1) {
    const exchange = exchanges[at];
    if (exchange === undefined || exchange.request === null) continue;
    const { response } = exchange;
    if (response !== null) near = noteActivity(fared, 'answer', response.startNs, response.firstPacket, near);
    if (response === null || !response.complete) isUnanswered = true;
  }
  const [first] = close.segments;
  if (isUnanswered && first !== undefined) noteActivity(fared, 'refusal', first.atNs, first.packet);
}
