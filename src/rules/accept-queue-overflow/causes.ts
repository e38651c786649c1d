/** Why handshakes are taken late, each cause supported, ruled out or left open, with the packets that say so. */
import { type Causes, claim, openSince, ruledOutBy, supportedBy } from '../argument/cause.js';
import type { ServerKnown } from '../tally/server-tally.js';
import type { LateAccept } from './incident.js';

/** What the rule argues about: late handshakes of one server. */
export interface Case {
  readonly late: readonly LateAccept[];
  readonly first: LateAccept;
  readonly count: number;
  readonly clients: readonly string[];
  readonly known: ServerKnown;
  /** Handshakes that were taken at once. */
  readonly prompt: number;
  /** The capture was taken at the server. */
  readonly isAtServer: boolean;
  /** Away from the server: single SYNs among others that were taken at once. A path that loses a little shows the same. */
  readonly isScattered: boolean;
}

/** What the server does not take at first, by how that shows. */
const TAKEN_LATE = {
  syn: (syn: string, isAtServer: boolean) =>
    isAtServer
      ? `SYN ${syn} arrives and is left without answer until it comes again`
      : `SYN ${syn} is answered only when it is sent again`,
  ack: (syn: string, isAtServer: boolean) =>
    `the request behind handshake ${syn} ${isAtServer ? 'arrives and is not acknowledged' : 'is acknowledged only'} ${isAtServer ? 'until it comes again' : 'when it is sent again'}`,
} as const;

/** See the head of this file. */
export const CAUSES: Causes<Case> = {
  'queue-full': {
    means: 'The queue of connections that wait for the application to accept them is full.',
    grounds: [
      ruledOutBy(({ first, late, clients, known }: Case) =>
        first.how !== 'reset' &&
        late.every(({ isLossy }) => isLossy) &&
        clients.length === 1 &&
        known.acceptedClients.length > 1
          ? claim([first.packet], (syn) => `only ${clients[0]} is late (${syn}), and its other segments get lost too`)
          : null,
      ),
      openSince(({ isScattered, prompt }: Case) =>
        isScattered
          ? `they stand apart among ${prompt} that were taken at once, and captured away from the server nothing tells them from lost ones`
          : null,
      ),
      supportedBy(({ first, prompt, known, isAtServer }: Case) =>
        known.firstAccept === null
          ? null
          : claim([first.packet, first.end.packet, known.firstAccept.packet], (syn, end, accept) =>
              first.how === 'reset'
                ? `the ACK of handshake ${syn} is answered by a bare RST (${end}), while ${prompt} others are taken (from ${accept})`
                : `${TAKEN_LATE[first.how](String(syn), isAtServer)} (${end}), while ${prompt} others are taken at once (from ${accept})`,
            ),
      ),
    ],
    otherwise: () => '',
  },
  'lost-on-the-way': {
    means:
      'The first SYNs, or requests, were lost on the way, or had no room in a table there: ports of a NAT, connections of a firewall.',
    grounds: [
      ruledOutBy(({ isAtServer, first }: Case) =>
        isAtServer
          ? claim([first.packet, first.end.packet], (syn, end) =>
              first.how === 'syn'
                ? `captured at the server: SYN ${syn} did arrive`
                : first.how === 'ack'
                  ? `captured at the server: the request did arrive before ${end}, too, and its kernel acknowledged none of the copies before that one`
                  : `the ACK after ${syn} did arrive: it is answered, by a RST (${end})`,
            )
          : null,
      ),
      ruledOutBy(({ first }: Case) =>
        first.how === 'reset' ? claim([first.end.packet], (end) => `what is lost is not answered (${end})`) : null,
      ),
      supportedBy(({ late, first }: Case) =>
        late.every(({ isLossy }) => isLossy)
          ? claim(
              [first.packet],
              (syn) => `other segments of these clients were sent again too (from the connection of ${syn})`,
            )
          : null,
      ),
    ],
    otherwise: () => 'captured away from the server: whether the first copy arrived is not seen',
  },
};
