/** The causes of a connection that was given up, each supported, ruled out or left open, with the packets that say so. */
import type { PacketReference } from '../../facts/packet-reference.js';
import { durationText, secondsText } from '../../text/duration.js';
import { type Causes, type Claim, claim, openSince, ruledOutBy, supportedBy } from '../argument/cause.js';
import { manyText, packetText, spreadText } from '../argument/figures.js';
import type { Case } from './case.js';
import type { Incident } from './incident.js';

/** Below so many seconds a time-out hits clients that are only slow. */
const SHORT_S = 5;
/** Above so many it hits hardly any (HAProxy's and Apache's advice; browsers drop unused connections after 10 s and more). */
export const LONG_S = 10;

/** See the head of this file. */
export const CAUSES: Causes<Case> = {
  'request-timeout': {
    means: 'The server’s timer for a request to come ran out.',
    grounds: [
      openSince((subject) => {
        const told = toldBy(subject);
        const longest = contradicting(subject);
        return told === undefined || longest === null
          ? null
          : `the 408 (${packetText(told.packet)}) says so, but ${answeredText(longest)(packetText(longest.packet))}`;
      }),
      ruledOutBy((subject) => {
        const longest = contradicting(subject);
        return longest && claim([longest.packet], answeredText(longest));
      }),
      supportedBy(({ incidents, estimate, answerAfter }) =>
        estimate?.pattern === 'timer' && estimate.agreeing > 1
          ? claimOf(
              incidents,
              (packets) =>
                `${estimate.agreeing} of ${manyText(estimate.samples, 'connection')} had waited equally long, ${agesText(estimate)} (${packets})${goesOnText(answerAfter)}`,
            )
          : null,
      ),
      supportedBy((subject) => {
        const told = toldBy(subject);
        return told === undefined
          ? null
          : claim([told.packet], (answer) => `the server says so: 408 (${answer})${goesOnText(subject.answerAfter)}`);
      }),
    ],
    otherwise: ({ incidents, answerAfter }) =>
      `closed without a word (${listed(incidents)}), and too few to see whether they share an age${goesOnText(answerAfter)}`,
  },
  'short-timeout': {
    means: 'That time-out is shorter than clients need.',
    grounds: [
      supportedBy((subject) => {
        const { late, latestUseNs, incidents } = subject;
        const used = incidents.find((one) => one.late !== null)?.late ?? null;
        if (late === 0 || used === null || latestUseNs === null || latestUseNs / 1e9 >= 60) return null;
        const { text } = timeoutOf(subject);
        return claim(
          [used.packet],
          (request) =>
            `${text === '' ? 'it' : `${text}:`} a request was written ${durationText(latestUseNs)} after its connection was ready (${request}), too late`,
        );
      }),
      openSince((subject) => (timeoutOf(subject).atMost === null ? 'the time-out is not known' : null)),
      supportedBy((subject) => {
        const { atMost, text } = timeoutOf(subject);
        return atMost === null || atMost >= SHORT_S
          ? null
          : claimOf(
              subject.incidents,
              (packets) =>
                `${text} (${packets}): a browser may use a connection later, and a slow link needs longer for one lost packet`,
            );
      }),
      ruledOutBy((subject) => {
        const { known, text } = timeoutOf(subject);
        return known === null || known < LONG_S
          ? null
          : claimOf(
              subject.incidents,
              (packets) =>
                `${text} (${packets}) is as long as browsers keep an unused connection, and no request came too late`,
            );
      }),
    ],
    otherwise: (subject) => `${timeoutOf(subject).text}, and no request came too late`,
  },
  'unused-connection': {
    means: 'The client opened the connection ahead of need.',
    grounds: [
      supportedBy(({ counts, incidents }) => {
        const unused = counts.unused.status + counts.unused.shape + counts.unused.silent;
        if (unused === 0) return null;
        const shown = incidents.filter(({ waiting }) => waiting === 'unused');
        return claimOf(
          shown.length > 0 ? shown : incidents,
          (packets) =>
            `${manyText(unused, 'connection')} without a byte of a request, the ${shown.some(({ tls }) => tls) ? 'TLS handshake' : 'handshake'} done (${packets})`,
        );
      }),
      ruledOutBy(({ counts, incidents }) =>
        counts['kept-alive'].status > 0 && counts.half.status + counts.half.silent === 0
          ? claimOf(incidents, (packets) => `the connections had served before (${packets})`)
          : null,
      ),
      ruledOutBy(({ incidents }) =>
        claimOf(incidents, (packets) => `bytes of a request had come on each (${packets})`),
      ),
    ],
    otherwise: () => 'what was waited for was not seen',
  },
  'slow-client': {
    means: 'The client stopped in the middle of its request.',
    grounds: [
      openSince((subject) =>
        halfOf(subject) === undefined && subject.counts.unused.shape > 0
          ? 'in TLS without keys half a request looks like a whole one'
          : null,
      ),
      ruledOutBy((subject) =>
        halfOf(subject) === undefined
          ? claimOf(subject.incidents, (packets) => `no client had begun a request (${packets})`)
          : null,
      ),
      supportedBy((subject) => {
        const half = halfOf(subject);
        if (half === undefined) return null;
        const { halfBytes, stalledNs } = half;
        if (halfBytes === null || stalledNs === null)
          return claim([half.packet], (end) => `the rest of a request came after the server had given up (${end})`);
        const count = subject.counts.half.status + subject.counts.half.silent;
        return claim(
          [half.fin?.packet ?? half.packet],
          (end) =>
            `${count === 1 ? 'a client' : `${count} clients`} sent ${manyText(halfBytes, 'byte')} of a request and then nothing for ${durationText(stalledNs)}; all of it was acknowledged (${end})`,
        );
      }),
    ],
    otherwise: () => 'what the clients had sent was not seen',
  },
  'path-mtu': {
    means: 'Bytes of the request were lost on the way, as a path MTU that is too small does it.',
    grounds: [
      supportedBy(({ lostOnPath, firstLost }) =>
        lostOnPath === 0 || firstLost === null
          ? null
          : claim(
              [firstLost],
              (first) =>
                `on ${manyText(lostOnPath, 'further connection')} bytes of the client were not acknowledged when the server gave up (from ${first}); not counted here`,
            ),
      ),
      ruledOutBy((subject) => {
        const half = halfOf(subject);
        return half === undefined || subject.counts.half.status + subject.counts.half.silent === 0
          ? claimOf(subject.incidents, (packets) => `the clients sent nothing that could have been lost (${packets})`)
          : claim([half.fin?.packet ?? half.packet], (end) => `${end} acknowledges all that the client had sent`);
      }),
    ],
    otherwise: () => 'whether bytes were lost was not seen',
  },
  'interval-check': {
    means: 'The server looks at intervals for what has waited too long.',
    grounds: [
      supportedBy(({ estimate, incidents }) =>
        estimate?.pattern === 'interval-check'
          ? claimOf(
              incidents,
              (packets) =>
                `${estimate.agreeing} connections ${agesText(estimate)} old were given up at one moment (${packets})`,
            )
          : null,
      ),
      ruledOutBy(({ estimate, incidents }) =>
        estimate?.pattern === 'timer' && estimate.agreeing >= 3
          ? claimOf(
              incidents,
              (packets) =>
                `ages agree (${agesText(estimate)}), moments do not: each connection has its timer (${packets})`,
            )
          : null,
      ),
    ],
    otherwise: () => 'too few connections to tell a timer for each from a look at intervals',
  },
};

