import type { Connection, WindowClosure } from '../../src/facts/connection.js';
import { zeroWindowStall } from '../../src/rules/zero-window-stall.js';
import { answer, type ConnectionOptions, connection, get, handshake, healthy } from './facts.js';
import { testRule } from './test-rule.js';

const S = 1_000_000_000;

function closure(seconds: number, openedBy: number | null = 6): WindowClosure {
  return { packet: 5, startNs: S, durationNs: seconds * S, openedBy };
}

/** An upload whose server does not read; the client goes on afterwards. */
function upload(seconds: number, options: ConnectionOptions = {}): Connection {
  const facts = connection(
    [
      ...handshake(),
      get(1133, '/up', { method: 'POST', body: 9000 }),
      { at: 5_000_000, is: 'data', from: 'client', bytes: 500 },
      answer(6_000_000),
    ],
    options,
  );
  return { ...facts, server: { ...facts.server, zeroWindows: 3, windowClosure: closure(seconds) } };
}

/** The same upload at a proxy before it, whose window closes and opens so much later. */
function passing(seconds: number, later: number): Connection {
  const facts = upload(seconds, { stream: 9, firstPacket: 91, client: '203.0.113.5', server: '10.0.0.49' });
  const closed: WindowClosure = { ...closure(seconds), startNs: S + later * S, packet: 95, openedBy: 96 };
  return { ...facts, server: { ...facts.server, windowClosure: closed } };
}

/** A download that its client does not read. */
function download(seconds: number, openedBy: number | null = 6): Connection {
  const facts = connection([...handshake(), get(1133), answer(900_000, 200, 9000)], { stream: 4, firstPacket: 41 });
  return { ...facts, client: { ...facts.client, zeroWindows: 1, windowClosure: closure(seconds, openedBy) } };
}

testRule(zeroWindowStall, {
  fires: [
    {
      name: 'a server that does not read for three seconds',
      facts: upload(3),
      subject: '10.0.1.43:80',
      occurrences: 1,
      severity: 'warning',
      confidence: 'certain',
      verdicts: { 'server-does-not-read': 'supported', 'client-does-not-read': 'ruled-out' },
      packets: [5, 6],
    },
    {
      name: 'a server that is busy for half a second: a notice',
      facts: upload(0.5),
      subject: '10.0.1.43:80',
      occurrences: 1,
      severity: 'notice',
      confidence: 'certain',
    },
    {
      name: 'for three seconds, where nothing but the first packet says which side is the server: a notice',
      facts: { ...upload(3), clientBasis: 'first-packet' as const },
      subject: '10.0.1.43:80',
      occurrences: 1,
      severity: 'notice',
      confidence: 'certain',
    },
    {
      name: 'a client that never reads the rest',
      facts: download(20, null),
      subject: '10.0.1.43:80',
      occurrences: 1,
      severity: 'notice',
      confidence: 'certain',
      verdicts: { 'server-does-not-read': 'ruled-out', 'client-does-not-read': 'supported' },
    },
    {
      name: 'a proxy in front stands still with it, and is not told of',
      facts: [upload(3), passing(3, 0.001)],
      subject: '10.0.1.43:80',
      occurrences: 1,
      severity: 'warning',
      confidence: 'certain',
      verdicts: { 'server-does-not-read': 'supported' },
    },
    {
      name: 'a server in front that goes on half a second later has a stall of its own',
      facts: [upload(3), passing(3.5, 0)],
      findings: 2,
      titled: '10.0.0.49',
      subject: '10.0.0.49:80',
      occurrences: 1,
      confidence: 'certain',
    },
    {
      name: 'the sample: an application behind nginx, whose own window closes for it',
      capture: 'samples/zero-window-stall-nginx.pcapng',
      subject: '10.0.1.43:8080',
      occurrences: 1,
      severity: 'warning',
      confidence: 'certain',
      verdicts: { 'server-does-not-read': 'supported', 'client-does-not-read': 'ruled-out' },
    },
    {
      name: 'the sample: the same behind HAProxy',
      capture: 'samples/zero-window-stall-haproxy.pcapng',
      subject: '10.0.1.43:8080',
      occurrences: 1,
      severity: 'warning',
      confidence: 'certain',
      verdicts: { 'server-does-not-read': 'supported', 'client-does-not-read': 'ruled-out' },
    },
    {
      name: 'the sample: a client that looks away, captured at the server',
      capture: 'samples/zero-window-stall-download.pcapng',
      subject: '10.0.0.49:80',
      occurrences: 1,
      severity: 'notice',
      confidence: 'certain',
      verdicts: { 'server-does-not-read': 'ruled-out', 'client-does-not-read': 'supported' },
    },
    {
      name: 'the sample: the same captured at the client',
      capture: 'samples/zero-window-stall-download-client.pcapng',
      subject: '10.0.0.49:80',
      occurrences: 1,
      severity: 'notice',
      confidence: 'certain',
      verdicts: { 'server-does-not-read': 'ruled-out', 'client-does-not-read': 'supported' },
    },
  ],
  silent: [
    {
      name: 'the sample: an upload through nginx, the application looks away for a moment',
      lookAlike: 'short-pause',
      capture: 'samples/zero-window-stall-nginx-healthy.pcapng',
    },
    {
      name: 'the sample: the same through HAProxy',
      lookAlike: 'short-pause',
      capture: 'samples/zero-window-stall-haproxy-healthy.pcapng',
    },
    {
      name: 'the sample: a client looks away for a moment',
      lookAlike: 'short-pause',
      capture: 'samples/zero-window-stall-download-healthy.pcapng',
    },
    {
      name: 'a client with a limit of its own, which opens its window again and again',
      lookAlike: 'short-pause',
      facts: download(0.6),
    },
    { name: 'closed for 50 ms', lookAlike: 'short-pause', facts: upload(0.05) },
    { name: 'a healthy connection that closes', lookAlike: 'after-its-end', facts: healthy() },
    {
      name: 'the other side sends nothing',
      lookAlike: 'nothing-to-send',
      facts: { ...upload(3), client: { ...upload(3).client, payloadBytes: 0 } },
    },
    { name: 'a connection that goes on is told of once, at its end', facts: { ...upload(3), goesOn: true } },
  ],
  cannotTell: [],
});
