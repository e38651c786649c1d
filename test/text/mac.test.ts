import { expect, it } from 'vitest';
import { macText } from '../../src/text/mac.js';

it.each([
  [0x02_42_0a_00_01_2b, '02:42:0a:00:01:2b'],
  [0, '00:00:00:00:00:00'],
  [0xff_ff_ff_ff_ff_ff, 'ff:ff:ff:ff:ff:ff'],
])('%d is %s', (mac, text) => expect(macText(mac)).toBe(text));
