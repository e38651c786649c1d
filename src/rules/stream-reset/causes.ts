/** Why a server resets a stream in place of an answer: each cause supported, ruled out or left open, with the packets that say so. */
import { H2_ERROR } from '../../facts/h2.js';
import { durationText } from '../../text/duration.js';
import { type Causes, type Claim, claim, ruledOutBy, supportedBy } from '../argument/cause.js';
import { manyText } from '../argument/figures.js';
import type { Case } from './case.js';
import { blamesTheClient, isNotBegun, isOfItsOwn } from './codes.js';
import { flawText } from './flaws.js';
import type { RefusedRequest } from './refused-request.js';

/** Supported by a code of that kind, ruled out where there is none; some codes among them leave it open. */
function byCode(isIt: (code: number) => boolean, isOpen: (code: number) => boolean = () => false) {
  return [
    supportedBy(({ refused }: Case): Claim | null => {
      const found = refused.find(({ code }) => isIt(code));
      return found === undefined ? null : codeClaim(found);
    }),
    ruledOutBy(({ first, refused }: Case) => (refused.some(({ code }) => isOpen(code)) ? null : codeClaim(first))),
  ];
}

function wasAnsweredBehind({ behind }: Case): Claim | null {
  const answered = behind?.answered ?? null;
  return answered && claim([answered.packet], (answer) => `its own request behind it was answered (${answer})`);
}

function codeClaim({ packet, codeName, h2Stream }: RefusedRequest): Claim {
  return claim([packet], (reset) => `the code is ${codeName} (stream ${h2Stream}, ${reset})`);
}

const otherwise = (): string => 'no reset was seen';

/** Of requests that a server refused, the one with the fewest streams to go to its limit; one without a limit before all. */
function nearestToLimit(refused: Case['refused']): RefusedRequest {
  const room = ({ openStreams, streamLimit }: RefusedRequest): number => (streamLimit ?? 0) - openStreams;
  return refused.reduce((nearest, one) => (room(one) < room(nearest) ? one : nearest));
}

/** nginx says PROTOCOL_ERROR for `return 444`: it drops requests that are in order. */
const isAmbiguous = (code: number): boolean => code === H2_ERROR.protocol;
const onPurpose = (): string =>
  'PROTOCOL_ERROR blames what was sent; nginx says it for return 444, too, whatever was sent';

/** What is wrong with a request, where the code blames that. */
function flawClaim(refused: Case['refused']): Claim | null {
  const flaw = refused.find((one) => one.flaw !== null && blamesTheClient(one.code))?.flaw ?? null;
  return flaw && claim([flaw.packet], (request) => `${flawText(flaw.name)} (${request})`);
}

