/** Why clients leave, each cause supported, ruled out or left open, with the packets that say so. */
import { endpointText } from '../../text/address.js';
import { durationText, secondsText } from '../../text/duration.js';
import { countText } from '../../text/size.js';
import { type Causes, claim, openSince, ruledOutBy, supportedBy } from '../argument/cause.js';
import { manyText, spreadText } from '../argument/figures.js';
import { ONE_MOMENT_NS } from '../judgements/moments.js';
import type { TimerEstimate } from '../judgements/timer-estimate.js';
import type { Abort } from './incident.js';

/** What the rule argues about: the requests of one server that clients gave up. */
export interface Case {
  readonly aborts: readonly Abort[];
  readonly first: Abort;
  readonly count: number;
  readonly timer: TimerEstimate | null;
  /** Those whose answer had come to a stop. */
  readonly stalled: readonly Abort[];
  /** One of them, and the same request in front, given up just before. */
  readonly inFront: { readonly front: Abort; readonly behind: Abort } | null;
}

const MANY = 3;
/** Nobody sets a time-out below this, seconds: whoever leaves sooner has not waited, and hardly at another time than others. */
const SHORTEST_TIMER = 0.1;
/** Below this a pause amid an answer is pace. */
export const PAUSE_NS = 1_000_000_000;
/**
 * A timer ends waits of the same length, and what differs by more has another reason. But a client's timer runs
 * from its call: what it takes to resolve, connect and be given a turn comes off the wait, and is much of a short one.
 */
const ALIKE = 1.1;
const BEFORE_REQUEST_NS = 150_000_000;

/** Whether waits that agree are a timer's: those that end at one moment begin at one as well. */
export function isByTimer({ timer, ...subject }: Pick<Case, 'aborts' | 'timer'>): boolean {
  if (timer?.seconds == null || timer.seconds < SHORTEST_TIMER) return false;
  return timer.agreeing >= MANY && leftTogether(subject) !== true;
}

/** All of them were given up together; `null`: a single one was. */
function leftTogether({ aborts }: Pick<Case, 'aborts'>): boolean | null {
  if (aborts.length < 2) return null;
  const left = aborts.map(({ atNs }) => atNs);
  return Math.max(...left) - Math.min(...left) <= ONE_MOMENT_NS;
}

/** The shortest and the longest wait, and whether one timer may be behind all. */
function waitsOf(aborts: readonly Abort[]) {
  const waits = aborts.map(({ waitedNs }) => waitedNs);
  const [least, most] = [Math.min(...waits), Math.max(...waits)];
  const isShort = least >= SHORTEST_TIMER * 1e9 && most - least <= BEFORE_REQUEST_NS;
  return { least, most, areAlike: isShort || most <= least * ALIKE };
}

