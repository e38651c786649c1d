import { describe, expect, it } from 'vitest';
import type { BeginningKind } from '../../src/facts/beginning.js';
import type { Connection, IdlePeriod } from '../../src/facts/connection.js';
import type { RawFinding } from '../../src/facts/finding.js';
import { gatewayCut } from '../../src/rules/gateway-cut.js';
import {
  abortBy,
  answer,
  type ConnectionOptions,
  connection,
  finBy,
  get,
  handshake,
  refused,
  rstBy,
  SECOND,
  type Step,
} from './facts.js';
import { findingsOf, testRule } from './test-rule.js';

/** Of a connection written here: the packet of its request, and of the data behind it. */
const REQUEST = 4;
const NEXT = 5;

const place = (at: number, beginsAt = at * 20_000): ConnectionOptions => ({
  stream: at,
  clientPort: 40_000 + at,
  firstPacket: 1 + at * 10,
  beginsAt,
});

/** The `at`-th connection, which begins with a request over `kind`. */
function over(
  kind: BeginningKind,
  at: number,
  steps: readonly Step[],
  options: ConnectionOptions = place(at),
): Connection {
  const facts = connection([...handshake(), ...steps], options);
  const packet = facts.firstPacket + REQUEST - 1;
  const client = { kind, packet, atNs: facts.client.firstPayloadNs ?? 0 };
  return { ...facts, protocol: 'unknown', beginnings: { client, server: null } };
}

const asks = (at = 1200, bytes = 528): Step => ({ at, is: 'data', from: 'client', bytes });
const says = (at = 1500, bytes = 768): Step => ({ at, is: 'data', from: 'server', bytes });

const served = (at: number, kind: BeginningKind = 'fastcgi') =>
  over(kind, at, [asks(), says(), finBy('server', 1600), finBy('client', 1650)]);
/** The child that has the request is killed, so many microseconds later. */
const killed = (at: number, after = 3000, options = place(at)) =>
  over('fastcgi', at, [asks(), abortBy('server', 1200 + after)], options);

/** A server that closes upon each request. */
const refuses = (at: number) => over('fastcgi', at, [asks(), finBy('server', 1260)]);

const idle = (facts: Connection, period: Partial<IdlePeriod>): Connection => ({
  ...facts,
  idlePeriods: [
    {
      startNs: facts.startNs + 1_500_000,
      durationNs: 2 * SECOND * 1000,
      after: 'server',
      endedBy: 'client-payload',
      packet: null,
      ...period,
    },
  ],
  idlePeriodCount: 1,
});

/** Served once, and asked again after two idle seconds, as the server gives the connection up. */
function raced(at: number, acknowledges: boolean): Connection {
  const beginsAt = at * 3 * SECOND;
  const again = 1500 + 2 * SECOND;
  const steps = [asks(), says(), asks(again, 154), finBy('server', again + 400, acknowledges ? 0 : 154)];
  const facts = over('ajp', at, steps, place(at, beginsAt));
  return idle(facts, { packet: facts.firstPacket + NEXT });
}

/** FastCGI's server answers before the body has come, and ends the connection at once; the body of a slow client goes on. */
function answeredSlowly(at: number): Connection {
  const again = 1500 + 0.8 * SECOND;
  const steps = [
    asks(),
    says(),
    finBy('server', 1510),
    asks(again, 4008),
    asks(again + 300, 8),
    finBy('client', again + 400),
  ];
  const facts = over('fastcgi', at, steps, place(at, at * 3 * SECOND));
  return idle(facts, { durationNs: 0.8 * SECOND * 1000, packet: facts.firstPacket + NEXT + 1 });
}

/** The same on a connection that is kept open, which the server ends only upon what goes on, or before. */
const keptOpen = (at: number, acknowledges: boolean): Connection => {
  const facts = raced(at, acknowledges);
  return {
    ...facts,
    beginnings: facts.beginnings && { ...facts.beginnings, client: { ...facts.beginnings.client, kind: 'fastcgi' } },
  };
};

/** The server has closed, and then the request comes. */
function racedByFin(at: number): Connection {
  const end = 1500 + 2 * SECOND;
  const steps = [asks(), says(), finBy('server', end), asks(end + 300, 154), rstBy('server', end + 350)];
  const facts = over('ajp', at, steps, place(at, at * 3 * SECOND));
  return idle(facts, { endedBy: 'server-fin', packet: facts.firstPacket + NEXT });
}

/** uWSGI has answered, and resets while the body still comes. */
const early = (at: number) =>
  over('uwsgi', at, [asks(), says(1500, 47), asks(1550, 1448), abortBy('server', 1600), asks(1620, 1448)]);

