import { describe, expect, it } from 'vitest';
import { LINKTYPE_PRINTED } from '../../../src/capture/link-types.js';
import { PRINTED_HEADER_BYTES, SAID } from '../../../src/capture/text-log/printed-header.js';
import {
  dumpedRecord,
  pcapHeader,
  type SegmentRecord,
  segmentRecord,
  unknownRecord,
} from '../../../src/capture/text-log/record.js';

const SEGMENT: SegmentRecord = {
  link: { direction: null, interfaceIndex: 0, mac: null, macTo: null, vlan: null },
  source: Uint8Array.of(10, 0, 0, 1),
  destination: Uint8Array.of(10, 0, 0, 2),
  sourcePort: 1,
  destinationPort: 80,
  sequence: 7,
  acknowledgement: 9,
  flags: 24,
  window: 5,
  options: [],
  tcpChecksum: null,
  ttl: null,
  ipId: null,
  fragment: null,
  trafficClass: null,
  payload: Buffer.from('GET'),
  length: 10,
};
const IP = 16 + PRINTED_HEADER_BYTES;

describe('a record', () => {
  it('of a segment says what is said, and how long it was', () => {
    const record = segmentRecord(1_000_000_002n, SEGMENT);
    expect([record.readUInt32LE(0), record.readUInt32LE(4)]).toEqual([1, 2]);
    const captured = record.readUInt32LE(8);
    expect([captured, record.readUInt32LE(12)]).toEqual([record.length - 16, captured + 7]);
    expect(record.readUInt16BE(16)).toBe(0);
    // What is not said is 0.
    expect([record.readUInt16BE(IP + 4), record.readUInt16BE(IP + 6), record[IP + 8]]).toEqual([0, 0, 0]);
    expect(record.readUInt16BE(IP + 2)).toBe(50);
  });

  it('of a segment of -v has its header', () => {
    const record = segmentRecord(0n, {
      ...SEGMENT,
      ttl: 63,
      ipId: 4242,
      fragment: 0x4000,
      trafficClass: 2,
      tcpChecksum: 3,
    });
    expect(record.readUInt16BE(16)).toBe(SAID.ttl | SAID.ipId | SAID.fragment | SAID.trafficClass | SAID.tcpChecksum);
    expect([record[IP + 1], record.readUInt16BE(IP + 4), record.readUInt16BE(IP + 6), record[IP + 8]]).toEqual([
      2, 4242, 0x4000, 63,
    ]);
  });

  it('of IPv6 likewise', () => {
    const [source, destination] = [new Uint8Array(16).fill(1), new Uint8Array(16).fill(2)];
    const record = segmentRecord(0n, { ...SEGMENT, source, destination, ttl: 61, trafficClass: 0xb8 });
    expect([record[IP], record[IP + 1], record[IP + 7], record.readUInt16BE(IP + 4)]).toEqual([0x6b, 0x80, 61, 30]);
  });

  it('of what was dumped, or of what is not known', () => {
    const dumped = dumpedRecord(0n, SEGMENT.link, Uint8Array.of(0x45), 19);
    expect([dumped.readUInt16BE(16), dumped.readUInt32LE(12) - dumped.readUInt32LE(8)]).toEqual([SAID.bytes, 19]);
    expect(unknownRecord(0n)).toHaveLength(IP);
  });
});

it('the file has a link type that no other file has', () => {
  expect(pcapHeader().readUInt32LE(20)).toBe(LINKTYPE_PRINTED);
});
