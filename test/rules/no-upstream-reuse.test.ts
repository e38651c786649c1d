import { describe, expect, it } from 'vitest';
import type { Connection } from '../../src/facts/connection.js';
import type { Field } from '../../src/facts/field.js';
import { portShareOf } from '../../src/rules/no-upstream-reuse/conclude.js';
import { noUpstreamReuse } from '../../src/rules/no-upstream-reuse.js';
import { answer, type ConnectionOptions, connection, finBy, get, handshake, rstBy, withResponses } from './facts.js';
import { findingsOf, testRule } from './test-rule.js';

const FORWARDED: Field = { name: 'x-forwarded-for', value: '203.0.113.9' };
const CLOSE: Field = { name: 'connection', value: 'close' };

function nth(at: number, every: number, options: ConnectionOptions = {}): ConnectionOptions {
  return { stream: at, clientPort: 10_000 + at, firstPacket: 1 + at * 10, beginsAt: at * every, ...options };
}

/** A connection for one request of a proxy; `fields` of the request, `said` of the answer. */
function single(
  at: number,
  every: number,
  fields: readonly Field[] = [FORWARDED, CLOSE],
  said: readonly Field[] = [],
  options: ConnectionOptions = {},
): Connection {
  const facts = connection(
    [...handshake(), get(1133, '/', { fields }), answer(3600), finBy('server', 3700), finBy('client', 3800)],
    nth(at, every, options),
  );
  return withResponses(facts, { fields: said });
}

/** A connection for one request of a proxy which `side` closes at `at` microseconds, and nobody has said so. */
function unsaid(at: number, side: 'client' | 'server', closesAt: number): Connection {
  return connection(
    [...handshake(), get(1133, '/', { fields: [FORWARDED] }), answer(3600), finBy(side, closesAt)],
    nth(at, 100_000),
  );
}

function many(count: number, make: (at: number) => Connection): Connection[] {
  return Array.from({ length: count }, (_, at) => make(at));
}

