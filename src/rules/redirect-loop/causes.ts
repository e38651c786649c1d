/** Why it turns in a circle, each cause supported, ruled out or left open, with the packets that say so. */
import { endpointText } from '../../text/address.js';
import { type Causes, claim, openSince, ruledOutBy, supportedBy } from '../argument/cause.js';
import { packetText } from '../argument/figures.js';
import type { Case } from './case.js';

/** See the head of this file. */
export const CAUSES: Causes<Case> = {
  'header-not-sent': {
    means: 'The proxy does not tell the server that its client is on https already.',
    grounds: [
      ruledOutBy(({ turns }) => {
        const told = turns.find(({ scheme }) => scheme !== null);
        return told === undefined
          ? null
          : claim([told.requestPacket], (request) => `the request says ${told.scheme} (${request})`);
      }),
      ruledOutBy(({ first }) =>
        first.to === 'https' ? null : claim([first.packet], (answer) => `it does not lead to https (${answer})`),
      ),
      supportedBy(({ fronts: [pair] }) =>
        pair?.front.isTls === true
          ? claim(
              [pair.front.requestPacket, pair.turn.requestPacket],
              (before, behind) =>
                `the client is on https at ${endpointText(pair.front.server)} (${before}), and no request to the server says so (${behind})`,
            )
          : null,
      ),
      supportedBy(({ first }) =>
        first.isForwarded && !first.isTls
          ? claim(
              [first.requestPacket],
              (request) => `the requests come from a proxy and do not say how its client came (${request})`,
            )
          : null,
      ),
    ],
    otherwise: () => 'the leg behind it was not captured',
  },
  'header-ignored': {
    means: 'The proxy tells it, and the server ignores it.',
    grounds: [
      supportedBy(({ turns }) => {
        const told = turns.find(({ scheme, to }) => scheme === 'https' && to === 'https');
        return told === undefined
          ? null
          : claim(
              [told.requestPacket, told.packet],
              (request, answer) => `the request says https (${request}) and is sent to https (${answer})`,
            );
      }),
      ruledOutBy(({ first }) =>
        first.isTls && first.scheme === null
          ? null
          : claim([first.requestPacket], (request) => `nobody told the server of https (${request})`),
      ),
    ],
    otherwise: () => 'what a server behind is told was not captured',
  },
  'header-overwritten': {
    means: 'The server is told http: a second proxy, or a fixed value.',
    grounds: [
      supportedBy(({ turns, fronts }) => {
        const wrong = turns.find(({ scheme }) => scheme === 'http');
        const front = fronts.find(({ turn }) => turn === wrong)?.front;
        return wrong === undefined || front?.isTls !== true
          ? null
          : claim(
              [wrong.requestPacket, front.requestPacket],
              (behind, before) => `the request says http (${behind}), its client is on https (${before})`,
            );
      }),
      openSince(({ turns }) => {
        const wrong = turns.find(({ scheme }) => scheme === 'http');
        return wrong === undefined
          ? null
          : `the request says http (${packetText(wrong.requestPacket)}); its client’s leg was not captured`;
      }),
    ],
    otherwise: ({ first }) => claim([first.requestPacket], (request) => `no request says http (${request})`),
  },
  'scheme-ping-pong': {
    means: 'One side sends to http, the other to https.',
    grounds: [
      supportedBy(({ first }) =>
        first.isTls && first.to === 'http'
          ? claim([first.packet], (answer) => `https is sent to http (${answer}), from where it is sent back`)
          : null,
      ),
    ],
    otherwise: ({ first }) => claim([first.packet], (answer) => `it does not lead from https to http (${answer})`),
  },
  'cookie-not-kept': {
    means: 'A cookie that ends it is set each time, and does not come back.',
    grounds: [
      ruledOutBy(({ turns }) => {
        const without = turns.find(({ setsCookie }) => !setsCookie);
        return without === undefined
          ? null
          : claim([without.packet], (answer) => `the answers set no cookie (${answer})`);
      }),
      supportedBy(({ first }) =>
        claim(
          [first.packet],
          (answer) => `each answer sets a cookie anew, as if it had not come back (from ${answer})`,
        ),
      ),
    ],
    otherwise: () => '',
  },
};
