import type { Connection, RepeatedSegment } from '../../src/facts/connection.js';
import { idleDrop } from '../../src/rules/idle-drop.js';
import {
  answer,
  type ConnectionOptions,
  connection,
  finBy,
  get,
  handshake,
  healthy,
  nthEvery,
  rstBy,
  SECOND,
  type Step,
} from './facts.js';
import { withIdlePeriods } from './idle-facts.js';
import { testRule } from './test-rule.js';

const nth = nthEvery(3000 * SECOND, { ttl: { client: 64, server: 60 } });

/** A request, an answer, a pause, and a request that meets what `end` says. */
function resumed(at: number, pause: number, end: readonly Step[], options: ConnectionOptions = {}): Connection {
  return withIdlePeriods(
    connection(
      [...handshake(), get(1133), answer(3600), get(3600 + pause * SECOND, '/again'), ...end],
      nth(at, options),
    ),
  );
}

/** Nobody acknowledges it, however often it is sent. */
function silence(at: number, pause: number, repeated: Partial<RepeatedSegment> = {}): Connection {
  const facts = resumed(at, pause, []);
  const firstNs = facts.endNs + 200_000_000;
  return {
    ...facts,
    client: {
      ...facts.client,
      retransmissions: 5,
      repeated: {
        sequence: 101,
        length: 100,
        longest: 100,
        times: 5,
        firstPacket: facts.lastPacket + 1,
        firstNs,
        lastPacket: facts.lastPacket + 1,
        lastNs: firstNs + 6e9,
        acknowledged: false,
        ...repeated,
      },
    },
  };
}

function foreign(at: number, pause: number, ttl = 253): Connection {
  return resumed(at, pause, [rstBy('server', 3700 + pause * SECOND, { hand: { ttl } })]);
}

testRule(idleDrop, {
  fires: [
    {
      name: 'a foreign RST after 400 s',
      facts: foreign(0, 400),
      subject: '10.0.1.43:80',
      occurrences: 1,
      severity: 'critical',
      confidence: 'likely',
      verdicts: { 'timer-on-the-way': 'supported', 'peer-gone': 'ruled-out' },
      packets: [6, 7],
    },
    {
      name: 'silence after 300 s, and the server accepts another connection',
      facts: [silence(0, 300), healthy(nth(1))],
      subject: '10.0.1.43:80',
      occurrences: 1,
      confidence: 'likely',
      verdicts: { 'timer-on-the-way': 'supported', 'peer-gone': 'ruled-out' },
    },
    {
      name: 'silence, and nothing of the server since',
      facts: silence(0, 300),
      subject: '10.0.1.43:80',
      occurrences: 1,
      severity: 'notice',
      confidence: 'possible',
      verdicts: { 'timer-on-the-way': 'open', 'peer-gone': 'supported' },
    },
    {
      name: 'a longer pause was survived',
      facts: [silence(0, 60), resumed(1, 500, [answer(4000 + 500 * SECOND)])],
      subject: '10.0.1.43:80',
      occurrences: 1,
      confidence: 'likely',
      verdicts: { 'timer-on-the-way': 'ruled-out' },
    },
    {
      name: 'the sample: a firewall forgets nginx’s pooled connections, and drops what comes',
      capture: 'samples/idle-drop-nginx.pcapng',
      subject: '10.0.2.43:8080',
      occurrences: 3,
      severity: 'critical',
      confidence: 'likely',
      verdicts: { 'timer-on-the-way': 'supported', 'peer-gone': 'ruled-out' },
      marks: ['request to the application, sent again', '504 from nginx'],
    },
    {
      name: 'the sample: it resets HAProxy’s in the application’s name',
      capture: 'samples/idle-drop-haproxy.pcapng',
      subject: '10.0.2.43:8080',
      occurrences: 3,
      severity: 'critical',
      confidence: 'likely',
      verdicts: { 'timer-on-the-way': 'supported', 'peer-gone': 'ruled-out' },
      marks: ['RST in the name of the application, with a TTL of 255'],
    },
  ],
  silent: [
    {
      name: 'the sample: keep-alives pass the firewall, and it remembers',
      lookAlike: 'kept-alive',
      capture: 'samples/idle-drop-nginx-healthy.pcapng',
    },
    {
      name: 'the sample: a firewall that remembers, and the same pause',
      lookAlike: 'kept-alive',
      capture: 'samples/idle-drop-haproxy-healthy.pcapng',
    },
    {
      name: 'the server had sent FIN',
      lookAlike: 'keepalive-race',
      facts: withIdlePeriods(
        connection(
          [
            ...handshake(),
            get(1133),
            answer(3600),
            finBy('server', 60 * SECOND),
            get(61 * SECOND),
            rstBy('server', 61.001 * SECOND, { hand: { ttl: 253 } }),
          ],
          nth(0),
        ),
      ),
    },
    { name: 'the RST is the server’s own', lookAlike: 'peer-restarted', facts: foreign(0, 400, 60) },
    { name: 'it was acknowledged at last', lookAlike: 'lost-segment', facts: silence(0, 300, { acknowledged: true }) },
    { name: 'a pause of 20 s', lookAlike: 'short-pause', facts: foreign(0, 20) },
    { name: 'the capture ends with the request', lookAlike: 'capture-ended', facts: resumed(0, 400, []) },
  ],
  cannotTell: [
    {
      name: 'the server’s TTL varies',
      facts: { ...foreign(0, 400), server: { ...foreign(0, 400).server, ttlVaries: true } },
    },
  ],
});
