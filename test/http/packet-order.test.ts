import { describe, expect, it } from 'vitest';
import { CAPTURE_STRIDE } from '../../src/facts/packet-reference.js';
import { isEarlier } from '../../src/http/packet-order.js';

describe('the order of packets', () => {
  it('goes by number within a capture, whatever the clock says', () => {
    expect(isEarlier(1, 9_000_000, 2, 1_000_000)).toBe(true);
    expect(isEarlier(2, 1_000_000, 1, 9_000_000)).toBe(false);
    expect(isEarlier(2, 100, 2, 100)).toBe(false);
  });

  it('goes by time where one queue of the capture overtook another', () => {
    expect(isEarlier(1, 900_000, 2, 100_000)).toBe(false);
    expect(isEarlier(2, 100_000, 1, 900_000)).toBe(true);
  });

  it('goes by number within one tick of the clock', () => {
    expect(isEarlier(1, 500, 2, 500)).toBe(true);
    expect(isEarlier(2, 500, 1, 500)).toBe(false);
  });

  it('goes by time between captures', () => {
    expect(isEarlier(CAPTURE_STRIDE + 5, 100, 5, 200)).toBe(true);
    expect(isEarlier(5, 200, CAPTURE_STRIDE + 5, 100)).toBe(false);
  });
});
