import { describe, expect, it } from 'vitest';
import type { CaptureFacts } from '../../../src/facts/capture.js';
import { confidenceOf, evidenceOf, subjectOf, subjectText } from '../../../src/rules/argument/finding.js';
import { requestText } from '../../../src/rules/argument/request-text.js';

const CAPTURE: CaptureFacts = {
  file: 'a.pcap',
  format: 'pcap',
  compressed: false,
  linkTypes: ['ETHERNET'],
  packets: 1,
  bytes: 1,
  startEpochNs: null,
  endEpochNs: null,
  droppedPackets: null,
  snappedPackets: 0,
  clock: null,
  timedBy: null,
  warnings: [],
};
const endpoint = { address: '10.0.1.43', port: 80 };

describe('a finding', () => {
  it('names its subject as clients do', () => {
    expect(subjectText(subjectOf(endpoint, { names: { namesOf: () => ['a.example', 'b.example'] } }))).toBe(
      '10.0.1.43:80 (a.example)',
    );
    expect(subjectText(subjectOf(endpoint, { names: { namesOf: () => [] } }))).toBe('10.0.1.43:80');
  });

  it('is less sure by each guard and by dropped packets, more by many occurrences', () => {
    const clean = { captures: [CAPTURE] };
    const drops = { captures: [{ ...CAPTURE, droppedPackets: 3 }] };
    expect(confidenceOf('certain', { steps: 0, count: 1 }, clean)).toBe('certain');
    expect(confidenceOf('certain', { steps: 1, count: 1 }, clean)).toBe('likely');
    expect(confidenceOf('certain', { steps: 1, count: 1 }, drops)).toBe('possible');
    expect(confidenceOf('certain', { steps: 2, count: 5 }, clean)).toBe('likely');
    expect(confidenceOf('likely', { steps: 1, count: 4 }, clean)).toBe('possible');
  });

  it('shows its packets in order, each once', () => {
    const { packets } = evidenceOf({ stream: 1, client: endpoint, server: endpoint }, [
      { packet: 9, atNs: 2, note: 'b' },
      null,
      { packet: 4, atNs: 1, note: 'a' },
      { packet: 9, atNs: 2, note: 'c' },
    ]);
    expect(packets).toEqual([
      { packet: 4, atNs: 1, note: 'a' },
      { packet: 9, atNs: 2, note: 'b; c' },
    ]);
  });

  it('hides the query of a request, and cuts what is too long to say anything', () => {
    expect(requestText({ method: 'GET', target: '/a?token=x' }, false)).toBe('GET /a?…');
    expect(requestText({ method: 'GET', target: '/a?token=x' }, true)).toBe('GET /a?token=x');
    expect(requestText({ method: 'GET', target: `/${'a'.repeat(500)}` }, false)).toHaveLength(125);
  });
});
