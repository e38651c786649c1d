/** What is too large and for whom, each supported, ruled out or left open, with the packet that says so. */
import { UNKNOWN_STATUS } from '../../facts/exchange.js';
import { byteText } from '../../text/size.js';
import { type Causes, claim, openSince, ruledOutBy, supportedBy } from '../argument/cause.js';
import { manyText } from '../argument/figures.js';
import type { Moment } from '../tally/earliest.js';
import { isLongTarget, type TooLarge, type WholeHead } from './too-large.js';

/** What the rule argues about: heads of one server's requests, or of its responses, that were too large. */
export interface Case {
  readonly heads: readonly TooLarge[];
  readonly first: TooLarge;
  /** The first of them that was seen to its end; `null`: none was. */
  readonly known: WholeHead | null;
  /** What the proxy in front told its client instead of the response; `null`: it is about requests. */
  readonly front: (Moment & { readonly status: number }) | null;
  /** An answer to a smaller head, where that is what tells; `null`: it says so itself, or none is known. */
  readonly smaller: Moment | null;
}

/** See the head of this file. */
export const CAUSES: Causes<Case> = {
  'request-head': {
    means: 'The request’s head is too large for the server.',
    grounds: [
      supportedBy(({ first: { whose, headBytes, status, packet }, smaller }) => {
        if (whose === 'response') return null;
        const said = (answer: string) =>
          status === UNKNOWN_STATUS
            ? `${byteText(headBytes)} had come, and no end, when the server ended the connection (${answer})`
            : `${byteText(headBytes)}, answered ${status} (${answer})`;
        return smaller === null
          ? claim([packet], said)
          : claim(
              [packet, smaller.packet],
              (answer, other) => `${said(answer)}; a head of less than half that size is not (${other})`,
            );
      }),
    ],
    otherwise: ({ first }) => claim([first.packet], (answer) => `the server answers the request (${answer})`),
  },
  'response-head': {
    means: 'The response’s head is too large for the proxy in front.',
    grounds: [
      supportedBy(({ first, front }) =>
        front === null
          ? null
          : claim(
              [first.packet, front.packet],
              (answer, told) => `${byteText(first.headBytes)} (${answer}), and ${front.status} in front (${told})`,
            ),
      ),
    ],
    otherwise: ({ first }) => claim([first.packet], (answer) => `the server refuses the request itself (${answer})`),
  },
  'long-target': {
    means: 'The target makes up most of it.',
    grounds: [
      supportedBy(({ heads }) => {
        const long = heads.find(isLongTarget);
        if (long === undefined) return null;
        const { request, packet, status } = long;
        return request === null
          ? claim([packet], (answer) => `answered ${status} (${answer})`)
          : claim([request.packet], (asked) => `the target alone has ${lengthText(request.targetBytes)} (${asked})`);
      }),
      ruledOutBy(({ known }) =>
        known === null
          ? null
          : claim([known.packet], (asked) => `the target has ${lengthText(known.targetBytes)} (${asked})`),
      ),
    ],
    otherwise: () => UNFINISHED,
  },
  cookies: {
    means: 'Cookies make up most of it.',
    grounds: [
      ruledOutBy(({ heads, known }) =>
        known === null || heads.some(({ request }) => request?.hasCookie === true)
          ? null
          : claim(
              [known.packet],
              (asked) => `${heads.length === 1 ? 'the request carries' : 'the requests carry'} none (${asked})`,
            ),
      ),
      openSince(({ first }) => (first.whose === 'response' ? 'the head of the answer is the large one' : null)),
      supportedBy(({ heads, known }) =>
        known !== null && heads.every(isOfCookies)
          ? claim(
              [known.packet],
              (asked) =>
                `${heads.length === 1 ? 'it has cookies, and a short target' : 'all have cookies, and short targets'} (${asked})`,
            )
          : null,
      ),
    ],
    otherwise: ({ known }) => (known === null ? UNFINISHED : 'some have cookies'),
  },
};

const UNFINISHED = 'refused before its head had ended: what it holds is not known';

function isOfCookies({ request, headBytes }: TooLarge): boolean {
  return request?.hasCookie === true && request.targetBytes * 4 < headBytes;
}

/** A target of a few bytes is told in words, a long one as heads are. */
function lengthText(bytes: number): string {
  return bytes < 1000 ? manyText(bytes, 'byte') : byteText(bytes);
}
