/** Why a server does not want a body, by its answer: each supported or ruled out, with the packet that says so. */
import { STATUS } from '../../facts/status.js';
import { type Cause, type Causes, claim, ruledOutBy, supportedBy } from '../argument/cause.js';
import type { EarlyReset } from './early-reset.js';

/** What the rule argues about: answers of one server that a RST overtook. */
export interface Case {
  readonly resets: readonly EarlyReset[];
  readonly first: EarlyReset;
}

function answeredWith(isIt: (status: number) => boolean, means: string): Cause<Case> {
  return {
    means,
    grounds: [
      supportedBy(({ resets }) => {
        const found = resets.find(({ status }) => isIt(status));
        return found === undefined ? null : answerOf(found);
      }),
      ruledOutBy(({ first }) => answerOf(first)),
    ],
    otherwise: () => 'no answer was seen',
  };
}

/** Of the request line alone: its method, or its version (RFC 9110 §15.6.2, §15.6.6). */
function isOfHead(status: number): boolean {
  return status === STATUS.notImplemented || status === STATUS.versionNotSupported;
}

function answerOf({ status, answerPacket }: EarlyReset) {
  return claim([answerPacket], (answer) => `answered ${status} (${answer})`);
}

/** See the head of this file. */
export const CAUSES: Causes<Case> = {
  'body-too-large': answeredWith((status) => status === 413, 'The body is larger than the server allows.'),
  'refused-early': answeredWith(
    (status) => (status >= 400 && status < 500 && status !== 413) || isOfHead(status),
    'The server refuses the request by its head.',
  ),
  redirected: answeredWith((status) => status < 400, 'The server sends the request elsewhere.'),
  'server-busy': answeredWith((status) => status >= 500 && !isOfHead(status), 'The server fails, or has no room.'),
};
