import { describe, expect, it } from 'vitest';
import { bytes, decode, ethernet, expectRequest, ipv4, ipv6, le16, le32, u16, u32, zeros } from './packets.js';

const PPI = 192;
const PKTAP = 258;
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
  });

  it('PPP may be preceded by its direction', () => {
    expect(expectRequest(bytes(0, u16(0xff03), u16(0x0021), ipv4()), 204).direction).toBe('inbound');
    expect(expectRequest(bytes(1, u16(0x0021), ipv4()), 166).direction).toBe('outbound');
  });

  it('netANALYZER and InfiniBand put fixed headers before frame and packet', () => {
    expectRequest(bytes(zeros(4), ethernet(0x0800, ipv4())), 240);
    expectRequest(bytes(zeros(40), u16(0x0800), zeros(2), ipv4()), 242);
  });
});
