/** What the run as a whole says: a notice per server whose clients leave. */
import type { EvidencePacket, RawFinding, Remedy } from '../../facts/finding.js';
import { endpointText } from '../../text/address.js';
import { durationText, secondsText } from '../../text/duration.js';
import { countText } from '../../text/size.js';
import { weigh } from '../argument/cause.js';
import { manyText, packetText, spreadText } from '../argument/figures.js';
import { findingOn, subjectOf, subjectText } from '../argument/finding.js';
import { requestText } from '../argument/request-text.js';
import { toldInFrontOf } from '../judgements/front-answers.js';
import { legPairsOf } from '../judgements/leg-pairing.js';
import { PASSED_ON_NS } from '../judgements/moments.js';
import { SEALED_TEXT, turnText } from '../judgements/sealed-turn.js';
import { estimateTimer } from '../judgements/timer-estimate.js';
import { patienceWidth } from '../judgements/timer-window.js';
import type { Observation } from '../observation/observation.js';
import type { Conclusion } from '../rule.js';
import { type LogHistogram, percentileOf } from '../tally/log-histogram.js';
import { type OccurrencesByServer, occurrencesOf, onlyOf, type ServerOccurrences } from '../tally/occurrences.js';
import { CAUSES, type Case, isByTimer, PAUSE_NS } from './causes.js';
import { type Abort, SLOW_NS } from './incident.js';
import { META } from './meta.js';

/** From so many that agree on, slow-response tells of a time-out. */
const MANY = 3;
/** A wait is long where it is so many times the server's median. */
const TIMES_MEDIAN = 5;

/** The rule's own figures in a finding: plain JSON, units in the names. `report/` mirrors it. */
interface ClientAbortFacts {
  readonly whileWaiting: number;
  readonly amidAnswer: number;
  readonly minWaitNs: number;
  readonly maxWaitNs: number;
  readonly exchangesOfServer: number;
  readonly clientTimeoutSeconds: number | null;
  readonly stopped: number;
}

/** All findings of a run, in the order of the servers. */
export function concludeRun(tally: OccurrencesByServer<Abort>, conclusion: Conclusion): RawFinding[] {
  const all = occurrencesOf(tally);
  const aborts = all.flatMap(({ items }) => items);
  return all.flatMap((one) => {
    const own = withoutTold(one, aborts, conclusion);
    const subject = own === null ? null : caseOf(own, aborts, conclusion.observation);
    return own === null || subject === null ? [] : [findingOf(own, subject, conclusion)];
  });
}

/** Without those that are told of another server, or by another rule. */
function withoutTold(
  one: ServerOccurrences<Abort>,
  all: readonly Abort[],
  { observation }: Conclusion,
): ServerOccurrences<Abort> | null {
  return onlyOf(
    one,
    one.items.filter((abort) => !isToldElsewhere(abort, all, observation)),
  );
}

/**
 * Where a client in front was answered with an error no user left: the proxy's timer ran out (slow-response). An
 * answer that stopped on the leg behind stopped there.
 */
function isToldElsewhere(abort: Abort, all: readonly Abort[], observation: Observation): boolean {
  const { stream, requestPacket: firstPacket, amidAnswer, waitedNs, stall } = abort;
  if (amidAnswer)
    return stall !== null && all.some((behind) => behind.stall !== null && isPassedOn(behind, abort, observation));
  return waitedNs >= SLOW_NS && toldInFrontOf({ stream, firstPacket }, observation) !== null;
}

/** Whether the same request was given up on both legs, this one behind and that in front. */
function isPassedOn(behind: Abort, front: Abort, observation: Observation): boolean {
  return (
    behind.request !== null &&
    front.request !== null &&
    behind.request.key === front.request.key &&
    endpointText(behind.server) !== endpointText(front.server) &&
    front.requestNs <= behind.requestNs &&
    behind.requestNs <= front.atNs &&
    front.atNs <= behind.atNs &&
    behind.atNs - front.atNs <= PASSED_ON_NS &&
    legPairsOf(observation).mayServe(
      { stream: front.stream, index: front.request.index },
      { stream: behind.stream, index: behind.request.index },
    )
  );
}

/**
 * The first that was left in front as well. Of several requests for the same, those of a proxy's own may lie in the
 * time of one of its clients' too: whoever passes on to this server is not passed on to by it.
 */
function inFrontOf(items: readonly Abort[], all: readonly Abort[], observation: Observation): Case['inFront'] {
  for (const behind of items) {
    const front = all.find(
      (one) => isPassedOn(behind, one, observation) && !items.some((other) => isPassedOn(one, other, observation)),
    );
    if (front !== undefined) return { front, behind };
  }
  return null;
}

