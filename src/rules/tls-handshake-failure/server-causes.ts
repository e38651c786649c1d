/** Causes that lie in the condition of the server, not in what was asked of it. */
import { durationText } from '../../text/duration.js';
import { type Cause, claim, type Ground, ruledOutBy, supportedBy } from '../argument/cause.js';
import type { Case } from './case.js';
import type { Sign } from './failure.js';

/** How those end who have nobody to hand a connection to: the one waits for the end of the handshake first, the other does not. */
export const MAY_LACK: ReadonlySet<Sign> = new Set(['shape', 'dropped', 'silent']);

/** A proxy had nobody to hand the connection to. */
export const BEHIND: Cause<Case> = {
  means: 'The server hands connections on, and the one behind it was not reached.',
  grounds: [
    supportedBy(({ behind, first }) =>
      behind === null
        ? null
        : claim(
            [behind.packet, first.packet],
            (syn, end) => `a connection to another server, begun in ${syn}, did not come about before the end ${end}`,
          ),
    ),
    ruledOutBy(({ first: { sign, packet } }) =>
      MAY_LACK.has(sign) ? null : claim([packet], (end) => `it does not end in silence (${end})`),
    ),
  ],
  otherwise: () => 'no connection of the server that failed meanwhile was captured',
};

/** No handshake fails for want of a server behind. */
export const IS_BEHIND: Ground<Case> = ruledOutBy(
  ({ behind }) => behind && claim([behind.packet], (syn) => `there was nobody behind (${syn})`),
);

/** The process that was to take the connection was on its way out. */
export const ENDED: Cause<Case> = {
  means: 'The server was ending: nobody looked at the connections that its host still took.',
  grounds: [
    IS_BEHIND,
    ruledOutBy(({ first: { sign, packet } }) =>
      sign === 'silent' ? null : claim([packet], (end) => `it does not end in silence (${end})`),
    ),
    supportedBy(({ ended, first }) =>
      ended === null
        ? null
        : claim([first.packet, ended.packet], (end, other) =>
            ended.how === 'cut'
              ? `the server also ended a connection with a request in progress (${other}), and answered nobody from then until the end ${end}`
              : `${durationText(ended.atNs - first.atNs)} after the end ${end} the server refused a connection (${other})`,
          ),
    ),
  ],
  otherwise: () => 'nothing else shows that the server was ending then',
};
