/** The ends of one server's process, each with what it had in progress, the refusals behind it, and its return. */
import { toldInFront, toldOfEach } from '../judgements/front-failures.js';
import { PROCESS_END_NS, REFUSED_WITHIN_NS } from '../judgements/moments.js';
import type { Refusal } from '../judgements/refusal.js';
import { baselineOf } from '../observation/observation.js';
import type { Conclusion } from '../rule.js';
import { type Activity, nextActivity } from '../tally/activity.js';
import type { Moment } from '../tally/earliest.js';
import type { ServerOccurrences } from '../tally/occurrences.js';
import type { Case, ServerEnd } from './causes.js';
import type { Victim } from './incident.js';

/** An answer that another worker had under way is seen this much later at most. */
const LAST_ANSWERS_NS = 10_000_000;

/** The case of one server; see the head of this file. */
export function caseOf(
  one: ServerOccurrences<Victim>,
  refusals: ServerOccurrences<Refusal>,
  { servers, observation }: Conclusion,
): Case | null {
  const { activity } = baselineOf(observation, one.endpoint);
  const refusedBehind = (endNs: number): Refusal | undefined =>
    refusals.items.find((refusal) => isBehind(refusal, endNs));
  // Ends that are followed by a refusal; others before them were the ends of workers, or the server's own will.
  const ends: ServerEnd[] = [];
  for (const victim of one.items) {
    const refusal = refusedBehind(victim.atNs);
    if (refusal === undefined || goesOnBetween(activity, victim.atNs, refusal.atNs)) continue;
    if (ends.some(({ first }) => areOfOneEnd(first, victim))) continue;
    ends.push({ first: victim, refused: refusal, back: backAfter(refusal, refusals.items, activity) });
  }
  const [end] = ends;
  if (end === undefined) return null;
  const { refused, back } = end;
  const victims = one.items.filter((victim) => ends.some(({ first }) => areOfOneEnd(first, victim)));
  const attempts = victims.map(({ requestNs, atNs }) => ({ beginNs: requestNs, endNs: atNs, server: one.endpoint }));
  const told = toldInFront(servers.gatewayFailures(), attempts);
  const later = refusals.items.filter(({ atNs }) => atNs >= refused.atNs && (back === null || atNs < back.atNs));
  return {
    ...end,
    victims,
    ends,
    count: victims.length,
    lastRefused: later.at(-1) ?? refused,
    refusals: refusals.count,
    told,
    toldOf: toldOfEach(told, attempts),
  };
}

/** Whether both were lost to the same end of the process. */
export function areOfOneEnd(one: Victim, other: Victim): boolean {
  return Math.abs(one.atNs - other.atNs) <= PROCESS_END_NS;
}

/** Whether the server answered behind an end and before the port refused: then the end was none of the server. */
function goesOnBetween(activity: Activity, endNs: number, refusedNs: number): boolean {
  const fromNs = endNs + LAST_ANSWERS_NS;
  return nextActivity(activity, 'answer', fromNs, refusedNs - fromNs) !== null;
}

/** The first connection known to be accepted behind a refusal that no other refusal follows soon; `null`: none is. */
function backAfter(refused: Refusal, refusals: readonly Refusal[], activity: Activity): Moment | null {
  let last = refused;
  for (;;) {
    const again = nextActivity(activity, 'accept', last.atNs, Number.POSITIVE_INFINITY);
    const next = again && refusals.find(({ atNs }) => atNs > again.atNs && atNs - again.atNs <= REFUSED_WITHIN_NS);
    if (!next) return again;
    last = next;
  }
}

function isBehind(refusal: Refusal, endNs: number): boolean {
  return refusal.icmp === null && refusal.atNs >= endNs && refusal.atNs - endNs <= REFUSED_WITHIN_NS;
}
