/** Why connections are not used again, each cause supported, ruled out or left open, with the packets that say so. */
import type { Side } from '../../facts/endpoint.js';
import { type Causes, claim, ruledOutBy, supportedBy } from '../argument/cause.js';
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
}

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
      ruledOutBy(({ first }: Case) =>
        claim([first.requestPacket], (request) => `no request says so (from ${request})`),
      ),
    ],
    otherwise: () => '',
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
      ruledOutBy(({ first }: Case) =>
        claim([first.requestPacket], (request) => `no answer says so of itself (from ${request})`),
      ),
    ],
    otherwise: () => '',
  },
};
