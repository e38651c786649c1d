import { describe, expect, it } from 'vitest';
import type { ClockFacts } from '../../src/facts/capture.js';
import { CAPTURE_STRIDE } from '../../src/facts/packet-reference.js';
import { JSON_OCCURRENCES, jsonReport, reportDocument } from '../../src/report/json.js';
import { reportSchema } from '../../src/report/schema.js';
import { failedAnalysis, input, occurrence, quietAnalysis, resetFinding } from './analyses.js';

const [front] = quietAnalysis().captures;

describe('the JSON report', () => {
  it('begins with the fields of the contract, in its order', () => {
    const document = reportDocument(input(failedAnalysis()));
    const contract = ['schemaVersion', 'tool', 'captures', 'summary', 'findings', 'servers'];
    expect(Object.keys(document).filter((key) => contract.includes(key))).toEqual(contract);
    expect(document.captures[0]).toMatchObject({
      file: 'front.pcapng',
      packets: 5120,
      start: '2024-06-10T13:50:58.480543000Z',
      durationSeconds: 61.25,
    });
    expect(document.summary).toEqual({
      connections: 212,
      exchanges: 1904,
      findings: { critical: 1, warning: 0, notice: 0 },
    });
    expect(Object.keys(document.findings[0] ?? {})).toEqual([
      'id',
      'rule',
      'severity',
      'confidence',
      'title',
      'summary',
      'subject',
      'occurrences',
      'firstSeen',
      'lastSeen',
      'facts',
      'evidence',
      'hypotheses',
      'remedies',
      'references',
    ]);
  });

  it('conforms to its schema, and the schema drops nothing of it', () => {
    const document: unknown = JSON.parse(jsonReport(input(failedAnalysis())));
    expect(reportSchema.parse(document)).toEqual(document);
  });

  it('is the same text for the same input', () => {
    expect(jsonReport(input(failedAnalysis()))).toBe(jsonReport(input(failedAnalysis())));
    expect(jsonReport(input(failedAnalysis())).endsWith('}\n')).toBe(true);
  });

  it('names stream, display filter, number and exact time of each packet', () => {
    const [first] = reportDocument(input(failedAnalysis())).findings[0]?.evidence ?? [];
    expect(first).toEqual({
      capture: 0,
      stream: 3,
      displayFilter: 'tcp.stream eq 3',
      packets: [
        { number: 6, time: '2024-06-10T13:51:04.480543000Z', note: 'GET /a?…, 312 bytes' },
        { number: 7, time: '2024-06-10T13:51:04.480688000Z', note: 'RST 145 µs after the request; no response byte' },
      ],
    });
  });

  it('tells how the clock of a capture differs, of those alone where it does', () => {
    const clock: ClockFacts = {
      ...{ reference: 0, first: 1, aheadSeconds: -2, aheadNanoseconds: 500_000_000, sinceSeconds: 1 },
      ...{ drift: 20e-6, by: 'packets', count: 9, withinNs: 1000 },
    };
    const document = reportDocument(input(quietAnalysis({ captures: [front, { ...front, clock }] })));
    expect(document.captures.map((capture) => capture.clock)).toEqual([
      undefined,
      { aheadSeconds: -1.5, driftPpm: 20, reference: 0, by: 'packets', count: 9, withinSeconds: 1e-6 },
    ]);
    expect(() => reportSchema.parse(document)).not.toThrow();
  });

  it('tells an occurrence that lies in two captures as one item for each', () => {
    const both = occurrence(3, 6);
    const [asked, reset] = both.packets;
    if (front === undefined || asked === undefined || reset === undefined) throw new Error('the story is incomplete');
    const split = { ...both, packets: [asked, { ...reset, packet: CAPTURE_STRIDE + 9 }] };
    const analysis = failedAnalysis({
      captures: [front, { ...front, file: 'back.pcapng' }],
      findings: [resetFinding({ evidence: [split] })],
    });
    const items = reportDocument(input(analysis)).findings[0]?.evidence ?? [];
    expect(items.map(({ capture, packets }) => [capture, packets.map((packet) => packet.number)])).toEqual([
      [0, [6]],
      [1, [9]],
    ]);
    expect(items.map((item) => item.displayFilter.slice(0, 8))).toEqual(['ip.addr ', 'ip.addr ']);
  });

  it('shows twenty occurrences, or as many as asked for', () => {
    const evidence = Array.from({ length: 30 }, (_, index) => occurrence(index, 1 + index));
    const analysis = failedAnalysis({ findings: [resetFinding({ evidence })] });
    expect(JSON_OCCURRENCES).toBe(20);
    expect(reportDocument(input(analysis)).findings[0]?.evidence).toHaveLength(JSON_OCCURRENCES);
    expect(reportDocument(input(analysis, { maxOccurrences: 2 })).findings[0]?.evidence).toHaveLength(2);
    expect(reportDocument(input(analysis, { maxOccurrences: 0 })).findings[0]?.evidence).toEqual([]);
  });

  it('lets no captured control or bidirectional character through, in any field', () => {
    const evil = '\x1b[2J\u202eevil\x00';
    const finding = resetFinding({
      title: evil,
      summary: evil,
      subject: { address: '10.0.1.43', port: 80, name: evil },
      facts: { ...resetFinding().facts, extra: [{ [evil]: evil }] },
      hypotheses: [{ cause: 'security-agent', verdict: 'supported', because: evil }],
      remedies: [{ component: 'host', text: evil, config: `one\n${evil}` }],
      evidence: [occurrence(1, 2, { packets: [{ packet: 2, atNs: 0, note: evil }] })],
    });
    const analysis = failedAnalysis({ findings: [finding] });
    const [server] = analysis.servers;
    if (server === undefined || front === undefined) throw new Error('the story is incomplete');
    const document = reportDocument(
      input(
        {
          ...analysis,
          captures: [{ ...front, file: evil, linkTypes: [evil], warnings: [evil] }],
          servers: [{ ...server, names: [evil] }],
          ruleFailures: [{ rule: 'rst-after-request', message: evil }],
        },
        { errors: [{ file: evil, code: 'damaged', offset: 1, reason: evil }] },
      ),
    );
    const texts: string[] = [];
    JSON.stringify(document, (key, value: unknown) => {
      texts.push(key);
      if (typeof value === 'string') texts.push(value);
      return value;
    });
    expect(texts.filter((text) => /[\p{Cc}\p{Cf}]/u.test(text.replaceAll('\n', '')))).toEqual([]);
    expect(document.findings[0]?.remedies[0]?.config).toBe('one\n\\x1b[2J\\u202eevil\\x00');
  });

  it('says that secrets are shown, that reading was stopped, and what could not be read', () => {
    const errors = [{ file: 'front.pcapng', code: 'damaged', offset: 81_920, reason: 'block length 7' }];
    const document = reportDocument(input(quietAnalysis({ interrupted: true }), { reveal: true, errors }));
    expect(document).toMatchObject({ reveal: true, interrupted: true, errors });
    expect(reportSchema.parse(document)).toEqual(document);
  });

  it('has null for the start of a capture without packets', () => {
    if (front === undefined) throw new Error('the story is incomplete');
    const captures = [{ ...front, packets: 0, startEpochNs: null, endEpochNs: null }];
    const document = reportDocument(input(quietAnalysis({ captures, originEpochNs: null })));
    expect(document.captures[0]).toMatchObject({ start: null, durationSeconds: 0 });
    expect(reportSchema.parse(document)).toEqual(document);
  });
});
