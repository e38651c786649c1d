/** How the name gets out, each cause supported, ruled out or left open, with the packets that say so. */
import type { Hypothesis } from '../../facts/finding.js';
import { endpointText } from '../../text/address.js';
import { type Judged, weighBy } from '../argument/cause.js';
import { packetText } from '../argument/figures.js';
import { hostPortOf } from '../judgements/references.js';
import type { Case } from './case.js';

const JUDGES: Readonly<Record<string, (subject: Case) => Judged>> = {
  'not-rewritten': notRewritten,
  'host-not-handed-on': hostNotHandedOn,
  'own-port': ownPort,
  'cookie-scope': cookieScope,
};

/** All causes, those supported first, then those ruled out, then those open. */
export function hypothesesOf(subject: Case): Hypothesis[] {
  return weighBy(JUDGES, subject);
}

function notRewritten({ told, first }: Case): Judged {
  const pair = told.find(({ back }) => back !== null);
  if (pair?.back != null)
    return [
      'supported',
      `${endpointText(pair.back.server)} says it (${packetText(pair.back.packet)}), and ${endpointText(pair.answer.server)} hands it on (${packetText(pair.answer.packet)})`,
    ];
  const own = told.find(({ answer, leaks }) =>
    leaks.some(({ origin }) => origin?.includes(answer.server.address) === true),
  );
  if (own !== undefined && !own.answer.isForwarded)
    return [
      'ruled-out',
      `it is the address of the server that answers, without a proxy (${packetText(own.answer.packet)})`,
    ];
  return ['open', first.answer.isForwarded ? 'the leg in front was not captured' : 'the leg behind was not captured'];
}

function hostNotHandedOn({ told, first }: Case): Judged {
  const pair = told.find(({ back }) => back !== null);
  if (pair?.back == null) {
    if (first.answer.isForwarded)
      return [
        'ruled-out',
        `the server is asked for ${first.answer.authority} (${packetText(first.answer.requestPacket)})`,
      ];
    return ['open', 'the leg behind was not captured'];
  }
  const [front, back] = [hostPortOf(pair.answer.authority)?.host, hostPortOf(pair.back.authority)?.host];
  if (front === back)
    return ['ruled-out', `the server is asked for ${pair.back.authority} too (${packetText(pair.back.requestPacket)})`];
  return [
    'supported',
    `the client asks for ${pair.answer.authority} (${packetText(pair.answer.requestPacket)}), the server is asked for ${pair.back.authority} (${packetText(pair.back.requestPacket)})`,
  ];
}

function ownPort({ told, first }: Case): Judged {
  const one = told.find(({ leaks }) => leaks.some(({ kind }) => kind === 'port'));
  const leak = one?.leaks.find(({ kind }) => kind === 'port');
  if (one === undefined || leak === undefined)
    return ['ruled-out', `the URLs have other hosts, not just another port (${packetText(first.answer.packet)})`];
  return ['supported', `the right host with the server’s port ${leak.port ?? ''} (${packetText(one.answer.packet)})`];
}

function cookieScope({ told, first }: Case): Judged {
  const one = told.find(({ leaks }) => leaks.some(({ kind }) => kind === 'cookie-domain' || kind === 'cookie-path'));
  const leak =
    one?.leaks.find(({ kind }) => kind === 'cookie-domain') ?? one?.leaks.find(({ kind }) => kind === 'cookie-path');
  if (one === undefined || leak === undefined)
    return ['ruled-out', `no cookie is for another place (${packetText(first.answer.packet)})`];
  if (leak.kind === 'cookie-path')
    return [
      'supported',
      `${leak.where} is for Path=${leak.value}, which the client never asks for (${packetText(one.answer.packet)})`,
    ];
  return [
    'supported',
    `${leak.where} is for Domain=${leak.value}, which ${one.answer.authority} is not in: clients discard it (${packetText(one.answer.packet)})`,
  ];
}
