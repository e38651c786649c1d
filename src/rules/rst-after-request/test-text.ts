/** What each forgery test found, as a sentence with its packets. */

import { durationText } from '../../text/duration.js';
import { macText } from '../../text/mac.js';
import { manyText, packetText } from '../argument/figures.js';
import type { Case, CaseTest } from './case.js';

/** The sentence for one test of a case. */
export function testText(test: CaseTest, { capturePoint }: Pick<Case, 'capturePoint'>): string {
  const { found, expected } = test;
  if (test.id === 'F9') return OTHER_SERVERS[test.result];
  if (test.packet === null) return NOT_SEEN[test.id] ?? 'what it needs was not seen';
  const reset = resetText(test);
  const isPositive = test.result === 'positive';
  switch (test.id) {
    case 'F1':
      if (isPositive)
        return `${reset} is stale by ${manyText(-(found ?? 0), 'byte')}, and no unanswered segment explains it`;
      return found === 0
        ? `${reset} stands where its sender was`
        : `${reset} is stale by ${manyText(-(found ?? 0), 'byte')} and answers a segment that was still unanswered`;
    case 'F2': {
      const far = `the round trip to the ${capturePoint === 'server' ? 'client' : 'server'} takes ${durationText(expected ?? 0)}`;
      return isPositive
        ? `${reset} came ${durationText(found ?? 0)} after what it reacts to, where ${far}`
        : `${reset} came ${durationText(found ?? 0)} after the other side’s last segment, and ${far}: its sender may have written it`;
    }
    case 'F3':
      return isPositive
        ? `${reset} came ${durationText(found ?? 0)} from the other side’s, with the same flags and window, where a round trip takes ${durationText(expected ?? 0)}`
        : `${reset} came ${durationText(found ?? 0)} from the other side’s: too far apart, or not in the same hand`;
    case 'F4':
      return isPositive
        ? `its sender went on in ${packetText(found ?? 0)} after ${reset}`
        : `nothing followed ${reset}`;
    case 'F5':
      return isPositive
        ? `${reset} has TTL ${found}; other segments of its sender have ${expected}`
        : `${reset} has TTL ${found}, ${found === expected ? 'as its sender’s other segments or its refusals have' : `and its sender’s others ${expected}: one hop, which is not enough`}`;
    case 'F6':
      if (found === null)
        return isPositive
          ? `${reset} left the host that it should be coming to`
          : `${reset} came the way its sender’s segments come`;
      return isPositive
        ? `${reset} came from ${macText(found)}; other segments of its sender came from ${macText(expected ?? 0)}`
        : `${reset} came from a link-layer address that its sender’s segments use`;
    case 'F7':
      return isPositive
        ? `${reset} carries the IP ID or window (${found}) of the segment that set it off`
        : `${reset} ${found === null ? 'does not copy the window' : 'copies neither IP ID nor window'} of the segment before it`;
    case 'F8':
      return isPositive
        ? `${reset} is one of a burst with growing numbers`
        : `${reset} repeats the number of the one before`;
    default:
      return test.result;
  }
}

/** How a test's reset is named. */
export function resetText({ packet, from }: CaseTest): string {
  return packet === null ? 'the RST' : `RST ${packetText(packet)} in the ${from}’s name`;
}

const OTHER_SERVERS: Readonly<Record<CaseTest['result'], string>> = {
  positive: 'resets in the name of another server have the same TTL though that server is at another distance',
  negative: 'resets at other servers differ',
  'not-applicable': 'no other server of this capture has such resets',
};

const NOT_SEEN: Readonly<Record<string, string>> = {
  F1: 'bytes before the reset, or segments that it may answer, were not all seen in one capture',
  F2: 'no reset from the far side, or the capture point is not known, or the packets are of two captures',
  F3: 'one side alone was reset, or the capture point is not known, or the packets are of two captures',
  F4: 'the order of the segments is not sure, as it is not across two captures',
  F5: 'the TTLs were not seen, or vary',
  F6: 'link-layer addresses and directions were not seen',
  F7: 'no segment of the other side before the reset',
  F8: 'a single reset each way',
};

/** `02:42:0a:00:01:2b` */
