/** Why handshakes fail, each cause supported, ruled out or left open, with the packets that say so. */
import type { Hypothesis } from '../../facts/finding.js';
import { endpointText } from '../../text/address.js';
import { hostNameOf } from '../../text/host-name.js';
import { type Judged, weighBy } from '../argument/cause.js';
import { packetText } from '../argument/figures.js';
import type { Case } from './case.js';

/** RFC 6455 §4.1: 16 bytes in base64. */
const KEY = /^[A-Za-z0-9+/]{22}==$/;

const JUDGES: Readonly<Record<string, (subject: Case) => Judged>> = {
  'proxy-drops-upgrade': proxyDropsUpgrade,
  'http2-client': http2Client,
  'origin-check': originCheck,
  authentication,
  'wrong-route': wrongRoute,
  'version-or-key': versionOrKey,
  'key-lost': keyLost,
  'answer-altered': answerAltered,
  'server-error': serverError,
};

/** All causes, those supported first, then those ruled out, then those open. */
export function hypothesesOf(subject: Case): Hypothesis[] {
  return weighBy(JUDGES, subject);
}

function isWhole({ failure }: Case): boolean {
  return failure === 'refused' || failure === 'wrong-accept';
}

function proxyDropsUpgrade(subject: Case): Judged {
  const { first, front, failure, accepted } = subject;
  const ask = packetText(first.requestPacket);
  if (isWhole(subject)) return ['ruled-out', `the handshake arrives whole (${ask})`];
  if (failure === 'h2-get') return ['ruled-out', `over HTTP/2 there is no Upgrade that could be dropped (${ask})`];
  if (failure === 'keyless') return ['ruled-out', `Upgrade and Connection arrive (${ask})`];
  if (front !== null) {
    const before = packetText(front.requestPacket);
    if (front.failure === 'refused' || front.failure === 'wrong-accept')
      return [
        'supported',
        `${endpointText(front.server)} was sent Upgrade and Connection (${before}) and hands the request on without them (${ask})`,
      ];
    return ['ruled-out', `its client did not send them to ${endpointText(front.server)} either (${before})`];
  }
  if (first.isForwarded || first.announcesClose)
    return [
      'supported',
      `${ask} has Sec-WebSocket fields, no Upgrade, and comes from a proxy (${first.announcesClose ? `${first.version}, Connection: close` : 'forwarded'})`,
    ];
  if (accepted > 0) return ['open', 'other handshakes of this server arrive whole; the leg in front was not captured'];
  return ['open', 'the leg in front of it was not captured'];
}

function http2Client({ first, front, failure }: Case): Judged {
  const leg = failure === 'h2-get' ? first : front;
  if (leg === null) {
    if (failure !== 'stripped' || first.key === null)
      return ['ruled-out', `${packetText(first.requestPacket)} is ${first.version} and asks for the upgrade`];
    return ['open', 'the leg in front of it, which may be HTTP/2, was not captured'];
  }
  const packet = packetText(leg.requestPacket);
  if (leg.failure === 'h2-get') {
    const { settings } = leg;
    const lacks =
      settings !== null && !settings.allowsConnect
        ? `; the SETTINGS of ${endpointText(leg.server)} (${packetText(settings.packet)}) lack ENABLE_CONNECT_PROTOCOL, so RFC 8441 is not to be had`
        : '';
    return ['supported', `${packet} is a GET over HTTP/2 with Sec-WebSocket fields and without :protocol${lacks}`];
  }
  return ['ruled-out', `the client asks over ${leg.version} (${packet})`];
}

function originCheck({ first, status, sameOrigin }: Case): Judged {
  const answer = packetText(first.packet);
  if (status !== 403 && status !== 401) return ['ruled-out', `the answer is ${status} (${answer}), not 403`];
  if (sameOrigin !== null)
    return ['ruled-out', `a handshake with the same Origin was accepted (${packetText(sameOrigin.packet)})`];
  if (first.origin === null) return ['ruled-out', `the handshake has no Origin (${packetText(first.requestPacket)})`];
  const foreign = hostNameOf(first.origin.replace(/^[a-z]+:\/\//i, ''));
  if (foreign !== null && foreign !== hostNameOf(first.authority ?? ''))
    return [
      'supported',
      `Origin ${first.origin} is not the host ${first.authority ?? ''} (${packetText(first.requestPacket)}), it was refused with ${status} (${answer}), and no accepted handshake has it`,
    ];
  return ['open', `Origin and host agree (${packetText(first.requestPacket)}); the answer is ${status}`];
}

function authentication({ first, status }: Case): Judged {
  const answer = packetText(first.packet);
  if (status === 401 || status === 407) return ['supported', `the answer is ${status} (${answer})`];
  if (status === 403) return ['open', `the answer is 403 (${answer}): for the credentials, or for another reason`];
  return ['ruled-out', `the answer is ${status} (${answer})`];
}

function wrongRoute(subject: Case): Judged {
  const { first, status, samePath, front } = subject;
  const answer = packetText(first.packet);
  if (samePath !== null) return ['ruled-out', `the same path was accepted (${packetText(samePath.packet)})`];
  if (!isWhole(subject) && front === null && status >= 400) return ['open', `the answer is ${status} (${answer})`];
  if (status === 404 || status === 405) return ['supported', `the answer is ${status} (${answer})`];
  if (status >= 300 && status < 400)
    return ['supported', `the answer is a redirection, ${status} (${answer}), which browsers do not follow here`];
  if (status >= 200 && status < 300)
    return ['supported', `the answer is ${status} (${answer}): a page, from something that knows no WebSocket there`];
  return ['ruled-out', `the answer is ${status} (${answer})`];
}

function versionOrKey({ first, status, failure }: Case): Judged {
  const ask = packetText(first.requestPacket);
  const { key, webSocketVersion } = first;
  if (status === 426 && failure === 'refused') return ['supported', `the answer is 426 (${packetText(first.packet)})`];
  if (failure === 'refused' && first.version !== 'HTTP/2') {
    if (webSocketVersion !== '13')
      return ['supported', `Sec-WebSocket-Version is ${webSocketVersion ?? 'missing'} (${ask})`];
    if (key !== null && !KEY.test(key)) return ['supported', `Sec-WebSocket-Key is not 16 bytes in base64 (${ask})`];
  }
  if (webSocketVersion === '13' && key !== null && KEY.test(key))
    return ['ruled-out', `version 13 and a key of the right form (${ask})`];
  return ['open', `nothing shows it (${ask})`];
}

function keyLost({ first, failure }: Case): Judged {
  const ask = packetText(first.requestPacket);
  if (failure !== 'keyless')
    return first.key === null ? ['open', `${ask} needs none`] : ['ruled-out', `the key is there (${ask})`];
  if (first.isForwarded)
    return ['supported', `${ask} comes from a proxy, asks for the upgrade and has no Sec-WebSocket-Key`];
  return [
    'open',
    `${ask} has no key, as no WebSocket client sends it: a scanner, a check, or a proxy that hides itself`,
  ];
}

function answerAltered({ first, failure, status }: Case): Judged {
  const answer = packetText(first.packet);
  if (failure === 'wrong-accept')
    return ['supported', `the 101 has not the Sec-WebSocket-Accept that the key demands (${answer})`];
  return ['ruled-out', `no 101 was sent, but ${status} (${answer})`];
}

function serverError({ first, status }: Case): Judged {
  const answer = packetText(first.packet);
  return status >= 500
    ? ['supported', `the answer is ${status} (${answer})`]
    : ['ruled-out', `the answer is ${status} (${answer})`];
}