function caseOf(
  { items, first, count }: ServerOccurrences<Abort>,
  all: readonly Abort[],
  observation: Observation,
): Case | null {
  const waiting = items.filter(({ amidAnswer }) => !amidAnswer);
  const timer = estimateTimer(
    waiting.map(({ waitedNs, atNs }) => ({ ageNs: waitedNs, atNs })),
    0,
    patienceWidth,
  );
  // Waits of a second and more that agree are a time-out for slowness: slow-response.
  if (timer?.seconds != null && timer.agreeing >= MANY && timer.lowestNs >= SLOW_NS && waiting.length === items.length)
    return null;
  const stalled = items.filter(({ stall }) => stall !== null);
  return { aborts: items, first, count, timer, stalled, inFront: inFrontOf(items, all, observation) };
}

function findingOf(one: ServerOccurrences<Abort>, subject: Case, conclusion: Conclusion): RawFinding {
  const { aborts, count, timer, stalled } = subject;
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
    clientTimeoutSeconds: isByTimer(subject) ? (timer?.seconds ?? null) : null,
    stopped: stalled.length,
  };
  const lost = aborts.filter(({ delivery }) => delivery === 'sent-again').length;
  const sentences = [
    `${manyText(count, 'request')}${exchanges < count ? '' : ` of ${countText(exchanges)}`} to ${endpointText(who)} ${count === 1 ? 'was' : 'were'} given up by ${count === 1 ? 'its client' : 'their clients'}, ${spreadText(facts.minWaitNs, facts.maxWaitNs)} after ${count === 1 ? 'it was' : 'they were'} sent.`,
    lost === aborts.length
      ? `That is no fault of the server: it had not got ${lost === 1 ? 'it' : 'them'} whole, parts were still being sent again.`
      : whyText(subject, conclusion.servers.known(one.endpoint)?.firstBytes ?? null),
  ];
  if (lost > 0 && lost < aborts.length)
    sentences.push(`${countText(lost)} of them it had not got whole: parts were still being sent again.`);
  const bare = aborts.find(({ isBare }) => isBare);
  if (bare !== undefined)
    sentences.push(
      `RST ${packetText(bare.packet)} has no ACK and no FIN came before it: no application on Linux leaves so. The client’s host may have lost the connection, or something on the way wrote it.`,
    );
  if (isByTimer(subject) && timer?.seconds != null)
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
      // Who waits in vain for the rest was not served; who leaves while it comes had enough.
      severity: stalled.length > 0 ? 'warning' : 'notice',
      sure: 'certain',
      title:
        stalled.length > aborts.length / 2
          ? `Answers of ${subjectText(who)} stop short of their length, until clients leave`
          : `Clients of ${subjectText(who)} leave before their answer is complete`,
      sentences,
      facts: { ...facts },
      hypotheses: weigh(CAUSES, subject),
      remedies: stalled.length > 0 ? STOPPED : REMEDIES,
      figuresOf: 'kept',
    },
    (abort) => packetsOf(abort, conclusion.reveal),
  );
}

/** Whose fault it is not, as far as that can be told. */
function whyText({ aborts, stalled }: Case, firstBytes: LogHistogram | null): string {
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
  // A server that answers nobody has no usual time: it may stand still.
  if (medianNs === null && aborts.some(({ amidAnswer, waitedNs }) => !amidAnswer && waitedNs >= SLOW_NS))
    return 'Whether it was slow cannot be told, for no answer of it was seen. Its log may say 499, or "broken pipe".';
  const pauses = aborts.flatMap(({ pauseNs }) => (pauseNs !== null && pauseNs >= PAUSE_NS ? [pauseNs] : []));
  if (pauses.length > 0) {
    const answers = pauses.length === 1 ? 'an answer that was' : `${countText(pauses.length)} answers that were`;
    return `They may have left because it stood still: of ${answers} under way nothing had come for ${spreadText(Math.min(...pauses), Math.max(...pauses))}. Its log may say 499, or "broken pipe".`;
  }
  return 'That is no fault of the server; its log may say 499, or "broken pipe".';
}

const ENDS = { fin: 'FIN', rst: 'RST', cancel: 'RST_STREAM (CANCEL)' } as const;

function packetsOf(abort: Abort, reveal: boolean): EvidencePacket[] {
  const { requestPacket, requestNs, packet, atNs, how, amidAnswer, bytes, waitedNs, request, requestBytes } = abort;
  const where = amidAnswer
    ? `amid the answer, ${countText(bytes)} bytes of ${request === null ? 'records' : 'body'} had come`
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

const REMEDIES: readonly Remedy[] = [
  {
    component: 'application',
    text: 'Nothing needs to be mended unless users leave because it is slow; let work that nobody waits for any more be stopped.',
    config: 'proxy_ignore_client_abort off; # nginx, the default: the request behind is ended too',
  },
];

const STOPPED: readonly Remedy[] = [
  {
    component: 'application',
    text: 'Find what the server waits for in the middle of an answer. Where the same bytes are missing each time, set Content-Length behind everything that changes the content (compression, a byte order mark, another encoding), or leave it out.',
    config: null,
  },
];
