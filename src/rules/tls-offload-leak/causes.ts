/** Why the server does not know of TLS, each cause supported, ruled out or left open. */
import type { Hypothesis } from '../../facts/finding.js';
import { endpointText } from '../../text/address.js';
import { type Judged, weighBy } from '../argument/cause.js';
import { packetText } from '../argument/figures.js';
import type { Case } from './case.js';

const JUDGES: Readonly<Record<string, (subject: Case) => Judged>> = {
  'header-not-sent': headerNotSent,
  'header-ignored': headerIgnored,
  'header-overwritten': headerOverwritten,
};

/** All causes, those supported first, then those ruled out, then those open. */
export function hypothesesOf(subject: Case): Hypothesis[] {
  return weighBy(JUDGES, subject);
}

function headerNotSent({ answers, first, proof }: Case): Judged {
  const told = answers.find(({ scheme }) => scheme !== null);
  if (told !== undefined)
    return [
      'ruled-out',
      `the request says X-Forwarded-Proto or its like: ${told.scheme} (${packetText(told.requestPacket)})`,
    ];
  if (proof === 'front-leg')
    return ['supported', `no such request says how its client came, from ${packetText(first.requestPacket)} on`];
  return ['open', 'the leg behind the proxy was not captured, or is itself TLS'];
}

function headerIgnored({ answers, first }: Case): Judged {
  const told = answers.find(({ scheme }) => scheme === 'https');
  if (told !== undefined)
    return [
      'supported',
      `the request says https (${packetText(told.requestPacket)}), the answer does not heed it (${packetText(told.packet)})`,
    ];
  if (first.scheme === null && first.isTls) return ['open', 'whether the server is told was not captured'];
  return ['ruled-out', `nobody told it of https (${packetText(first.requestPacket)})`];
}

function headerOverwritten({ answers, first, fronts }: Case): Judged {
  const wrong = answers.find(({ scheme }) => scheme === 'http');
  if (wrong !== undefined) {
    const front = fronts.find(({ answer }) => answer === wrong)?.front;
    const came =
      front === undefined
        ? ''
        : `, and its client came by TLS (${packetText(front.requestPacket)} at ${endpointText(front.server)})`;
    return ['supported', `the request says http (${packetText(wrong.requestPacket)})${came}`];
  }
  return ['ruled-out', `no request says http (${packetText(first.requestPacket)})`];
}
