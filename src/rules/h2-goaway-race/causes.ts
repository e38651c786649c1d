/** Why a server says GOAWAY, and why requests are lost by it: each cause supported, ruled out or left open, with the packets that say so. */
import { MIN_IDLE_NS } from '../../facts/connection.js';
import { H2_ERROR } from '../../facts/h2.js';
import { durationText, secondsText } from '../../text/duration.js';
import { countText } from '../../text/size.js';
import { visible } from '../../text/visible.js';
import { type Causes, type Claim, claim, openSince, ruledOutBy, supportedBy } from '../argument/cause.js';
import { manyText, spreadText } from '../argument/figures.js';
import type { Case } from './case.js';
import { isOwnFailure } from './farewell.js';
import { isSaidOfHeads } from './large-head.js';

/** Farewells named as those that agree. */
const NAMED = 4;

/** See the head of this file. */
export const CAUSES: Causes<Case> = {
  'request-limit': {
    means: 'The server limits the number of requests on a connection.',
    grounds: [
      ruledOutBy(anError),
      ruledOutBy(({ first: { processed, packet } }) =>
        processed === 0 ? claim([packet], (goAway) => `it had looked at no request (${goAway})`) : null,
      ),
      ruledOutBy(({ idle, first: { packet } }) =>
        idle === null
          ? null
          : claim(
              [packet],
              (goAway) =>
                `the connection had been idle for ${spreadText(idle.shortestNs, idle.longestNs)}: a limit speaks up with the last request (${goAway})`,
            ),
      ),
      supportedBy(atLimit),
      ruledOutBy(({ beyond, first: { packet, processed } }) =>
        beyond === null
          ? null
          : claim(
              [beyond.packet, packet],
              (other, goAway) =>
                `another connection carried ${countText(beyond.requests)} requests (from ${other}), more than the ${processed} before ${goAway}`,
            ),
      ),
      ruledOutBy(({ farewells, agreeing, first }) =>
        farewells.length > 1 && agreeing.length === 0
          ? claim([first.packet], (goAway) => `the number of requests varies (from ${goAway})`)
          : null,
      ),
      ruledOutBy(({ first: { counts, packet } }) =>
        counts.cut > 0
          ? claim([packet], (goAway) => `it ends with requests in progress, which no limit does (${goAway})`)
          : null,
      ),
      openSince(({ agreeing, isOneMoment }) =>
        agreeing.length > 1 && isOneMoment
          ? `${agreeing.length} connections at one moment: a server that stops says the same`
          : null,
      ),
    ],
    otherwise: ({ first }) => `one connection alone, after ${first.processed ?? 'any number of'} requests`,
  },
  'connection-age': {
    means: 'The server limits the age of a connection.',
    grounds: [
      ruledOutBy(anError),
      openSince(({ ageSeconds, idle }) =>
        ageSeconds !== null && idle?.seconds != null
          ? `the connections were of one age, ${secondsText(ageSeconds)}, and idle for as long as each other, too`
          : null,
      ),
      supportedBy(({ ageSeconds, farewells, first }) =>
        ageSeconds === null
          ? null
          : claim(
              [first.packet],
              (goAway) =>
                `at an age of ${secondsText(ageSeconds)} on each of ${farewells.length} connections (${goAway})`,
            ),
      ),
      ruledOutBy(({ farewells, first }) =>
        farewells.length > 1 ? claim([first.packet], (goAway) => `their ages differ (from ${goAway})`) : null,
      ),
    ],
    otherwise: ({ first }) => `one connection alone, ${durationText(first.ageNs)} old`,
  },
  'idle-timeout': {
    means: 'The server ends connections that have been idle for so long.',
    grounds: [
      ruledOutBy(anError),
      ruledOutBy(({ farewells }) => {
        const busy = farewells.find(({ idleNs }) => idleNs !== null && idleNs < MIN_IDLE_NS);
        if (busy === undefined) return null;
        const { packet, idleNs } = busy;
        return claim([packet], (goAway) =>
          idleNs === 0
            ? `until then requests were in progress (${goAway})`
            : `it had been idle for no longer than ${durationText(idleNs ?? 0)} (${goAway})`,
        );
      }),
      openSince(({ idle }) => (idle === null ? 'what was asked before it is not known' : null)),
      openSince(({ ageSeconds, idle }) =>
        ageSeconds !== null && idle?.seconds != null ? 'the connections were of one age, too' : null,
      ),
      supportedBy(({ idle, first }) =>
        idle?.seconds == null
          ? null
          : claim(
              [first.packet],
              (goAway) =>
                `each of ${idle.agreeing.length} connections had been idle for ${secondsText(idle.seconds ?? 0)} (from ${goAway})`,
            ),
      ),
      ruledOutBy(({ farewells, first }) =>
        farewells.length > 1 ? claim([first.packet], (goAway) => `their idle times differ (from ${goAway})`) : null,
      ),
    ],
    otherwise: ({ first }) => `one connection alone, idle for ${durationText(first.idleNs ?? 0)}`,
  },
  'short-grace': {
    means: 'The server ends before what it has begun is done.',
    grounds: [
      supportedBy(({ farewells }) => {
        for (const { counts, close, atNs, code } of farewells)
          if (counts.cut > 0 && close !== null && code === H2_ERROR.none)
            return claim(
              [close.packet],
              (end) =>
                `${close.kind === 'fin' ? 'FIN' : 'RST'} ${durationText(close.atNs - atNs)} after the GOAWAY, with ${manyText(counts.cut, 'request')} in progress (${end})`,
            );
        return null;
      }),
      ruledOutBy(({ first, counts }) =>
        counts.cut > 0 ? null : claim([first.packet], (goAway) => `nothing in progress was cut off (${goAway})`),
      ),
      ruledOutBy(anError),
    ],
    otherwise: () => 'no GOAWAY was seen',
  },
  'large-head': {
    means: 'The head of a request is larger than the server takes.',
    grounds: [
      ruledOutBy(({ first: { code, codeName, packet } }) =>
        isSaidOfHeads(code)
          ? null
          : claim([packet], (goAway) =>
              code === H2_ERROR.none
                ? `no error is given (${goAway})`
                : `${codeName} is not what servers say of a head (${goAway})`,
            ),
      ),
      ruledOutBy(({ largeHeads, first }) =>
        largeHeads === null
          ? claim(
              [first.packet],
              (goAway) => `not each that meets a request follows a head of a size that servers refuse (${goAway})`,
            )
          : null,
      ),
      ruledOutBy(({ largeHeads, largestAnsweredBytes }) =>
        largeHeads !== null && largestAnsweredBytes >= largeHeads.bytes
          ? claim(
              [largeHeads.packet],
              (request) =>
                `one of ${countText(largestAnsweredBytes)} bytes was answered, and ${request} has ${countText(largeHeads.bytes)}`,
            )
          : null,
      ),
      supportedBy(({ largeHeads, first }) =>
        largeHeads === null
          ? null
          : claim(
              [largeHeads.packet, first.packet],
              (request, goAway) =>
                `${largeHeads.isWhole ? 'a head of' : 'of a head'} ${countText(largeHeads.bytes)} bytes, compressed${largeHeads.isWhole ? '' : ', had come'} (${request}), and none as large was answered; nginx says ENHANCE_YOUR_CALM then, Apache and HAProxy COMPRESSION_ERROR or INTERNAL_ERROR (${goAway})`,
            ),
      ),
    ],
    otherwise: () => 'no GOAWAY was seen',
  },
  'protocol-error': {
    means: 'The server holds what the client sent for wrong, or for too much.',
    grounds: [
      supportedBy(({ farewells }) => {
        const wrong = farewells.find(({ code }) => code !== H2_ERROR.none && !isOwnFailure(code));
        if (wrong === undefined) return null;
        return claim([wrong.packet], (goAway) => `${wrong.codeName}${wordsOf(wrong.debug)} (${goAway})`);
      }),
      ruledOutBy(({ first: { code, codeName, packet } }) =>
        claim([packet], (goAway) =>
          code === H2_ERROR.none ? `no error is given (${goAway})` : `${codeName} blames nobody else (${goAway})`,
        ),
      ),
    ],
    otherwise: () => 'no GOAWAY was seen',
  },
  'server-failed': {
    means: 'The server has an error of its own.',
    grounds: [
      supportedBy(({ farewells }) => {
        const failed = farewells.find(({ code }) => isOwnFailure(code));
        return failed === undefined
          ? null
          : claim([failed.packet], (goAway) => `${failed.codeName}${wordsOf(failed.debug)} (${goAway})`);
      }),
      ruledOutBy(({ first: { codeName, packet } }) =>
        claim([packet], (goAway) => `${codeName} names no error of its own (${goAway})`),
      ),
    ],
    otherwise: () => 'no GOAWAY was seen',
  },
  'client-ignores-goaway': {
    means: 'The client goes on using a connection of which it knows that it ends.',
    grounds: [
      supportedBy(({ farewells }) => {
        const late = farewells.find(({ counts }) => counts.late > 0);
        const request = late?.lost.find(({ fate }) => fate === 'late');
        return late === undefined || request === undefined
          ? null
          : claim(
              [request.packet],
              (packet) =>
                `${request.method} on stream ${request.h2Stream} ${durationText(request.atNs - late.atNs)} after the GOAWAY (${packet})`,
            );
      }),
      ruledOutBy(({ first }) =>
        claim([first.packet], (goAway) => `no request was sent when the GOAWAY was known (${goAway})`),
      ),
    ],
    otherwise: () => 'no GOAWAY was seen',
  },
};

function wordsOf(debug: string): string {
  return debug === '' ? '' : `, "${visible(debug)}"`;
}

function anError({ first: { code, codeName, packet } }: Case): Claim | null {
  return code === H2_ERROR.none ? null : claim([packet], (goAway) => `it gives an error, ${codeName} (${goAway})`);
}

/** The same number of requests each time, or one that is some server's default. */
function atLimit({ limit, first, agreeing, knownDefault }: Case): Claim | null {
  if (limit === null) return null;
  const [one, ...others] = agreeing.slice(0, NAMED).map(({ packet }) => packet);
  if (one === undefined || others.length === 0)
    return claim(
      [first.packet],
      (goAway) => `after ${limit} requests (last stream ${first.lastStream}, ${goAway}): ${knownDefault}`,
    );
  return claim(
    [one, ...others],
    (...goAways) =>
      `after ${limit} requests on each of ${agreeing.length} connections (last stream ${first.lastStream}: ${goAways.join(', ')})`,
  );
}
