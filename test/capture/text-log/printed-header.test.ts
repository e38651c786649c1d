import { expect, it } from 'vitest';
import { PRINTED, PRINTED_HEADER_BYTES, printedHeader, SAID } from '../../../src/capture/text-log/printed-header.js';

it('the header says what is said of the link, and what is not', () => {
  const none = printedHeader(SAID.ttl, { direction: null, interfaceIndex: 0, mac: null, macTo: null, vlan: null });
  expect(none.toString('hex')).toBe(`0001${'00'.repeat(PRINTED_HEADER_BYTES - 2)}`);
  const all = printedHeader(0, {
    direction: 'outbound',
    interfaceIndex: 2,
    mac: [1, 2, 3, 4, 5, 6],
    macTo: [6, 5, 4, 3, 2, 1],
    vlan: 10,
  });
  expect(all.readUInt16BE(PRINTED.said)).toBe(SAID.mac | SAID.macTo | SAID.vlan);
  expect([all[PRINTED.direction], all.readUInt16BE(PRINTED.interfaceIndex), all.readUInt16BE(PRINTED.vlan)]).toEqual([
    2, 2, 10,
  ]);
  expect(all.subarray(PRINTED.mac).toString('hex')).toBe('010203040506060504030201');
});
