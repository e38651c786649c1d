import { describe, expect, it } from 'vitest';
import type { Connection } from '../../../src/facts/connection.js';
import type { RawFinding } from '../../../src/facts/finding.js';
import { rstAfterRequest } from '../../../src/rules/rst-after-request.js';
import { RuleRun } from '../../../src/rules/rule-run.js';
import { abortBy, answer, connection, finBy, get, handshake, healthy, nthEvery, rstBy } from '../facts.js';
import { CONCLUSION, findingsOf } from '../test-rule.js';
import { aborted, answered, FOO, h2, nth, only, rejected, SECOND, seed, TLS_HANDSHAKE, tls } from './connections.js';

describe('who and when', () => {
  const finding = only(
    findingsOf(rstAfterRequest, [
      ...Array.from({ length: 4 }, (_, at) => rejected(at, 1_000_000 + at * 30_000, { client: `10.0.0.${at}` })),
      ...answered(20, 0, {}, '/search', FOO),
      ...answered(30, 1_015_000, {}, '/search', FOO),
      connection([...handshake(), get(1133), rstBy('client', 900_000)], nth(50, 3_000_000)),
    ]),
  );

  it('is told by rates, over the run and while it lasted', () => {
    expect(finding.summary).toContain('In 4 of 25 connections to 10.0.1.43:80 (4 of 24 requests)');
    expect(finding.summary).toMatch(/From [\d.]+ m?s to [\d.]+ s into the capture, 4 of 8 requests met it\./);
    const { byTime } = finding.facts;
    expect(byTime.reduce((sum, { failed }) => sum + failed, 0)).toBe(4);
    expect(byTime.reduce((sum, one) => sum + one.answered, 0)).toBe(20);
  });

  it('is said to be none at other times where chance would not do as much', () => {
    const { summary } = only(
      findingsOf(rstAfterRequest, [
        ...Array.from({ length: 7 }, (_, at) => rejected(at, 1_000_000 + at * 5000, { client: `10.0.0.${at}` })),
        ...answered(60, 0, {}, '/search', FOO),
        ...answered(130, 1_015_000, {}, '/search', FOO),
        connection([...handshake(), get(1133), rstBy('client', 900_000)], nth(150, 3_000_000)),
      ]),
    );
    expect(summary).toMatch(/into the capture, 7 of \d+ requests met it, (?:before that|at other times) none\./);
  });

  it('lists clients and paths with how they fared', () => {
    expect(finding.facts.affectedClients).toBe(4);
    expect(finding.facts.affected).toContainEqual({
      attribute: 'client-address',
      value: '10.0.0.1',
      failed: 1,
      answered: 20,
    });
    expect(finding.facts.affected).toContainEqual({ attribute: 'path', value: '/search', failed: 4, answered: 20 });
  });

  it('leaves out the client that gave up by itself, and says so', () => {
    expect(finding.facts.abandonedByClients).toBe(1);
    expect(finding.summary).toContain('Not counted: 1 connection that its client reset while waiting.');
  });
});

describe('a reset in TLS that no key opens', () => {
  const steps = [...TLS_HANDSHAKE, { at: 4000, is: 'data', from: 'client', bytes: 601 } as const];
  const reset = tls([...steps, abortBy('server', 5000)], 600);
  /** The proxy in front answers its client at `at`. */
  const front = (at: number, status: number, stream = 7): Connection =>
    connection([...handshake(), get(1133), answer(at, status), finBy('server', at + 50)], {
      ...{ stream, firstPacket: 1 + stream * 100, clientPort: 50_000 + stream },
      ...{ client: '203.0.113.5', server: '10.0.0.49' },
    });
  const of = (...fronts: Connection[]): RawFinding => only(findingsOf(rstAfterRequest, [reset, ...fronts]));

  it('is what the proxy in front says 502 for, as soon as it has come', () => {
    const { summary, evidence } = of(front(5600, 502));
    expect(summary).toContain('10.0.0.49:80 told its clients 502 for it, once');
    expect(evidence[0]?.packets.at(-1)?.note).toBe('502 for a client in front');
  });

  it('is not, where that comes later, says something else, or is said to more clients than were reset', () => {
    for (const fronts of [[front(95_000, 502)], [front(5600, 504)], [front(5600, 502), front(5700, 502, 8)]])
      expect(of(...fronts).summary).not.toContain('told its clients');
  });
});

