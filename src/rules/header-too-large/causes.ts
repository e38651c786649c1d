/** What is too large and for whom, each supported, ruled out or left open, with the packet that says so. */
import { byteText } from '../../text/size.js';
import { type Causes, claim, openSince, ruledOutBy, supportedBy } from '../argument/cause.js';
import { manyText } from '../argument/figures.js';
import type { Moment } from '../tally/earliest.js';
import type { TooLarge } from './too-large.js';

/** What the rule argues about: heads of one server's requests, or of its responses, that were too large. */
export interface Case {
  readonly heads: readonly TooLarge[];
  readonly first: TooLarge;
  /** What the proxy in front told its client instead of the response; `null`: it is about requests. */
  readonly front: Moment | null;
}

/** See the head of this file. */
export const CAUSES: Causes<Case> = {
  'request-head': {
    means: 'The request’s head is too large for the server.',
    grounds: [
      supportedBy(({ first: { whose, headBytes, status, packet } }) =>
        whose === 'request'
          ? claim([packet], (answer) => `${byteText(headBytes)}, answered ${status} (${answer})`)
          : null,
      ),
      ruledOutBy(({ first }) => claim([first.packet], (answer) => `the server answers the request (${answer})`)),
    ],
    otherwise: () => 'no answer was seen',
  },
  'response-head': {
    means: 'The response’s head is too large for the proxy in front.',
    grounds: [
      supportedBy(({ first, front }) =>
        front === null
          ? null
          : claim(
              [first.packet, front.packet],
              (answer, told) => `${byteText(first.headBytes)} (${answer}), and 502 in front (${told})`,
            ),
      ),
      ruledOutBy(({ first }) => claim([first.packet], (answer) => `the server refuses the request itself (${answer})`)),
    ],
    otherwise: () => 'no answer was seen',
  },
  'long-target': {
    means: 'The target makes up most of it.',
    grounds: [
      supportedBy(({ heads }) => {
        const long = heads.find(isLongTarget);
        return long === undefined
          ? null
          : claim(
              [long.requestPacket],
              (request) => `the target alone has ${lengthText(long.targetBytes)} (${request})`,
            );
      }),
      ruledOutBy(({ first: { targetBytes, requestPacket } }) =>
        claim([requestPacket], (request) => `the target has ${lengthText(targetBytes)} (${request})`),
      ),
    ],
    otherwise: () => 'no request was seen',
  },
  cookies: {
    means: 'Cookies make up most of it.',
    grounds: [
      ruledOutBy(({ heads, first }) =>
        heads.some(({ hasCookie }) => hasCookie)
          ? null
          : claim(
              [first.requestPacket],
              (request) => `${heads.length === 1 ? 'the request carries' : 'the requests carry'} none (${request})`,
            ),
      ),
      openSince(({ first }) => (first.whose === 'response' ? 'the head of the answer is the large one' : null)),
      supportedBy(({ heads, first }) =>
        heads.every(({ hasCookie, targetBytes, headBytes }) => hasCookie && targetBytes * 4 < headBytes)
          ? claim(
              [first.requestPacket],
              (request) =>
                `${heads.length === 1 ? 'it has cookies, and a short target' : 'all have cookies, and short targets'} (${request})`,
            )
          : null,
      ),
    ],
    otherwise: () => 'some have cookies',
  },
};

/** A target of a few bytes is told in words, a long one as heads are. */
function lengthText(bytes: number): string {
  return bytes < 1000 ? manyText(bytes, 'byte') : byteText(bytes);
}

function isLongTarget({ status, targetBytes, headBytes, whose }: TooLarge): boolean {
  return status === 414 || (whose === 'request' && targetBytes * 2 > headBytes);
}
