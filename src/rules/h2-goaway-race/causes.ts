/** Why a server says GOAWAY, and why requests are lost by it: each cause supported, ruled out or left open, with the packets that say so. */
import { H2_ERROR } from '../../facts/h2.js';
import { durationText, secondsText } from '../../text/duration.js';
import { countText } from '../../text/size.js';
import { visible } from '../../text/visible.js';
import { type Causes, type Claim, claim, openSince, ruledOutBy, supportedBy } from '../argument/cause.js';
import { manyText } from '../argument/figures.js';
import type { Case } from './case.js';

/** Farewells named as those that agree. */
const NAMED = 4;

/** See the head of this file. */
export const CAUSES: Causes<Case> = {
  'request-limit': {
    means: 'The server limits the number of requests on a connection.',
    grounds: [
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
      ruledOutBy(({ first: { code, codeName, packet } }) =>
        code === H2_ERROR.none ? null : claim([packet], (goAway) => `it gives an error, ${codeName} (${goAway})`),
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
      ruledOutBy(({ first: { code, codeName, packet } }) =>
        code === H2_ERROR.none ? null : claim([packet], (goAway) => `it gives an error, ${codeName} (${goAway})`),
      ),
    ],
    otherwise: () => 'no GOAWAY was seen',
  },
  'protocol-error': {
    means: 'The server holds what the client sent for wrong, or for too much.',
    grounds: [
      supportedBy(({ farewells }) => {
        const wrong = farewells.find(({ code }) => code !== H2_ERROR.none);
        if (wrong === undefined) return null;
        const debug = wrong.debug === '' ? '' : `, "${visible(wrong.debug)}"`;
        return claim([wrong.packet], (goAway) => `${wrong.codeName}${debug} (${goAway})`);
      }),
      ruledOutBy(({ first }) => claim([first.packet], (goAway) => `no error is given (${goAway})`)),
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
