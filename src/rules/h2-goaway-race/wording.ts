/** What a finding of the rule says: its sentences and its packets. */
import type { EvidencePacket } from '../../facts/finding.js';
import { countText } from '../../text/size.js';
import { visible } from '../../text/visible.js';
import { manyText } from '../argument/figures.js';
import { evidenceOf } from '../argument/finding.js';
import { requestText } from '../argument/request-text.js';
import type { Case } from './case.js';
import type { Farewell, LostRequest } from './farewell.js';
import { type LargeHeads, refusedHeads } from './large-head.js';

/** Lost requests shown of each farewell. */
const SHOWN = 6;

/** Its summary. */
export function summaryOf(subject: Case): string {
  const { occurrences, counts, first, limit, retries } = subject;
  const last = first.processed === null ? 'none refused by its number' : `last stream ${first.lastStream}`;
  const sentences = [
    `${manyText(occurrences, 'connection')} ended with GOAWAY (${first.codeName}, ${last})${limit === null ? '' : `, ${occurrences === 1 ? '' : 'each '}after ${countText(limit)} requests`}.`,
  ];
  const heads = refusedHeads(subject);
  if (heads !== null) sentences.push(headsText(heads));
  if (counts.refused > 0)
    sentences.push(
      `${manyText(counts.refused, 'request')} on higher streams ${counts.refused === 1 ? 'was' : 'were'} already on the way: not processed${heads === null ? ', safe to send again' : ''}.`,
    );
  if (counts.late > 0)
    sentences.push(`${manyText(counts.late, 'request was', 'requests were')} sent when it was known.`);
  if (counts.cut > 0)
    sentences.push(
      `${manyText(counts.cut, 'request')} up to that stream ${counts.cut === 1 ? 'was' : 'were'} cut off in progress: not safe to send again.`,
    );
  if (retries.judged > 0 && retries.answered === retries.judged)
    sentences.push('Each that could be followed was sent again within 5 s and answered.');
  else if (retries.notRetried > 0) sentences.push(`${manyText(retries.notRetried, 'was', 'were')} not sent again.`);
  if (first.debug !== '') sentences.push(`The server says: "${visible(first.debug)}".`);
  return sentences.join(' ');
}

function headsText({ bytes, agreeing, errors, isWhole }: LargeHeads): string {
  const size = `${countText(bytes)} bytes${agreeing === 1 && isWhole ? '' : ' or more'}`;
  const before =
    errors === 1
      ? 'it'
      : agreeing === errors
        ? `each of ${errors} with an error`
        : `${agreeing} of ${errors} with an error`;
  return `A head of ${size} came just before ${before}, and none as large was answered.`;
}

const FATES: Readonly<Record<LostRequest['fate'], string>> = {
  refused: 'above the last stream, sent before the GOAWAY was known',
  late: 'above the last stream, sent when the GOAWAY was known',
  cut: 'in progress, never answered',
};

function fateText({ fate, isToldUnavailable }: LostRequest): string {
  return isToldUnavailable ? 'in progress, ended with UNAVAILABLE (grpc-status 14) and no answer' : FATES[fate];
}

/** The packets of one GOAWAY: the requests that it cost, itself, and the close behind it. */
export function farewellEvidence(farewell: Farewell, reveal: boolean) {
  const { packet, atNs, codeName, lastStream, processed, lost, close } = farewell;
  return evidenceOf(farewell, [
    ...lostPackets(lost.slice(0, SHOWN), reveal),
    {
      packet,
      atNs,
      note: `GOAWAY, ${codeName}, ${processed === null ? 'refusing none' : `last stream ${lastStream}`}`,
    },
    close === null
      ? null
      : { packet: close.packet, atNs: close.atNs, note: `${close.kind === 'fin' ? 'FIN' : 'RST'} of the server` },
  ]);
}

/** Lost requests by the packet that carries them, those of one fate in one clause: a segment holds many. */
function lostPackets(lost: readonly LostRequest[], reveal: boolean): EvidencePacket[] {
  const packets = new Map<string, LostRequest[]>();
  for (const one of lost) {
    const key = `${one.packet} ${one.fate} ${one.isToldUnavailable}`;
    packets.set(key, [...(packets.get(key) ?? []), one]);
  }
  return [...packets.values()].flatMap((together) => {
    const [one] = together;
    if (one === undefined) return [];
    const requests = together.map((each) => `${requestText(each, reveal)} (${each.h2Stream})`);
    const note =
      together.length === 1
        ? `stream ${one.h2Stream}: ${requestText(one, reveal)}, ${fateText(one)}`
        : `${together.length} requests ${fateText(one)}: ${requests.join(', ')}`;
    return [{ packet: one.packet, atNs: one.atNs, note }];
  });
}
