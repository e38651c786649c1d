/** What the run as a whole says: one finding for each server at which redirections turn in a circle. */
import type { RawFinding } from '../../facts/finding.js';
import { MAX_EVIDENCE } from '../../facts/finding.js';
import { endpointText } from '../../text/address.js';
import { durationText } from '../../text/duration.js';
import { targetText } from '../../text/redaction.js';
import { countText } from '../../text/size.js';
import { weigh } from '../argument/cause.js';
import { manyText, packetText } from '../argument/figures.js';
import { confidenceOf, evidenceOf, subjectOf, subjectText } from '../argument/finding.js';
import { requestText } from '../argument/request-text.js';
import { REORDERED_NS } from '../judgements/moments.js';
import { type RequestLegs, requestLegs } from '../judgements/request-legs.js';
import type { Conclusion } from '../rule.js';
import type { Occurrences } from '../tally/occurrences.js';
import type { Case, RedirectLoopFacts } from './case.js';
import { CAUSES } from './causes.js';
import { META } from './meta.js';
import { remediesOf } from './remedies.js';
import type { LoopTally } from './tally.js';
import type { Turn } from './turn.js';

/** So many turns are no chance (docs/rules/redirect-loop.md); more where each may have had a reason of its own. */
const MIN_TURNS = 3;
const MIN_DOUBTFUL_TURNS = 5;
/** A client follows at once; who asks again later asks anew. */
const FOLLOWS_NS = 2_000_000_000;

/** All findings of a run, in the order of the servers. */
export function concludeRun(tally: LoopTally, conclusion: Conclusion): RawFinding[] {
  const legs = requestLegs(tally.legs, conclusion.observation);
  const byServer = new Map<string, Chain[]>();
  for (const key of Object.keys(tally.chains.entries).sort()) {
    const turns = tally.chains.entries[key];
    const chain = turns === undefined ? null : chainOf(turns, legs);
    const server = chain?.turns[0]?.server;
    if (chain === null || server === undefined) continue;
    byServer.set(endpointText(server), [...(byServer.get(endpointText(server)) ?? []), chain]);
  }
  return [...byServer.values()].flatMap((chains) => {
    const subject = caseOf(chains);
    return subject === null ? [] : [findingOf(subject, conclusion)];
  });
}

interface Chain extends Pick<Case, 'turns' | 'fronts' | 'isProven' | 'longest' | 'occurrences' | 'lastNs' | 'steps'> {}

/** The loop that the turns of one asker are; `null`: none, or it begins at a server behind. */
function chainOf({ earliest, count, lastNs, steps }: Occurrences<Turn>, legs: RequestLegs<Turn>): Chain | null {
  const turns = earliest.items;
  const [first] = turns;
  // What a server behind begins is told there.
  if (first === undefined || turns.some((turn) => legs.behind(turn) !== null)) return null;
  const fronts = turns.flatMap((turn) => {
    const front = legs.inFrontOf(turn);
    return front === null ? [] : [{ turn, front }];
  });
  // Of many turns the fronts of some alone are kept, and a first one over http leads into the loop.
  const proven = turns.filter((turn) => isTheSame(turn, fronts.find((one) => one.turn === turn)?.front ?? null));
  const isProven = longestRun(proven) >= MIN_TURNS;
  // http sent to https is what a plain front does; behind a proxy, many times at once, it is not.
  if (!isProven && !first.isForwarded) return null;
  const maySetOnce = turns.every(({ setsCookie }) => setsCookie);
  const isSure = isProven && !maySetOnce;
  const longest = maySetOnce ? longestRun(turns, isNewVisit) : longestRun(turns);
  if (longest < (isSure ? MIN_TURNS : MIN_DOUBTFUL_TURNS)) return null;
  return { turns, fronts, isProven, longest, occurrences: count, lastNs, steps };
}

/** Whether a turn leads to the URL that the client asked for, scheme included. */
function isTheSame({ isTls, scheme, to }: Turn, front: Turn | null): boolean {
  if (to === null) return true;
  const isHttps = isTls || scheme === 'https' || front?.isTls === true || front?.scheme === 'https';
  // https sent to http comes back over a redirection that the first of these chains shows.
  return isHttps || to === 'http';
}

/** Who follows at once does so on the connection that was left open; on another comes who has no cookie yet. */
function isNewVisit(before: Turn, turn: Turn): boolean {
  return before.isKept && !before.isForwarded && before.stream !== turn.stream;
}

