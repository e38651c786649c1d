import { createReadStream } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { diagnose } from '../../src/library/diagnose.js';
import { readFlows } from '../../src/library/read-flows.js';
import { reportSchema } from '../../src/report/schema.js';
import { defineRule } from '../../src/rules/rule.js';

const sample = path.resolve('samples/rst-after-request.pcapng');
const healthy = path.resolve('samples/rst-after-request-healthy.pcapng');

/** Finds nothing. */
const silentRule = defineRule<object>({
  meta: {
    ...{ id: 'silent', severity: 'notice', title: 'Says nothing', feels: '', shows: '', needs: [] },
    ...{ hypotheses: {}, lookAlikes: {}, limits: [], references: [] },
  },
  tally: () => ({}),
  inspect: () => undefined,
  merge: () => undefined,
  conclude: () => [],
});

describe('diagnose', () => {
  it('gives the report of a capture, by the schema', async () => {
    const report = await diagnose(sample);
    expect(reportSchema.parse(report)).toEqual(report);
    const resets = report.findings.filter(({ rule }) => rule === 'rst-after-request');
    expect(resets.map(({ occurrences, evidence }) => [occurrences, evidence.length])).toEqual([
      [17, 17],
      [7, 7],
    ]);
    expect(report.reveal).toBe(false);
  });

  it('gives as many examples as asked for, of the rules asked for, own ones among them', async () => {
    const report = await diagnose([sample], { maxOccurrences: 2, rules: ['rst-after-request'] });
    expect(report.findings.map(({ evidence }) => evidence.length)).toEqual([2, 2]);
    expect(report.rules).toEqual(['rst-after-request']);
    expect(await diagnose(sample, { rules: ['silent'], ownRules: [silentRule] })).toMatchObject({
      rules: ['silent'],
      findings: [],
    });
  });

  it('reads a stream, and several captures as one run', async () => {
    const piped = await diagnose('-', { input: createReadStream(healthy) });
    expect(piped.captures).toMatchObject([{ file: 'stdin' }]);
    expect((await diagnose([sample, healthy])).captures).toHaveLength(2);
  });

  it('stops when told to, and says so', async () => {
    expect(await diagnose(sample, { signal: AbortSignal.abort() })).toMatchObject({ interrupted: true });
  });

  it('throws where there is nothing to read, and tells of the rest in the report', async () => {
    await expect(diagnose('no-such.pcap')).rejects.toMatchObject({ name: 'CaptureError', code: 'not-found' });
    expect((await diagnose(['no-such.pcap', healthy])).errors).toMatchObject([{ code: 'not-found' }]);
  });

  it('takes an empty list, as a pattern that matches nothing makes one, for no good news', async () => {
    await expect(diagnose([])).rejects.toThrow(new RangeError('no capture is named'));
    await expect(readFlows([]).next()).rejects.toThrow(new RangeError('no capture is named'));
  });

  it.each([-1, 1.5, Number.NaN])('gives no %d examples', async (maxOccurrences) => {
    await expect(diagnose(sample, { maxOccurrences })).rejects.toThrow(RangeError);
  });

  it('knows its rules', async () => {
    await expect(diagnose(sample, { rules: ['rst'] })).rejects.toThrow(new RangeError('no such rule: rst'));
  });
});
