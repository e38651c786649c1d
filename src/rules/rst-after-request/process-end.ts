/**
 * Signs that the process of the server ended with requests unread: its port refuses afterwards, or several
 * connections are reset at one moment that was not that of their own requests.
 */
import { type Claim, claim } from '../argument/cause.js';
import { manyText, packetText, spreadText } from '../argument/figures.js';
import { ONE_MOMENT_NS } from '../judgements/moments.js';
import { processEndClaim } from '../judgements/one-moment-text.js';
import type { Case } from './case.js';
import type { Incident } from './incident.js';
import { isBefore, later } from './moment-text.js';

/** Three resets at once are a mass close (docs/judging.md). */
const MASS_CLOSE = 3;

/** Whether anything here speaks for the end of the process, sure or not. */
export function mayBeProcessEnd(subject: Case): boolean {
  const { server, incident, incidents } = subject;
  return endsWithProcess(server) || isMassClose(atOnce(incidents, incident)) || endOfProcess(subject) !== null;
}

/** The next that is known of the port is a refusal: the process is gone. */
export function refusedAfterReset({ incident, server, shape, incidents }: Case): Claim | null {
  const { refusalAfter } = server;
  if (refusalAfter === null || !endsWithProcess(server)) return null;
  const together = atOnce(incidents, incident);
  const unread = shape === 'B' ? ' with requests unread' : '';
  return claim([incident.packet, refusalAfter.packet], (rst, refusal) => {
    const reset = together.length > 1 ? `${manyText(together.length, 'connection')} reset at once` : `reset ${rst}`;
    return `${reset}${unread}, then a SYN refused ${later(refusalAfter, incident.atNs)} (${refusal})`;
  });
}

/** Resets amid other ends at one moment; what was reset as it came may have met a server that has no room for it. */
export function endOfProcess({ together, server, incident }: Case): Claim | null {
  if (together === null || (together.moment.work?.highest ?? 0) <= ONE_MOMENT_NS) return null;
  return processEndClaim(together, backText(server, incident));
}

/** A server that stood still looks at its timers before it reads: Node ends what it takes for idle with the request unread. */
export function lateTimerText({ lateTimer, shape, incident, incidents }: Case): string | null {
  if (lateTimer === null || shape !== 'B' || incident.delayNs <= ONE_MOMENT_NS) return null;
  const { lowest, highest } = lateTimer;
  const what = atOnce(incidents, incident).length > 1 ? 'what was reset' : 'the connection';
  return `${what} had been idle for ${spreadText(lowest, highest)}, longer than any after which the server is known to have answered: where a server stands still, its idle time-out does the same`;
}

/** Several connections aborted at one moment; of requests that were of different age, or of any. */
export function massClose({ incident, incidents, shape, server }: Case, ofDifferentAge: boolean): Claim | null {
  const together = atOnce(incidents, incident);
  if (shape !== 'B' || !isMassClose(together) || (ofDifferentAge && !areOfDifferentAge(together))) return null;
  const of = ofDifferentAge ? 'requests of different age' : 'requests';
  return claim(
    [incident.packet],
    (rst) =>
      `${manyText(together.length, 'connection')} reset at once (${rst} and on) with ${of} unread, as the end of a process does it${backText(server, incident)}`,
  );
}

/** That the server is there again, by which its end is known to be a worker's. */
function backText(server: Case['server'], incident: Incident): string {
  const alive = server.answerAfter ?? server.acceptAfter;
  const did = server.answerAfter === null ? 'accepted' : 'served';
  return alive === null ? '' : `; it ${did} again ${later(alive, incident.atNs)} (${packetText(alive.packet)})`;
}

/** The next that is known of the port is a refusal: a packet filter refuses some and lets others be answered. */
function endsWithProcess({ refusalAfter, acceptAfter, answerAfter }: Case['server']): boolean {
  return refusalAfter !== null && !isBefore(acceptAfter, refusalAfter) && !isBefore(answerAfter, refusalAfter);
}

/** The incidents that were reset together with this one, itself among them. */
function atOnce(incidents: readonly Incident[], incident: Incident): readonly Incident[] {
  return incidents.filter((other) => Math.abs(other.atNs - incident.atNs) <= ONE_MOMENT_NS);
}

/** Several connections ended at one moment, which was not that of their own requests. */
function isMassClose(together: readonly Incident[]): boolean {
  return together.length >= MASS_CLOSE && together.some((incident) => incident.delayNs > ONE_MOMENT_NS);
}

/** Requests that were sent further apart than their resets came: no timer of theirs, no property of theirs ended them together. */
function areOfDifferentAge(incidents: readonly Incident[]): boolean {
  const sent = incidents.map((incident) => incident.outstandingNs);
  return Math.max(...sent) - Math.min(...sent) > ONE_MOMENT_NS;
}

/** Requests sent together and reset together lie equally far apart without any timer. */
export function isOneMoment({ incident, incidents }: Pick<Case, 'incident' | 'incidents'>): boolean {
  return atOnce(incidents, incident).length === incidents.length;
}
