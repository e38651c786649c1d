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

describe('what to change, and where to read more', () => {
  const config = 'bpftrace -e \'kprobe:tcp_v4_send_reset { printf("%s", comm); }\' and a good deal more of it';
  const url = 'https://www.rfc-editor.org/rfc/rfc9293#section-3.5.2';
  const texts = argumentLines(
    resetFinding({
      hypotheses: [],
      remedies: [{ component: 'host', text: 'Watch it.', config }],
      references: [{ title: 'RFC 9293 §3.5.2 Reset Generation', url }],
    }),
    72,
    themeOf(false, false).glyphs,
  ).map((spans) => spans.map(({ text }) => text).join(''));

  it('stands whole in a narrow terminal', () => {
    const from = texts.findIndex((text) => text.includes('bpftrace'));
    const lines = texts.slice(from, texts.indexOf('', from)).map((text) => text.trim());
    expect(lines.length).toBeGreaterThan(1);
    expect(lines.join(' ')).toBe(config);
    expect(Math.max(...texts.map((text) => text.length))).toBeLessThan(72);
  });

  it('has an address below its title where both have no room on one line', () => {
    expect(texts.slice(-2)).toEqual(['  RFC 9293 §3.5.2 Reset Generation', `    ${url}`]);
  });
});
