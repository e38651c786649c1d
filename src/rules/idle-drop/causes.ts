/** Who forgot, each cause supported, ruled out or left open, with the packets that say so. */
import { durationText, secondsText } from '../../text/duration.js';
import { type Causes, claim, ruledOutBy, supportedBy } from '../argument/cause.js';
import type { Moment } from '../tally/earliest.js';
import type { Drop } from './incident.js';

/** What the rule argues about: forgotten connections of one server. */
export interface Case {
  readonly drops: readonly Drop[];
  readonly first: Drop;
  readonly count: number;
  readonly shortestNs: number;
  /** The longest pause of the server's connections behind which it still answered; 0: none. */
  readonly longestSurvivedNs: number;
  readonly lastAnswer: Moment | null;
  /** The server accepted another connection afterwards. */
  readonly acceptAfter: Moment | null;
}

/** Timers of devices on the way, seconds: Azure, AWS (NLB, NAT, endpoints), Google, Cisco ASA and the like, Linux conntrack's is five days. */
const KNOWN_TIMERS: readonly (readonly [seconds: number, whose: string])[] = [
  [240, 'Azure’s load balancer and NAT'],
  [350, 'AWS’s NLB, NAT gateway and endpoints'],
  [600, 'Google’s VPC and load balancer'],
  [1800, 'many firewalls'],
  [3600, 'many firewalls'],
];

/** The known timer that lies between what survived and what did not; `null`: none, or several. */
export function knownTimerOf({
  shortestNs,
  longestSurvivedNs,
}: Case): readonly [seconds: number, whose: string] | null {
  const fitting = KNOWN_TIMERS.filter(([seconds]) => seconds * 1e9 <= shortestNs && seconds * 1e9 > longestSurvivedNs);
  return fitting.at(-1) ?? null;
}

/** By what a reset shows that the peer did not write it. */
function foreignText({ ttl, usualTtl }: Drop): string {
  return ttl === null || ttl === usualTtl
    ? 'its link-layer source is not the peer’s'
    : `TTL ${ttl}, the peer’s ${usualTtl}`;
}

/** See the head of this file. */
export const CAUSES: Causes<Case> = {
  'timer-on-the-way': {
    means: 'A NAT, load balancer or firewall forgets idle connections after a while.',
    grounds: [
      ruledOutBy(({ shortestNs, longestSurvivedNs, lastAnswer, count }: Case) =>
        longestSurvivedNs > shortestNs && count < 3 && lastAnswer !== null
          ? claim(
              [lastAnswer.packet],
              (answer) =>
                `another connection was answered after a pause of ${durationText(longestSurvivedNs)} (before ${answer})`,
            )
          : null,
      ),
      supportedBy(({ first, shortestNs }: Case) =>
        first.how === 'reset'
          ? claim(
              [first.packet, first.end.packet],
              (sent, reset) =>
                `${sent}, the first after ${durationText(shortestNs)}, is answered by RST ${reset} from another sender (${foreignText(first)})`,
            )
          : null,
      ),
      supportedBy(({ first, acceptAfter, shortestNs }: Case) =>
        acceptAfter === null
          ? null
          : claim(
              [first.packet, acceptAfter.packet],
              (sent, accept) =>
                `${sent}, the first after ${durationText(shortestNs)}, is not acknowledged, and the same server accepts a new connection (${accept})`,
            ),
      ),
    ],
    otherwise: () => 'nothing of the server was seen afterwards',
  },
  'peer-gone': {
    means: 'The peer was gone.',
    grounds: [
      ruledOutBy(
        ({ acceptAfter }: Case) =>
          acceptAfter && claim([acceptAfter.packet], (accept) => `the server accepts others afterwards (${accept})`),
      ),
      ruledOutBy(({ first }: Case) =>
        first.how === 'reset' ? claim([first.end.packet], (reset) => `RST ${reset} is not the peer’s`) : null,
      ),
      supportedBy(({ first, lastAnswer }: Case) =>
        lastAnswer !== null && lastAnswer.atNs < first.atNs
          ? claim(
              [lastAnswer.packet, first.packet],
              (answer, sent) => `it answered until ${answer}; of what followed ${sent} nothing`,
            )
          : null,
      ),
    ],
    otherwise: () => 'nothing else of it was seen',
  },
};

/** `after 350 s (AWS’s NLB …)` where one known timer fits. */
export function timerText(subject: Case): string {
  const known = knownTimerOf(subject);
  const bounds =
    subject.longestSurvivedNs > 0
      ? `between ${durationText(subject.longestSurvivedNs)}, which was survived, and ${durationText(subject.shortestNs)}`
      : `at most ${durationText(subject.shortestNs)}`;
  return known === null ? bounds : `${bounds}; ${secondsText(known[0])} is what ${known[1]} have`;
}
