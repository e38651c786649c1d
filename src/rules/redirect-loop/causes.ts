/** Why it turns in a circle, each cause supported, ruled out or left open, with the packets that say so. */
import type { Hypothesis } from '../../facts/finding.js';
import { endpointText } from '../../text/address.js';
import { type Judged, weighBy } from '../argument/cause.js';
import { packetText } from '../argument/figures.js';
import type { Case } from './case.js';

const JUDGES: Readonly<Record<string, (subject: Case) => Judged>> = {
  'header-not-sent': headerNotSent,
  'header-ignored': headerIgnored,
  'header-overwritten': headerOverwritten,
  'scheme-ping-pong': pingPong,
  'cookie-not-kept': cookieNotKept,
};

/** All causes, those supported first, then those ruled out, then those open. */
export function hypothesesOf(subject: Case): Hypothesis[] {
  return weighBy(JUDGES, subject);
}

function headerNotSent({ turns, first, fronts }: Case): Judged {
  const told = turns.find(({ scheme }) => scheme !== null);
  if (told !== undefined) return ['ruled-out', `the request says ${told.scheme} (${packetText(told.requestPacket)})`];
  if (first.to !== 'https') return ['ruled-out', `it does not lead to https (${packetText(first.packet)})`];
  const [pair] = fronts;
  if (pair?.front.isTls === true)
    return [
      'supported',
      `the client is on https at ${endpointText(pair.front.server)} (${packetText(pair.front.requestPacket)}), and no request to the server says so (${packetText(pair.turn.requestPacket)})`,
    ];
  if (first.isForwarded && !first.isTls)
    return [
      'supported',
      `the requests come from a proxy and do not say how its client came (${packetText(first.requestPacket)})`,
    ];
  return ['open', 'the leg behind it was not captured'];
}

function headerIgnored({ turns, first }: Case): Judged {
  const told = turns.find(({ scheme, to }) => scheme === 'https' && to === 'https');
  if (told !== undefined)
    return [
      'supported',
      `the request says https (${packetText(told.requestPacket)}) and is sent to https (${packetText(told.packet)})`,
    ];
  if (first.isTls && first.scheme === null) return ['open', 'what a server behind is told was not captured'];
  return ['ruled-out', `nobody told the server of https (${packetText(first.requestPacket)})`];
}

function headerOverwritten({ turns, first, fronts }: Case): Judged {
  const wrong = turns.find(({ scheme }) => scheme === 'http');
  const front = fronts.find(({ turn }) => turn === wrong)?.front;
  if (wrong !== undefined && front?.isTls === true)
    return [
      'supported',
      `the request says http (${packetText(wrong.requestPacket)}), its client is on https (${packetText(front.requestPacket)})`,
    ];
  if (wrong !== undefined)
    return ['open', `the request says http (${packetText(wrong.requestPacket)}); its client’s leg was not captured`];
  return ['ruled-out', `no request says http (${packetText(first.requestPacket)})`];
}

function pingPong({ first }: Case): Judged {
  if (first.isTls && first.to === 'http')
    return ['supported', `https is sent to http (${packetText(first.packet)}), from where it is sent back`];
  return ['ruled-out', `it does not lead from https to http (${packetText(first.packet)})`];
}

function cookieNotKept({ turns, first }: Case): Judged {
  if (turns.every(({ setsCookie }) => setsCookie))
    return [
      'supported',
      `each answer sets a cookie anew, as if it had not come back (from ${packetText(first.packet)})`,
    ];
  return [
    'ruled-out',
    `the answers set no cookie (${packetText((turns.find(({ setsCookie }) => !setsCookie) ?? first).packet)})`,
  ];
}