/** A client in front is told so, by a request that waits from before the connection `at` on. */
const told = (at: number, status: number, answeredAt: number, beginsAt = at * 20_000 - 900): Connection =>
  connection([...handshake(), get(1010), answer(answeredAt, status), finBy('server', answeredAt + 50)], {
    ...place(at + 40, beginsAt),
    client: '203.0.113.9',
    server: '10.0.0.49',
  });

const AT = { subject: '10.0.1.43:80' } as const;

testRule(gatewayCut, {
  fires: [
    {
      ...AT,
      name: 'children of PHP-FPM are killed with a request each, and nginx says 502',
      facts: [served(0), killed(1), told(1, 502, 5200), killed(2, 1600), told(2, 502, 3800)],
      occurrences: 2,
      severity: 'critical',
      confidence: 'certain',
      verdicts: {
        'worker-ended': 'supported',
        'never-served': 'ruled-out',
        'time-limit': 'ruled-out',
        'idle-race': 'ruled-out',
        'body-unread': 'ruled-out',
      },
      packets: [14, 15],
    },
    {
      name: 'the sample: the kernel kills children of PHP-FPM, and nginx says 502',
      capture: 'samples/gateway-cut-php-fpm.pcapng',
      subject: '10.0.1.43:9000',
      occurrences: 2,
      severity: 'critical',
      confidence: 'certain',
      verdicts: { 'worker-ended': 'supported' },
      marks: ['RST of PHP-FPM', '502 from the front'],
    },
    {
      ...AT,
      name: 'the same behind a web server that was not captured',
      facts: [served(0), killed(1)],
      occurrences: 1,
      severity: 'warning',
      confidence: 'certain',
      verdicts: { 'worker-ended': 'supported' },
    },
    {
      ...AT,
      name: 'the process ends with all that it has, and is gone',
      facts: [
        over('ajp', 0, [asks(), finBy('server', 900_000)]),
        over('ajp', 1, [asks(), finBy('server', 880_000)]),
        over('ajp', 2, [asks(), finBy('server', 860_000)]),
        refused({ ...place(3, SECOND) }),
      ],
      occurrences: 3,
      confidence: 'certain',
      verdicts: { 'worker-ended': 'supported', 'never-served': 'open', 'time-limit': 'ruled-out' },
    },
    {
      ...AT,
      name: 'the same, and nothing is seen of it later',
      facts: [900_000, 880_000, 860_000].map((after, at) => over('ajp', at, [asks(), finBy('server', after)])),
      occurrences: 3,
      confidence: 'certain',
      verdicts: { 'worker-ended': 'supported' },
    },
    {
      ...AT,
      name: 'requests are killed after the same time',
      facts: [0, 1, 2].map((at) => killed(at, 30 * SECOND + at * 9000, place(at, at * 7 * SECOND))),
      occurrences: 3,
      confidence: 'certain',
      verdicts: { 'time-limit': 'supported', 'worker-ended': 'ruled-out', 'never-served': 'open' },
    },
    {
      ...AT,
      name: 'a request is killed after some seconds',
      facts: [served(0), killed(1, 3 * SECOND)],
      occurrences: 1,
      confidence: 'certain',
      verdicts: { 'time-limit': 'open', 'worker-ended': 'open' },
    },
    {
      ...AT,
      name: 'Tomcat gives idle connections up just as they are used, and Apache answers a POST with 500',
      facts: [
        raced(0, false),
        told(0, 500, 2 * SECOND + 2900, 300),
        raced(1, false),
        told(1, 500, 2 * SECOND + 2900, 3 * SECOND + 300),
      ],
      occurrences: 2,
      severity: 'critical',
      confidence: 'certain',
      verdicts: { 'idle-race': 'supported', 'worker-ended': 'ruled-out', 'time-limit': 'ruled-out' },
      packets: [6, 7],
    },
    {
      ...AT,
      name: 'the same, with the FIN seen before the request',
      facts: racedByFin(0),
      occurrences: 1,
      confidence: 'certain',
      verdicts: { 'idle-race': 'supported' },
    },
    {
      ...AT,
      name: 'a request on an idle connection is acknowledged by its end',
      facts: raced(0, true),
      occurrences: 1,
      confidence: 'certain',
      verdicts: { 'idle-race': 'open', 'never-served': 'ruled-out' },
    },
    {
      ...AT,
      name: 'uWSGI resets what it has not read of a body, and nginx says 502',
      facts: [served(0, 'uwsgi'), early(1), told(1, 502, 2600)],
      occurrences: 1,
      severity: 'critical',
      confidence: 'likely',
      verdicts: { 'body-unread': 'supported', 'worker-ended': 'open' },
    },
    {
      ...AT,
      name: 'a second request on a busy connection is cut, and the web server says 502',
      facts: [over('ajp', 1, [asks(), says(), asks(2000), finBy('server', 9000)]), told(1, 502, 10_500)],
      occurrences: 1,
      severity: 'critical',
      confidence: 'likely',
    },
    {
      ...AT,
      name: 'PHP-FPM gives an idle connection up just as it is used, and the web server says 502',
      facts: [keptOpen(0, false), told(0, 502, 2 * SECOND + 2900, 300)],
      occurrences: 1,
      severity: 'critical',
      confidence: 'likely',
      verdicts: { 'idle-race': 'supported' },
    },
    {
      ...AT,
      name: 'nobody is let in',
      facts: [refuses(0), refuses(1)],
      occurrences: 2,
      confidence: 'certain',
      verdicts: { 'never-served': 'supported', 'worker-ended': 'open' },
    },
    {
      ...AT,
      name: 'what listens there speaks HTTP with others',
      facts: [refuses(0), connection([...handshake(), get(1133), answer(1500), finBy('client', 1600)], place(1))],
      occurrences: 1,
      confidence: 'certain',
      verdicts: { 'never-served': 'supported' },
    },
  ],
  silent: [
    { name: 'the sample’s twin', capture: 'samples/gateway-cut-php-fpm-healthy.pcapng' },
    {
      name: 'each request is answered',
      lookAlike: 'answered',
      facts: [served(0), served(1, 'uwsgi'), served(2, 'ajp')],
    },
    {
      name: 'the web server gives up first',
      lookAlike: 'web-server-left',
      facts: over('fastcgi', 0, [asks(), finBy('client', 2 * SECOND), finBy('server', 2 * SECOND + 90)]),
    },
    {
      name: 'a reset of another system',
      lookAlike: 'foreign-reset',
      facts: over('fastcgi', 0, [asks(), abortBy('server', 4000, { hand: { ttl: 243 } })], {
        ...place(0),
        ttl: { client: 64, server: 64 },
      }),
    },
    {
      name: 'a body goes on behind an answer that the web server has taken',
      lookAlike: 'answered-early',
      facts: [early(0), told(0, 403, 2600, 0)],
    },
    {
      name: 'the rest of a slow body comes behind the end of an answered request',
      lookAlike: 'answered-early',
      facts: [answeredSlowly(0), answeredSlowly(1)],
    },
    {
      name: 'the rest of a slow body meets the end of an answered request, and nobody in front was told of a failure',
      lookAlike: 'answered-early',
      facts: [keptOpen(0, true), told(0, 413, 2 * SECOND + 2900, 300), keptOpen(1, false)],
    },
    {
      name: 'bytes of the server are missing before the end',
      lookAlike: 'lost-answer',
      facts: over('fastcgi', 0, [asks(), abortBy('server', 4000)], { ...place(0), serverFacts: { lostBytes: 768 } }),
    },
    {
      name: 'the connection had begun before',
      lookAlike: 'begun-before',
      facts: over('fastcgi', 0, [asks(), abortBy('server', 4000)], { ...place(0), guards: { midStream: true } }),
    },
    { name: 'an idle connection ends', facts: idle(over('ajp', 0, [asks(), says(), finBy('server', 2 * SECOND)]), {}) },
    { name: 'no such protocol', facts: over('other', 0, [asks(), abortBy('server', 4000)]) },
    {
      name: 'a second request is cut, and nobody in front was told of it',
      facts: [over('ajp', 1, [asks(), says(), asks(2000), finBy('server', 9000)])],
    },
  ],
  cannotTell: [],
});

