/**
 * Whether a capture lost so many packets that one more may be missing anywhere.
 *
 * Of most packets that were lost the sequence numbers tell (judgements/capture-guards). They do not of
 * a connection's last ones, nor of a FIN that nobody acknowledged: what a rule concludes from the
 * absence of such a packet it must not conclude in a capture that lost others.
 */
import type { Conclusion } from '../rule.js';

/** Gaps in one connection of so many are more than a single packet's bad luck. */
const CONNECTIONS = 20;
/** So is one packet of so many that the kernel dropped. */
const PACKETS = 100;

/** See the head of this file. */
export function losesPackets({ captures, observation }: Pick<Conclusion, 'captures' | 'observation'>): boolean {
  const { connections, gapped } = observation;
  if (gapped > 0 && gapped * CONNECTIONS >= connections) return true;
  return captures.some(({ droppedPackets, packets }) => (droppedPackets ?? 0) * PACKETS > packets);
}