/** See the head of this file. */
export const CAUSES: Causes<Case> = {
  'no-websockets': {
    means: 'The server takes no WebSockets over HTTP/2 (RFC 8441).',
    grounds: [
      supportedBy(({ refused }) => {
        const asked = refused.find(({ webSocket }) => webSocket?.allowed === false);
        const settings = asked?.webSocket?.settings ?? null;
        return asked === undefined || settings === null
          ? null
          : claim(
              [asked.packet, settings.packet],
              (reset, said) =>
                `a WebSocket was asked for (stream ${asked.h2Stream}, ${reset}), and its SETTINGS do not say that one may (${said})`,
            );
      }),
      ruledOutBy(({ refused, first }) =>
        refused.some(({ webSocket }) => webSocket !== null)
          ? null
          : claim([first.requestPacket], (request) => `no WebSocket was asked for (${request})`),
      ),
    ],
    otherwise: ({ first }) =>
      first.webSocket?.allowed === true ? 'its SETTINGS say that it does' : 'its SETTINGS were not seen',
  },
  'too-many-streams': {
    means: 'The client opens more streams, or asks more, than the server allows at a time.',
    grounds: [
      supportedBy(({ refused }) => {
        const over = refused.find(({ openStreams, streamLimit }) => streamLimit !== null && openStreams > streamLimit);
        return over === undefined
          ? null
          : claim(
              [over.packet],
              (reset) =>
                `${manyText(over.openStreams, 'stream was', 'streams were')} open, and the server allows ${over.streamLimit} (${reset})`,
            );
      }),
      supportedBy(({ refused }) => {
        const calm = refused.find(({ code }) => code === H2_ERROR.enhanceYourCalm);
        return calm === undefined ? null : codeClaim(calm);
      }),
      ruledOutBy(({ refused }) => {
        const { openStreams, streamLimit, packet } = nearestToLimit(refused);
        return streamLimit === null || openStreams >= streamLimit
          ? null
          : claim(
              [packet],
              (reset) =>
                `${manyText(openStreams, 'stream was', 'streams were')} open, and the server allows ${streamLimit} (${reset})`,
            );
      }),
      ruledOutBy(({ first, refused }) =>
        refused.some(({ code }) => code === H2_ERROR.refusedStream) ? null : codeClaim(first),
      ),
    ],
    otherwise: ({ refused }) => {
      const { openStreams, streamLimit } = nearestToLimit(refused);
      return `${manyText(openStreams, 'stream was', 'streams were')} open; the server ${streamLimit === null ? 'names no limit' : 'allows no more, and may count one that was just over'}`;
    },
  },
  'upstream-failure': {
    means: 'The server is a proxy, and its own request failed.',
    grounds: [
      // The proxy itself ends its request behind then (nginx, before it says so in front).
      ruledOutBy(({ first, refused }) =>
        refused.every(({ code }) => blamesTheClient(code) && !isAmbiguous(code)) ? codeClaim(first) : null,
      ),
      supportedBy(({ behind }) => {
        if (behind === null || behind.failed === null) return null;
        const { failed, of } = behind;
        return claim(
          [failed.packet, of.packet],
          (failure, reset) =>
            `its own request to a server behind it failed (${failure}, ${durationText(Math.abs(of.atNs - failed.atNs))} from ${reset})`,
        );
      }),
      ruledOutBy(wasAnsweredBehind),
      ruledOutBy(({ first, refused }) =>
        refused.every(({ code }) => blamesTheClient(code)) ? codeClaim(first) : null,
      ),
    ],
    otherwise: () => 'no request of its own to a server behind it is known',
  },
  'server-gives-up': {
    means: 'The application or the proxy fails, or drops the request.',
    grounds: byCode(isOfItsOwn, isAmbiguous),
    otherwise: onPurpose,
  },
  'answer-not-handed-on': {
    means:
      'The proxy has an answer from behind that it does not hand on: too large a head, or fields that it does not take.',
    grounds: [
      ruledOutBy(({ first, refused }) => (refused.some(({ code }) => isNotBegun(code)) ? codeClaim(first) : null)),
      // The proxy says what it found wrong: not the answer.
      ruledOutBy(({ refused }) => flawClaim(refused)),
      supportedBy(({ behind }) => {
        const answered = behind?.answered ?? null;
        if (behind === null || answered === null) return null;
        return claim(
          [answered.packet, behind.of.packet],
          (answer, reset) =>
            `its own request behind it was answered (${answer}), ${durationText(Math.abs(behind.of.atNs - answered.atNs))} from ${reset}`,
        );
      }),
      ruledOutBy(({ behind }) => {
        const failed = behind?.failed ?? null;
        return failed && claim([failed.packet], (failure) => `its own request behind it was not answered (${failure})`);
      }),
    ],
    otherwise: () => 'no answer to it from behind is known',
  },
  'malformed-request': {
    means: 'The server holds what the client sent for wrong.',
    grounds: [
      supportedBy(({ refused }) => flawClaim(refused)),
      // What is handed on was held for right.
      ruledOutBy((subject) =>
        subject.refused.every(({ code }) => isAmbiguous(code)) ? wasAnsweredBehind(subject) : null,
      ),
      ...byCode((code) => blamesTheClient(code) && !isAmbiguous(code), isAmbiguous),
    ],
    otherwise: onPurpose,
  },
  'http1-required': {
    means: 'The server answers this over HTTP/1.1 alone, as with a client certificate asked for late.',
    grounds: byCode((code) => code === H2_ERROR.http11Required),
    otherwise,
  },
};
