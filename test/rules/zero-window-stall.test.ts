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
      name: 'a client that never reads the rest',
      facts: download(20, null),
      subject: '10.0.1.43:80',
      occurrences: 1,
      severity: 'notice',
      confidence: 'certain',
      verdicts: { 'server-does-not-read': 'ruled-out', 'client-does-not-read': 'supported' },
    },
  ],
  silent: [
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
