import { expect, it } from 'vitest';
import { anyTime } from '../../src/log/words.js';

const NS = BigInt(Date.parse('2024-06-10T13:50:58Z')) * 1_000_000n;

it.each([
  ['1718027458', NS, 1e9],
  ['1718027458.480', NS + 480_000_000n, 1e6],
  ['1718027458480', NS + 480_000_000n, 1e6],
  ['2024-06-10T13:50:58Z', NS, 1e9],
  ['2024-06-10 13:50:58,480', NS + 480_000_000n, 1e6],
  ['2024-06-10T15:50:58.480543+0200', NS + 480_543_000n, 1e3],
  ['2024-06-10 13:50:58.480 UTC', NS + 480_000_000n, 1e6],
  ['[10/Jun/2024:13:50:58 +0000]', NS, 1e9],
])('%s is a time', (text, ns, precisionNs) => {
  expect(anyTime(text)).toEqual({ ns, precisionNs });
});

it('what is none is none', () => {
  for (const text of ['', '-', '0.250', '2024-06-10', '13:50:58', '2024-13-45T13:50:58Z'])
    expect(anyTime(text)).toBeNull();
});
