import { describe, expect, it } from 'vitest';
import { bytes, decode, ethernet, expectRequest, ipv4, ipv6, le16, le32, llcSnap, u16, u32, zeros } from './packets.js';

const PPI = 192;
const PKTAP = 258;
const USER2 = 149;
const NFLOG = 239;
const PFLOG = 117;

describe('PPI', () => {
  it('names the link type of what follows its header', () => {
    const frame = ethernet(0x0800, ipv4());
    expectRequest(bytes(0, 0, le16(8), le32(1), frame), PPI);
    expectRequest(bytes(0, 0, le16(20), le32(1), zeros(12), frame), PPI);
  });

  it('within PPI without end is given up, and an unknown link type is reported', () => {
    const nested = bytes(...Array.from({ length: 60 }, () => bytes(0, 0, le16(8), le32(PPI))));
    expect([...decode(nested, { linkType: PPI }).decoder.anomalies.keys()]).toEqual(['nesting-too-deep']);
    const unknown = decode(bytes(0, 0, le16(8), le32(147), zeros(40)), { linkType: PPI });
    expect([...unknown.decoder.unknownLinkTypes]).toEqual([[147, 1]]);
  });

  it('with a length below its own header is counted', () => {
    const notes = decode(bytes(0, 0, le16(7), le32(1), zeros(40)), { linkType: PPI });
    expect([...notes.decoder.anomalies]).toEqual([['ppi-header-length', 1]]);
  });
});

describe('PKTAP', () => {
  const header = (flags: number): Uint8Array => bytes(le32(108), le32(1), le32(12), zeros(24), le32(flags), zeros(68));

  it('tells link type and direction', () => {
    expect(expectRequest(bytes(header(1), ipv4()), PKTAP).direction).toBe('inbound');
    expect(expectRequest(bytes(header(2), ipv4()), PKTAP).direction).toBe('outbound');
    expect(expectRequest(bytes(header(0), ipv4()), PKTAP).direction).toBe(null);
  });

  it('has on macOS a number that is free for all, and is told by its header there', () => {
    expect(expectRequest(bytes(header(1), ipv4()), USER2).direction).toBe('inbound');
    for (const other of [ipv4(), bytes(le32(108), le32(2), le32(12), zeros(96), ipv4()), zeros(30)])
      expect([...decode(other, { linkType: USER2 }).decoder.unknownLinkTypes]).toEqual([[USER2, 1]]);
  });
});

describe('NFLOG', () => {
  it.each([
    ['little', le16],
    ['big', u16],
  ])('has the packet among its attributes, in %s-endian order', (_, n16) => {
    const other = bytes(n16(8), n16(1), zeros(4), n16(5), n16(10), 1, zeros(3));
    const packet = bytes(2, 0, u16(0), other, n16(4 + ipv4().length), n16(9), ipv4());
    expectRequest(packet, NFLOG);
    const six = bytes(10, 0, u16(0), other, n16(4 + ipv6().length), n16(9), ipv6());
    expect(decode(six, { linkType: NFLOG }).segment.family).toBe(6);
  });

  it('with an attribute shorter than its header is counted', () => {
    const notes = decode(bytes(2, 0, u16(0), le16(3), le16(1), zeros(8)), { linkType: NFLOG });
    expect([...notes.decoder.anomalies]).toEqual([['nflog-attribute-length', 1]]);
  });
});

describe('PFLOG', () => {
  const header = (direction: number): Uint8Array => bytes(61, 2, zeros(58), direction, zeros(3));

  it('tells family and direction', () => {
    expect(expectRequest(bytes(header(1), ipv4()), PFLOG).direction).toBe('inbound');
    expect(expectRequest(bytes(header(2), ipv4()), PFLOG).direction).toBe('outbound');
    expect(expectRequest(bytes(header(0), ipv4()), PFLOG).direction).toBe(null);
  });
});

describe('the smaller ones', () => {
  it('ENC has an address family in either byte order', () => {
    expectRequest(bytes(u32(2), zeros(8), ipv4()), 109);
    expectRequest(bytes(le32(2), zeros(8), ipv4()), 109);
    expectRequest(bytes(u32(2), zeros(8), ipv4()), 13);
  });

  it('PPP may be preceded by its direction', () => {
    expect(expectRequest(bytes(0, u16(0xff03), u16(0x0021), ipv4()), 204).direction).toBe('inbound');
    expect(expectRequest(bytes(1, u16(0x0021), ipv4()), 166).direction).toBe('outbound');
    expect(expectRequest(bytes(1, 3, u16(0x0021), ipv4()), 166).direction).toBe('outbound');
  });

  it('so may Cisco HDLC and frame relay', () => {
    expect(expectRequest(bytes(0, u16(0x0f00), u16(0x0800), ipv4()), 205).direction).toBe('inbound');
    expect(expectRequest(bytes(1, u16(0x1841), 3, 0xcc, ipv4()), 206).direction).toBe('outbound');
    expect([...decode(bytes(), { linkType: 206 }).decoder.anomalies]).toEqual([['frame-relay-header-cut', 1]]);
  });

  it('ATM of Solaris tells its direction, and is IP where it is LLC', () => {
    const llc = llcSnap(0x0800, ipv4());
    expect(expectRequest(bytes(0x82, 0, u16(100), llc), 123).direction).toBe('outbound');
    expect(expectRequest(bytes(0x02, 0, u16(100), llc), 123).direction).toBe('inbound');
    expect(decode(bytes(0x01, 0, u16(100), llc), { linkType: 123 }).segments).toEqual([]);
  });

  it('IPNET names the family of what goes between zones', () => {
    expectRequest(bytes(1, 2, zeros(22), ipv4()), 226);
    expect(decode(bytes(1, 26, zeros(22), ipv6()), { linkType: 226 }).segment.family).toBe(6);
  });

  it('a frame may stand behind its preamble; parts of a preempted one are not TCP', () => {
    const preamble = bytes(...Array.from({ length: 7 }, () => 0x55));
    expectRequest(bytes(zeros(4), preamble, 0xd5, ethernet(0x0800, ipv4())), 241);
    expectRequest(bytes(preamble, 0xd5, ethernet(0x0800, ipv4())), 274);
    expect(decode(bytes(preamble, 0xe6, ethernet(0x0800, ipv4())), { linkType: 274 }).segments).toEqual([]);
  });

  it('netANALYZER and InfiniBand put fixed headers before frame and packet', () => {
    expectRequest(bytes(zeros(4), ethernet(0x0800, ipv4())), 240);
    expectRequest(bytes(zeros(40), u16(0x0800), zeros(2), ipv4()), 242);
  });
});