/** See the head of this file. */
export const CAUSES: Causes<Case> = {
  'answer-stopped': {
    means: 'The answer had come to a stop: the server waits for something itself, or declares more than it has.',
    grounds: [
      supportedBy(({ stalled: [one] }: Case) =>
        one?.stall == null
          ? null
          : claim(
              [one.stall.packet, one.packet],
              (last, close) =>
                `${countText(one.bytes)} of ${countText(one.stall?.declared ?? 0)} bytes had come (${last}), and nothing more for ${durationText(one.stall?.silentNs ?? 0)} until ${close}`,
            ),
      ),
      ruledOutBy(({ aborts, first }: Case) =>
        aborts.every(({ amidAnswer }) => !amidAnswer)
          ? claim([first.packet], (close) => `no answer had begun when they left (from ${close})`)
          : null,
      ),
    ],
    otherwise: ({ aborts }) => {
      const pauses = aborts.flatMap(({ pauseNs }) => pauseNs ?? []);
      const longest = Math.max(0, ...pauses);
      return longest >= PAUSE_NS
        ? `nothing had come for ${durationText(longest)} when they left: too short to say that it had stopped`
        : 'how much was still to come, or whether it was on its way, is not known';
    },
  },
  'client-timer': {
    means: 'The client gives up by a timer.',
    grounds: [
      supportedBy(({ timer, first, aborts }: Case) =>
        isByTimer({ timer, aborts }) && timer?.seconds != null
          ? claim(
              [first.packet],
              (close) =>
                `${timer.agreeing} of ${timer.samples} left ${secondsText(timer.seconds ?? 0)} after their request (from ${close})`,
            )
          : null,
      ),
      openSince(({ aborts }: Case) => (aborts.length < 2 ? 'a single one has no time in common with others' : null)),
      openSince((subject: Case) =>
        leftTogether(subject) === true ? 'they left at one moment, whatever timer they have' : null,
      ),
      ruledOutBy(({ aborts, first }: Case) => {
        const { least, most, areAlike } = waitsOf(aborts);
        if (areAlike) return null;
        return claim(
          [first.packet],
          (close) => `they left ${spreadText(least, most)} after their requests (from ${close})`,
        );
      }),
    ],
    otherwise: ({ aborts }) => {
      const waits = aborts.map(({ waitedNs }) => waitedNs);
      const wait = spreadText(Math.min(...waits), Math.max(...waits));
      return `they left ${wait} after their requests: a timer may be behind that, but too few agree to tell`;
    },
  },
  'client-ended': {
    means: 'The client gave all up at once: a process that ended, a measurement that was over.',
    grounds: [
      openSince(({ aborts }: Case) => {
        const { least, most, areAlike } = waitsOf(aborts);
        return leftTogether({ aborts }) === true && areAlike && least >= SHORTEST_TIMER * 1e9
          ? `they had been sent at one moment, too, ${spreadText(least, most)} before: a timer of each may have ended them`
          : null;
      }),
      supportedBy(({ aborts, first, count }: Case) =>
        aborts.length < MANY ||
        aborts.length < count ||
        leftTogether({ aborts }) !== true ||
        aborts.some(({ client }) => client.address !== first.client.address)
          ? null
          : claim(
              [first.packet],
              (close) =>
                `${manyText(count, 'connection')} of ${first.client.address} ended within ${durationText(Math.max(...aborts.map(({ atNs }) => atNs)) - first.atNs)} (from ${close})`,
            ),
      ),
      ruledOutBy(({ aborts, first }: Case) =>
        leftTogether({ aborts }) === false
          ? claim([first.packet], (close) => `they left at different moments (from ${close})`)
          : null,
      ),
    ],
    otherwise: ({ aborts, count }) =>
      aborts.length < count
        ? `they are too many to look at all, and the first ${aborts.length} are no more than a part`
        : 'too few left to tell',
  },
  'its-own-client-left': {
    means: 'The client is a proxy, and its own client left.',
    grounds: [
      supportedBy(({ inFront }: Case) =>
        inFront === null
          ? null
          : claim(
              [inFront.front.packet, inFront.behind.packet],
              (front, back) =>
                `${endpointText(inFront.front.client)} left ${endpointText(inFront.front.server)} (${front}) just before it was left for the same request (${back})`,
            ),
      ),
      ruledOutBy(({ first, count }: Case) =>
        first.amidAnswer && count === 1 && first.how !== 'cancel'
          ? null
          : first.how === 'cancel'
            ? claim(
                [first.packet],
                (reset) =>
                  `${reset} cancels one stream of a connection that goes on: a browser or a caller that needs it no more`,
              )
            : null,
      ),
    ],
    otherwise: () => 'no request in front of it was seen to be given up with it',
  },
  'request-lost': {
    means: 'The request was lost on the way, and its client got tired of sending it.',
    grounds: [
      supportedBy(({ aborts }: Case) => {
        const lost = aborts.find(({ delivery }) => delivery === 'sent-again');
        return lost === undefined
          ? null
          : claim(
              [lost.requestPacket, lost.packet],
              (request, end) => `parts of request ${request} were sent again, and not acknowledged at ${end}`,
            );
      }),
      ruledOutBy(({ aborts, first }: Case) =>
        aborts.every(({ delivery }) => delivery === 'arrived')
          ? claim([first.requestPacket], (request) => `request ${request} had arrived`)
          : null,
      ),
    ],
    otherwise: () => 'it was sent once, and its acknowledgement not seen',
  },
};
