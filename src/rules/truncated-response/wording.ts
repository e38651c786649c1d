/** What a finding of the rule says: its sentences and its packets. */
import type { EvidencePacket } from '../../facts/finding.js';
import { endpointText } from '../../text/address.js';
import { durationText, secondsText } from '../../text/duration.js';
import { countText } from '../../text/size.js';
import { manyText, packetText } from '../argument/figures.js';
import { requestText } from '../argument/request-text.js';
import type { CutResponse } from '../judgements/cut-response.js';
import { SEALED_TEXT, turnText } from '../judgements/sealed-turn.js';
import type { Case } from './causes.js';
import { isBehind } from './passed-on.js';
import type { TimedStreams } from './timed-streams.js';

function lackText({ framing, bytes, declared, sealedBy, goesOn }: CutResponse): string {
  if (goesOn !== null) return 'in the middle of the body, which goes on after it';
  if (sealedBy !== null)
    return `${countText(bytes)} bytes of records${sealedBy === 'record' ? ', in the middle of one' : ' and no close_notify'}`;
  if (framing === 'head') return `${countText(bytes)} bytes of its head, which has no end`;
  const had = `${countText(bytes)} bytes of body`;
  if (declared !== null) return `${had} where Content-Length says ${countText(declared)}`;
  return framing === 'chunked' ? `${had} and no last chunk` : framing === 'stream' ? `${had} and no END_STREAM` : had;
}

const ENDS = { fin: 'FIN', rst: 'RST', 'stream-reset': 'RST_STREAM' } as const;

/** Its summary, sentence by sentence. */
export function sentencesOf({ count, first, inFront, withheld, cuts }: Case, name: string): string[] {
  const sentences = [
    first.goesOn !== null
      ? `${manyText(count, 'response')} of ${name} ended early for ${count === 1 ? 'its client' : 'their clients'}, by a RST in the server’s name; the server sent on behind it.`
      : `${manyText(count, 'response')} of ${name} ended early, by ${ENDS[first.how]}: ${count === 1 ? '' : 'the first with '}${lackText(first)}.`,
  ];
  const [front] = inFront;
  if (front !== undefined)
    sentences.push(
      `${endpointText(front.server)} in front passes ${inFront.length === 1 ? 'it' : 'them'} on as they are (${packetText(front.packet)}).`,
    );
  const [unanswered] = withheld.values();
  if (unanswered?.answerPacket != null)
    sentences.push(
      `${endpointText(unanswered.server)} in front passes nothing of ${withheld.size === 1 ? 'it' : 'them'} on: it closes without a byte of an answer (${packetText(unanswered.answerPacket)}).`,
    );
  if (cuts.some(({ request }) => request === null)) sentences.push(SEALED_TEXT);
  return sentences;
}

/** The summary of streams of events that a timer cut. */
export function streamSentences({ occurrences, seconds }: TimedStreams, name: string): string[] {
  return [
    `${manyText(occurrences.count, 'stream')} of events (text/event-stream) of ${name} ended without an end, each after ${secondsText(seconds)} without a byte: a timer for silence ran out.`,
    'A browser’s EventSource connects again; what was told in between is lost where the server does not keep it for Last-Event-ID.',
  ];
}

/** The packets of one occurrence, each with what it shows. */
export function packetsOf(cut: CutResponse, { inFront, withheld }: Case, reveal: boolean): EvidencePacket[] {
  const { requestPacket, requestNs, headPacket, startNs, lastPacket, lastNs, packet, atNs, pauseNs, request } = cut;
  const asked = request === null ? turnText({ bytes: cut.requestBytes }) : requestText(request, reveal);
  const packets: EvidencePacket[] = [
    { packet: requestPacket, atNs: requestNs, note: asked },
    { packet: headPacket, atNs: startNs, note: answerText(cut) },
  ];
  if (lastPacket !== headPacket)
    packets.push({
      packet: lastPacket,
      atNs: lastNs,
      note: `last ${request === null ? 'whole record' : 'bytes of the body'}`,
    });
  packets.push({
    packet,
    atNs,
    note:
      cut.goesOn === null
        ? `${ENDS[cut.how]} of the server ${durationText(pauseNs)} after them: ${lackText(cut)}`
        : `RST in the name of the server, ${lackText(cut)}`,
  });
  if (cut.goesOn !== null) packets.push({ ...cut.goesOn, note: 'the server sends on' });
  const front = inFront.find((one) => isBehind(cut, one));
  if (front !== undefined)
    packets.push({
      packet: front.packet,
      atNs: front.atNs,
      note: `${ENDS[front.how]} for the client in front`,
      elsewhere: true,
    });
  const unanswered = withheld.get(packet);
  if (unanswered?.answerPacket != null)
    packets.push({
      packet: unanswered.answerPacket,
      atNs: unanswered.endNs,
      note: 'the end for the client in front, without a byte of it',
      elsewhere: true,
    });
  return packets;
}

function answerText({ status, declared, framing }: CutResponse): string {
  if (framing === 'head') return 'the head begins';
  if (status === null) return 'first data of the server upon it';
  return `${status}, ${declared === null ? framing : `Content-Length ${countText(declared)}`}`;
}
