/** What the run as a whole says: whose responses are cut, how far they came, and what cut them. */
import type { EvidencePacket, Hypothesis, RawFinding, Remedy } from '../../facts/finding.js';
import type { PacketReference } from '../../facts/packet-reference.js';
import { endpointText } from '../../text/address.js';
import { durationText } from '../../text/duration.js';
import { countText } from '../../text/size.js';
import { weigh } from '../argument/cause.js';
import { manyText, packetText } from '../argument/figures.js';
import { findingOn, subjectOf, subjectText } from '../argument/finding.js';
import { requestText } from '../argument/request-text.js';
import type { CutResponse } from '../judgements/cut-response.js';
import { legPairsOf } from '../judgements/leg-pairing.js';
import { PASSED_ON_NS } from '../judgements/moments.js';
import { SEALED_TEXT, turnText } from '../judgements/sealed-turn.js';
import type { LoggedExchange } from '../observation/logged-exchange.js';
import type { Conclusion } from '../rule.js';
import {
  mergeOccurrences,
  noteOccurrence,
  type OccurrencesByServer,
  occurrencesByServer,
  occurrencesOf,
  type ServerOccurrences,
} from '../tally/occurrences.js';
import { CAUSES, type Case } from './causes.js';
import { META } from './meta.js';
import { type SealedFarewells, soundCutsOf } from './sealed.js';

/** The rule's own figures in a finding: plain JSON, units in the names. `report/` mirrors it. */
interface TruncatedResponseFacts {
  readonly byFin: number;
  readonly byReset: number;
  readonly byStreamReset: number;
  readonly framing: string;
  readonly minBytes: number;
  readonly maxBytes: number;
  readonly minPauseNs: number;
  readonly maxPauseNs: number;
  readonly passedOnInFront: number;
}

/** All findings of a run, in the order of the servers. */
export function concludeRun(
  plain: OccurrencesByServer<CutResponse>,
  farewells: SealedFarewells,
  conclusion: Conclusion,
): RawFinding[] {
  const tally: OccurrencesByServer<CutResponse> = occurrencesByServer();
  mergeOccurrences(tally, plain);
  for (const cut of soundCutsOf(farewells)) noteOccurrence(tally, cut);
  const all = occurrencesOf(tally);
  const cuts = all.flatMap(({ items }) => items);
  return all
    .filter(({ items }) => !items.every((front) => cuts.some((behind) => isBehind(behind, front))))
    .map((one) => findingOf(one, cuts, conclusion));
}

/** Whether `one` is why `front` was cut: the same response, on a leg behind. */
function isBehind(one: CutResponse, front: CutResponse): boolean {
  return (
    one.request !== null &&
    one.request.key === front.request?.key &&
    endpointText(one.server) !== endpointText(front.server) &&
    (one.requestNs > front.requestNs ||
      (one.requestNs === front.requestNs && one.requestPacket > front.requestPacket)) &&
    one.atNs <= front.atNs &&
    // A proxy may keep its client waiting for what it knows will not come (lighttpd): nothing came in between.
    (front.atNs - one.atNs <= PASSED_ON_NS || Math.abs(front.lastNs - one.atNs) <= PASSED_ON_NS)
  );
}

/** Requests in front whose proxy closed when the answer behind was cut, and passed nothing of it on (Go's ReverseProxy). */
function withheldInFront(items: readonly CutResponse[], { observation }: Conclusion): Case['withheld'] {
  const withheld: [PacketReference, LoggedExchange][] = [];
  for (const { stream, index, packet, atNs } of items) {
    const front = index === null ? null : legPairsOf(observation).frontOf({ stream, index });
    if (front === null || front.status !== null || front.answerPacket === null) continue;
    if (front.endNs >= atNs && front.endNs - atNs <= PASSED_ON_NS) withheld.push([packet, front]);
  }
  return new Map(withheld);
}

