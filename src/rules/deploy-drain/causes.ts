/** Why a server ended amid its work, each cause supported, ruled out or left open, with the packets that say so. */

import { durationText } from '../../text/duration.js';
import { type Causes, claim, openSince, ruledOutBy, supportedBy } from '../argument/cause.js';
import { PROCESS_END_NS } from '../judgements/moments.js';
import type { Refusal } from '../judgements/refusal.js';
import type { Moment } from '../tally/earliest.js';
import type { GatewayFailure } from '../tally/server-tally.js';
import type { Victim } from './incident.js';

/** One end of a server. */
export interface ServerEnd {
  /** What it had in progress, the first that ended. */
  readonly first: Victim;
  /** The first refusal behind it. */
  readonly refused: Refusal;
  /** The first connection that it is known to have accepted behind the refusals. */
  readonly back: Moment | null;
}

/** What the rule argues about: one server's end, or several, of which the first is argued. */
export interface Case extends ServerEnd {
  readonly victims: readonly Victim[];
  readonly ends: readonly ServerEnd[];
  readonly count: number;
  /** The last refusal that is kept before it is back. */
  readonly lastRefused: Refusal;
  readonly refusals: number;
  readonly told: readonly GatewayFailure[];
  /** Which of them each victim came to, in the same order. */
  readonly toldOf: readonly (GatewayFailure | null)[];
}

/** See the head of this file. */
export const CAUSES: Causes<Case> = {
  restarted: {
    means: 'It was stopped and started again, without letting go of its work first.',
    grounds: [
      supportedBy(({ back, first, refused }: Case) =>
        back === null
          ? null
          : claim(
              [first.packet, refused.packet, back.packet],
              (end, refusal, again) =>
                `it ended (${end}), its port refused (${refusal}), and it accepted again ${durationText(back.atNs - first.atNs)} later (${again})`,
            ),
      ),
      openSince(({ refusals }: Case) => (refusals < 2 ? 'it was tried once only afterwards' : null)),
    ],
    otherwise: ({ lastRefused, first }) =>
      claim(
        [lastRefused.packet],
        (refusal) =>
          `${durationText(lastRefused.atNs - first.atNs)} later its port refuses still (${refusal}), and nobody was accepted again`,
      ),
  },
  'not-back': {
    means: 'It was stopped, or died, and was not started again.',
    grounds: [
      ruledOutBy(({ back }: Case) => back && claim([back.packet], (again) => `it accepted again (${again})`)),
      openSince(({ refusals }: Case) => (refusals < 2 ? 'it was tried once only afterwards' : null)),
      supportedBy(({ first, refused, lastRefused }: Case) =>
        claim(
          [first.packet, refused.packet, lastRefused.packet],
          (end, refusal, last) =>
            `it ended (${end}), its port refused (${refusal}), and refuses still ${durationText(lastRefused.atNs - first.atNs)} later (${last})`,
        ),
      ),
    ],
    otherwise: () => '',
  },
  'brought-down-by-a-request': {
    means: 'One request brought it down.',
    grounds: [
      openSince(({ victims }: Case) =>
        victims.some(({ target }) => target === null) ? 'what was in progress is encrypted' : null,
      ),
      ruledOutBy(({ victims, first }: Case) =>
        victims.length > 1 && victims.some(({ target }) => target !== first.target)
          ? claim([first.packet], (end) => `different requests were in progress at that moment (${end})`)
          : null,
      ),
      supportedBy(({ victims, first, back }: Case) =>
        victims.length === 1 && back === null && first.ageNs < PROCESS_END_NS
          ? claim(
              [first.requestPacket, first.packet],
              (request, end) =>
                `it ended ${durationText(first.ageNs)} after ${request} (${end}), the only one in progress, and did not come back`,
            )
          : null,
      ),
    ],
    otherwise: () => 'a single kind of request was in progress',
  },
};
