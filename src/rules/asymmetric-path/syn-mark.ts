/** By what a SYN is known again behind a translator of addresses, which leaves this of it as it is. */
import type { SegmentEvidence } from '../../facts/segment-evidence.js';

/** See the head of this file. */
export type SynMark = Pick<SegmentEvidence, 'options' | 'window' | 'ipId'>;

/** The mark of a SYN. */
export function markOf({ options, window, ipId }: SynMark): SynMark {
  return { options, window, ipId };
}

/** Whether two SYNs may be one. An IP ID is compared where both have one: IPv6 has none, nor does text that was printed without -v. */
export function isSameMark(one: SynMark, other: SynMark): boolean {
  return (
    one.options === other.options &&
    one.window === other.window &&
    (one.ipId === null || other.ipId === null || one.ipId === other.ipId)
  );
}
