/** What a finding of the rule says: whose fault it is not, and its packets. */
import type { EvidencePacket } from '../../facts/finding.js';
import { durationText } from '../../text/duration.js';
import { countText } from '../../text/size.js';
import { packetText, spreadText } from '../argument/figures.js';
import { requestText } from '../argument/request-text.js';
import { turnText } from '../judgements/sealed-turn.js';
import { type LogHistogram, percentileOf } from '../tally/log-histogram.js';
import { type Case, PAUSE_NS } from './causes.js';
import { type Abort, SLOW_NS } from './incident.js';

/** A wait is long where it is so many times the server's median. */
const TIMES_MEDIAN = 5;

/** Whose fault it is not, as far as that can be told. */
export function whyText({ aborts, stalled }: Case, firstBytes: LogHistogram | null): string {
  const [one] = stalled;
  if (one?.stall != null)
    return `${stalled.length === 1 ? 'An answer' : `${stalled.length} answers`} had stopped before (${packetText(one.stall.packet)}), short of the declared length: all that was sent was acknowledged, and no more came.`;
  const medianNs = firstBytes === null ? null : percentileOf(firstBytes, 0.5);
  const isSlow = aborts.some(
    ({ amidAnswer, waitedNs }) =>
      !amidAnswer && waitedNs >= SLOW_NS && medianNs !== null && waitedNs >= TIMES_MEDIAN * medianNs,
  );
  if (isSlow && medianNs !== null)
    return `They may have left because it was slow: half of its answers take ${durationText(medianNs)} or less. Its log may say 499, or "broken pipe".`;
  // A server that answers nobody has no usual time: it may stand still. Nor does it acquit one of a second's silence that
  // others were kept waiting as long.
  if (aborts.some(({ amidAnswer, waitedNs }) => !amidAnswer && waitedNs >= SLOW_NS))
    return medianNs === null
      ? 'Whether it was slow cannot be told, for no answer of it was seen. Its log may say 499, or "broken pipe".'
      : `Half of its answers take ${durationText(medianNs)} or less. Its log may say 499, or "broken pipe".`;
  const pauses = aborts.flatMap(({ pauseNs }) => (pauseNs !== null && pauseNs >= PAUSE_NS ? [pauseNs] : []));
  if (pauses.length > 0) {
    const answers = pauses.length === 1 ? 'an answer that was' : `${countText(pauses.length)} answers that were`;
    return `They may have left because it stood still: of ${answers} under way nothing had come for ${spreadText(Math.min(...pauses), Math.max(...pauses))}. Its log may say 499, or "broken pipe".`;
  }
  return 'That is no fault of the server; its log may say 499, or "broken pipe".';
}

const ENDS = { fin: 'FIN', rst: 'RST', cancel: 'RST_STREAM (CANCEL)' } as const;

/** The packets of one occurrence, each with what it shows. */
export function packetsOf(abort: Abort, reveal: boolean): EvidencePacket[] {
  const { requestPacket, requestNs, packet, atNs, how, amidAnswer, bytes, waitedNs, request, requestBytes } = abort;
  const where = amidAnswer
    ? `during the answer, ${countText(bytes)} bytes of ${request === null ? 'records' : 'body'} had come`
    : 'no byte of an answer had come';
  const { stall } = abort;
  return [
    {
      packet: requestPacket,
      atNs: requestNs,
      note: request === null ? turnText({ bytes: requestBytes }) : requestText(request, reveal),
    },
    ...(stall === null
      ? []
      : [
          {
            ...{ packet: stall.packet, atNs: stall.atNs },
            note: `the last that came: ${countText(bytes)} of ${countText(stall.declared)} bytes of body`,
          },
        ]),
    { packet, atNs, note: `${ENDS[how]} of the client ${durationText(waitedNs)} after the request: ${where}` },
  ];
}
