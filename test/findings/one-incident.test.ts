import { describe, expect, it } from 'vitest';
import type { RawFinding } from '../../src/facts/finding.js';
import { inIncidents } from '../../src/findings/one-incident.js';
import { findingsOf } from '../../src/findings/rank.js';
import { hypothesis, rawFinding } from './raw-findings.js';

const SECOND = 1_000_000_000;

function told(rule: string, cause: string | null, more: Partial<RawFinding> = {}): RawFinding {
  return rawFinding({
    rule,
    title: rule,
    firstSeenNs: 10 * SECOND,
    lastSeenNs: 10 * SECOND,
    hypotheses: cause === null ? [] : [hypothesis(cause, 'supported', 'RST #7')],
    ...more,
  });
}

const drained = told('deploy-drain', 'restarted');
const reset = told('rst-after-request', 'process-dead');
const empty = told('empty-response', 'process-ended');
const refused = told('connect-refused', 'not-listening', {
  severity: 'warning',
  firstSeenNs: 12 * SECOND,
  lastSeenNs: 90 * SECOND,
});

/** `rule <- rule it follows from`, in order. */
function tied(findings: readonly RawFinding[]): string[] {
  return inIncidents(findings).map(({ finding, leader }) =>
    leader === null ? finding.rule : `${finding.rule} <- ${leader.rule}`,
  );
}

describe('findings of a process that ends', () => {
  it('are one incident: who tells that the server was stopped leads', () => {
    expect(tied([reset, empty, drained, refused])).toEqual([
      'deploy-drain',
      'rst-after-request <- deploy-drain',
      'empty-response <- deploy-drain',
      'connect-refused <- deploy-drain',
    ]);
  });

  it('are led by the resets where nothing tells of a stop', () => {
    expect(tied([refused, empty, reset].toReversed())).toEqual([
      'rst-after-request',
      'empty-response <- rst-after-request',
      'connect-refused <- rst-after-request',
    ]);
  });

  it('stand where the first of them stood, before what is said after that', () => {
    const other = told('slow-response', null, { severity: 'warning' });
    expect(tied([reset, other, drained, refused])).toEqual([
      'deploy-drain',
      'rst-after-request <- deploy-drain',
      'connect-refused <- deploy-drain',
      'slow-response',
    ]);
  });

  it('include what leaves the end open and knows no other cause', () => {
    const open = told('connect-refused', null, { hypotheses: [hypothesis('restarting', 'open', '')] });
    expect(tied([drained, open])).toEqual(['deploy-drain', 'connect-refused <- deploy-drain']);
  });

  it('say of each other by number which follows from which, and lose nothing', () => {
    const findings = findingsOf([refused, reset, drained]);
    expect(findings.map(({ id, rule, consequenceOf }) => [id, rule, consequenceOf])).toEqual([
      ['F1', 'deploy-drain', undefined],
      ['F2', 'rst-after-request', 'F1'],
      ['F3', 'connect-refused', 'F1'],
    ]);
    expect(findings[0]?.summary).toContain('F2 (rst-after-request) and F3 (connect-refused) follow from this.');
    expect(findings[1]?.summary).toContain('This follows from F1 (deploy-drain).');
    for (const [at, raw] of [drained, reset, refused].entries())
      expect(findings[at]).toMatchObject({ evidence: raw.evidence, remedies: raw.remedies, severity: raw.severity });
  });
});

describe('findings stand for themselves', () => {
  const OTHER = { address: '10.0.1.43', port: 81, name: null };

  it.each<[string, RawFinding]>([
    ['of another server', { ...reset, subject: OTHER }],
    ['of another cause', told('rst-after-request', 'security-agent')],
    [
      'that rule the end out',
      told('empty-response', null, { hypotheses: [hypothesis('process-ended', 'ruled-out', '')] }),
    ],
    ['that began before', { ...refused, firstSeenNs: 5 * SECOND }],
    ['that began long after', { ...refused, firstSeenNs: 16 * SECOND }],
    ['that go on behind it, as resets do not', { ...reset, lastSeenNs: 60 * SECOND }],
    ['of rules that know of no end', told('slow-response', 'works-long')],
  ])('%s', (_, other) => {
    expect(tied([drained, other])).toEqual(['deploy-drain', other.rule]);
  });

  it('that are worse than what would lead', () => {
    expect(tied([refused, { ...reset, severity: 'notice' }])).toEqual(['connect-refused', 'rst-after-request']);
  });
});

