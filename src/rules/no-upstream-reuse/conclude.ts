/** What the run as a whole says: which server's proxies use no connection twice, and what that costs. */
import type { Endpoint } from '../../facts/endpoint.js';
import type { EvidencePacket, Hypothesis, RawFinding, Remedy } from '../../facts/finding.js';
import { endpointText } from '../../text/address.js';
import { durationText } from '../../text/duration.js';
import { countText } from '../../text/size.js';
import { supportedIn, weigh } from '../argument/cause.js';
import { findingOn, subjectOf, subjectText } from '../argument/finding.js';
import { KEEP_OR_SAY_CLOSE } from '../argument/unsaid-close.js';
import type { Conclusion } from '../rule.js';
import { percentileOf } from '../tally/log-histogram.js';
import { type OccurrencesByServer, occurrencesOf, type ServerOccurrences } from '../tally/occurrences.js';
import { CAUSES, type Case, type SingleUse } from './causes.js';
import { META } from './meta.js';

/** Fewer are no habit. */
const MANY = 50;
const SHARE = 0.95;
/** Proxies and load balancers have few addresses. */
const MAX_CLIENTS = 4;
/** Linux's ip_local_port_range, and its TIME_WAIT. */
const PORTS = 28_232;
const WAIT_S = 60;
/** Half of the ports are waiting: bursts meet the end of them. */
const SHORT_OF_PORTS = 0.5;

/** The share of a client's ports that wait for their end, at `perSecond` connections of `clients` addresses for `seconds`. */
export function portShareOf(perSecond: number, seconds: number, clients: number): number {
  return (perSecond * Math.min(WAIT_S, seconds)) / PORTS / Math.max(1, clients);
}

/** All findings of a run, in the order of the servers. */
export function concludeRun(tally: OccurrencesByServer<SingleUse>, conclusion: Conclusion): RawFinding[] {
  return occurrencesOf(tally).flatMap((one) => {
    const known = conclusion.servers.known(one.endpoint);
    const clients = known?.acceptedClients.length ?? 0;
    if (known === null || one.count < MANY || one.count < SHARE * known.connections || clients > MAX_CLIENTS) return [];
    const seconds = Math.max(1, (one.lastNs - one.first.atNs) / 1e9);
    const perSecond = one.count / seconds;
    const portShare = portShareOf(perSecond, seconds, clients);
    return [findingOf(one, { uses: one.items, first: one.first, count: one.count, perSecond, portShare }, conclusion)];
  });
}

function findingOf(one: ServerOccurrences<SingleUse>, subject: Case, conclusion: Conclusion): RawFinding {
  const { count, perSecond, portShare } = subject;
  const spanNs = one.lastNs - one.first.atNs;
  const who = subjectOf(one.endpoint, conclusion);
  const known = conclusion.servers.known(one.endpoint);
  const roundTrip = known?.toServer == null ? null : percentileOf(known.toServer, 0.5);
  const hypotheses = weigh(CAUSES, subject);
  return findingOn(
    META,
    one,
    conclusion,
    who,
    {
      severity: portShare >= SHORT_OF_PORTS ? 'warning' : 'notice',
      sure: 'certain',
      title: `A connection to ${subjectText(who)} is opened for each request`,
      sentences: [
        `${countText(count)} of ${countText(known?.connections ?? count)} connections of proxies to ${endpointText(who)} carried one request each, ${spanNs < 1e9 ? `all within ${durationText(spanNs)}` : `${perSecond.toFixed(1)} a second`}.`,
        ...(portShare >= SHORT_OF_PORTS
          ? [`${(portShare * 100).toFixed(0)} % of a client’s ports wait for their end (TIME_WAIT): they run short.`]
          : []),
        ...(roundTrip === null ? [] : [`Each costs a handshake (${durationText(roundTrip)} to the server).`]),
      ],
      facts: {
        singleUse: count,
        connections: known?.connections ?? count,
        perSecond: Math.round(perSecond * 100) / 100,
        portShare: Math.round(portShare * 10_000) / 10_000,
        saidByProxy: subject.uses.filter(({ clientCloses }) => clientCloses).length,
        saidByServer: subject.uses.filter(({ serverCloses }) => serverCloses).length,
      },
      hypotheses,
      remedies: remediesOf(one.endpoint, hypotheses),
    },
    packetsOf,
  );
}

function packetsOf({
  packet,
  atNs,
  requestPacket,
  requestNs,
  clientCloses,
  end,
  endedBy,
}: SingleUse): EvidencePacket[] {
  return [
    { packet, atNs, note: 'SYN' },
    {
      packet: requestPacket,
      atNs: requestNs,
      note: `the only request${clientCloses ? ', which says that its connection ends' : ''}`,
    },
    { packet: end.packet, atNs: end.atNs, note: `the ${endedBy} ${end.kind === 'rst' ? 'resets it' : 'closes'}` },
  ];
}

function remediesOf(endpoint: Endpoint, hypotheses: readonly Hypothesis[]): Remedy[] {
  const supported = supportedIn(hypotheses);
  // What the proxy would keep is closed for it: nothing helps there.
  if (supported.has('server-closes-unsaid')) return [KEEP_OR_SAY_CLOSE];
  const isServer = supported.has('server-says-close');
  // A proxy that does not end the connections has nothing to change.
  if (isServer && !supported.has('proxy-says-close')) return [SERVER];
  return [
    ...(isServer ? [SERVER] : []),
    {
      component: 'nginx',
      text: 'Let nginx keep connections to its servers (the default since 1.29.7).',
      config: `upstream app {\n  server ${endpointText(endpoint)};\n  keepalive 32;\n}\nproxy_http_version 1.1;\nproxy_set_header Connection "";`,
    },
    {
      component: 'apache',
      text: 'In Apache, let connections be reused: no disablereuse=on, and no proxy-nokeepalive in the environment.',
      config: `ProxyPass "/" "http://${endpointText(endpoint)}/" enablereuse=on`,
    },
    {
      component: 'haproxy',
      text: 'In HAProxy, use none of "option http-server-close", "option httpclose" and "http-reuse never". With "safe", the default, the first request of each client connection still opens one; where clients send a single request each, use "aggressive".',
      config: 'option http-keep-alive\nhttp-reuse aggressive',
    },
  ];
}

const SERVER: Remedy = {
  component: 'server',
  text: 'Let the server keep connections open, longer than its proxies do (see keepalive-race): what it is of these.',
  config: `# nginx
keepalive_timeout 75s;
# Apache
KeepAlive On
KeepAliveTimeout 75
# gunicorn
gunicorn --worker-class gthread --keep-alive 75 APP`,
};
