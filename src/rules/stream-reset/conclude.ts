/** What the run as a whole says: one finding for each server that resets streams in place of answers. */
import type { EvidencePacket, RawFinding, Severity } from '../../facts/finding.js';
import { H2_ERROR } from '../../facts/h2.js';
import { endpointText } from '../../text/address.js';
import { durationText } from '../../text/duration.js';
import { listText } from '../../text/list.js';
import { countText } from '../../text/size.js';
import { weigh } from '../argument/cause.js';
import { manyText, packetText, spreadText } from '../argument/figures.js';
import { findingOn, subjectOf, subjectText } from '../argument/finding.js';
import { requestText } from '../argument/request-text.js';
import { type Behind, metMeanwhile, overAt } from '../judgements/behind.js';
import { legPairsOf } from '../judgements/leg-pairing.js';
import { ONE_MOMENT_NS, REORDERED_NS } from '../judgements/moments.js';
import { answeredRetryOf, countRetries, retriesText, retryOutcome, retryPackets } from '../judgements/retries.js';
import { type LoggedExchange, triesOf } from '../observation/logged-exchange.js';
import type { Observation } from '../observation/observation.js';
import { legKeyOf } from '../observation/request-key.js';
import type { Conclusion } from '../rule.js';
import { type OccurrencesByServer, occurrencesOf, type ServerOccurrences } from '../tally/occurrences.js';
import { answeredBehind, type Unfollowed } from './alike.js';
import type { Case, StreamResetFacts } from './case.js';
import { CAUSES } from './causes.js';
import { META } from './meta.js';
import type { RefusedRequest } from './refused-request.js';
import { isSafeToRepeat, remediesOf } from './remedies.js';

/** Codes named in a sentence: nearly all of RFC 9113 §7. */
const MAX_CODES = 12;
/** Requests whose way behind is looked for. */
const MAX_LOOKED_BEHIND = 16;

/** All findings of a run, in the order of the servers. */
export function concludeRun(tally: OccurrencesByServer<RefusedRequest>, conclusion: Conclusion): RawFinding[] {
  return occurrencesOf(tally).flatMap((one) => {
    const subject = caseOf(one, conclusion);
    return isSpokenOverHttp1(subject) ? [] : [findingOf(one, subject, conclusion)];
  });
}

/** Clients were asked to come over HTTP/1.1, did, and were answered: that is how it is meant to be. */
function isSpokenOverHttp1({ refused, retries }: Case): boolean {
  const isAsked = refused.every(({ code }) => code === H2_ERROR.http11Required);
  return isAsked && retries.judged > 0 && retries.answered === retries.judged;
}

function findingOf(occurrences: ServerOccurrences<RefusedRequest>, subject: Case, conclusion: Conclusion): RawFinding {
  const who = subjectOf(occurrences.endpoint, conclusion);
  const { refused, codes, delay, retries, occurrences: count, behind, unfollowed, answeredAlike } = subject;
  const [most] = codes;
  const named = codes.map(({ name, count: times }) => (codes.length === 1 ? name : `${name} (${times})`));
  const sentences = [
    `${manyText(count, 'request')} to ${endpointText(who)} got no answer but RST_STREAM (${listText(named, MAX_CODES)}), ${spreadText(delay.lowest, delay.highest)} after ${count === 1 ? 'it' : 'each'}.`,
  ];
  const failed = behind?.failed ?? null;
  if (refused.every(isSafeToRepeat) && failed !== null)
    sentences.push(
      `The code says that nothing was begun, but an equal request behind was in progress when it failed (${packetText(failed.packet)}): only what may run twice is safe to send again.`,
    );
  else if (refused.every(isSafeToRepeat))
    sentences.push(
      count === 1
        ? 'By that code nothing of it was begun: it may be sent again, whatever the method (RFC 9113 §8.7).'
        : `By ${codes.length === 1 ? 'that code' : 'those codes'} nothing of them was begun: they may be sent again, whatever the method (RFC 9113 §8.7).`,
    );
  sentences.push(...retriesText(retries, 'Each'));
  if (retries.judged === 0 && answeredAlike > 0)
    sentences.push(
      `${answeredAlike === unfollowed ? (unfollowed === 1 ? 'It' : 'Each') : `${countText(answeredAlike)} of ${countText(unfollowed)}`} was followed within five seconds by another just like it that was answered; whether that is the same one sent again, nobody can tell.`,
    );
  const facts: StreamResetFacts = {
    codes: codes.map((each) => ({ ...each })),
    minDelayNs: delay.lowest,
    maxDelayNs: delay.highest,
    mostOpenStreams: Math.max(...refused.map(({ openStreams }) => openStreams)),
    streamLimit: subject.first.streamLimit,
    retriesJudged: retries.judged,
    retriedAndAnswered: retries.answered,
    notRetried: retries.notRetried,
  };
  return findingOn(
    META,
    occurrences,
    conclusion,
    who,
    {
      severity: severityOf(subject),
      sure: 'certain',
      title: `${subjectText(who)} resets HTTP/2 streams instead of answering (${most?.name ?? ''})`,
      sentences,
      facts: { ...facts },
      hypotheses: weigh(CAUSES, subject),
      remedies: remediesOf(subject),
      figuresOf: 'kept',
    },
    (one) => packetsOf(one, one === behind?.of ? behind : null, subject, conclusion.reveal),
  );
}

