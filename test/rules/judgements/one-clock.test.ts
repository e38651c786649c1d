import { describe, expect, it } from 'vitest';
import type { CaptureFacts } from '../../../src/facts/capture.js';
import { CAPTURE_STRIDE } from '../../../src/facts/packet-reference.js';
import { isOneClock } from '../../../src/rules/judgements/one-clock.js';
import { quietAnalysis } from '../../report/analyses.js';

/** Captures whose times are told by the clocks of those. */
function timedBy(...clocks: readonly (number | null)[]): CaptureFacts[] {
  const [capture] = quietAnalysis().captures;
  if (capture === undefined) throw new Error('there is one');
  return clocks.map((clock) => ({ ...capture, timedBy: clock }));
}

describe('times of two packets', () => {
  it('of one capture can be held against each other', () => {
    expect(isOneClock(3, 9, timedBy(null))).toBe(true);
    expect(isOneClock(CAPTURE_STRIDE + 3, CAPTURE_STRIDE + 9, timedBy(null, null))).toBe(true);
  });

  it('of two captures can where their clocks were compared', () => {
    expect(isOneClock(3, CAPTURE_STRIDE + 9, timedBy(0, 0))).toBe(true);
    expect(isOneClock(3, CAPTURE_STRIDE + 9, timedBy(0, 1))).toBe(false);
    expect(isOneClock(3, CAPTURE_STRIDE + 9, timedBy(null, null))).toBe(false);
  });
});