/** The most turns of which each follows the one before at once. */
function longestRun(turns: readonly Turn[], isAnew: (before: Turn, turn: Turn) => boolean = () => false): number {
  let [longest, length] = [0, 0];
  let before: Turn | null = null;
  for (const turn of [...turns].sort((one, other) => one.requestNs - other.requestNs || one.packet - other.packet)) {
    const gap = before === null ? Number.POSITIVE_INFINITY : turn.requestNs - before.answerNs;
    const follows = gap >= -REORDERED_NS && gap <= FOLLOWS_NS && before !== null && !isAnew(before, turn);
    length = follows ? length + 1 : 1;
    longest = Math.max(longest, length);
    before = turn;
  }
  return longest;
}

function caseOf(chains: readonly Chain[]): Case | null {
  const turns = chains.flatMap((chain) => chain.turns).sort((a, b) => a.atNs - b.atNs || a.packet - b.packet);
  const [first] = turns;
  if (first === undefined) return null;
  return {
    turns,
    first,
    occurrences: chains.reduce((sum, chain) => sum + chain.occurrences, 0),
    lastNs: Math.max(...chains.map((chain) => chain.lastNs)),
    steps: Math.min(...chains.map((chain) => chain.steps)),
    askers: new Set(turns.map(({ asker }) => asker)).size,
    longest: Math.max(...chains.map((chain) => chain.longest)),
    fronts: chains.flatMap((chain) => chain.fronts),
    isProven: chains.some((chain) => chain.isProven),
  };
}

function findingOf(subject: Case, conclusion: Conclusion): RawFinding {
  const { first, turns, occurrences, lastNs, steps, isProven } = subject;
  const who = subjectOf(first.server, conclusion);
  const hypotheses = weigh(CAUSES, subject);
  return {
    rule: META.id,
    severity: 'critical',
    confidence: confidenceOf(isProven ? 'certain' : 'likely', { steps, count: occurrences }, conclusion),
    title: `${subjectText(who)} redirects to the URL that was asked for, without end`,
    summary: summaryOf(subject, conclusion.reveal),
    subject: who,
    occurrences,
    firstSeenNs: first.atNs,
    lastSeenNs: lastNs,
    facts: { ...factsOf(subject, conclusion.reveal) },
    evidence: turns.slice(0, MAX_EVIDENCE).map((turn) => turnEvidence(turn, subject, conclusion.reveal)),
    hypotheses,
    remedies: remediesOf(hypotheses),
    references: META.references,
  };
}

function summaryOf(subject: Case, reveal: boolean): string {
  const { occurrences, askers, longest, first, fronts } = subject;
  const sentences = [
    `${manyText(occurrences, 'answer')} to ${manyText(askers, 'client')} lead to the URL that was asked for${first.to === null ? '' : `, ${targetText(first.location, reveal)}`}; up to ${countText(longest)} in a row, until the client gave up (ERR_TOO_MANY_REDIRECTS).`,
  ];
  const [pair] = fronts;
  if (pair?.front.isTls === true)
    sentences.push(`The clients are on https already, at ${endpointText(pair.front.server)}.`);
  if (first.scheme === null && !first.isTls)
    sentences.push('No request to the server says how its client came (X-Forwarded-Proto, Forwarded).');
  return sentences.join(' ');
}

function turnEvidence(turn: Turn, { fronts }: Case, reveal: boolean) {
  const { requestPacket, requestNs, packet, atNs, status, location } = turn;
  const front = fronts.find((one) => one.turn === turn)?.front;
  const before = front === undefined ? '' : `; in front, ${packetText(front.requestPacket)} of stream ${front.stream}`;
  return evidenceOf(turn, [
    { packet: requestPacket, atNs: requestNs, note: `${requestText(turn, reveal)}${before}` },
    {
      packet,
      atNs,
      note: `${status} to ${targetText(location, reveal)}, ${durationText(atNs - requestNs)} later`,
    },
  ]);
}

function factsOf(subject: Case, reveal: boolean): RedirectLoopFacts {
  const { first, fronts, turns } = subject;
  return {
    redirections: subject.occurrences,
    clients: subject.askers,
    longestChain: subject.longest,
    target: targetText(first.target, reveal).slice(0, 200),
    leadsTo: first.to ?? 'same',
    forwardedScheme: first.scheme,
    seenOnBothLegs: fronts.length,
    front: fronts[0] === undefined ? null : endpointText(fronts[0].front.server),
    setsCookieEachTime: turns.every(({ setsCookie }) => setsCookie),
  };
}
