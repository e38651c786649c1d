/** Why the server does not know of TLS, each cause supported, ruled out or left open. */
import { endpointText } from '../../text/address.js';
import { type Causes, claim, ruledOutBy, supportedBy } from '../argument/cause.js';
import type { Case } from './case.js';

/** See the head of this file. */
export const CAUSES: Causes<Case> = {
  'header-not-sent': {
    means: 'The proxy does not tell the server that its client uses TLS.',
    grounds: [
      ruledOutBy(({ answers }) => {
        const told = answers.find(({ scheme }) => scheme !== null);
        return told === undefined
          ? null
          : claim(
              [told.requestPacket],
              (request) => `the request says X-Forwarded-Proto or its like: ${told.scheme} (${request})`,
            );
      }),
      supportedBy(({ first, proof }) =>
        proof === 'front-leg'
          ? claim([first.requestPacket], (request) => `no such request says how its client came, from ${request} on`)
          : null,
      ),
    ],
    otherwise: () => 'the leg behind the proxy was not captured, or is itself TLS',
  },
  'header-ignored': {
    means: 'The proxy tells it, and the server ignores it.',
    grounds: [
      supportedBy(({ answers }) => {
        const told = answers.find(({ scheme }) => scheme === 'https');
        return told === undefined
          ? null
          : claim(
              [told.requestPacket, told.packet],
              (request, answer) => `the request says https (${request}), the answer ignores it (${answer})`,
            );
      }),
      ruledOutBy(({ first }) =>
        first.scheme === null && first.isTls
          ? null
          : claim([first.requestPacket], (request) => `nobody told it of https (${request})`),
      ),
    ],
    otherwise: () => 'whether the server is told was not captured',
  },
  'header-overwritten': {
    means: 'The server is told http: a second proxy, or a fixed value.',
    grounds: [
      supportedBy(({ answers, fronts }) => {
        const wrong = answers.find(({ scheme }) => scheme === 'http');
        if (wrong === undefined) return null;
        const front = fronts.find(({ answer }) => answer === wrong)?.front;
        return front === undefined
          ? claim([wrong.requestPacket], (request) => `the request says http (${request})`)
          : claim(
              [wrong.requestPacket, front.requestPacket],
              (request, before) =>
                `the request says http (${request}), and its client came by TLS (${before} at ${endpointText(front.server)})`,
            );
      }),
      ruledOutBy(({ first }) => claim([first.requestPacket], (request) => `no request says http (${request})`)),
    ],
    otherwise: () => '',
  },
};
