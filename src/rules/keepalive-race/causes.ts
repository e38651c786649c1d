/** Why the close and the request met: each cause supported, ruled out or left open, with the packet that says so. */

import { durationText, secondsText } from '../../text/duration.js';
import { type Causes, claim, openSince, ruledOutBy, supportedBy } from '../argument/cause.js';
import { manyText, packetText } from '../argument/figures.js';
import { hopsOf } from '../judgements/hops.js';
import { ONE_MOMENT_NS } from '../judgements/moments.js';
import type { Case } from './case.js';

const MASS = 3;
/** Fewer connections agree in their number of requests by chance. */
const MIN_LIMITED = 3;

/** See the head of this file. */
export const CAUSES: Causes<Case> = {
  // Where the client knew of the close, that comes first: no time-out of the server's would mend it.
  'stale-pool': {
    means: 'The client uses pooled connections without looking whether they were closed.',
    grounds: [
      supportedBy(({ incidents, sorts }) => {
        const stale = incidents.find(({ sort }) => sort === 'stale-pool');
        if (stale === undefined) return null;
        const { close, knownForNs, packet } = stale;
        if (knownForNs === null) return null;
        return claim(
          [packet, close.packet, close.acknowledgedPacket ?? packet],
          (request, fin, acknowledgement) =>
            `${manyText(sorts.stalePool, 'request was', 'requests were')} sent though the client’s kernel had the FIN: ${request} when FIN ${fin} had been there for ${durationText(knownForNs)} (acknowledged in ${acknowledgement})`,
        );
      }),
      ruledOutBy(({ incidents: [first] }) =>
        first?.close.kind === 'rst'
          ? claim([first.close.packet], (rst) => `there was no FIN to be seen before RST ${rst}`)
          : null,
      ),
      ruledOutBy(({ incidents: [first] }) => {
        if (first === undefined) return null;
        const { close, knownForNs, packet } = first;
        return claim([close.packet, packet], (fin, request) =>
          knownForNs === null
            ? `the client had not acknowledged FIN ${fin} when it sent ${request}`
            : `FIN ${fin} had been with the client for ${durationText(knownForNs)} when it sent ${request}: too short to see it`,
        );
      }),
    ],
    otherwise: () => 'no request was sent after a FIN',
  },
  'server-idle-shorter': {
    means: 'The server gives idle connections up sooner than its client stops using them.',
    grounds: [
      ruledOutBy(({ kind, massClose, incidents: [first] }) =>
        kind !== 'reload' || massClose === null || first === undefined
          ? null
          : claim(
              [massClose.packet],
              (close) =>
                `${manyText(massClose.count, 'connection')} closed at one moment (${close}), after ${durationText(first.idleNs)} without traffic here: for no idleness of theirs`,
            ),
      ),
      supportedBy(({ timeout, incidents: [first], nearMisses: [near], clientTimeout }) => {
        if (timeout === null) return null;
        const used = first ?? near;
        const keeps =
          clientTimeout === null
            ? ''
            : `; the client keeps idle connections for ${secondsText(clientTimeout.seconds)} (${packetText(clientTimeout.packet)})`;
        const text = (close: string, use: string): string =>
          `the server closes after ${secondsText(timeout.seconds)} of idleness (${manyText(timeout.samples, 'close')}, ${close} the first)${use}${keeps}`;
        if (used === undefined) return claim([timeout.packet], (close) => text(close, ''));
        return claim([timeout.packet, used.packet], (close, request) =>
          text(
            close,
            first === undefined
              ? `, and a client used a connection after ${durationText(near?.idleNs ?? 0)} (${request})`
              : `, and the client used a connection after ${durationText(first.reuseNs)} (${request})`,
          ),
        );
      }),
      ruledOutBy(({ incidents: [first], longestAnswered: longest }) =>
        first === undefined || longest === null || longest.idleNs <= 1.5 * first.idleNs
          ? null
          : claim(
              [longest.packet, first.close.packet],
              (answered, close) =>
                `a request was answered after ${durationText(longest.idleNs)} of idleness (${answered}), and this connection was closed after ${durationText(first.idleNs)} (${close})`,
            ),
      ),
    ],
    otherwise: ({ incidents: [first] }) =>
      first === undefined
        ? 'no close was seen'
        : `closed after ${durationText(first.idleNs)} of idleness (${packetText(first.close.packet)}); the server’s closes have no one idle time`,
  },
  'max-requests': {
    means: 'The server closes after a fixed number of requests.',
    grounds: [
      ruledOutBy(({ incidents: [first], nearMisses: [near] }) =>
        first !== undefined || near === undefined
          ? null
          : claim(
              [near.packet],
              (answered) => `idle connections were closed, and after as long as ${answered} was answered`,
            ),
      ),
      openSince(({ encrypted, occurrences, incidents }) =>
        incidents.length > 0 && encrypted === occurrences ? 'requests within TLS are not counted' : null,
      ),
      supportedBy(({ incidents: [first], requestsBefore, timeout }) => {
        const [count, ...other] = countsOf(requestsBefore);
        const isConstant = other.length === 0 && requestsBefore.length >= MIN_LIMITED;
        return first === undefined || !isConstant || timeout !== null
          ? null
          : claim(
              [first.close.packet],
              (close) =>
                `each of ${manyText(requestsBefore.length, 'connection')} had carried ${manyText(count ?? 0, 'request')} (${close}), and idle times differ`,
            );
      }),
      ruledOutBy(({ incidents: [first], requestsBefore }) => {
        if (first === undefined) return null;
        const counts = countsOf(requestsBefore);
        const varied = counts.length > 1 ? `; connections had carried ${counts[0]} to ${counts.at(-1)} requests` : '';
        return claim(
          [first.close.packet],
          (close) =>
            `a server at its limit closes with the response, and ${CLOSES[first.close.kind]} ${close} came ${durationText(first.idleNs)} after it${varied}`,
        );
      }),
    ],
    otherwise: () => 'no request was lost, and none came near the close',
  },
  'worker-recycle': {
    means: 'The server was restarted or reloaded.',
    grounds: [
      supportedBy(({ kind, massClose, occurrences }) =>
        kind !== 'reload' || massClose === null
          ? null
          : claim(
              [massClose.packet],
              (close) =>
                `${manyText(occurrences, 'request')} met one of ${manyText(massClose.count, 'close')} at one moment (${close}), of connections that had answered a request and were to be kept`,
            ),
      ),
      supportedBy(({ massClose, inMassCloses }) =>
        massClose === null || inMassCloses === 0
          ? null
          : claim(
              [massClose.packet],
              (close) =>
                `${manyText(inMassCloses, 'further request')} met one of ${manyText(massClose.count, 'close')} at one moment (${close}): a reload`,
            ),
      ),
      openSince(({ massClose }) =>
        massClose === null
          ? null
          : `${manyText(massClose.count, 'connection')} closed at one moment (${packetText(massClose.packet)}), and these requests met other closes`,
      ),
      openSince(({ incidents, timeout }) => {
        if (incidents.length >= 2 || timeout?.isEstimate === true) return null;
        const [first] = incidents;
        return first === undefined
          ? 'no close was seen'
          : `one close alone was seen (${packetText(first.close.packet)})`;
      }),
      ruledOutBy(({ incidents: [first], timeout }) => {
        const none = 'no three connections were closed at one moment after different idle times';
        if (first !== undefined)
          return claim([first.close.packet], (close) => `${none}; ${close} came after ${durationText(first.idleNs)}`);
        return (
          timeout && claim([timeout.packet], (close) => `${none}; ${close} came after ${secondsText(timeout.seconds)}`)
        );
      }),
    ],
    otherwise: () => 'no close was seen',
  },
  'middlebox-expiry': {
    means: 'Something between the two forgot the connection.',
    grounds: [
      supportedBy(({ incidents }) => {
        for (const { close, reset, serverTtl } of incidents) {
          const { packet, ttl } = reset ?? close;
          const [own, theirs] = [hopsOf(serverTtl), hopsOf(ttl)];
          if (own !== null && theirs !== null && Math.abs(own - theirs) >= 2)
            return claim([packet], (rst) => `RST ${rst} has TTL ${ttl}, the server’s segments ${serverTtl}`);
        }
        return null;
      }),
      openSince(({ incidents: [first] }) =>
        first !== undefined && (first.serverTtl === null || first.serverTtl < 0)
          ? 'the TTLs were not seen, or vary'
          : null,
      ),
      ruledOutBy(({ incidents: [first] }) => {
        if (first === undefined) return null;
        const { close, reset, serverTtl } = first;
        const kind = CLOSES[close.kind];
        return reset === null
          ? claim([close.packet], (end) => `${kind} ${end} has the server’s TTL ${serverTtl}`)
          : claim(
              [close.packet, reset.packet],
              (end, rst) => `${kind} ${end} and RST ${rst} have the server’s TTL ${serverTtl}`,
            );
      }),
    ],
    otherwise: ({ timeout }) => `FIN ${packetText(timeout?.packet ?? 0)} is the server’s as far as can be seen`,
  },
  'app-crash': {
    means: 'The server process ended.',
    grounds: [
      supportedBy(({ incidents }) => {
        const aborts = incidents.filter(({ sort }) => sort === 'abort');
        for (const { close } of aborts) {
          const together = aborts.filter((other) => Math.abs(other.close.atNs - close.atNs) <= ONE_MOMENT_NS);
          if (together.length >= MASS)
            return claim([close.packet], (rst) => `${manyText(together.length, 'connection')} reset at once (${rst})`);
        }
        return null;
      }),
      ruledOutBy(({ incidents }) => {
        const orderly = incidents.find(({ close, sort }) => close.kind === 'fin' && sort !== 'expiry');
        return orderly === undefined
          ? null
          : claim([orderly.close.packet], (fin) => `FIN ${fin} is an orderly close of a connection without a request`);
      }),
    ],
    otherwise: ({ incidents: [first] }) =>
      first === undefined
        ? 'nothing was reset'
        : first.sort === 'expiry'
          ? `FIN ${packetText(first.close.packet)} closes a connection upon a request, as an end of the process does too`
          : `RST ${packetText(first.close.packet)} ends a socket with the request unread, as a crash does too`,
  },
};

const CLOSES = { fin: 'FIN', rst: 'RST' } as const;

/** How many requests connections had carried, each number once, in order. */
function countsOf(requestsBefore: readonly number[]): number[] {
  return [...new Set(requestsBefore)].sort((one, other) => one - other);
}
