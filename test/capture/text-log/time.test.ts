import { describe, expect, it } from 'vitest';
import { secondsNs, timeIn } from '../../../src/capture/text-log/time.js';

describe('the time of a line', () => {
  it.each([
    ['17:02:09.259562 IP', 61_329_259_562_000n, false],
    [' 00:00:00.000015 IP', 15_000n, false],
    ['2024-06-10 13:50:58.480543 IP', 1_718_027_458_480_543_000n, true],
    ['2024-06-10T13:50:58.480543Z IP', 1_718_027_458_480_543_000n, true],
    ['1718027458.480543 IP', 1_718_027_458_480_543_000n, true],
    ['    4  12:22:12.212776001 IP', 44_532_212_776_001n, false],
    ['web1 | 17:02:09.259562 IP', 61_329_259_562_000n, false],
  ])('%s', (line, atNs, hasDate) => {
    const time = timeIn(line);
    expect(time).toMatchObject({ atNs, hasDate });
    expect(line.slice(time?.end ?? 0)).toBe(' IP');
  });

  it('is none in prose', () => {
    for (const line of ['at 10:12:33 the LB answered 502', 'version 1.2.3', '[13/Jun/2013:18:09:45.277] ft_www', ''])
      expect(timeIn(line)).toBeNull();
    expect(timeIn(`${'x'.repeat(300)} 17:02:09.259562 IP`)).toBeNull();
  });

  it('has as many digits as are printed', () => {
    expect([secondsNs(1, '5'), secondsNs(0, '0000000019')]).toEqual([1_500_000_000n, 1n]);
  });
});