function findingOf(
  one: ServerOccurrences<CutResponse>,
  cuts: readonly CutResponse[],
  conclusion: Conclusion,
): RawFinding {
  const { items, first, count, endpoint } = one;
  const who = subjectOf(endpoint, conclusion);
  const subject: Case = {
    cuts: items,
    first,
    count,
    inFront: cuts.filter((front) => items.some((behind) => isBehind(behind, front))),
    withheld: withheldInFront(items, conclusion),
    lastAnswer: conclusion.servers.known(endpoint)?.lastAnswer ?? null,
  };
  const hypotheses = weigh(CAUSES, subject);
  return findingOn(
    META,
    one,
    conclusion,
    who,
    {
      severity: 'critical',
      sure: 'certain',
      title: items.every(({ goesOn }) => goesOn !== null)
        ? `Responses of ${subjectText(who)} are reset on their way`
        : `${subjectText(who)} ends responses before their end`,
      sentences: sentencesOf(subject, endpointText(who)),
      facts: { ...factsOf(subject) },
      hypotheses,
      remedies: remediesOf(subject, hypotheses),
      figuresOf: 'kept',
    },
    (cut) => packetsOf(cut, subject, conclusion.reveal),
  );
}

function lackText({ framing, bytes, declared, sealedBy, goesOn }: CutResponse): string {
  if (goesOn !== null) return 'amid the body, which goes on behind it';
  if (sealedBy !== null)
    return `${countText(bytes)} bytes of records${sealedBy === 'record' ? ', in the middle of one' : ' and no close_notify'}`;
  if (framing === 'head') return `${countText(bytes)} bytes of its head, which has no end`;
  const had = `${countText(bytes)} bytes of body`;
  if (declared !== null) return `${had} where Content-Length says ${countText(declared)}`;
  return framing === 'chunked' ? `${had} and no last chunk` : framing === 'stream' ? `${had} and no END_STREAM` : had;
}

const ENDS = { fin: 'FIN', rst: 'RST', 'stream-reset': 'RST_STREAM' } as const;

function sentencesOf({ count, first, inFront, withheld, cuts }: Case, name: string): string[] {
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

function packetsOf(cut: CutResponse, { inFront, withheld }: Case, reveal: boolean): EvidencePacket[] {
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

function factsOf({ cuts, first, inFront }: Case): TruncatedResponseFacts {
  const countOf = (how: CutResponse['how']): number => cuts.filter((one) => one.how === how).length;
  const [bytes, pauses] = [cuts.map((one) => one.bytes), cuts.map((one) => one.pauseNs)];
  return {
    byFin: countOf('fin'),
    byReset: countOf('rst'),
    byStreamReset: countOf('stream-reset'),
    framing: first.framing ?? 'encrypted',
    minBytes: Math.min(...bytes),
    maxBytes: Math.max(...bytes),
    minPauseNs: Math.min(...pauses),
    maxPauseNs: Math.max(...pauses),
    passedOnInFront: inFront.length,
  };
}

function remediesOf(_: Case, hypotheses: readonly Hypothesis[]): Remedy[] {
  const supported = new Set(hypotheses.filter(({ verdict }) => verdict === 'supported').map(({ cause }) => cause));
  const remedies = REMEDIES.filter(({ cause }) => supported.has(cause)).map(({ remedy }) => remedy);
  return remedies.length > 0 ? remedies : REMEDIES.map(({ remedy }) => remedy);
}

const REMEDIES: readonly { readonly cause: string; readonly remedy: Remedy }[] = [
  {
    cause: 'foreign-reset',
    remedy: {
      component: 'host',
      text: 'Find what writes resets in the server’s name: a packet filter of its host or of the host of its container, connection tracking that lost the connection, a firewall or IPS between the two.',
      config: 'iptables -S | grep REJECT\nnft list ruleset | grep -n "tcp reset"',
    },
  },
  {
    cause: 'sender-ended',
    remedy: {
      component: 'host',
      text: 'Find what kills the worker: memory limit, crash, restart, gunicorn’s --timeout; its log and the kernel’s show the moment.',
      config: "journalctl -k | grep -i 'killed process'\ngunicorn --timeout 120 --graceful-timeout 30 APP",
    },
  },
  {
    cause: 'ran-out-of-time',
    remedy: {
      component: 'nginx',
      text: 'Raise the time-out between two reads of the response, or let the application send as it goes.',
      config: 'proxy_read_timeout 300s;\nsend_timeout 300s;',
    },
  },
  {
    cause: 'wrong-length',
    remedy: {
      component: 'application',
      text: 'Set Content-Length behind everything that changes the content (compression, a byte order mark, another encoding), or leave it out.',
      config: null,
    },
  },
  {
    cause: 'size-limit',
    remedy: {
      component: 'nginx',
      text: 'Look at the limit of temporary files and at room and rights of their directory.',
      config: 'proxy_max_temp_file_size 0;\nproxy_buffering off;',
    },
  },
];
