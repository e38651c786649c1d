/** Who did not read, supported or ruled out, with the packets that say so. */
import { durationText } from '../../text/duration.js';
import { type Causes, claim, ruledOutBy, supportedBy } from '../argument/cause.js';
import type { Stall } from './incident.js';

/** What the rule argues about: stalls at one server. */
export interface Case {
  readonly stalls: readonly Stall[];
  readonly longest: Stall;
  readonly count: number;
}

const closedBy = ({ longest }: Case): ReturnType<typeof claim> =>
  claim(
    [longest.packet],
    (ack) =>
      `the ${longest.side} advertises a window of 0 (${ack}) for ${durationText(longest.closure.durationNs)}: its kernel has all that fits, its application does not fetch it`,
  );

const notBy = ({ longest }: Case): ReturnType<typeof claim> =>
  claim([longest.packet], (ack) => `it is the ${longest.side}’s window that is closed (${ack}), never the other`);

/** See the head of this file. */
export const CAUSES: Causes<Case> = {
  'server-does-not-read': {
    means: 'The server’s application does not read what clients send.',
    grounds: [
      supportedBy((subject: Case) =>
        subject.stalls.some(({ side }) => side === 'server') && subject.longest.side === 'server'
          ? closedBy(subject)
          : null,
      ),
      ruledOutBy((subject: Case) => (subject.stalls.every(({ side }) => side === 'client') ? notBy(subject) : null)),
    ],
    otherwise: () => 'both sides had their windows closed at times',
  },
  'client-does-not-read': {
    means: 'The client’s application, or the proxy that asks, does not read the answer.',
    grounds: [
      supportedBy((subject: Case) => (subject.longest.side === 'client' ? closedBy(subject) : null)),
      ruledOutBy((subject: Case) => (subject.stalls.every(({ side }) => side === 'server') ? notBy(subject) : null)),
    ],
    otherwise: () => 'both sides had their windows closed at times',
  },
};
