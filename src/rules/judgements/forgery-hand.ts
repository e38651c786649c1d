/** F5 to F9: whether the reset is written as its sender writes. */
import type { CloseSegment } from '../../facts/close.js';
import { ACK } from '../../facts/tcp-flags.js';
import {
  type ForgeryContext,
  type ForgeryInput,
  type ForgeryTest,
  NOT_APPLICABLE,
  nowhere,
  type Outcome,
  onReset,
} from './forgery-test.js';
import { hopsOf } from './hops.js';

/** Resets as far apart as this may be two events; a burst is written at once. */
const BURST_NS = 10_000_000;

/**
 * F5: from another distance than its sender's other segments, or begun with another TTL than they
 * were, which none of its sender's other resets has.
 */
export function hopCount(reset: CloseSegment, input: ForgeryInput, context: ForgeryContext): Outcome {
  const sender = input[reset.from];
  const hops = hopsOf(reset.ttl);
  const usual = hopsOf(sender.ttl);
  if (hops === null || usual === null || reset.ttl === null || sender.ttl === null || sender.ttlVaries)
    return NOT_APPLICABLE;
  const isOwn = reset.from === 'server' && context.refusalTtls.includes(reset.ttl);
  const isElsewhere = Math.abs(hops - usual) >= 2 || reset.ttl + hops !== sender.ttl + usual;
  return {
    result: isElsewhere && !isOwn ? 'positive' : 'negative',
    found: reset.ttl,
    expected: isOwn ? reset.ttl : sender.ttl,
  };
}

/** F6: another link-layer source than its sender's other segments, or leaving the host that it should be coming to. */
export function linkSource(reset: CloseSegment, input: ForgeryInput, context: ForgeryContext): Outcome {
  const sender = input[reset.from];
  // Of what is captured at two places on the way, a segment and its copy come by two links.
  const isOfOneLink = sender.duplicates === sender.duplicatesElsewhere && !input.guards.severalPoints;
  const isLocal = input.client.endpoint.address === input.server.endpoint.address || context.point === 'loopback';
  if (!isLocal && sender.direction === 'inbound' && reset.direction !== null && isOfOneLink)
    if (reset.direction === 'outbound') return { result: 'positive' };
  if (reset.mac === null || sender.mac === null || sender.macVaries)
    return reset.direction !== null && sender.direction !== null ? { result: 'negative' } : NOT_APPLICABLE;
  const isOtherGateway = reset.from === 'server' && context.macs.includes(reset.mac);
  if (reset.mac === sender.mac || isOtherGateway || !isOfOneLink)
    return { result: 'negative', found: reset.mac, expected: sender.mac };
  return { result: 'positive', found: reset.mac, expected: sender.mac };
}

/** F7: fields taken over from the segment that set it off. A genuine stateless reset has 0 in both. */
export function copiedFields(reset: CloseSegment): Outcome {
  if (reset.peerWindow === null) return NOT_APPLICABLE;
  const { ipId, peerIpId } = reset;
  if (ipId !== null && ipId !== 0 && ipId === peerIpId) return { result: 'positive', found: ipId, expected: 0 };
  // With ACK the window is the socket's own, and two Linux sockets often have the same one.
  const isBare = (reset.flags & ACK) === 0;
  if (isBare && reset.window !== 0 && reset.window === reset.peerWindow)
    return { result: 'positive', found: reset.window, expected: 0 };
  // The IP ID that is not the one copied; `null` where the capture says none.
  return ipId === null ? { result: 'negative' } : { result: 'negative', found: ipId };
}

/** F8: several at once with growing sequence numbers: whoever does not know the position guesses it. */
export function burst(input: ForgeryInput, { captureDrops }: ForgeryContext): ForgeryTest {
  const unseen = input.guards.oneSided || captureDrops;
  let told = nowhere('F8', 'strong', 'not-applicable');
  for (const [at, reset] of input.resets.entries())
    for (const later of input.resets.slice(at + 1)) {
      if (later.from !== reset.from || later.atNs - reset.atNs > BURST_NS || unseen) continue;
      const guessed =
        (later.sequence > reset.sequence && (later.deltaSequence ?? 0) > 0 && input[reset.from].lostBytes === 0) ||
        (later.acknowledgement !== reset.acknowledgement && (later.deltaAcknowledgement ?? 0) > 0);
      const result = guessed ? 'positive' : 'negative';
      told = onReset('F8', 'strong', result, later, later.sequence - reset.sequence, 0);
      if (guessed) return told;
    }
  return told;
}

/** F9: resets at other servers that the same hand wrote. */
export function sameHandElsewhere({ sameElsewhere }: ForgeryContext): ForgeryTest {
  return nowhere('F9', 'medium', sameElsewhere === null ? 'not-applicable' : sameElsewhere ? 'positive' : 'negative');
}
