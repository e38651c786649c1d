import { expect, it } from 'vitest';
import { areOfSameCaptures } from '../../../src/report/compare/same-captures.js';
import { reportDocument } from '../../../src/report/json.js';
import type { ReportDocument } from '../../../src/report/schema.js';
import { input, quietAnalysis } from '../analyses.js';

const REPORT = reportDocument(input(quietAnalysis()));
const [CAPTURE] = REPORT.captures;
if (CAPTURE === undefined) throw new Error('the analysis has a capture');
const of = (...captures: Partial<typeof CAPTURE>[]): ReportDocument => ({
  ...REPORT,
  captures: captures.map((one) => ({ ...CAPTURE, ...one })),
});

it('two reports are of the same captures under whatever names', () => {
  expect(areOfSameCaptures(of({}), of({ file: 'copy.pcap' }))).toBe(true);
  expect(areOfSameCaptures(of({}, { packets: 7 }), of({}, { packets: 7 }))).toBe(true);
});

it.each([
  ['another beginning', of({ start: '2020-01-01T00:00:00.000000000Z' })],
  ['another length', of({ durationSeconds: 1e6 })],
  ['more packets', of({ packets: CAPTURE.packets + 1 })],
  ['more bytes', of({ bytes: CAPTURE.bytes + 1 })],
  ['one more capture', of({}, {})],
  ['none', of()],
])('they are not where one has %s', (_name, other) => {
  expect(areOfSameCaptures(of({}), other)).toBe(false);
  expect(areOfSameCaptures(other, of({}))).toBe(false);
});

it('nor where nothing tells them', () => {
  expect(areOfSameCaptures(of(), of())).toBe(false);
  expect(areOfSameCaptures(of({ start: null }), of({ start: null }))).toBe(false);
  expect(areOfSameCaptures(of({}, {}), of({}, { packets: 0 }))).toBe(false);
});
