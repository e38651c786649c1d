/** What is wrong with the capture, each cause supported, ruled out or left open, with the packets that say so. */
import { type Causes, claim, ruledOutBy, supportedBy } from '../argument/cause.js';
import { manyText } from '../argument/figures.js';
import type { CaptureQualityTally, Lack, Lacking } from './tally.js';

/** What the rule argues about: a run of which something is missing. */
export interface Case
  extends Readonly<Pick<CaptureQualityTally, 'connections' | 'affected' | 'twoSided' | 'counts' | 'lostBytes'>> {
  readonly items: readonly Lacking[];
  readonly first: Lacking;
  readonly dropped: number;
}

/** `has` is the verb that goes with the count. */
function lack(
  what: Lack,
  told: (subject: Case, count: string, has: string) => string,
): Causes<Case>[string]['grounds'] {
  return [
    supportedBy((subject: Case) => {
      const one = subject.items.find(({ lacks }) => lacks.includes(what));
      return one === undefined
        ? null
        : claim([one.packet], (packet) => {
            const count = subject.counts[what];
            return `${told(subject, manyText(count, 'connection'), count === 1 ? 'has' : 'have')} (from ${packet})`;
          });
    }),
    ruledOutBy(({ counts, first, twoSided }: Case) =>
      counts[what] === 0 && (what !== 'direction' || twoSided > 0)
        ? claim([first.packet], (packet) => `no connection shows it; those from ${packet} on lack other things`)
        : null,
    ),
  ];
}

/** See the head of this file. */
export const CAUSES: Causes<Case> = {
  'packets-missing': {
    means: 'Packets were dropped while capturing, or passed elsewhere.',
    grounds: lack(
      'bytes',
      ({ lostBytes, dropped }, count) =>
        `${count} acknowledged bytes that are not in the capture, ${lostBytes} in all${dropped > 0 ? `; the capturing system says that it dropped ${dropped} packets` : ''}`,
    ),
    otherwise: () => 'of the first ones none shows it',
  },
  'one-direction': {
    means: 'One direction was not captured: a filter, a mirror port of one line, a route past the capture point.',
    grounds: lack('direction', ({ connections }, count, has) => `${count} of ${connections} ${has} one direction only`),
    otherwise: ({ twoSided }) =>
      twoSided === 0
        ? 'no connection has packets of both sides; whether others went by, nothing says'
        : 'of the first ones none shows it',
  },
  'packets-cut': {
    means: 'Packets were cut at a snap length, or a text does not print all of them.',
    grounds: lack(
      'packet-ends',
      (_, count, has) => `${count} ${has} packets that were captured shorter than they were`,
    ),
    otherwise: () => 'of the first ones none shows it',
  },
  'begun-late': {
    means: 'The capture began when connections were open already.',
    grounds: lack('beginning', ({ connections }, count) => `${count} of ${connections} began before`),
    otherwise: () => 'of the first ones none shows it',
  },
  'clock-stepped': {
    means: 'The clock went back.',
    grounds: lack('clock', (_, count, has) => `${count} ${has} packets that are older than those before them`),
    otherwise: () => 'of the first ones none shows it',
  },
};
