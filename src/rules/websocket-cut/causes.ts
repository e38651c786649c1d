/** Why WebSockets were cut, each cause supported, ruled out or left open, with the packets that say so. */
import { endpointText } from '../../text/address.js';
import { durationText, secondsText } from '../../text/duration.js';
import { type Causes, claim, ruledOutBy, supportedBy } from '../argument/cause.js';
import { manyText, spreadText } from '../argument/figures.js';
import type { Case } from './case.js';

/** See the head of this file. */
export const CAUSES: Causes<Case> = {
  'process-end': {
    means: 'The process that held them ended: killed, crashed, or replaced by a reload that waits no longer.',
    grounds: [
      supportedBy(({ pattern, together, first: own }) => {
        const [first = own, last = first] = [together[0], together.at(-1)];
        const ages = together.map(({ ageNs }) => ageNs);
        return pattern === 'one-moment'
          ? claim(
              [first.packet, last.packet],
              (from, to) =>
                `${manyText(together.length, 'WebSocket')} ended within ${durationText(last.atNs - first.atNs)} (${from} to ${to}), ${spreadText(Math.min(...ages), Math.max(...ages))} after they were opened`,
            )
          : null;
      }),
      ruledOutBy(({ pattern, cuts, first }) =>
        pattern === 'one-age'
          ? claim(
              [first.packet, (cuts.at(-1) ?? first).packet],
              (from, to) => `they ended at different moments (${from} to ${to})`,
            )
          : null,
      ),
    ],
    otherwise: () => 'they ended one by one',
  },
  'age-limit': {
    means: 'A limit on how long a WebSocket, or its connection, may last.',
    grounds: [
      supportedBy(({ pattern, cuts, first, ageSeconds }) => {
        const ages = cuts.map(({ ageNs }) => ageNs);
        return pattern === 'one-age' && ageSeconds !== null
          ? claim(
              [first.handshakePacket, first.packet],
              (from, to) =>
                `${manyText(cuts.length, 'WebSocket')} ended ${spreadText(Math.min(...ages), Math.max(...ages))} after they were opened, at different moments (the first from ${from} to ${to}): a limit of ${secondsText(ageSeconds)}`,
            )
          : null;
      }),
      ruledOutBy(({ pattern, together, first: own }) => {
        const [first = own] = together;
        const ages = together.map(({ ageNs }) => ageNs);
        return pattern === 'one-moment'
          ? claim(
              [first.packet],
              (end) => `at one moment they were ${spreadText(Math.min(...ages), Math.max(...ages))} old (from ${end})`,
            )
          : null;
      }),
    ],
    otherwise: () => 'too few ended to compare their ages',
  },
  'proxy-itself': {
    means: 'A proxy ended them itself, and did not only hand on what ended behind it.',
    grounds: [
      supportedBy(({ backs: [pair] }) =>
        pair === undefined
          ? null
          : claim(
              [pair.cut.packet, pair.back.packet],
              (front, back) =>
                `${endpointText(pair.cut.server)} ended both its legs: ${front} in front, ${back} behind`,
            ),
      ),
      ruledOutBy(({ fronts: [pair] }) =>
        pair === undefined
          ? null
          : claim(
              [pair.cut.packet, pair.front.packet],
              (back, front) =>
                `${endpointText(pair.cut.server)} ended first (${back}), and ${endpointText(pair.front.server)} in front of it handed that on (${front})`,
            ),
      ),
    ],
    otherwise: () => 'one leg was captured',
  },
};
