import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TCP_OPTION } from '../../src/facts/segment-evidence.js';
import { SYN } from '../../src/facts/tcp-flags.js';
import {
  bytes,
  decode,
  expectSafeAtEveryLength,
  ipv4,
  LINKTYPE_IPV4,
  Notes,
  REQUEST,
  tcp,
  u16,
  u32,
  zeros,
} from './packets.js';

const IP4 = { linkType: LINKTYPE_IPV4 };
const NOP = 1;
const MSS = bytes(2, 4, u16(1460));
const SCALE = bytes(3, 3, 7);
const SACK_PERMITTED = bytes(4, 2);
const TIMESTAMPS = bytes(8, 10, u32(0xfffffffe), u32(0x80000001));

function anomalies(packet: Uint8Array, originalLength = packet.length): string[] {
  return [...decode(packet, { ...IP4, originalLength }).decoder.anomalies.keys()];
}

describe('the TCP header', () => {
  it('gives ports, unsigned numbers, flags and window', () => {
    const packet = ipv4(
      tcp({ source: 65_535, sequence: 0xffffffff, acknowledgement: 0x80000000, flags: 0xff, window: 65_535 }),
    );
    expect(decode(packet, IP4).segment).toMatchObject({
      sourcePort: 65_535,
      destinationPort: 80,
      sequence: 0xffffffff,
      acknowledgement: 0x80000000,
      flags: 0xff,
      window: 65_535,
      options: 0,
      mss: -1,
      windowScale: -1,
      timestampValue: -1,
      timestampEcho: -1,
      data: REQUEST,
    });
    expectSafeAtEveryLength(packet, LINKTYPE_IPV4);
  });

  it('of a SYN has the options that Linux sends', () => {
    const options = bytes(MSS, SACK_PERMITTED, TIMESTAMPS, NOP, SCALE);
    const packet = ipv4(tcp({ flags: SYN, options, data: '' }));
    expect(decode(packet, IP4).segment).toMatchObject({
      options: TCP_OPTION.mss | TCP_OPTION.sackPermitted | TCP_OPTION.timestamps | TCP_OPTION.windowScale,
      mss: 1460,
      windowScale: 7,
      timestampValue: 0xfffffffe,
      timestampEcho: 0x80000001,
      payloadLength: 0,
    });
    expectSafeAtEveryLength(packet, LINKTYPE_IPV4);
  });

  it('has time stamps at any place', () => {
    const aligned = decode(ipv4(tcp({ options: bytes(NOP, NOP, TIMESTAMPS) })), IP4).segment;
    const behind = decode(ipv4(tcp({ options: bytes(TIMESTAMPS, NOP, NOP) })), IP4).segment;
    for (const segment of [aligned, behind]) {
      expect(segment).toMatchObject({
        options: TCP_OPTION.timestamps,
        timestampValue: 0xfffffffe,
        timestampEcho: 0x80000001,
      });
      expect(segment.data).toBe(REQUEST);
    }
  });

  it.each([
    ['SACK', bytes(5, 10, zeros(8), 0, 0), TCP_OPTION.sack],
    ['Fast Open', bytes(34, 10, zeros(8), 0, 0), TCP_OPTION.fastOpen],
    ['MD5', bytes(19, 18, zeros(16), 0, 0), TCP_OPTION.md5],
    ['TCP-AO', bytes(29, 16, zeros(14)), TCP_OPTION.md5],
    ['MPTCP', bytes(30, 12, zeros(10)), TCP_OPTION.mptcp],
    ['an unknown one', bytes(254, 4, zeros(2)), TCP_OPTION.other],
    ['what follows the end of options', bytes(0, MSS, zeros(3)), 0],
  ])('notes %s', (_, options, bit) => {
    expect(decode(ipv4(tcp({ options })), IP4).segment).toMatchObject({ options: bit, mss: -1, data: REQUEST });
  });

  it('has the edges of the first block of SACK', () => {
    const sack = bytes(NOP, NOP, 5, 18, u32(0xfffffff0), u32(8), u32(100), u32(200));
    expect(decode(ipv4(tcp({ options: sack })), IP4).segment).toMatchObject({ sackStart: 0xfffffff0, sackEnd: 8 });
    const none = decode(ipv4(tcp({ options: bytes(5, 2, NOP, NOP) })), IP4).segment;
    expect(none).toMatchObject({ options: TCP_OPTION.sack, sackStart: 0, sackEnd: 0 });
  });

  it('with an option of a length that cannot be keeps the segment and counts it', () => {
    for (const options of [
      bytes(MSS, 3, 0, 0, 0),
      bytes(MSS, 3, 1, 0, 0),
      bytes(MSS, 8, 5, 0, 0),
      bytes(MSS, NOP, NOP, NOP, 8),
    ]) {
      const { segments, decoder } = decode(ipv4(tcp({ options })), IP4);
      expect([...decoder.anomalies.keys()]).toEqual(['tcp-option-length']);
      expect(segments[0]).toMatchObject({ options: TCP_OPTION.mss, mss: 1460, data: REQUEST });
    }
  });

  it('cut within its options by the snap length says what was captured, and blames nobody', () => {
    const packet = ipv4(tcp({ options: bytes(MSS, TIMESTAMPS, NOP, NOP) }));
    const { segment } = decode(packet.subarray(0, 48), { ...IP4, originalLength: packet.length });
    expect(segment).toMatchObject({
      options: TCP_OPTION.mss,
      data: '',
      payloadLength: REQUEST.length,
      timestampValue: -1,
      unseenOptions: 12,
    });
  });

  it('cut behind all of its options has none unseen', () => {
    const packet = ipv4(tcp({ options: bytes(TIMESTAMPS, 0, 0) }));
    const { segment } = decode(packet.subarray(0, 51), { ...IP4, originalLength: packet.length });
    expect(segment).toMatchObject({ options: TCP_OPTION.timestamps, unseenOptions: 0 });
  });

  it('captured whole has none unseen, though an option lies about its length', () => {
    const { segments } = decode(ipv4(tcp({ options: bytes(MSS, 8, 0, 0, 0) })), IP4);
    expect(segments[0]).toMatchObject({ options: TCP_OPTION.mss, unseenOptions: 0 });
  });

  it('has none unseen of the segment before it', () => {
    const packet = ipv4(tcp({ options: bytes(MSS, TIMESTAMPS, NOP, NOP) }));
    const unseen = (next: Uint8Array): number[] =>
      new Notes()
        .decode(packet.subarray(0, 48), { ...IP4, originalLength: packet.length })
        .decode(next, IP4)
        .segments.map(({ unseenOptions }) => unseenOptions);
    expect(unseen(ipv4(tcp({ options: bytes(NOP, NOP, TIMESTAMPS) })))).toEqual([12, 0]);
    expect(unseen(ipv4(tcp()))).toEqual([12, 0]);
  });

  it('cut behind the window is a segment still, cut before it is counted', () => {
    const packet = ipv4(tcp());
    for (const length of [36, 39]) {
      const { segment } = decode(packet.subarray(0, length), { ...IP4, originalLength: packet.length });
      expect(segment).toMatchObject({ window: 502, data: '', payloadLength: REQUEST.length });
    }
    expect(anomalies(packet.subarray(0, 35), packet.length)).toEqual(['tcp-header-cut']);
  });

  it('whose data offset cannot be is a segment without payload, and counted', () => {
    for (const dataOffset of [0, 4, 15]) {
      const { segments, decoder } = decode(ipv4(tcp({ dataOffset })), IP4);
      expect([...decoder.anomalies.keys()]).toContain('tcp-data-offset');
      expect(segments).toHaveLength(1);
      expect(segments[0]).toMatchObject({ data: '', payloadLength: 0, sequence: 0x9000_0001 });
    }
  });

  it('has no payload where the packet ends with it', () => {
    expect(decode(ipv4(tcp({ data: '' })), IP4).segment).toMatchObject({ data: '', payloadLength: 0 });
  });

  it('of random bytes never throws, and its payload lies in the packet', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), fc.nat(100), (header, more) => {
        const packet = ipv4(header, { totalLength: 20 + header.length + more });
        decode(packet, { ...IP4, originalLength: packet.length + more });
      }),
    );
  });
});
