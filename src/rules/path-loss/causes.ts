/** Which way loses, supported or ruled out, with the packets that say so. */
import { type Causes, claim, ruledOutBy, supportedBy } from '../argument/cause.js';
import { manyText } from '../argument/figures.js';
import type { Loss } from './incident.js';

/** What the rule argues about: lossy connections of one server. */
export interface Case {
  readonly losses: readonly Loss[];
  readonly first: Loss;
  readonly count: number;
}

const againOf = (losses: readonly Loss[], side: Loss['side']): number =>
  losses.reduce((sum, one) => sum + (one.side === side ? one.again : 0), 0);

function way(side: Loss['side']): Causes<Case>[string]['grounds'] {
  const other = side === 'client' ? 'server' : 'client';
  return [
    supportedBy(({ losses, first }: Case) => {
      const one = losses.find((loss) => loss.side === side);
      return one === undefined
        ? null
        : claim(
            [one.packet],
            (again) =>
              `${side === 'client' ? 'clients' : 'the server'} had to send ${manyText(againOf(losses, side), 'segment')} again (from ${again})${first.side === side ? '' : ', less than the other side'}`,
          );
    }),
    ruledOutBy(({ losses, first }: Case) =>
      losses.some((loss) => loss.side === side)
        ? null
        : claim([first.packet], (again) => `what was sent again is all the ${other}’s (from ${again})`),
    ),
  ];
}

/** See the head of this file. */
export const CAUSES: Causes<Case> = {
  'towards-the-server': {
    means: 'Segments are lost on the way to the server.',
    grounds: way('client'),
    otherwise: () => '',
  },
  'towards-the-client': {
    means: 'Segments are lost on the way to the client.',
    grounds: way('server'),
    otherwise: () => '',
  },
};
