import type { Connection } from '../../src/facts/connection.js';
import type { WebSocketFacts } from '../../src/facts/websocket.js';
import { websocketUpgradeFailed } from '../../src/rules/websocket-upgrade-failed.js';
import {
  answer,
  type ConnectionOptions,
  connection,
  fieldsOf,
  get,
  handshake,
  nthEvery,
  withRequests,
} from './facts.js';
import { overH2, SETTINGS } from './h2-facts.js';
import { testRule } from './test-rule.js';
import { webSocket } from './websocket-facts.js';

const KEY = { 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==', 'sec-websocket-version': '13' };
const UPGRADE = { upgrade: 'websocket', connection: 'keep-alive, Upgrade' };
const FRONT = { server: '10.0.0.49', client: '203.0.113.7' };

const nth = nthEvery(10_000);

/** One request and its answer. */
function asked(
  fields: Readonly<Record<string, string>>,
  status: number,
  options: ConnectionOptions = {},
  target = '/live',
): Connection {
  const request = { fields: fieldsOf(fields), authority: 'live.example' };
  return connection([...handshake(), get(1133, target, request), answer(3600, status)], options);
}

/** The same, begun earlier and answered later: the leg in front. */
function inFront(fields: Readonly<Record<string, string>>, status: number, at: number): Connection {
  return connection(
    [...handshake(), get(1000, '/live', { fields: fieldsOf(fields) }), answer(5000, status)],
    nth(at, { ...FRONT, beginsAt: 0 }),
  );
}

/** A leg between {@link inFront} and {@link asked}: of two proxies in a row. */
function between(fields: Readonly<Record<string, string>>): Connection {
  return connection(
    [...handshake(), get(1060, '/live', { fields: fieldsOf(fields) }), answer(4300, 400)],
    nth(2, { server: '10.0.0.50', client: '10.0.0.49', beginsAt: 0 }),
  );
}

/** A 101 with this Sec-WebSocket-Accept. */
function switched(accept: WebSocketFacts['accept'], options: ConnectionOptions = {}): Connection {
  const facts = asked({ ...KEY, ...UPGRADE, origin: 'http://live.example' }, 101, options);
  const packet = facts.exchanges[0]?.response?.headPacket ?? 0;
  return { ...facts, protocol: 'websocket', webSockets: [webSocket(packet, { accept })], webSocketCount: 1 };
}

const CERTAIN = { subject: '10.0.1.43:80', occurrences: 1, confidence: 'certain' } as const;

testRule(websocketUpgradeFailed, {
  fires: [
    {
      name: 'nginx speaks HTTP/1.0 and drops the upgrade, on both legs',
      capture: 'samples/websocket-no-upgrade.pcapng',
      subject: '10.0.1.43:8080',
      occurrences: 9,
      severity: 'critical',
      confidence: 'certain',
      verdicts: {
        'proxy-drops-upgrade': 'supported',
        'http2-client': 'ruled-out',
        'origin-check': 'ruled-out',
        'wrong-route': 'ruled-out',
        'version-or-key': 'ruled-out',
      },
      marks: [
        'nginx asks the application with Sec-WebSocket-Key and without Upgrade',
        'the application refuses a handshake without Upgrade (400)',
      ],
    },
    {
      name: 'curl asks over HTTP/2',
      capture: 'samples/websocket-h2.pcapng',
      subject: '10.0.1.43:8080',
      occurrences: 5,
      severity: 'critical',
      confidence: 'certain',
      verdicts: { 'http2-client': 'supported', 'proxy-drops-upgrade': 'ruled-out' },
      marks: ['the application refuses a handshake without Upgrade (400)'],
    },
    {
      name: 'the application does not know the Origin',
      capture: 'samples/websocket-origin.pcap',
      subject: '10.0.1.43:8080',
      occurrences: 3,
      severity: 'critical',
      confidence: 'certain',
      verdicts: { 'origin-check': 'supported', 'proxy-drops-upgrade': 'ruled-out', 'wrong-route': 'ruled-out' },
      marks: ['the application refuses a handshake (403)'],
    },
    {
      ...CERTAIN,
      name: 'a proxy that speaks HTTP/1.0 drops the upgrade, the leg in front not captured',
      facts: withRequests(asked({ ...KEY, connection: 'close', 'x-forwarded-for': '203.0.113.7' }, 400), {
        version: 'HTTP/1.0',
      }),
      severity: 'critical',
      verdicts: { 'proxy-drops-upgrade': 'supported', 'http2-client': 'open', 'server-error': 'ruled-out' },
      packets: [4, 5],
    },
    {
      ...CERTAIN,
      name: 'it comes from a proxy over HTTP/1.1, the leg in front not captured: that may be HTTP/2',
      facts: asked({ ...KEY, connection: 'close', 'x-forwarded-for': '203.0.113.7' }, 400),
      severity: 'critical',
      verdicts: { 'proxy-drops-upgrade': 'open', 'http2-client': 'open' },
    },
    {
      ...CERTAIN,
      name: 'it was HTTP/2 in front of two proxies in a row',
      facts: [asked({ ...KEY }, 400), between({ ...KEY }), overH2(inFront({ ...KEY }, 400, 1))],
      verdicts: { 'proxy-drops-upgrade': 'ruled-out', 'http2-client': 'supported' },
    },
    {
      ...CERTAIN,
      name: 'the first of two proxies in a row drops it',
      facts: [asked({ ...KEY }, 400), between({ ...KEY }), inFront({ ...KEY, ...UPGRADE }, 400, 1)],
      verdicts: { 'proxy-drops-upgrade': 'supported', 'http2-client': 'ruled-out' },
    },
    {
      ...CERTAIN,
      name: 'the client itself leaves it out, in front of two proxies in a row',
      facts: [asked({ ...KEY }, 400), between({ ...KEY }), inFront({ ...KEY }, 400, 1)],
      verdicts: { 'proxy-drops-upgrade': 'ruled-out', 'http2-client': 'ruled-out' },
    },
    {
      ...CERTAIN,
      name: 'it arrives whole, and is refused as one that lost its Upgrade: by who hands on, perhaps',
      facts: asked({ ...KEY, ...UPGRADE }, 400),
      verdicts: { 'proxy-drops-upgrade': 'open', 'http2-client': 'ruled-out' },
    },
    {
      ...CERTAIN,
      name: 'the same where another location takes them: proxies hand the upgrade on by location',
      facts: [asked({ ...KEY, ...UPGRADE }, 400, {}, '/else'), switched('right', nth(1, { beginsAt: 2_000_000 }))],
      verdicts: { 'proxy-drops-upgrade': 'open' },
    },
    {
      ...CERTAIN,
      name: 'the same where this very location takes others',
      facts: [asked({ ...KEY, ...UPGRADE }, 400), switched('right', nth(1, { beginsAt: 2_000_000 }))],
      severity: 'warning',
      verdicts: { 'proxy-drops-upgrade': 'ruled-out' },
    },
    {
      ...CERTAIN,
      name: 'it arrives whole, and is forbidden',
      facts: asked({ ...KEY, ...UPGRADE }, 403),
      verdicts: { 'proxy-drops-upgrade': 'ruled-out' },
    },
    {
      ...CERTAIN,
      name: 'it is dropped between the legs',
      facts: [asked({ ...KEY }, 400), inFront({ ...KEY, ...UPGRADE }, 400, 1)],
      verdicts: { 'proxy-drops-upgrade': 'supported', 'http2-client': 'ruled-out' },
    },
    {
      ...CERTAIN,
      name: 'it was HTTP/2 in front, whose server knows no extended CONNECT',
      facts: [asked({ ...KEY }, 400), overH2(inFront({ ...KEY }, 400, 1))],
      verdicts: { 'proxy-drops-upgrade': 'ruled-out', 'http2-client': 'supported' },
    },
    {
      ...CERTAIN,
      name: 'a GET over HTTP/2, seen at the server itself',
      facts: overH2(asked({ ...KEY }, 404)),
      verdicts: { 'http2-client': 'supported' },
      packets: [3],
    },
    {
      ...CERTAIN,
      name: 'a foreign Origin is refused, and the client comes again as it should',
      facts: [
        asked({ ...KEY, ...UPGRADE, origin: 'https://partner.example' }, 403),
        switched('right', nth(1, { beginsAt: 2_000_000 })),
      ],
      severity: 'warning',
      verdicts: { 'origin-check': 'supported', 'answer-altered': 'ruled-out' },
    },
    {
      ...CERTAIN,
      name: 'credentials are missing, and the client gives up',
      facts: asked({ ...KEY, ...UPGRADE, 'proxy-connection': 'x' }, 401),
      verdicts: { authentication: 'supported', 'origin-check': 'ruled-out' },
    },
    {
      ...CERTAIN,
      name: 'a path that is not there',
      facts: asked({ ...KEY, ...UPGRADE }, 404),
      verdicts: { 'wrong-route': 'supported', 'proxy-drops-upgrade': 'open' },
    },
    {
      ...CERTAIN,
      name: 'a path that is not there, says a server behind a proxy, which may have dropped the upgrade',
      facts: connection([
        ...handshake(),
        get(1133, '/live', { fields: fieldsOf({ ...KEY, ...UPGRADE }) }),
        answer(3600, 404, 500, { fields: fieldsOf({ via: '1.1 front (squid/5.7)' }) }),
      ]),
      verdicts: { 'wrong-route': 'open', 'proxy-drops-upgrade': 'open' },
    },
    {
      ...CERTAIN,
      name: 'a page is the answer',
      facts: asked({ ...KEY, ...UPGRADE }, 200),
      verdicts: { 'wrong-route': 'supported', authentication: 'ruled-out' },
    },
    {
      ...CERTAIN,
      name: 'captured in front of a proxy: the server behind it asks for the Upgrade that the client had sent',
      facts: asked({ ...KEY, ...UPGRADE, 'sec-websocket-version': '13' }, 426),
      verdicts: { 'proxy-drops-upgrade': 'supported', 'version-or-key': 'ruled-out' },
    },
    {
      ...CERTAIN,
      name: 'an old version',
      facts: asked({ ...KEY, ...UPGRADE, 'sec-websocket-version': '8' }, 426),
      verdicts: { 'version-or-key': 'supported' },
    },
    {
      ...CERTAIN,
      name: 'a translating proxy lost the key',
      facts: asked({ ...UPGRADE, 'sec-websocket-version': '13', via: '2 proxy' }, 400),
      severity: 'critical',
      verdicts: { 'key-lost': 'supported', 'version-or-key': 'open' },
    },
    {
      ...CERTAIN,
      name: 'a scanner asks for an upgrade without a key',
      facts: asked({ ...UPGRADE }, 400),
      severity: 'notice',
      verdicts: { 'key-lost': 'open' },
    },
    {
      ...CERTAIN,
      name: 'the 101 is not for this key',
      facts: switched('wrong'),
      verdicts: { 'answer-altered': 'supported', 'key-lost': 'ruled-out' },
    },
    {
      ...CERTAIN,
      name: 'the server behind fails',
      facts: asked({ ...KEY, ...UPGRADE }, 502),
      verdicts: { 'server-error': 'supported', 'wrong-route': 'ruled-out' },
    },
    {
      ...CERTAIN,
      name: 'extended CONNECT is refused',
      facts: overH2(
        asked({ 'sec-websocket-version': '13' }, 405),
        { settings: { client: null, server: { ...SETTINGS, enableConnectProtocol: true } } },
        () => ({ protocol: 'websocket' }),
      ),
      verdicts: { 'wrong-route': 'supported' },
    },
  ],
  silent: [
    { name: 'it succeeds through nginx', capture: 'samples/websocket-healthy.pcapng' },
    { name: 'a probe over HTTP/1.1 succeeds', capture: 'samples/websocket-h2-healthy.pcapng' },
    { name: 'a foreign Origin is allowed', capture: 'samples/websocket-origin-healthy.pcap' },
    { name: 'an idle one ends', capture: 'samples/websocket-idle-healthy.pcapng' },
    {
      name: 'Chromium opens it over HTTP/2',
      lookAlike: 'extended-connect',
      capture: 'samples/websocket-h2-connect-healthy.pcapng',
    },
    { name: 'SockJS and Engine.IO poll', lookAlike: 'polling', capture: 'samples/websocket-polling-healthy.pcap' },
    {
      name: 'a challenge is answered',
      lookAlike: 'authentication-round',
      facts: [asked({ ...KEY, ...UPGRADE }, 401), switched('right', nth(1))],
    },
    {
      name: 'h2c',
      lookAlike: 'h2c-upgrade',
      facts: asked({ upgrade: 'h2c', connection: 'Upgrade, HTTP2-Settings' }, 200),
    },
    {
      name: 'part of the head is lost',
      lookAlike: 'cut-head',
      facts: withRequests(asked({ ...KEY }, 400), { lostBytes: 40 }),
    },
  ],
  cannotTell: [
    {
      name: 'fields of HTTP/2 are not known',
      facts: overH2(asked({ ...KEY }, 400), {}, () => ({ unknownFields: { client: true, server: false } })),
    },
    {
      name: 'there is no answer',
      facts: connection([...handshake(), get(1133, '/live', { fields: fieldsOf({ ...KEY, ...UPGRADE }) })]),
    },
  ],
});
