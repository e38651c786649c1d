/** Whose timer it is, each cause supported, ruled out or left open, with the packets that say so. */
import type { Hypothesis } from '../../facts/finding.js';
import { endpointText } from '../../text/address.js';
import { durationText, secondsText } from '../../text/duration.js';
import { type Judged, weighBy } from '../argument/cause.js';
import { packetText } from '../argument/figures.js';
import type { Case } from './case.js';

/** Pings this near to the time-out lose to jitter now and then. */
const TOO_SLOW = 0.9;

const JUDGES: Readonly<Record<string, (subject: Case) => Judged>> = {
  'proxy-timeout': proxyTimeout,
  'server-timeout': serverTimeout,
  'client-timeout': clientTimeout,
  'heartbeat-too-slow': heartbeat,
};

/** All causes, those supported first, then those ruled out, then those open. */
export function hypothesesOf(subject: Case): Hypothesis[] {
  return weighBy(JUDGES, subject);
}

/** The pair of which the proxy ended both legs; and one of which it did not. */
function proxyCut({ fronts }: Case) {
  return fronts.find(({ cut, front }) => cut.by === 'client' && front.by === 'server') ?? null;
}

function proxyTimeout(subject: Case): Judged {
  const { fronts, first, byServer, byClient, seconds } = subject;
  const pair = proxyCut(subject);
  if (pair !== null)
    return [
      'supported',
      `${endpointText(pair.front.server)} ends both legs itself, ${packetText(pair.cut.packet)} behind and ${packetText(pair.front.packet)} in front, ${durationText(pair.cut.ageNs)} after the last frame`,
    ];
  const [other] = fronts;
  if (other !== undefined)
    return [
      'ruled-out',
      `the ${other.cut.by === 'server' ? 'server' : 'client'} ends it first (${packetText(other.cut.by === 'server' ? other.cut.packet : other.front.packet)})`,
    ];
  if (byClient > byServer && first.isForwarded)
    return [
      'supported',
      `the client of this leg, a proxy as the request’s fields say, ends it ${durationText(first.ageNs)} after the last frame (${packetText(first.packet)})`,
    ];
  return ['open', `${secondsText(seconds)} may be a proxy’s timer as well; one leg was captured`];
}

function serverTimeout(subject: Case): Judged {
  const { first, byServer, byClient, fronts } = subject;
  if (byClient > byServer) return ['ruled-out', `the client of this leg ends it (${packetText(first.packet)})`];
  if (first.isForwarded || fronts.length > 0)
    return ['supported', `behind the proxy it is the server that ends it (${packetText(first.packet)})`];
  return [
    'open',
    `the server of this leg ends it (${packetText(first.packet)}): the application, or a proxy before it`,
  ];
}

function clientTimeout(subject: Case): Judged {
  const { first, byServer, byClient, fronts } = subject;
  const front = fronts.find((pair) => pair.front.by === 'client');
  if (front !== undefined) return ['supported', `the client in front ends it (${packetText(front.front.packet)})`];
  const proxied = proxyCut(subject);
  if (proxied !== null)
    return ['ruled-out', `the proxy ends the leg in front too (${packetText(proxied.front.packet)})`];
  if (byServer >= byClient) return ['ruled-out', `the server ends it (${packetText(first.packet)})`];
  if (first.isForwarded) return ['open', `who ended the leg in front of ${packetText(first.packet)} was not captured`];
  return ['supported', `the client ends it, and nothing says that it is a proxy (${packetText(first.packet)})`];
}

function heartbeat({ first, cuts, seconds }: Case): Judged {
  const pinged = cuts.find(({ pingPeriodNs }) => pingPeriodNs !== null);
  if (pinged?.pingPeriodNs != null && pinged.pingPeriodNs >= TOO_SLOW * seconds * 1e9)
    return [
      'supported',
      `pings come every ${durationText(pinged.pingPeriodNs)}, no faster than the time-out (before ${packetText(pinged.packet)})`,
    ];
  if (cuts.every(({ pings }) => pings === 0))
    return ['ruled-out', `nobody sends pings (since ${packetText(first.handshakePacket)})`];
  return ['open', 'there were pings, and they ceased before the end'];
}
