import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { clockText, periodText, startText } from '../../src/report/period.js';
import { ORIGIN } from './analyses.js';

describe('times of a text report', () => {
  beforeEach(() => {
    vi.stubEnv('TZ', 'Asia/Seoul');
  });
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  it('write out the zone', () => {
    expect(startText(ORIGIN, 'utc')).toBe('2024-06-10 13:50:58Z');
    expect(startText(ORIGIN, 'local')).toBe('2024-06-10 22:50:58+09:00');
    expect(clockText(1_000_000, ORIGIN, 'utc')).toBe('13:50:58.481Z');
    expect(clockText(1_000_000, ORIGIN, 'local')).toBe('22:50:58.481+09:00');
  });

  it('name the date only where it is not that of the first packet', () => {
    const day = 86_400_000_000_000;
    expect(periodText(0, 2_000_000_000, ORIGIN, 'utc')).toBe('13:50:58 – 13:51:00Z');
    expect(periodText(0, day, ORIGIN, 'utc')).toBe('13:50:58 – 2024-06-11 13:50:58Z');
    expect(periodText(0, 2 * 3_600_000_000_000, ORIGIN, 'local')).toBe('22:50:58 – 2024-06-11 00:50:58+09:00');
  });

  it('name the day in a column only where it is another', () => {
    const day = 86_400_000_000_000;
    expect(clockText(day, ORIGIN, 'utc')).toBe('06-11 13:50:58.480Z');
    expect(clockText(2 * 3_600_000_000_000, ORIGIN, 'local')).toBe('06-11 00:50:58.480+09:00');
    expect(clockText(25_200_000_000_000, 61_329_000_000_000n, 'utc')).toBe('day 2 00:02:09.000');
    expect(clockText(day, ORIGIN, 'relative')).toBe('+24 h');
  });

  it('are one where the first and the last print alike', () => {
    expect(periodText(0, 1000, ORIGIN, 'utc')).toBe('13:50:58Z');
    expect(periodText(1000, 1000, ORIGIN, 'relative')).toBe('+1.0 µs since the first packet');
  });

  it('are times of day where a text says no more', () => {
    const at = 61_329_000_000_000n;
    expect([startText(at, 'utc'), startText(at, 'local')]).toEqual(['17:02:09', '17:02:09']);
    expect(periodText(0, 25_200_000_000_000, at, 'utc')).toBe('17:02:09 – day 2 00:02:09');
    expect(clockText(1_000_000, at, 'utc')).toBe('17:02:09.001');
  });

  it('survive instants that no local calendar holds', () => {
    expect(startText(10n ** 19n * 2n, 'local')).toMatch(/^2603-/);
    expect(startText(10n ** 27n, 'local')).toMatch(/\+00:00$/);
  });
});
