import { describe, expect, it } from 'vitest';
import { ROLES_REVERSED } from '../../src/facts/anomaly.js';
import type { Connection } from '../../src/facts/connection.js';
import { reverseHttp } from '../../src/rules/reverse-http.js';
import { clientHelloFacts, tlsFacts } from '../findings/connections.js';
import { answer, type ConnectionOptions, connection, finBy, get, handshake, healthy, SECOND } from './facts.js';
import { overH2 } from './h2-facts.js';
import { findingsOf, testRule } from './test-rule.js';

const REVERSED = [{ name: ROLES_REVERSED, from: null, packet: 4, count: 1 }];

/** A connection on which the accepting side asks. */
function reversed(options: ConnectionOptions = {}): Connection {
  return overH2({ ...healthy(options), anomalies: REVERSED });
}

/** The same, ended by the accepting side's GOAWAY after two seconds of silence. */
function dropped(options: ConnectionOptions = {}): Connection {
  const facts = connection([...handshake(), get(1133), answer(3600), finBy('server', 2 * SECOND + 4000)], options);
  const beginsNs = (options.beginsAt ?? 0) * 1000;
  const packet = (options.firstPacket ?? 1) + 5;
  const atNs = beginsNs + 2_003_600_000;
  return overH2(
    {
      ...facts,
      anomalies: REVERSED,
      idlePeriods: [
        {
          startNs: beginsNs + 3_600_000,
          durationNs: 2_000_000_000,
          after: 'client',
          endedBy: 'server-payload',
          packet,
        },
      ],
      idlePeriodCount: 1,
    },
    { goAways: [{ from: 'client', packet, atNs, lastStream: 0, code: 0, debug: '' }], goAwayCount: 1 },
  );
}

function byAlpn(certificate: 'sent' | null, isSelected = true): Connection {
  const hello = { packet: 5, atNs: 0, version: 'TLS 1.3', cipherSuite: null, alpn: isSelected ? 'h2-reverse' : null };
  return {
    ...healthy(),
    protocol: 'tls',
    exchanges: [],
    tls: tlsFacts({
      clientHello: clientHelloFacts({ alpn: ['h2-reverse'] }),
      serverHello: hello,
      certificateRequested: isSelected ? certificate !== null : null,
      clientCertificate: certificate,
    }),
  };
}

const ONE = { subject: '10.0.1.43:80', occurrences: 1 } as const;

testRule(reverseHttp, {
  fires: [
    {
      name: 'origins dial with h2-reverse and certificates',
      capture: 'samples/reverse-http.pcapng',
      subject: '10.0.1.49:8443',
      occurrences: 2,
      severity: 'notice',
      confidence: 'certain',
      verdicts: { 'missing-certificate': 'ruled-out', 'idle-drop': 'ruled-out' },
    },
    {
      name: 'origins dial in clear',
      capture: 'samples/reverse-http-clear.pcap',
      subject: '10.0.1.49:8080',
      occurrences: 2,
      severity: 'notice',
      confidence: 'certain',
      verdicts: { 'missing-certificate': 'ruled-out' },
    },
    {
      name: 'an idle one is given up, and dialled again a second later',
      capture: 'samples/reverse-http-lost.pcapng',
      subject: '10.0.1.49:8080',
      occurrences: 1,
      severity: 'warning',
      confidence: 'certain',
      verdicts: { 'idle-drop': 'supported' },
      marks: [
        'GOAWAY of the intermediary on the first connection, and its echo at the close',
        'SYN of the origin',
        '503 while no origin is connected',
      ],
    },
    {
      name: 'PINGs keep it',
      capture: 'samples/reverse-http-lost-healthy.pcapng',
      subject: '10.0.1.49:8080',
      occurrences: 1,
      severity: 'notice',
      confidence: 'certain',
      verdicts: { 'idle-drop': 'ruled-out' },
    },
    {
      ...ONE,
      name: 'requests of the accepting side',
      facts: reversed(),
      severity: 'notice',
      confidence: 'certain',
      packets: [4],
    },
    {
      ...ONE,
      name: 'given up after two seconds, dialled again three seconds later',
      facts: [dropped(), reversed({ stream: 1, firstPacket: 11, beginsAt: 5 * SECOND })],
      occurrences: 1,
      severity: 'warning',
      confidence: 'certain',
      verdicts: { 'idle-drop': 'supported' },
    },
    {
      ...ONE,
      name: 'given up, and another stands ready',
      facts: [dropped({ beginsAt: 1000, firstPacket: 101 }), { ...reversed({ stream: 1 }), endNs: 9_000_000_000 }],
      occurrences: 2,
      severity: 'notice',
      confidence: 'certain',
      verdicts: { 'idle-drop': 'open' },
    },
    {
      ...ONE,
      name: 'ALPN says so, without a certificate',
      facts: byAlpn(null),
      severity: 'warning',
      confidence: 'certain',
      verdicts: { 'missing-certificate': 'supported' },
    },
    {
      ...ONE,
      name: 'ALPN says so, with one',
      facts: byAlpn('sent'),
      severity: 'notice',
      confidence: 'certain',
      verdicts: { 'missing-certificate': 'ruled-out' },
    },
    { ...ONE, name: 'ALPN is offered, the answer not readable', facts: byAlpn('sent', false), confidence: 'likely' },
    {
      name: 'a tunnel dials its edge',
      facts: {
        ...healthy({ serverPort: 7844 }),
        protocol: 'tls',
        exchanges: [],
        tls: tlsFacts({ clientHello: clientHelloFacts({ serverNames: ['h2.cftunnel.com'], alpn: [] }) }),
      },
      subject: '10.0.1.43:7844',
      occurrences: 1,
      severity: 'notice',
      confidence: 'likely',
    },
  ],
  silent: [
    { name: 'the intermediary dials', lookAlike: 'ordinary-direction', capture: 'samples/reverse-http-healthy.pcapng' },
    { name: 'the same in clear', capture: 'samples/reverse-http-clear-healthy.pcap' },
    {
      name: 'a SYN-ACK brings a request, which is not answered',
      lookAlike: 'not-answered',
      facts: {
        ...connection([...handshake(), get(1133), finBy('client', 2000), finBy('server', 2500)]),
        anomalies: REVERSED,
      },
    },
    { name: 'a push', lookAlike: 'server-push', facts: overH2(healthy()) },
    {
      name: 'nobody’s SYN was captured',
      lookAlike: 'unknown-direction',
      facts: overH2({ ...connection([get(1133), answer(3600)]), anomalies: REVERSED }),
    },
  ],
  cannotTell: [
    {
      name: 'TLS without ALPN to an ordinary port',
      facts: { ...healthy(), tls: tlsFacts({ clientHello: clientHelloFacts({ alpn: [] }) }) },
    },
  ],
});

describe('what was asked on a reverse connection', () => {
  it('is not counted where no key opens it', () => {
    const [finding] = findingsOf(reverseHttp, [byAlpn('sent')]);
    expect(finding?.summary).toContain('What is asked and answered on them is encrypted.');
    expect(finding?.summary).not.toMatch(/requests? (?:was|were) answered/);
  });
});
