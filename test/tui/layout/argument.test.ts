import { describe, expect, it } from 'vitest';
import type { Hypothesis } from '../../../src/facts/finding.js';
import { argumentLines } from '../../../src/tui/layout/argument.js';
import { themeOf } from '../../../src/tui/theme.js';
import { resetFinding } from '../../report/analyses.js';

const BECAUSE = 'the FIN came 55 ms after the request (#28), which is sooner than any timer that somebody sets';

/** What stands below "Causes considered", as text. */
function causesAt(width: number, hypotheses: readonly Hypothesis[]): string[] {
  const lines = argumentLines(
    resetFinding({ hypotheses, remedies: [], references: [] }),
    width,
    themeOf(false, false).glyphs,
  );
  const texts = lines.map((spans) =>
    spans
      .map(({ text }) => text)
      .join('')
      .trimEnd(),
  );
  return texts.slice(texts.indexOf(' Causes considered') + 1);
}

describe('the causes of a finding', () => {
  const shared: Hypothesis[] = [
    { cause: 'idle-race', verdict: 'ruled-out', because: BECAUSE },
    { cause: 'process-ended', verdict: 'supported', because: 'the next SYN was refused (#30)' },
    { cause: 'server-timer', verdict: 'ruled-out', because: BECAUSE },
    { cause: 'dropped-on-purpose', verdict: 'open', because: BECAUSE },
  ];

  it('stand under one another where one reason decides them, which is said once', () => {
    const texts = causesAt(120, shared).map((text) => text.slice(4));
    expect(texts).toEqual([
      'supported  process-ended        the next SYN was refused (#30)',
      'ruled out  idle-race,',
      '           server-timer         the FIN came 55 ms after the request (#28), which is sooner than any timer that',
      '                                somebody sets',
      'open       dropped-on-purpose   the FIN came 55 ms after the request (#28), which is sooner than any timer that',
      '                                somebody sets',
    ]);
  });

  it('fit a narrow terminal', () => {
    const texts = causesAt(60, shared);
    expect(Math.max(...texts.map((text) => text.length))).toBeLessThan(60);
    expect(texts.join(' ').match(/sooner/g)).toHaveLength(2);
  });
});