testRule(noUpstreamReuse, {
  fires: [
    ...(
      [
        ['nginx as it comes', 'nginx', '10.0.1.43:8084', 'proxy-says-close', 'server-says-close'],
        [
          'HAProxy that closes the side of the server',
          'haproxy',
          '10.0.1.43:8084',
          'proxy-says-close',
          'server-says-close',
        ],
        ['Apache without KeepAlive', 'server', '10.0.1.43:8083', 'server-says-close', 'proxy-says-close'],
      ] as const
    ).map(([name, file, subject, supported, ruledOut]) => ({
      ...{ name, capture: `samples/no-upstream-reuse-${file}.pcapng`, subject, occurrences: 55 },
      ...{ severity: 'notice' as const, confidence: 'certain' as const },
      verdicts: { [supported]: 'supported', [ruledOut]: 'ruled-out' } as const,
      marks: ['GET of the proxy', 'SYN of the proxy'],
    })),
    {
      name: 'sixty connections of a proxy that says close',
      facts: many(60, (at) => single(at, 100_000)),
      subject: '10.0.1.43:80',
      occurrences: 60,
      severity: 'notice',
      confidence: 'certain',
      verdicts: { 'proxy-says-close': 'supported', 'server-says-close': 'ruled-out' },
      packets: [1, 4, 6],
    },
    {
      name: 'the server says close',
      facts: many(60, (at) => single(at, 100_000, [FORWARDED], [CLOSE])),
      subject: '10.0.1.43:80',
      occurrences: 60,
      confidence: 'certain',
      verdicts: {
        'proxy-says-close': 'ruled-out',
        'server-says-close': 'supported',
        'server-closes-unsaid': 'ruled-out',
        'proxy-closes-unsaid': 'ruled-out',
      },
    },
    {
      name: 'the server closes behind its answer and says nothing (uWSGI’s http-socket)',
      facts: many(60, (at) => single(at, 100_000, [FORWARDED])),
      subject: '10.0.1.43:80',
      occurrences: 60,
      confidence: 'certain',
      verdicts: {
        'proxy-says-close': 'ruled-out',
        'server-says-close': 'ruled-out',
        'server-closes-unsaid': 'supported',
        'proxy-closes-unsaid': 'ruled-out',
      },
      packets: [1, 4, 6],
    },
    {
      name: 'the proxy closes behind the answer and says nothing',
      facts: many(60, (at) => unsaid(at, 'client', 3700)),
      subject: '10.0.1.43:80',
      occurrences: 60,
      confidence: 'certain',
      verdicts: { 'server-closes-unsaid': 'ruled-out', 'proxy-closes-unsaid': 'supported' },
    },
    {
      name: 'the server’s idle timer runs out',
      facts: many(60, (at) => unsaid(at, 'server', 5_003_600)),
      subject: '10.0.1.43:80',
      occurrences: 60,
      confidence: 'certain',
      verdicts: { 'server-closes-unsaid': 'ruled-out', 'proxy-closes-unsaid': 'ruled-out' },
    },
  ],
  silent: [
    { name: 'nginx with a pool', capture: 'samples/no-upstream-reuse-nginx-healthy.pcapng' },
    { name: 'HAProxy that keeps both sides', capture: 'samples/no-upstream-reuse-haproxy-healthy.pcapng' },
    { name: 'Apache with KeepAlive', capture: 'samples/no-upstream-reuse-server-healthy.pcapng' },
    {
      name: 'scripts that ask once each',
      lookAlike: 'many-clients',
      facts: many(60, (at) => single(at, 100_000, [CLOSE])),
    },
    {
      name: 'many addresses',
      lookAlike: 'many-clients',
      facts: many(60, (at) => single(at, 100_000, undefined, undefined, { client: `203.0.113.${at}` })),
    },
    {
      name: 'half of the connections carry two requests',
      lookAlike: 'reuse',
      facts: [
        ...many(60, (at) => single(at, 100_000)),
        ...many(60, (at) =>
          connection(
            [...handshake(), get(1133), answer(3600), get(9000), answer(9900), finBy('client', 20_000)],
            nth(100 + at, 100_000),
          ),
        ),
      ],
    },
    { name: 'forty-nine', lookAlike: 'few', facts: many(49, (at) => single(at, 100_000)) },
    {
      name: 'connections that are reset',
      lookAlike: 'not-answered',
      facts: many(60, (at) =>
        connection([...handshake(), get(1133, '/', { fields: [FORWARDED] }), rstBy('server', 1200)], nth(at, 100_000)),
      ),
    },
    {
      name: 'short connections of a client that is no proxy',
      lookAlike: 'many-clients',
      capture: 'samples/healthy-resumption.pcapng',
    },
  ],
  cannotTell: [
    { name: 'a connection that goes on', facts: many(60, (at) => ({ ...single(at, 100_000), goesOn: true })) },
  ],
});

describe('ports that wait for their end', () => {
  it('are those of the last minute, by client address', () => {
    expect(portShareOf(500, 600, 1)).toBeCloseTo(30_000 / 28_232);
    expect(portShareOf(500, 6, 1)).toBeCloseTo(3000 / 28_232);
    expect(portShareOf(500, 600, 2)).toBeCloseTo(15_000 / 28_232);
  });
});

describe('what is said of connections for one request', () => {
  it('is how many a second, or within what, where it was less than one', () => {
    const quick = findingsOf(
      noUpstreamReuse,
      many(60, (at) => single(at, 10_000)),
    );
    expect(quick[0]?.summary).toContain('carried one request each, all within 590 ms.');
    const slow = findingsOf(
      noUpstreamReuse,
      many(60, (at) => single(at, 100_000)),
    );
    expect(slow[0]?.summary).toMatch(/carried one request each, 10\.\d a second\./);
  });

  it('names a reset so', () => {
    const reset = (at: number) =>
      connection(
        [...handshake(), get(1133, '/', { fields: [FORWARDED, CLOSE] }), answer(3600), rstBy('client', 3700)],
        nth(at, 10_000),
      );
    const [finding] = findingsOf(noUpstreamReuse, many(60, reset));
    expect(finding?.evidence[0]?.packets.at(-1)?.note).toBe('the client resets it');
  });
});