describe('clients that are sent to an address which they cannot reach', () => {
  const ends = { client: { address: '10.0.0.21', port: 40_000 }, server: { address: '10.0.1.43', port: 8080 } };
  const trying = (stream: number, ...packets: number[]) => ({
    stream,
    ...ends,
    packets: packets.map((packet) => ({ packet, atNs: packet, note: '' })),
  });
  const leak = told('proxy-header-leak', null, { evidence: [trying(5, 111, 122, 123), trying(8, 134, 140, 142)] });
  const unmet = (evidence: RawFinding['evidence'], more: Partial<RawFinding> = {}) =>
    told('connect-timeout', 'dropped', { severity: 'warning', evidence, occurrences: evidence.length, ...more });

  it('are one incident with what sends them there', () => {
    expect(tied([leak, unmet([trying(7, 123, 144), trying(9, 142, 145)])])).toEqual([
      'proxy-header-leak',
      'connect-timeout <- proxy-header-leak',
    ]);
  });

  it('are none where one went there by itself, or not all are known', () => {
    const alone = ['proxy-header-leak', 'connect-timeout'];
    expect(tied([leak, unmet([trying(7, 123, 144), trying(11, 200, 201)])])).toEqual(alone);
    expect(tied([leak, unmet([trying(7, 123, 144)], { occurrences: 2 })])).toEqual(alone);
  });

  it('are none where what met them is worse', () => {
    const worse = unmet([trying(7, 123, 144)], { severity: 'critical' });
    const mild = { ...leak, severity: 'warning' as const };
    expect(tied([worse, mild])).toEqual(['connect-timeout', 'proxy-header-leak']);
  });
});

describe('a proxy that closes on its clients because an answer behind was cut', () => {
  const OTHER = { address: '10.0.0.49', port: 80, name: null };
  const ends = { client: { address: '10.0.0.21', port: 40_000 }, server: { address: '10.0.1.43', port: 8080 } };
  const citing = (stream: number, ...packets: number[]) => ({
    stream,
    ...ends,
    packets: packets.map((packet) => ({ packet, atNs: packet, note: '' })),
  });
  const cut = told('truncated-response', null, { evidence: [citing(1, 23, 26, 28)], occurrences: 1 });
  const closed = told('empty-response', null, { subject: OTHER, evidence: [citing(2, 21, 28)], occurrences: 1 });

  it('is one incident with it', () => {
    expect(tied([closed, cut])).toEqual(['truncated-response', 'empty-response <- truncated-response']);
  });

  it('follows from what that follows from', () => {
    const ended = told('truncated-response', 'sender-ended', { evidence: cut.evidence });
    expect(tied([closed, drained, ended])).toEqual([
      'deploy-drain',
      'empty-response <- deploy-drain',
      'truncated-response <- deploy-drain',
    ]);
  });

  it('is none where it closed on others as well', () => {
    const more = { ...closed, evidence: [...closed.evidence, citing(3, 70)], occurrences: 2 };
    expect(tied([more, cut])).toEqual(['empty-response', 'truncated-response']);
  });

  it('cuts the answers under way with a GOAWAY', () => {
    const goaway = told('h2-goaway-race', 'short-grace', { evidence: [citing(1, 20, 25, 28)], occurrences: 1 });
    expect(tied([cut, goaway])).toEqual(['h2-goaway-race', 'truncated-response <- h2-goaway-race']);
    const elsewhere = told('h2-goaway-race', 'short-grace', { evidence: [citing(1, 40, 41)], occurrences: 1 });
    expect(tied([cut, elsewhere])).toEqual(['truncated-response', 'h2-goaway-race']);
  });
});

describe('a gateway that asks a server no more', () => {
  const unasked = (failedServer: string | null, more: Partial<RawFinding> = {}) =>
    told('gateway-unasked', 'no-server-alive', {
      subject: { ...refused.subject, address: '10.0.0.49', port: 80 },
      facts: { failedServer },
      firstSeenNs: 20 * SECOND,
      lastSeenNs: 80 * SECOND,
      ...more,
    });
  const refuses = { ...refused, severity: 'critical' as const };
  const server = `${refused.subject.address}:${refused.subject.port}`;

  it('is one incident with what that server did to it', () => {
    expect(tied([refuses, unasked(server)])).toEqual(['connect-refused', 'gateway-unasked <- connect-refused']);
    expect(tied([drained, refuses, unasked(server)])).toEqual([
      'deploy-drain',
      'connect-refused <- deploy-drain',
      'gateway-unasked <- deploy-drain',
    ]);
  });

  it.each([
    ['it names another server', unasked('10.0.9.9:80')],
    ['it names none', unasked(null)],
    ['it began before', unasked(server, { firstSeenNs: 11 * SECOND })],
    ['it began long after', unasked(server, { firstSeenNs: 99 * SECOND })],
  ])('is none where %s', (_, finding) => {
    expect(tied([refuses, finding])).toEqual(['connect-refused', 'gateway-unasked']);
  });

  it('is none where it is worse', () => {
    expect(tied([unasked(server), refused])).toEqual(['gateway-unasked', 'connect-refused']);
  });
});
