/** The causes of silence, each supported, ruled out or left open, with the packets that say so. */
import { endpointText } from '../../text/address.js';
import { type Causes, claim, openSince, ruledOutBy, supportedBy } from '../argument/cause.js';
import { packetText } from '../argument/figures.js';
import { hopsOf } from '../judgements/hops.js';
import type { Case } from './case.js';
import { META } from './meta.js';

const meansOf = (cause: string): string => META.hypotheses[cause] ?? '';
/** So many attempts in vain after its last sign of life, and the host itself is in doubt. */
const MANY = 3;

const SHOWS: Readonly<Record<'link' | 'ping', string>> = {
  link: 'the host is there: it speaks for this address on the link',
  ping: 'the host is there: it answers a ping',
};

/** The narrower a cause, the earlier it stands: what it explains a wider one would explain too. */
export const CAUSES: Causes<Case> = {
  'transparent-proxy': {
    means: meansOf('transparent-proxy'),
    grounds: [
      supportedBy(({ borrower, first }: Case) =>
        borrower === null
          ? null
          : claim(
              [borrower.accept.packet, first.packet],
              (accept, syn) =>
                `the same clients are connected to ${endpointText(borrower)} (${accept}) when SYNs in their names go out (${syn})`,
            ),
      ),
      openSince(({ mayBorrow }: Case) =>
        mayBorrow === null
          ? null
          : `the same clients are connected to ${endpointText(mayBorrow)} (${packetText(mayBorrow.accept.packet)}), which tells of these attempts; who sends the SYNs in their names, link-layer addresses would say (tcpdump -e)`,
      ),
      ruledOutBy(({ clients, first }: Case) =>
        clients.length === 1 ? claim([first.packet], (syn) => `all attempts come from one address (${syn})`) : null,
      ),
    ],
    otherwise: () => 'these clients were not seen to be connected to a proxy',
  },
  'by-source': {
    means: meansOf('by-source'),
    grounds: [
      supportedBy(({ bySource, known, first, clients }: Case) =>
        !bySource || known?.lastAccept == null
          ? null
          : claim(
              [known.lastAccept.packet, first.packet],
              (accept, syn) =>
                `${known.acceptedClients.slice(0, 2).join(', ')} ${known.acceptedClients.length === 1 ? 'is' : 'are'} accepted meanwhile (${accept}); ${clients.slice(0, 3).join(', ')} never (${syn})`,
            ),
      ),
      supportedBy(({ barred, first, clients }: Case) =>
        barred === null
          ? null
          : claim(
              [barred.last.packet, first.packet, barred.other.packet],
              (last, syn, other) =>
                `${clients.slice(0, 3).join(', ')} ${clients.length === 1 ? 'was' : 'were'} accepted until ${last} and not from ${syn} on, while others are (${other}): as with a ban`,
            ),
      ),
      ruledOutBy(({ alsoAccepted, known }: Case) =>
        alsoAccepted && known?.firstAccept != null
          ? claim(
              [known.firstAccept.packet],
              (accept) => `the same clients are accepted at other times (from ${accept})`,
            )
          : null,
      ),
    ],
    otherwise: () => 'no other client was accepted meanwhile',
  },
  'way-back': {
    means: meansOf('way-back'),
    grounds: [
      supportedBy(
        ({ first: { synAck } }: Case) =>
          synAck && claim([synAck.packet], (answer) => `SYN-ACK ${answer} was sent, and the client goes on asking`),
      ),
      ruledOutBy(({ known, first }: Case) => {
        // Near the server its SYN-ACK follows at once, and would be seen to leave.
        const near = known?.toServer ?? null;
        const far = known?.toClients ?? null;
        if (near === null || far === null || near.greatest * 4 > far.least) return null;
        return claim([first.packet], (syn) => `captured at the server: no answer to ${syn} left it`);
      }),
    ],
    otherwise: ({ known, first }: Case) =>
      hopsOf(known?.firstAccept?.ttl ?? null) === 0 && (hopsOf(first.ttl) ?? 0) > 0
        ? `the SYN did reach the server’s link (its TTL is ${first.ttl}, that of the server’s SYN-ACK ${known?.firstAccept?.ttl}); by which device an answer would leave is not known`
        : 'which way is lost cannot be seen from the client’s side',
  },
  'queue-full': {
    means: meansOf('queue-full'),
    grounds: [
      supportedBy(({ known }: Case) =>
        known?.firstLate == null
          ? null
          : claim(
              [known.firstLate.packet],
              (accept) => `${known.acceptedLate} other SYNs were answered when they were sent again (from ${accept})`,
            ),
      ),
      openSince((subject: Case) => untilText(subject, 'a filter that was loaded then looks alike')),
    ],
    otherwise: ({ first, count }) =>
      claim([first.packet], (syn) =>
        count === 1
          ? `SYN ${syn} was not answered however often it was sent`
          : `no SYN that was sent again is ever answered (from ${syn})`,
      ),
  },
  dropped: {
    means: meansOf('dropped'),
    grounds: [
      ruledOutBy(
        ({ first: { synAck } }: Case) =>
          synAck && claim([synAck.packet], (answer) => `the server does answer (SYN-ACK ${answer})`),
      ),
      ruledOutBy(({ known }: Case) =>
        known?.firstLate == null
          ? null
          : claim([known.firstLate.packet], (accept) => `SYNs that were sent again are answered at times (${accept})`),
      ),
      openSince(({ borrower, mayBorrow }: Case) =>
        borrower === null && mayBorrow === null ? null : 'the answers may go to the clients, past the proxy',
      ),
      openSince((subject: Case) => untilText(subject, 'a queue that is full looks alike')),
      openSince(({ bySource }: Case) => (bySource ? 'others are let in: what drops these goes by their source' : null)),
      supportedBy(({ alive, aliveWhen, first }: Case) =>
        alive === null || aliveWhen !== 'meanwhile'
          ? null
          : claim(
              [first.packet, alive.packet],
              (syn, answer) =>
                `no SYN like ${syn} is ever answered, while the same address goes on answering others (${answer})`,
            ),
      ),
      supportedBy(({ shown, station, askedInVain, first }: Case) =>
        shown === null || askedInVain.length > 0
          ? null
          : claim(
              [shown.packet, first.packet],
              (sign, syn) =>
                `${SHOWS[shown.how]} (${sign})${station === null ? '' : `, the same station as ${station.address}, which accepts connections (${packetText(station.accept.packet)})`}; yet no SYN like ${syn} is answered, not even with RST`,
            ),
      ),
    ],
    otherwise: (subject: Case) =>
      `nothing else of this address was seen meanwhile${laterText(subject)}: a filter and a host that is down look alike`,
  },
  'host-down': {
    means: meansOf('host-down'),
    grounds: [
      ruledOutBy(
        ({ first: { synAck } }: Case) => synAck && claim([synAck.packet], (answer) => `it answers (SYN-ACK ${answer})`),
      ),
      ruledOutBy(({ alive, aliveWhen }: Case) =>
        alive === null || aliveWhen !== 'meanwhile'
          ? null
          : claim([alive.packet], (answer) => `it answers others meanwhile (${answer})`),
      ),
      supportedBy(({ askedInVain: [asked, ...again], first }: Case) =>
        asked === undefined || again.length + 1 < MANY
          ? null
          : claim(
              [asked.packet, first.packet],
              (request, syn) =>
                `nobody on the link answers for it: asked from ${request} on, ${again.length + 1} times, about SYN ${syn}`,
            ),
      ),
      ruledOutBy(({ shown, askedInVain }: Case) =>
        shown === null || askedInVain.length > 0
          ? null
          : claim([shown.packet], (sign) => `${SHOWS[shown.how]} (${sign})`),
      ),
      supportedBy(({ alive, aliveWhen, first, count }: Case) =>
        alive === null || aliveWhen !== 'before' || count < MANY
          ? null
          : claim(
              [alive.packet, first.packet],
              (answer, syn) => `it answered until ${answer}; from SYN ${syn} on nothing of it was seen`,
            ),
      ),
    ],
    otherwise: (subject: Case) =>
      subject.alive === null
        ? 'nothing of this address was seen at all'
        : `nothing else of this address was seen meanwhile${laterText(subject)}`,
  },
};

/** Where the same clients were accepted, and then nobody: what that may be instead. `null`: it is not so. */
function untilText({ lastTaken }: Case, instead: string): string | null {
  return lastTaken === null
    ? null
    : `the same clients were accepted until ${packetText(lastTaken.packet)}, and nobody since: ${instead}`;
}

/** Where it answers once the attempts are over: ` (it answers again later: #152)`. */
function laterText({ alive, aliveWhen }: Case): string {
  return alive !== null && aliveWhen === 'afterwards' ? ` (it answers again later: ${packetText(alive.packet)})` : '';
}