/** The one finding on these connections. */
function only(facts: readonly Connection[]): RawFinding {
  const [finding, ...others] = findingsOf(gatewayCut, facts);
  if (finding === undefined || others.length > 0) expect.fail('not one finding');
  return finding;
}

describe('what is said of requests that were cut', () => {
  it('names the protocol, the times, what the client in front was told, and how others fare', () => {
    const { title, summary, facts, remedies } = only([
      served(0),
      killed(1),
      told(1, 502, 5200),
      killed(2, 1600),
      told(2, 502, 3800),
    ]);
    expect(title).toBe('10.0.1.43:80 ends connections in place of answers over FastCGI');
    expect(summary).toContain(
      '2 requests over FastCGI were met by RST of the application server 1.6 ms – 3.0 ms after',
    );
    expect(summary).toContain('10.0.0.49:80 told its clients 502 for it, twice');
    expect(summary).toContain('It said something on 1 of 3 connections.');
    expect(facts).toMatchObject({ protocol: 'fastcgi', read: 2, crossed: 0, early: 0, byReset: 2, toldInFront: 2 });
    expect(remedies.map(({ component }) => component)).toContain('php-fpm');
  });

  it('has a remedy for each protocol and way', () => {
    const components = (facts: readonly Connection[]) => only(facts).remedies.map(({ component }) => component);
    expect(components([raced(0, false)])).toEqual(['tomcat', 'apache']);
    expect(components([early(1), told(1, 502, 2600)])).toEqual(['uwsgi']);
    expect(components([refuses(0), refuses(1)])[0]).toBe('php-fpm');
  });
});
