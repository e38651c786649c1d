import type { BeginningKind } from '../../src/facts/beginning.js';
import type { Connection } from '../../src/facts/connection.js';
import { protocolMismatch } from '../../src/rules/protocol-mismatch.js';
import { tlsFacts } from '../findings/connections.js';
import { answer, type ConnectionOptions, connection, finBy, get, handshake, healthy, type Step } from './facts.js';
import { testRule } from './test-rule.js';

const nth = (at: number): ConnectionOptions => ({
  stream: at,
  clientPort: 40_000 + at,
  firstPacket: 1 + at * 10,
  beginsAt: at * 10_000,
});
const SPOKEN: readonly Step[] = [
  ...handshake(),
  { at: 1200, is: 'data', from: 'client', bytes: 517 },
  { at: 1500, is: 'data', from: 'server', bytes: 100 },
  finBy('server', 1600),
];

/** A connection whose sides begin so. */
function begun(client: BeginningKind, server: BeginningKind | null, at = 0, steps = SPOKEN): Connection {
  const facts = connection(steps, nth(at));
  const [packet, atNs] = [facts.firstPacket + 3, facts.startNs + 1_200_000];
  return {
    ...facts,
    protocol: 'unknown',
    beginnings: {
      client: { kind: client, packet, atNs },
      server: server === null ? null : { kind: server, packet: packet + 1, atNs: atNs + 300_000 },
    },
  };
}

/** One plain request, answered 400. */
const badRequest = (at: number): Connection =>
  connection([...handshake(), get(1133), answer(1500, 400), finBy('server', 1600)], nth(at));

/** Somebody speaks TLS with the same port. */
function spokenTls(at: number): Connection {
  const hello = { packet: 1 + at * 10 + 4, atNs: at * 10_000_000, version: 'TLS 1.3', cipherSuite: null, alpn: null };
  return { ...healthy(nth(at)), protocol: 'tls', exchanges: [], tls: tlsFacts({ serverHello: hello }) };
}

const ONE = { subject: '10.0.1.43:80', occurrences: 1, severity: 'warning', confidence: 'certain' } as const;

testRule(protocolMismatch, {
  fires: [
    {
      ...ONE,
      name: 'TLS to a plain port, twice',
      facts: [begun('tls-handshake', 'http-response'), begun('tls-handshake', 'http-response', 1)],
      occurrences: 2,
      severity: 'critical',
      verdicts: { 'tls-to-plain': 'supported', 'plain-to-tls': 'ruled-out', 'proxy-header-unexpected': 'ruled-out' },
      packets: [4, 5],
    },
    {
      ...ONE,
      name: 'plain HTTP to TLS, answered by an alert',
      facts: begun('http-request', 'tls-alert'),
      verdicts: { 'plain-to-tls': 'supported', 'tls-to-plain': 'ruled-out', 'http2-to-http1': 'ruled-out' },
    },
    {
      ...ONE,
      name: 'plain HTTP to TLS, answered 400 in clear',
      facts: [badRequest(0), spokenTls(1)],
      verdicts: { 'plain-to-tls': 'supported' },
    },
    {
      ...ONE,
      name: 'HTTP/2 to HTTP/1',
      facts: begun('h2-preface', 'http-response'),
      verdicts: { 'http2-to-http1': 'supported', 'http1-to-http2': 'ruled-out' },
    },
    {
      ...ONE,
      name: 'HTTP/1 to HTTP/2',
      facts: begun('http-request', 'h2-settings'),
      verdicts: { 'http1-to-http2': 'supported' },
    },
    {
      ...ONE,
      name: 'a PROXY header is answered 400',
      facts: {
        ...badRequest(0),
        beginnings: { client: { kind: 'proxy-header', packet: 4, atNs: 1_133_000 }, server: null },
      },
      verdicts: { 'proxy-header-unexpected': 'supported' },
    },
    {
      ...ONE,
      name: 'a PROXY header is met by a close',
      facts: begun('proxy-header', null, 0, [
        ...handshake(),
        { at: 1200, is: 'data', from: 'client', bytes: 48 },
        finBy('server', 1300),
      ]),
      confidence: 'likely',
    },
  ],
  silent: [
    { name: 'browsing', lookAlike: 'same-protocol', capture: 'samples/healthy-browsing.pcapng' },
    { name: 'handshakes that fail', capture: 'samples/tls-handshake-strict-sni.pcapng' },
    { name: 'a bad request', lookAlike: 'bad-request', facts: badRequest(0) },
    {
      name: 'the header is understood elsewhere',
      lookAlike: 'proxy-header-understood',
      facts: [
        begun('proxy-header', null, 0, [
          ...handshake(),
          { at: 1200, is: 'data', from: 'client', bytes: 48 },
          finBy('server', 1300),
        ]),
        { ...healthy(nth(1)), beginnings: begun('proxy-header', 'http-response', 1).beginnings },
      ],
    },
    {
      name: 'the capture begins in the middle',
      lookAlike: 'mid-stream',
      facts: connection([get(1133), answer(1500, 200)]),
    },
    { name: 'SSH', lookAlike: 'unknown-protocol', facts: begun('tls-handshake', 'other') },
  ],
  cannotTell: [{ name: 'the server said nothing', facts: begun('tls-handshake', null) }],
});
