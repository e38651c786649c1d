/** Why the close and the request met: each cause supported, ruled out or left open, with the packet that says so. */
import type { Hypothesis } from '../../facts/finding.js';
import { durationText, secondsText } from '../../text/duration.js';
import { type Judged, weighBy } from '../argument/cause.js';
import { manyText, packetText } from '../argument/figures.js';
import { hopsOf } from '../judgements/forgery.js';
import type { Case } from './case.js';

/** Resets this close together have one cause, and three of them are the end of a process. */
const AT_ONCE_NS = 50_000_000;
const MASS = 3;
/** Fewer connections agree in their number of requests by chance. */
const MIN_LIMITED = 3;

const JUDGES: Readonly<Record<string, (subject: Case) => Judged>> = {
  // Where the client knew of the close, that comes first: no time-out of the server's would mend it.
  'stale-pool': stalePool,
  'server-idle-shorter': serverIdleShorter,
  'max-requests': maxRequests,
  'worker-recycle': workerRecycle,
  'middlebox-expiry': middleboxExpiry,
  'app-crash': appCrash,
};

/** All causes, those supported first, then those ruled out, then those open. */
export function hypothesesOf(subject: Case): Hypothesis[] {
  return weighBy(JUDGES, subject);
}

function serverIdleShorter({ timeout, longestAnswered, incidents, nearMisses, clientTimeout }: Case): Judged {
  const [first] = incidents;
  if (timeout !== null) {
    const closes = `the server closes after ${secondsText(timeout.seconds)} of idleness (${manyText(timeout.samples, 'close')}, ${packetText(timeout.packet)} the first)`;
    const keeps =
      clientTimeout === null
        ? ''
        : `; the client keeps idle connections for ${secondsText(clientTimeout.seconds)} (${packetText(clientTimeout.packet)})`;
    const [near] = nearMisses;
    const used =
      first !== undefined
        ? `, and the client used a connection after ${durationText(first.reuseNs)} (${packetText(first.packet)})`
        : near === undefined
          ? ''
          : `, and a client used a connection after ${durationText(near.idleNs)} (${packetText(near.packet)})`;
    return ['supported', `${closes}${used}${keeps}`];
  }
  if (first === undefined) return ['open', 'no close was seen'];
  if (longestAnswered !== null && longestAnswered.idleNs > 1.5 * first.idleNs)
    return [
      'ruled-out',
      `a request was answered after ${durationText(longestAnswered.idleNs)} of idleness (${packetText(longestAnswered.packet)}), and this connection was closed after ${durationText(first.idleNs)} (${packetText(first.close.packet)})`,
    ];
  return [
    'open',
    `closed after ${durationText(first.idleNs)} of idleness (${packetText(first.close.packet)}); the server's closes have no one idle time`,
  ];
}

function stalePool({ incidents, sorts }: Case): Judged {
  const stale = incidents.find(({ sort }) => sort === 'stale-pool');
  if (stale !== undefined && stale.knownForNs !== null)
    return [
      'supported',
      `${manyText(sorts.stalePool, 'request was', 'requests were')} sent though the client's kernel had the FIN: ${packetText(stale.packet)} when FIN ${packetText(stale.close.packet)} had been there for ${durationText(stale.knownForNs)} (acknowledged in ${packetText(stale.close.acknowledgedPacket ?? stale.packet)})`,
    ];
  const [first] = incidents;
  if (first === undefined) return ['open', 'no request was sent after a FIN'];
  if (first.close.kind === 'rst')
    return ['ruled-out', `there was no FIN to be seen before RST ${packetText(first.close.packet)}`];
  return first.knownForNs === null
    ? [
        'ruled-out',
        `the client had not acknowledged FIN ${packetText(first.close.packet)} when it sent ${packetText(first.packet)}`,
      ]
    : [
        'ruled-out',
        `FIN ${packetText(first.close.packet)} had been with the client for ${durationText(first.knownForNs)} when it sent ${packetText(first.packet)}: too short to see it`,
      ];
}

