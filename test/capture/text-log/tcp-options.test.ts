import { expect, it } from 'vitest';
import { optionBytes } from '../../../src/capture/text-log/tcp-options.js';

it.each([
  ['mss 8961,sackOK,TS val 7 ecr 0,nop,wscale 8', [2, 4, 35, 1, 4, 2, 8, 10, 0, 0, 0, 7, 0, 0, 0, 0, 3, 3, 8, 1]],
  ['nop,nop,timestamp 1 4294967295', [8, 10, 0, 0, 0, 1, 255, 255, 255, 255, 1, 1]],
  ['MSS=1460 SACK_PERM TSval=7 TSecr=1 WS=1024', [2, 4, 5, 180, 4, 2, 8, 10, 0, 0, 0, 7, 0, 0, 0, 1, 3, 3, 10, 1]],
  ['Seq=1 Ack=2 TSV=7 TSER=1', [8, 10, 0, 0, 0, 7, 0, 0, 0, 1, 1, 1]],
  ['MSS=1460 SACK_PERM=1 WS=1', [2, 4, 5, 180, 4, 2, 3, 3, 0, 1, 1, 1]],
  ['nop,nop,sack 1 {3:9}', [5, 10, 0, 0, 0, 3, 0, 0, 0, 9, 1, 1]],
  ['Seq=1 Ack=2 SLE=3 SRE=9', [5, 10, 0, 0, 0, 3, 0, 0, 0, 9, 1, 1]],
  ['', []],
  ['unknown-99,eol', []],
])('%s', (text, bytes) => {
  expect(optionBytes(text)).toEqual(bytes);
});

it('never has more than a header has room for', () => {
  expect(optionBytes('mss 1,'.repeat(50))).toHaveLength(40);
});