/** One that was given up with a 408. */
function toldBy({ incidents }: Case): Incident | undefined {
  return incidents.find(({ farewell }) => farewell === 'status');
}

/** One whose request had begun. */
function halfOf({ incidents }: Case): Incident | undefined {
  return incidents.find(({ waiting }) => waiting === 'half');
}

/** The request that was answered after a longer wait than those that were given up. */
function contradicting({ estimate, longestWait }: Case): Case['longestWait'] {
  return estimate?.pattern === 'contradicted' ? longestWait : null;
}

function answeredText({ waitNs }: NonNullable<Case['longestWait']>): (request: string) => string {
  return (request) =>
    `a request that came after ${durationText(waitNs)} was still answered (${request}): not one time-out for all`;
}

function goesOnText(answerAfter: Case['answerAfter']): string {
  return answerAfter === null ? '' : `; the server goes on answering (${packetText(answerAfter.packet)})`;
}

/** The time-out in seconds where it is known, or what it is at most, and how that reads. */
function timeoutOf({ estimate }: Case): { known: number | null; atMost: number | null; text: string } {
  const known = estimate?.seconds ?? null;
  const atMost = estimate?.pattern === 'interval-check' ? estimate.lowestNs / 1e9 : known;
  const text = known !== null ? secondsText(known) : atMost === null ? '' : `at most ${secondsText(atMost)}`;
  return { known, atMost, text };
}

/** The ages that were measured. */
export function agesText({ lowestNs, highestNs }: { readonly lowestNs: number; readonly highestNs: number }): string {
  return spreadText(lowestNs, highestNs);
}

/** Packets shown of many. */
const SHOWN = 3;

/** The packets of the first few: `#85, #89, #93, …`. */
function listed(incidents: readonly Incident[]): string {
  return shownText(incidents, packetsOf(incidents).map(packetText));
}

/** A claim on the packets of the first few; `null`: there are none. */
function claimOf(incidents: readonly Incident[], say: (packets: string) => string): Claim | null {
  const [first, ...others] = packetsOf(incidents);
  return first === undefined ? null : claim([first, ...others], (...names) => say(shownText(incidents, names)));
}

function packetsOf(incidents: readonly Incident[]): PacketReference[] {
  return incidents
    .map(({ packet }) => packet)
    .sort((one, other) => one - other)
    .slice(0, SHOWN);
}

function shownText(incidents: readonly Incident[], names: readonly string[]): string {
  return incidents.length > SHOWN ? `${names.join(', ')}, …` : names.join(', ');
}
