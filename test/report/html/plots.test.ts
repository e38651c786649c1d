import { describe, expect, it } from 'vitest';
import { timelinePlot } from '../../../src/report/html/plots.js';
import { resetFinding } from '../analyses.js';

describe('requests over time', () => {
  it('are drawn over as long as the run took, the last stretch as far as that goes', () => {
    const timeline = { widthNs: 4_000_000, requests: [1, 0, 2], failed: [0, 0, 1] };
    const svg = timelinePlot(timeline, [], 9_000_000);
    expect(svg).toContain(
      '3 requests over 9.0 ms, 1 of them unanswered, cut short or answered 5xx; at most 2 in 4.0 ms',
    );
    for (const [, x, width] of svg.matchAll(/<rect[^>]* x="([\d.]+)"[^>]* width="([\d.]+)"/g))
      expect(Number(x) + Number(width)).toBeLessThanOrEqual(1080);
    expect(svg.match(/<rect/g)).toHaveLength(3);
  });

  it('are drawn where the run took no time that could be told', () => {
    expect(timelinePlot({ widthNs: 1_000_000, requests: [1], failed: [0] }, [], 0)).toContain(
      '1 request over 1.0 ms, none of them',
    );
  });

  it('can be moved by the keyboard where they are wider than the page', () => {
    const svg = timelinePlot({ widthNs: 1_000_000, requests: [1], failed: [0] }, [], 0);
    expect(svg).toMatch(/^<div class="wide" tabindex="0"><svg [\s\S]*<\/svg><\/div><p/);
  });

  it('do not say that none failed beside a finding that says otherwise', () => {
    const timeline = { widthNs: 1_000_000, requests: [2], failed: [0] };
    expect(timelinePlot(timeline, [resetFinding()], 0)).toContain('2 requests over 1.0 ms; at most 2 in');
  });
});