function caseOf({ items, first, count }: ServerOccurrences<RefusedRequest>, { observation }: Conclusion): Case {
  const unfollowed: Unfollowed[] = [];
  const followed = items.map((refused) => {
    const { key, stream, atNs, packet } = refused;
    const tries = triesOf(observation.exchanges, key);
    // A refused request may be sent again on the same connection, where it is another stream.
    const again = tries === null ? null : tries.map((one) => (one.startNs >= atNs ? { ...one, stream: -1 } : one));
    const outcome = retryOutcome(again, stream, atNs, observation.endNs);
    if (outcome === 'unknown') unfollowed.push({ refused, tries });
    return { failed: packet, outcome, retry: answeredRetryOf(again, stream, atNs) };
  });
  const delays = items.map(({ delayNs }) => delayNs);
  return {
    refused: items,
    first,
    occurrences: count,
    codes: codesOf(items),
    delay: { lowest: Math.min(...delays), highest: Math.max(...delays) },
    behind: behindOf(items.slice(0, MAX_LOOKED_BEHIND), observation),
    retries: countRetries(followed),
    unfollowed: unfollowed.length,
    answeredAlike: answeredBehind(unfollowed),
  };
}

function codesOf(items: readonly RefusedRequest[]): Case['codes'] {
  const counts = new Map<number, { code: number; name: string; count: number }>();
  for (const { code, codeName: name } of items) {
    const known = counts.get(code);
    if (known === undefined) counts.set(code, { code, name, count: 1 });
    else known.count += 1;
  }
  return [...counts.values()].sort((one, other) => other.count - one.count || one.code - other.code);
}

function behindOf(items: readonly RefusedRequest[], observation: Observation): Case['behind'] {
  const fared = items.map((one) => ({ of: one, ...(faredBehind(one, observation) ?? UNKNOWN) }));
  const failed = fared.find((one) => one.failed !== null);
  if (failed !== undefined) return failed;
  return fared.every((one) => one.answered !== null) ? (fared[0] ?? null) : null;
}

const UNKNOWN = { failed: null, answered: null };

/** How the server fared behind while it had the request: by its legs, or else under its own address. */
function faredBehind(refused: RefusedRequest, observation: Observation): Behind | null {
  const { stream, index, requestNs: startNs, atNs: endNs, client, server } = refused;
  const last = legPairsOf(observation).backsOf({ stream, index }).at(-1);
  if (last !== undefined) {
    if (last.status !== null) return { failed: null, answered: overAt(last) };
    // What ends behind it only then, the proxy itself has ended, for nobody waits for it any more.
    return last.endNs <= endNs ? { failed: overAt(last), answered: null } : null;
  }
  const alike = alikeBehind(refused, observation);
  if (alike !== undefined) return { failed: overAt(alike), answered: null };
  // Which of all that it asked is this one nobody knows: that some was answered says nothing.
  const failed = metMeanwhile({ client, server, startNs, endNs }, observation)?.failed ?? null;
  return failed === null ? null : { failed, answered: null };
}

/** An equal request that failed behind at that moment, and not only then: of several at a time nobody knows whose each was, and one is enough. */
function alikeBehind(
  { method, target, requestNs, atNs, server }: RefusedRequest,
  observation: Observation,
): LoggedExchange | undefined {
  const legKey = legKeyOf({ method, target });
  return legPairsOf(observation).exchanges.find(
    (one) =>
      one.key === legKey &&
      one.status === null &&
      endpointText(one.server) !== endpointText(server) &&
      one.startNs >= requestNs - REORDERED_NS &&
      one.endNs <= atNs &&
      atNs - one.endNs <= ONE_MOMENT_NS,
  );
}

/** A refusal that clients mend by themselves is none that anybody feels. */
function severityOf({ refused, retries, behind, unfollowed, answeredAlike }: Case): Severity {
  const isHarmless = behind?.failed == null && refused.every(isSafeToRepeat);
  if (retries.answered < retries.judged) return 'critical';
  if (retries.judged === 0 && !(isHarmless && answeredAlike === unfollowed)) return isHarmless ? 'warning' : 'critical';
  return isHarmless ? 'notice' : 'warning';
}

function packetsOf(one: RefusedRequest, behind: Behind | null, { retries }: Case, reveal: boolean): EvidencePacket[] {
  const { h2Stream, requestPacket, requestNs, packet, atNs, codeName, delayNs } = one;
  const failed = behind?.failed ?? null;
  return [
    { packet: requestPacket, atNs: requestNs, note: `stream ${h2Stream}: ${requestText(one, reveal)}` },
    ...(failed === null ? [] : [{ ...failed, note: 'its own request behind fails', elsewhere: true as const }]),
    {
      packet,
      atNs,
      note: `RST_STREAM of the server on stream ${h2Stream}, ${codeName}, ${durationText(delayNs)} after the request; no byte of an answer`,
    },
    ...retryPackets(retries, packet, atNs),
  ];
}
