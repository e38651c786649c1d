/**
 * Whether a server that hangs up on requests may wait for a PROXY header before them: who expects one (`accept-proxy`,
 * `listen … proxy_protocol`) looks at the first bytes of a connection, and closes without a word where there is none.
 */
import { type Cause, claim, openSince, ruledOutBy, supportedBy } from '../argument/cause.js';
import { packetText } from '../argument/figures.js';
import { SOON_NS } from '../tally/activity.js';
import type { Moment } from '../tally/earliest.js';
import type { Spoken } from './spoken-otherwise.js';

/** What is known of it at one server. */
export interface HeaderWanted {
  /** A conversation without a header before it; `null`: none is known. */
  readonly answered: Moment | null;
  /** A header that the server had not refused when its client went; `null`: none is known. */
  readonly headed: Moment | null;
  /** Each connection that was ended so was with its first request, in clear. */
  readonly isOfFirst: boolean;
}

/** What a server's conversations with others say of it. */
export function headerWanted({ clear, http2, tls, headed }: Spoken, isOfFirst: boolean): HeaderWanted {
  return { answered: clear ?? http2 ?? tls, headed, isOfFirst };
}

/** Whether nothing is known that speaks against it, and so it is worth a try. */
export function mayWantHeader({ answered, isOfFirst }: HeaderWanted): boolean {
  return answered === null && isOfFirst;
}

/** What of a rule's case tells it: {@link HeaderWanted}, the first end and the shortest time until one. */
interface Hung {
  readonly header: HeaderWanted;
  readonly packet: Moment['packet'];
  readonly shortestNs: number;
}

/** The cause, in what a rule argues about. */
export function headerMissing<S>(hungOf: (subject: S) => Hung): Cause<S> {
  return {
    means: 'The server waits for a PROXY header first, and drops what comes without.',
    grounds: [
      ruledOutBy((subject) => {
        const { answered } = hungOf(subject).header;
        return answered && claim([answered.packet], (packet) => `it answers without a PROXY header before (${packet})`);
      }),
      openSince((subject) =>
        hungOf(subject).header.isOfFirst ? null : 'not each of them is known to be the first request of a connection',
      ),
      ruledOutBy((subject) => {
        const { packet, shortestNs } = hungOf(subject);
        return shortestNs < SOON_NS
          ? null
          : claim(
              [packet],
              (end) => `the first bytes, by which a header would be missed, do not end it at once (${end})`,
            );
      }),
      supportedBy((subject) => {
        const { header, packet } = hungOf(subject);
        return (
          header.headed &&
          claim(
            [header.headed.packet, packet],
            (headed, end) =>
              `another client begins with a PROXY header (${headed}), which the server does not refuse in the time that others would take for it; without one it ends each connection at its first bytes (${end})`,
          )
        );
      }),
    ],
    otherwise: (subject) =>
      `nobody is seen to be answered there, with a header or without; it ends each connection at its first request (${packetText(hungOf(subject).packet)})`,
  };
}
