/** The causes of a connection that was given up, each supported, ruled out or left open, with the packets that say so. */
import type { Hypothesis } from '../../facts/finding.js';
import { durationText, secondsText } from '../../text/duration.js';
import { type Judged, weighBy } from '../argument/cause.js';
import { manyText, packetText, spreadText } from '../argument/figures.js';
import type { Case } from './case.js';
import type { Incident } from './incident.js';

/** Below this a time-out hits clients that are only slow, above {@link LONG_S} hardly any (HAProxy's and Apache's advice; browsers drop unused connections after 10 s and more). */
const SHORT_S = 5;
export const LONG_S = 10;

const JUDGES: Readonly<Record<string, (subject: Case) => Judged>> = {
  'request-timeout': requestTimeout,
  'short-timeout': shortTimeout,
  'unused-connection': unusedConnection,
  'slow-client': slowClient,
  'path-mtu': pathMtu,
  'interval-check': intervalCheck,
};

/** All causes, those supported first, then those ruled out, then those open. */
export function hypothesesOf(subject: Case): Hypothesis[] {
  return weighBy(JUDGES, subject);
}

function requestTimeout({ incidents, estimate, longestWait, answerAfter }: Case): Judged {
  const told = incidents.find(({ farewell }) => farewell === 'status');
  const goesOn = answerAfter === null ? '' : `; the server goes on answering (${packetText(answerAfter.packet)})`;
  if (estimate?.pattern === 'contradicted' && longestWait !== null)
    return [
      told === undefined ? 'ruled-out' : 'open',
      `${told === undefined ? '' : `the 408 ${packetText(told.packet)} says so, but `}a request that came after ${durationText(longestWait.waitNs)} was still answered (${packetText(longestWait.packet)}): not one time-out for all`,
    ];
  const packets = listed(incidents);
  if (estimate?.pattern === 'timer' && estimate.agreeing > 1)
    return [
      'supported',
      `${estimate.agreeing} of ${manyText(estimate.samples, 'connection')} had waited equally long, ${agesText(estimate)} (${packets})${goesOn}`,
    ];
  if (told !== undefined) return ['supported', `the server says so: 408 ${packetText(told.packet)}${goesOn}`];
  return ['open', `closed without a word (${packets}), and too few to see whether they share an age${goesOn}`];
}

function shortTimeout({ estimate, late, latestUseNs, incidents }: Case): Judged {
  const used = incidents.find((one) => one.late !== null)?.late ?? null;
  const known = estimate === null ? null : (estimate.seconds ?? null);
  const atMost = estimate?.pattern === 'interval-check' ? estimate.lowestNs / 1e9 : known;
  const length = known === null ? (atMost === null ? '' : `at most ${secondsText(atMost)}`) : secondsText(known);
  if (late > 0 && used !== null && latestUseNs !== null && latestUseNs / 1e9 < 60)
    return [
      'supported',
      `${length === '' ? 'it' : `${length}:`} a request was written ${durationText(latestUseNs)} after its connection was ready (${packetText(used.packet)}), too late`,
    ];
  if (atMost === null) return ['open', 'the time-out is not known'];
  if (atMost < SHORT_S)
    return [
      'supported',
      `${length} (${listed(incidents)}): a browser may use a connection later, and a slow link needs longer for one lost packet`,
    ];
  return known !== null && known >= LONG_S
    ? [
        'ruled-out',
        `${length} (${listed(incidents)}) is as long as browsers keep an unused connection, and no request came too late`,
      ]
    : ['open', `${length}, and no request came too late`];
}

function unusedConnection({ counts, incidents }: Case): Judged {
  const unused = counts.unused.status + counts.unused.shape + counts.unused.silent;
  const shown = incidents.filter(({ waiting }) => waiting === 'unused');
  if (unused > 0)
    return [
      'supported',
      `${manyText(unused, 'connection')} without a byte of a request, the ${shown.some(({ tls }) => tls) ? 'TLS handshake' : 'handshake'} done (${listed(shown)})`,
    ];
  return counts['kept-alive'].status > 0 && counts.half.status + counts.half.silent === 0
    ? ['ruled-out', `the connections had served before (${listed(incidents)})`]
    : ['ruled-out', `bytes of a request had come on each (${listed(incidents)})`];
}

function slowClient({ counts, incidents }: Case): Judged {
  const halves = incidents.filter(({ waiting }) => waiting === 'half');
  const count = counts.half.status + counts.half.silent;
  const [first] = halves;
  if (first === undefined && counts.unused.shape > 0)
    return ['open', 'in TLS without keys half a request looks like a whole one'];
  if (first === undefined) return ['ruled-out', `no client had begun a request (${listed(incidents)})`];
  if (first.halfBytes === null || first.stalledNs === null)
    return ['supported', `the rest of a request came after the server had given up (${packetText(first.packet)})`];
  return [
    'supported',
    `${count === 1 ? 'a client' : `${count} clients`} sent ${manyText(first.halfBytes, 'byte')} of a request and then nothing for ${durationText(first.stalledNs)}; all of it was acknowledged (${packetText(first.fin?.packet ?? first.packet)})`,
  ];
}

function pathMtu({ lostOnPath, firstLost, incidents, counts }: Case): Judged {
  if (lostOnPath > 0 && firstLost !== null)
    return [
      'supported',
      `on ${manyText(lostOnPath, 'further connection')} bytes of the client were not acknowledged when the server gave up (from ${packetText(firstLost)}); not counted here`,
    ];
  const half = incidents.find(({ waiting }) => waiting === 'half');
  return half === undefined || counts.half.status + counts.half.silent === 0
    ? ['ruled-out', `the clients sent nothing that could have been lost (${listed(incidents)})`]
    : ['ruled-out', `${packetText(half.fin?.packet ?? half.packet)} acknowledges all that the client had sent`];
}

function intervalCheck({ estimate, incidents }: Case): Judged {
  if (estimate?.pattern === 'interval-check')
    return [
      'supported',
      `${estimate.agreeing} connections ${agesText(estimate)} old were given up at one moment (${listed(incidents)})`,
    ];
  if (estimate?.pattern === 'timer' && estimate.agreeing >= 3)
    return [
      'ruled-out',
      `ages agree (${agesText(estimate)}), moments do not: each connection has its timer (${listed(incidents)})`,
    ];
  return ['open', 'too few connections to tell a timer for each from a look at intervals'];
}

/** The ages that were measured. */
export function agesText({ lowestNs, highestNs }: { readonly lowestNs: number; readonly highestNs: number }): string {
  return spreadText(lowestNs, highestNs);
}

/** The packets of the first few: `#85, #89, #93 and 2 more`. */
function listed(incidents: readonly Incident[]): string {
  const packets = incidents.map(({ packet }) => packet).sort((one, other) => one - other);
  const shown = packets.slice(0, 3).map(packetText);
  return incidents.length > 3 ? `${shown.join(', ')}, …` : shown.join(', ');
}
