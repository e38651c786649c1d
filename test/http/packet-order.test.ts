import { describe, expect, it } from 'vitest';
import { CAPTURE_STRIDE } from '../../src/facts/packet-reference.js';
import { isEarlier } from '../../src/http/packet-order.js';

describe('the order of packets', () => {
  it('goes by number within a capture, whatever the clock says', () => {
    expect(isEarlier(1, 900, 2, 100)).toBe(true);
    expect(isEarlier(2, 100, 1, 900)).toBe(false);
    expect(isEarlier(2, 100, 2, 100)).toBe(false);
  });

  it('goes by time between captures', () => {
    expect(isEarlier(CAPTURE_STRIDE + 5, 100, 5, 200)).toBe(true);
    expect(isEarlier(5, 200, CAPTURE_STRIDE + 5, 100)).toBe(false);
  });
});
