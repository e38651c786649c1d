/** Why connections are not used again, each cause supported, ruled out or left open, with the packets that say so. */
import type { Side } from '../../facts/endpoint.js';
import { durationText } from '../../text/duration.js';
import { type Causes, claim, type Ground, ruledOutBy, supportedBy } from '../argument/cause.js';
import type { Occurrence } from '../tally/occurrences.js';

/** One connection for one request of a proxy; dated by its SYN. */
export interface SingleUse extends Occurrence {
  readonly requestPacket: number;
  readonly requestNs: number;
  /** The request, or the answer to one that does not, says that the connection ends. */
  readonly clientCloses: boolean;
  readonly serverCloses: boolean;
  readonly end: { readonly packet: number; readonly atNs: number; readonly kind: 'fin' | 'rst' };
  readonly endedBy: Side;
  /** From the end of the answer to the close. */
  readonly keptNs: number;
}

/** A timer that gives idle connections up is longer. */
const AT_ONCE_NS = 100e6;

/** What the rule argues about: connections of proxies to one server. */
export interface Case {
  readonly uses: readonly SingleUse[];
  readonly first: SingleUse;
  readonly count: number;
  /** Connections a second, over the time from the first to the last. */
  readonly perSecond: number;
  /** Ports that wait for their end at that rate, as a share of those that Linux uses (28,232), by client address. */
  readonly portShare: number;
}

/** See the head of this file. */
export const CAUSES: Causes<Case> = {
  'proxy-says-close': {
    means: 'The proxy says Connection: close, or speaks HTTP/1.0.',
    grounds: [
      supportedBy(({ uses }: Case) => {
        const one = uses.find(({ clientCloses }) => clientCloses);
        return one === undefined
          ? null
          : claim([one.requestPacket], (request) => `request ${request} says that its connection ends`);
      }),
    ],
    otherwise: ({ first }) => claim([first.requestPacket], (request) => `no request says so (from ${request})`),
  },
  'server-says-close': {
    means: 'The server ends the connection with its answer.',
    grounds: [
      supportedBy(({ uses }: Case) => {
        const one = uses.find(({ serverCloses }) => serverCloses);
        return one === undefined
          ? null
          : claim(
              [one.requestPacket],
              (request) => `the answer to ${request}, which did not ask for it, says that the connection ends`,
            );
      }),
    ],
    otherwise: ({ first }) =>
      claim([first.requestPacket], (request) => `no answer says so of itself (from ${request})`),
  },
  'server-closes-unsaid': {
    means: 'The server closes behind its answer and has not said that it would.',
    grounds: unsaidBy('server'),
    otherwise: () => '',
  },
  'proxy-closes-unsaid': {
    means: 'The proxy closes behind the answer, though nothing in it or in the request says so.',
    grounds: unsaidBy('client'),
    otherwise: () => '',
  },
};

/** Connections on which nothing announced the close that `side` makes as soon as the answer is there. */
function unsaidBy(side: Side): readonly Ground<Case>[] {
  return [
    supportedBy(({ uses, first }: Case) => {
      const longestNs = uses.reduce((longest, { keptNs }) => Math.max(longest, keptNs), 0);
      return longestNs <= AT_ONCE_NS && uses.every((one) => isUnsaid(one) && one.endedBy === side)
        ? claim(
            [first.end.packet],
            (close) => `each is closed so within ${durationText(longestNs)} of the answer (${close})`,
          )
        : null;
    }),
    ruledOutBy(({ uses }: Case) => {
      const other = uses.find((one) => !isUnsaid(one) || one.endedBy !== side);
      if (other === undefined) return null;
      return other.endedBy === side
        ? claim([other.requestPacket], (request) => `the end was announced (${request})`)
        : claim(
            [other.end.packet],
            (close) => `the ${other.endedBy === 'client' ? 'proxy' : 'server'} closed first (${close})`,
          );
    }),
    ruledOutBy(({ uses }: Case) => {
      const late = uses.find(({ keptNs }) => keptNs > AT_ONCE_NS);
      return late === undefined
        ? null
        : claim([late.end.packet], (close) => `it was kept for ${durationText(late.keptNs)} (${close})`);
    }),
  ];
}

function isUnsaid({ clientCloses, serverCloses }: SingleUse): boolean {
  return !clientCloses && !serverCloses;
}
