/** Why large segments do not pass, each cause supported, ruled out or left open, with the packets that say so. */
import { OPPOSITE } from '../../facts/endpoint.js';
import { durationText } from '../../text/duration.js';
import { countText } from '../../text/size.js';
import { type Causes, claim, ruledOutBy, supportedBy } from '../argument/cause.js';
import type { BlackHole } from './incident.js';

/** What the rule argues about: connections of one server that hang for their large segments. */
export interface Case {
  readonly holes: readonly BlackHole[];
  readonly first: BlackHole;
  readonly count: number;
}

/** See the head of this file. */
export const CAUSES: Causes<Case> = {
  'silent-drop': {
    means: 'A link or tunnel with a smaller MTU drops them, and no ICMP error says so.',
    grounds: [
      ruledOutBy(
        ({ first: { icmp } }: Case) =>
          icmp &&
          claim(
            [icmp.packet],
            (error) => `${icmp.sender} does say so (${error}): at most ${countText(icmp.mtu)} bytes`,
          ),
      ),
      supportedBy(({ first: { missing, alive, side } }: Case) =>
        missing === null || alive === null
          ? null
          : claim(
              [missing.packet, alive.packet],
              (fin, life) =>
                `${countText(missing.bytes)} bytes do not arrive in ${durationText(missing.waitedNs)}, until the ${OPPOSITE[side]} gives up (${fin}), though a shorter segment behind them did, and what is short still passes both ways (${life})`,
            ),
      ),
      supportedBy(({ first: { repeated, alive, passed, side } }: Case) =>
        alive === null || repeated === null
          ? null
          : claim(
              [repeated.firstPacket, repeated.lastPacket, alive.packet],
              (one, last, life) =>
                `${countText(repeated.length)} bytes were sent again ${countText(repeated.times)} times (${one} to ${last}), no segment of that size was ever acknowledged${passed > 0 ? ', smaller ones were' : ''}, and the ${OPPOSITE[side]} is there (${life})`,
            ),
      ),
    ],
    otherwise: () => '',
  },
  'icmp-ignored': {
    means: 'An ICMP error asks for smaller packets, and the sender goes on as before.',
    grounds: [
      supportedBy(
        ({ first: { icmp, repeated } }: Case) =>
          icmp &&
          repeated &&
          claim(
            [icmp.packet, repeated.lastPacket],
            (error, last) =>
              `${icmp.sender} asks for at most ${countText(icmp.mtu)} bytes (${error}), and ${countText(repeated.length)} bytes are sent again all the same (${last})`,
          ),
      ),
      ruledOutBy(({ first: { repeated } }: Case) =>
        repeated === null ? null : claim([repeated.lastPacket], (last) => `no ICMP error was captured before ${last}`),
      ),
    ],
    otherwise: () => 'captured where the segments do not arrive: what comes to their sender is not seen',
  },
};
