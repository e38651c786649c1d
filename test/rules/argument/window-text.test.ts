import { describe, expect, it } from 'vitest';
import { windowFacts, windowText } from '../../../src/rules/argument/window-text.js';
import type { TimeWindow } from '../../../src/rules/judgements/time-window.js';

const SECOND = 1_000_000_000;
const WINDOW: TimeWindow = {
  ...{ fromNs: 2 * SECOND, untilNs: 5 * SECOND, failed: 1017, p: 0.0002 },
  ...{ answeredBefore: 1200, answeredAfter: 40 },
};

describe('the time in which all failed requests fall, in words', () => {
  it('has answers before and behind it, or on one side', () => {
    expect(windowText(WINDOW)).toBe(
      'All 1,017 were reset from 2.00 s to 5.00 s into the capture; none was answered meanwhile, 1,200 before and 40 since (chance of that: 1 in 5,000).',
    );
    expect(windowText({ ...WINDOW, answeredAfter: 0 })).toContain('; 1,200 were answered before and none since (');
    expect(windowText({ ...WINDOW, answeredBefore: 0 })).toContain('; none was answered before and 40 since (');
  });

  it('may be one moment; it says what became of them', () => {
    expect(windowText({ ...WINDOW, untilNs: 2 * SECOND }, 'refused')).toContain(
      'All 1,017 were refused at 2.00 s into the capture;',
    );
  });

  it('is told in seconds among the figures', () => {
    expect(windowFacts(WINDOW)).toEqual({
      ...{ fromSeconds: 2, untilSeconds: 5, answeredBefore: 1200, answeredAfter: 40, p: 0.0002 },
    });
    expect(windowFacts(null)).toBeNull();
  });
});
