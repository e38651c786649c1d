import { describe, expect, it } from 'vitest';
import type { RawFinding } from '../../../src/facts/finding.js';
import { flawOf } from '../../../src/rules/argument/flaw.js';
import { resetFinding } from '../../report/analyses.js';

const META = {
  id: 'rst-after-request',
  hypotheses: { 'security-agent': '…', timeout: '…', 'process-dead': '…' },
};
const sound: RawFinding = {
  ...resetFinding(),
  hypotheses: [
    { cause: 'security-agent', verdict: 'supported', because: 'RST #7 is stale' },
    { cause: 'timeout', verdict: 'ruled-out', because: 'first request, 1.0 ms after the handshake (#6)' },
    { cause: 'process-dead', verdict: 'open', because: 'nothing else of this server was captured' },
  ],
};

describe('a finding', () => {
  it('is sound when each claim stands on a packet; what is open needs none', () => {
    expect(flawOf(sound, META)).toBeNull();
  });

  it.each<[string, Partial<RawFinding>]>([
    ['its rule is other-rule, not rst-after-request', { rule: 'other-rule' }],
    ['it has no evidence', { evidence: [] }],
    [
      'an occurrence in its evidence has no packet',
      { evidence: sound.evidence.map((one) => ({ ...one, packets: [] })) },
    ],
    ['it has more evidence than occurrences', { occurrences: 1 }],
    ['it has no title', { title: ' ' }],
    ['its title or summary has a value that is not there', { summary: 'reset after NaN s' }],
    [
      'it holds timeout for ruled-out without a packet',
      {
        hypotheses: sound.hypotheses.map((one) =>
          one.cause === 'timeout' ? { ...one, because: 'it was too soon' } : one,
        ),
      },
    ],
    [
      'it weighs moon, which its meta does not name',
      { hypotheses: [...sound.hypotheses, { cause: 'moon', verdict: 'open', because: 'it was day' }] },
    ],
    ['it does not weigh process-dead, which its meta names', { hypotheses: sound.hypotheses.slice(0, 2) }],
  ])('is not: %s', (flaw, change) => {
    expect(flawOf({ ...sound, ...change }, META)).toBe(flaw);
  });
});
