/** What the run as a whole says: a notice per server whose clients leave. */
import type { EvidencePacket, RawFinding, Remedy } from '../../facts/finding.js';
import { endpointText } from '../../text/address.js';
import { durationText, secondsText } from '../../text/duration.js';
import { countText } from '../../text/size.js';
import { weigh } from '../argument/cause.js';
import { manyText, packetText, spreadText } from '../argument/figures.js';
import { findingOn, subjectOf, subjectText } from '../argument/finding.js';
import { requestText } from '../argument/request-text.js';
import { SEALED_TEXT, turnText } from '../judgements/sealed-turn.js';
import { estimateTimer } from '../judgements/timer-estimate.js';
import type { Conclusion } from '../rule.js';
import { type OccurrencesByServer, occurrencesOf, type ServerOccurrences } from '../tally/occurrences.js';
import { CAUSES, type Case } from './causes.js';
import type { Abort } from './incident.js';
import { META } from './meta.js';

/** A proxy leaves its server this soon after its own client has left. */
const PASSED_ON_NS = 1_000_000_000;
/** From so many that agree on, slow-response tells of a time-out. */
const MANY = 3;
const SLOW_NS = 1_000_000_000;

/** The rule's own figures in a finding: plain JSON, units in the names. `report/` mirrors it. */
interface ClientAbortFacts {
  readonly whileWaiting: number;
  readonly amidAnswer: number;
  readonly minWaitNs: number;
  readonly maxWaitNs: number;
  readonly exchangesOfServer: number;
  readonly clientTimeoutSeconds: number | null;
}

/** All findings of a run, in the order of the servers. */
export function concludeRun(tally: OccurrencesByServer<Abort>, conclusion: Conclusion): RawFinding[] {
  const all = occurrencesOf(tally);
  const aborts = all.flatMap(({ items }) => items);
  return all.flatMap((one) => {
    const subject = caseOf(one, aborts);
    return subject === null ? [] : [findingOf(one, subject, conclusion)];
  });
}

function caseOf({ items, first, count }: ServerOccurrences<Abort>, all: readonly Abort[]): Case | null {
  const waiting = items.filter(({ amidAnswer }) => !amidAnswer);
  const timer = estimateTimer(
    waiting.map(({ waitedNs, atNs }) => ({ ageNs: waitedNs, atNs })),
    0,
  );
  // Waits of a second and more that agree are a time-out for slowness: slow-response.
  if (timer?.seconds != null && timer.agreeing >= MANY && timer.lowestNs >= SLOW_NS && waiting.length === items.length)
    return null;
  const inFront = all.find((front) =>
    items.some(
      (one) =>
        one.request !== null &&
        one.request.key === front.request?.key &&
        endpointText(one.server) !== endpointText(front.server) &&
        front.requestNs <= one.requestNs &&
        front.atNs <= one.atNs &&
        one.atNs - front.atNs <= PASSED_ON_NS,
    ),
  );
  return { aborts: items, first, count, timer, inFront: inFront ?? null };
}

function findingOf(one: ServerOccurrences<Abort>, subject: Case, conclusion: Conclusion): RawFinding {
  const { aborts, count, timer } = subject;
  const who = subjectOf(one.endpoint, conclusion);
  const exchanges = conclusion.servers.known(one.endpoint)?.exchanges ?? 0;
  const waits = aborts.map(({ waitedNs }) => waitedNs);
  const amid = aborts.filter(({ amidAnswer }) => amidAnswer).length;
  const facts: ClientAbortFacts = {
    whileWaiting: aborts.length - amid,
    amidAnswer: amid,
    minWaitNs: Math.min(...waits),
    maxWaitNs: Math.max(...waits),
    exchangesOfServer: exchanges,
    clientTimeoutSeconds: timer !== null && timer.agreeing >= MANY ? timer.seconds : null,
  };
  const lost = aborts.filter(({ delivery }) => delivery === 'sent-again').length;
  const sentences = [
    `${manyText(count, 'request')} of ${countText(Math.max(exchanges, count))} to ${endpointText(who)} ${count === 1 ? 'was' : 'were'} given up by ${count === 1 ? 'its client' : 'their clients'}, ${spreadText(facts.minWaitNs, facts.maxWaitNs)} after ${count === 1 ? 'it was' : 'they were'} sent.`,
    lost === aborts.length
      ? `That is no fault of the server: it had not got ${lost === 1 ? 'it' : 'them'} whole, parts were still being sent again.`
      : 'That is no fault of the server; its log may say 499, or "broken pipe".',
  ];
  if (lost > 0 && lost < aborts.length)
    sentences.push(`${countText(lost)} of them it had not got whole: parts were still being sent again.`);
  const bare = aborts.find(({ isBare }) => isBare);
  if (bare !== undefined)
    sentences.push(
      `RST ${packetText(bare.packet)} has no ACK and no FIN came before it: no application on Linux leaves so. The client’s host may have lost the connection, or something on the way wrote it.`,
    );
  if (timer?.seconds != null && timer.agreeing >= MANY)
    sentences.push(
      `${timer.agreeing} of ${timer.samples} left after ${secondsText(timer.seconds)}: a time-out of the client.`,
    );
  if (aborts.some(({ request }) => request === null)) sentences.push(SEALED_TEXT);
  return findingOn(
    META,
    one,
    conclusion,
    who,
    {
      severity: 'notice',
      sure: 'certain',
      title: `Clients of ${subjectText(who)} leave before their answer is complete`,
      sentences,
      facts: { ...facts },
      hypotheses: weigh(CAUSES, subject),
      remedies: REMEDIES,
      figuresOf: 'kept',
    },
    (abort) => packetsOf(abort, conclusion.reveal),
  );
}

const ENDS = { fin: 'FIN', rst: 'RST', cancel: 'RST_STREAM (CANCEL)' } as const;

function packetsOf(abort: Abort, reveal: boolean): EvidencePacket[] {
  const { requestPacket, requestNs, packet, atNs, how, amidAnswer, bytes, waitedNs, request, requestBytes } = abort;
  const where = amidAnswer
    ? `amid the answer, ${countText(bytes)} bytes of ${request === null ? 'records' : 'body'} had come`
    : 'no byte of an answer had come';
  return [
    {
      packet: requestPacket,
      atNs: requestNs,
      note: request === null ? turnText({ bytes: requestBytes }) : requestText(request, reveal),
    },
    { packet, atNs, note: `${ENDS[how]} of the client ${durationText(waitedNs)} after the request: ${where}` },
  ];
}

const REMEDIES: readonly Remedy[] = [
  {
    component: 'application',
    text: 'Nothing needs to be mended unless users leave because it is slow; let work that nobody waits for any more be stopped.',
    config: 'proxy_ignore_client_abort off; # nginx, the default: the request behind is ended too',
  },
];