describe('several streams of one HTTP/2 connection', () => {
  it('are one occurrence, each with its packet', () => {
    const steps = [...handshake(), get(1133, '/a'), get(1140, '/b?key=secret'), abortBy('server', 3000)];
    const { facts, summary, evidence } = only(findingsOf(rstAfterRequest, [h2(steps)]));
    expect(facts).toMatchObject({ lostRequests: 2, affectedConnections: 1, outstanding: 'request' });
    expect(summary).toContain('was reset with 2 requests open, 1.9 ms after the first of its requests');
    expect(evidence[0]?.packets.map(({ packet, note }) => `#${packet} ${note}`)).toContain('#5 GET /b?…, open too');
  });
});

describe('a request that another server answers', () => {
  it('was retried elsewhere: that proves nothing of what this server dislikes', () => {
    const elsewhere = healthy({ ...nth(1, 200_000), server: '10.0.1.44' }, '/slow', FOO);
    const { facts, summary, hypotheses } = only(findingsOf(rstAfterRequest, [aborted(0, 0), elsewhere]));
    expect(facts).toMatchObject({ retriedAndAnswered: 1, retriedElsewhere: 1 });
    expect(summary).toContain('sent again and answered by another server (first in #14).');
    expect(hypotheses.find(({ cause }) => cause === 'protocol-violation')?.verdict).toBe('open');
  });
});

describe('many incidents', () => {
  it('are one finding with a count and the earliest few as examples', () => {
    const many = Array.from({ length: 300 }, (_, at) => seed(nth(at)));
    const finding = only(findingsOf(rstAfterRequest, many));
    expect(finding.occurrences).toBe(300);
    expect(finding.evidence).toHaveLength(20);
    expect(finding.evidence.map(({ stream }) => stream)).toEqual(Array.from({ length: 20 }, (_, at) => at));
  });

  it('at two servers are two findings', () => {
    const findings = findingsOf(rstAfterRequest, [seed(nth(0)), seed({ ...nth(1), server: '10.0.1.44' })]);
    expect(findings.map(({ subject }) => subject.address)).toEqual(['10.0.1.43', '10.0.1.44']);
  });
});

describe('a request that failed close to the end of the capture', () => {
  it('is not said to have been left without a retry, and is critical all the same', () => {
    const finding = only(findingsOf(rstAfterRequest, [seed()]));
    expect(finding.facts).toMatchObject({ retriesJudged: 0, notRetried: 0 });
    expect(finding.severity).toBe('critical');
  });

  it('was not retried when the capture goes on for five seconds without a retry', () => {
    const finding = only(findingsOf(rstAfterRequest, [seed(), healthy(nth(1, 5 * SECOND), '/other')]));
    expect(finding.facts).toMatchObject({ retriesJudged: 1, notRetried: 1 });
  });

  it('is judged by the end of the whole run, whichever part saw it', () => {
    const [one, other] = [new RuleRun([rstAfterRequest]), new RuleRun([rstAfterRequest])];
    one.inspect([seed()]);
    other.inspect([healthy(nth(1, 5 * SECOND), '/other')]);
    one.merge(other.seen);
    expect(only(one.conclude(CONCLUSION).findings).facts.notRetried).toBe(1);
  });
});

describe('a server that closes behind its first answer and does not say so', () => {
  const once = (at: number) => healthy({ ...nthEvery(10_000)(at) });
  const again = (at: number) =>
    connection([...handshake(), get(1133), answer(2000), get(2100), abortBy('server', 2200)], nthEvery(10_000)(at));
  const said = (...facts: readonly Connection[]) => findingsOf(rstAfterRequest, facts)[0];

  it('is told where later requests alone meet the reset, with what to change there', () => {
    const finding = said(
      ...Array.from({ length: 12 }, (_, at) => once(at)),
      ...Array.from({ length: 6 }, (_, at) => again(12 + at)),
    );
    expect(finding?.hypotheses.find(({ cause }) => cause === 'app-abort')?.because).toContain(
      'no later request of a connection is known to have been answered',
    );
    expect(finding?.remedies[0]).toMatchObject({
      component: 'server',
      config: expect.stringContaining('http11-socket'),
    });
  });

  it('is not where later requests of others are answered', () => {
    const kept = (at: number) =>
      connection(
        [...handshake(), get(1133), answer(2000), get(2100), answer(2300), finBy('client', 2400)],
        nthEvery(10_000)(at),
      );
    const finding = said(
      ...Array.from({ length: 12 }, (_, at) => kept(at)),
      ...Array.from({ length: 6 }, (_, at) => again(12 + at)),
    );
    expect(finding?.remedies[0]).toMatchObject({ component: 'application' });
  });
});