function maxRequests({ incidents, requestsBefore, encrypted, occurrences, timeout, nearMisses }: Case): Judged {
  const [first] = incidents;
  if (first === undefined) {
    const [near] = nearMisses;
    return [
      'ruled-out',
      `idle connections were closed, and after as long as ${near === undefined ? 'that' : packetText(near.packet)} was answered`,
    ];
  }
  if (encrypted === occurrences) return ['open', 'requests within TLS are not counted'];
  const counts = [...new Set(requestsBefore)].sort((one, other) => one - other);
  const isConstant = counts.length === 1 && requestsBefore.length >= MIN_LIMITED;
  if (isConstant && timeout === null)
    return [
      'supported',
      `each of ${manyText(requestsBefore.length, 'connection')} had carried ${manyText(counts[0] ?? 0, 'request')} (${packetText(first.close.packet)}), and idle times differ`,
    ];
  const last = durationText(first.idleNs);
  const varied = counts.length > 1 ? `; connections had carried ${counts[0]} to ${counts.at(-1)} requests` : '';
  return [
    'ruled-out',
    `a server at its limit closes with the response, and FIN ${packetText(first.close.packet)} came ${last} after it${varied}`.replace(
      'FIN',
      first.close.kind === 'fin' ? 'FIN' : 'RST',
    ),
  ];
}

function workerRecycle({ massClose, inMassCloses, incidents, timeout }: Case): Judged {
  if (massClose !== null)
    return [
      inMassCloses > 0 ? 'supported' : 'open',
      inMassCloses > 0
        ? `${manyText(inMassCloses, 'further request')} met one of ${manyText(massClose.count, 'close')} at one moment (${packetText(massClose.packet)}): a reload`
        : `${manyText(massClose.count, 'connection')} closed at one moment (${packetText(massClose.packet)}), and these requests met other closes`,
    ];
  const [first] = incidents;
  if (incidents.length < 2 && timeout?.isEstimate !== true)
    return [
      'open',
      first === undefined ? 'no close was seen' : `one close alone was seen (${packetText(first.close.packet)})`,
    ];
  const seen =
    first !== undefined
      ? `; ${packetText(first.close.packet)} came after ${durationText(first.idleNs)}`
      : timeout === null
        ? ''
        : `; ${packetText(timeout.packet)} came after ${secondsText(timeout.seconds)}`;
  return ['ruled-out', `no three connections were closed at one moment after different idle times${seen}`];
}

function middleboxExpiry({ incidents, timeout }: Case): Judged {
  for (const { close, reset, serverTtl } of incidents) {
    const [own, theirs] = [hopsOf(serverTtl), hopsOf((reset ?? close).ttl)];
    if (own !== null && theirs !== null && Math.abs(own - theirs) >= 2)
      return [
        'supported',
        `RST ${packetText((reset ?? close).packet)} has TTL ${(reset ?? close).ttl}, the server's segments ${serverTtl}`,
      ];
  }
  const [first] = incidents;
  if (first === undefined)
    return ['open', `FIN ${packetText(timeout?.packet ?? 0)} is the server's as far as can be seen`];
  const { close, reset, serverTtl } = first;
  if (serverTtl === null || (reset ?? close).ttl === null) return ['open', 'the TTLs were not seen, or vary'];
  const answer = reset === null ? '' : ` and RST ${packetText(reset.packet)}`;
  return [
    'ruled-out',
    `${close.kind === 'fin' ? 'FIN' : 'RST'} ${packetText(close.packet)}${answer} ${reset === null ? 'has' : 'have'} the server's TTL ${serverTtl}`,
  ];
}

function appCrash({ incidents }: Case): Judged {
  const aborts = incidents.filter(({ sort }) => sort === 'abort');
  for (const one of aborts) {
    const together = aborts.filter(({ close }) => Math.abs(close.atNs - one.close.atNs) <= AT_ONCE_NS);
    if (together.length >= MASS)
      return [
        'supported',
        `${manyText(together.length, 'connection')} reset at once (${packetText(one.close.packet)})`,
      ];
  }
  const orderly = incidents.find(({ close }) => close.kind === 'fin');
  if (orderly !== undefined)
    return [
      'ruled-out',
      `FIN ${packetText(orderly.close.packet)} is an orderly close of a connection without a request`,
    ];
  const [first] = incidents;
  return first === undefined
    ? ['open', 'nothing was reset']
    : ['open', `RST ${packetText(first.close.packet)} ends a socket with the request unread, as a crash does too`];
}
