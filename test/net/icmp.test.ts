import { describe, expect, it } from 'vitest';
import {
  bytes,
  CLIENT,
  CLIENT6,
  decode,
  expectSafeAtEveryLength,
  ipv4,
  ipv6,
  LINKTYPE_IPV4,
  LINKTYPE_IPV6,
  SERVER,
  SERVER6,
  tcp,
  tunnel,
  u16,
  u32,
  zeros,
} from './packets.js';

const ROUTER = 0xfe000001;
const ROUTER6 = bytes(u32(0xfe800000), zeros(11), 9);

function icmp(type: number, code: number, rest: number, quote: Uint8Array): Uint8Array {
  return ipv4(bytes(type, code, zeros(2), u32(rest), quote), { protocol: 1, source: ROUTER, destination: CLIENT });
}

function icmpv6(type: number, code: number, rest: number, quote: Uint8Array): Uint8Array {
  return ipv6(bytes(type, code, zeros(2), u32(rest), quote), { next: 58, source: ROUTER6, destination: CLIENT6 });
}

const quotedIn4 = (packet: Uint8Array) => {
  const notes = decode(packet, { linkType: LINKTYPE_IPV4 });
  expect(notes.segments).toEqual([]);
  return notes.quoted;
};

const quotedIn6 = (packet: Uint8Array) => decode(packet, { linkType: LINKTYPE_IPV6 }).quoted;

describe('ICMP', () => {
  it.each([
    [3, 1],
    [3, 13],
    [4, 0],
    [5, 1],
    [11, 0],
    [12, 0],
  ])('type %i code %i quotes the segment that it is about', (type, code) => {
    const packet = icmp(type, code, 0, ipv4());
    expect(quotedIn4(packet)).toMatchObject([
      {
        packet: 1,
        family: 4,
        source0: CLIENT,
        destination0: SERVER,
        sourcePort: 54_321,
        destinationPort: 80,
        icmpFamily: 4,
        sender0: ROUTER,
        icmpType: type,
        icmpCode: code,
        mtu: -1,
      },
    ]);
    expectSafeAtEveryLength(packet, LINKTYPE_IPV4);
  });

  it('needs no more of TCP than the ports', () => {
    const quote = ipv4();
    expect(quotedIn4(icmp(3, 1, 0, quote.subarray(0, 28)))).toHaveLength(1);
    expect(quotedIn4(icmp(3, 1, 0, quote.subarray(0, 24)))).toHaveLength(1);
    const short = decode(icmp(3, 1, 0, quote.subarray(0, 23)), { linkType: LINKTYPE_IPV4 });
    expect(short.quoted).toEqual([]);
    expect([...short.decoder.anomalies]).toEqual([['icmp-quote-cut', 1]]);
  });

  it('uses up a stream number in Wireshark from 16 quoted TCP bytes on, but not in a redirect', () => {
    const quote = ipv4();
    expect(quotedIn4(icmp(3, 1, 0, quote.subarray(0, 35)))).toMatchObject([{ numbered: false }]);
    expect(quotedIn4(icmp(3, 1, 0, quote.subarray(0, 36)))).toMatchObject([{ numbered: true }]);
    expect(quotedIn4(icmp(5, 1, 0, quote))).toMatchObject([{ numbered: false }]);
    expect(quotedIn6(icmpv6(1, 0, 0, ipv6()))).toMatchObject([{ numbered: true }]);
  });

  it('tells the next-hop MTU of what was too big, unless the router is too old to', () => {
    expect(quotedIn4(icmp(3, 4, 1400, ipv4()))).toMatchObject([{ mtu: 1400 }]);
    expect(quotedIn4(icmp(3, 4, 0, ipv4()))).toMatchObject([{ mtu: -1 }]);
    expect(quotedIn4(icmp(3, 1, 1400, ipv4()))).toMatchObject([{ mtu: -1 }]);
  });

  it('quotes a tunnel down to the TCP within', () => {
    expect(quotedIn4(icmp(3, 1, 0, tunnel(4, ipv4())))).toMatchObject([{ source0: CLIENT, sender0: ROUTER }]);
    expect(quotedIn4(icmp(3, 1, 0, tunnel(41, ipv6())))).toMatchObject([{ family: 6, icmpFamily: 4, sender0: ROUTER }]);
  });

  it('quotes a first fragment, and nothing of a later one', () => {
    expect(quotedIn4(icmp(11, 1, 0, ipv4(tcp(), { more: true })))).toHaveLength(1);
    expect(quotedIn4(icmp(11, 1, 0, ipv4(tcp(), { offset: 80 })))).toEqual([]);
  });

  it('that asks or answers quotes nothing, nor does an error within an error', () => {
    expect(quotedIn4(icmp(8, 0, 0, ipv4()))).toEqual([]);
    expect(quotedIn4(icmp(3, 1, 0, icmp(3, 1, 0, ipv4())))).toEqual([]);
    expect(quotedIn4(icmp(3, 1, 0, zeros(0)))).toEqual([]);
  });
});

describe('ICMPv6', () => {
  it.each([
    [1, 0],
    [3, 0],
    [4, 1],
  ])('type %i code %i quotes the segment that it is about', (type, code) => {
    const packet = icmpv6(type, code, 1280, ipv6());
    expect(quotedIn6(packet)).toMatchObject([
      {
        family: 6,
        source3: 1,
        destination3: 2,
        icmpFamily: 6,
        sender0: 0xfe800000,
        sender3: 9,
        icmpType: type,
        mtu: -1,
      },
    ]);
    expectSafeAtEveryLength(packet, LINKTYPE_IPV6);
  });

  it('tells the MTU of what was too big', () => {
    expect(quotedIn6(icmpv6(2, 0, 0xffff_fff0, ipv6()))).toMatchObject([{ icmpType: 2, mtu: 0xffff_fff0 }]);
  });

  it('quotes a packet with extension headers', () => {
    const quote = ipv6(bytes(6, 0, u16(1), u32(7), tcp()), { next: 44 });
    expect(quotedIn6(icmpv6(2, 0, 1280, quote))).toMatchObject([{ sourcePort: 54_321 }]);
  });

  it('redirects with the packet among its options', () => {
    const option = bytes(4, (8 + ipv6().length + 6) / 8, zeros(6), ipv6(), zeros(6));
    const redirect = (options: Uint8Array): Uint8Array => icmpv6(137, 0, 0, bytes(SERVER6, SERVER6, options));
    expect(quotedIn6(redirect(bytes(2, 1, zeros(6), option)))).toMatchObject([{ sourcePort: 54_321, icmpType: 137 }]);
    expectSafeAtEveryLength(redirect(option), LINKTYPE_IPV6);
    const broken = decode(redirect(bytes(2, 0, zeros(14))), { linkType: LINKTYPE_IPV6 });
    expect([...broken.decoder.anomalies]).toEqual([['icmpv6-option-length', 1]]);
  });

  it('of other types quotes nothing', () => {
    expect(quotedIn6(icmpv6(128, 0, 0, ipv6()))).toEqual([]);
    expect(quotedIn6(icmpv6(0, 0, 0, ipv6()))).toEqual([]);
  });
});

describe('signs that a host is there', () => {
  const signsIn = (packet: Uint8Array, linkType: number) => decode(packet, { linkType }).signs;
  const solicitation = (source: Uint8Array) =>
    ipv6(bytes(135, 0, zeros(6), SERVER6), { next: 58, source, destination: SERVER6 });

  it('are the answers to pings', () => {
    expect(signsIn(icmp(0, 0, 0, zeros(8)), LINKTYPE_IPV4)).toEqual([
      { packet: 1, atNs: 1000, address: '254.0.0.1', kind: 'echo', mac: null },
    ]);
    expect(signsIn(icmpv6(129, 0, 0, zeros(8)), LINKTYPE_IPV6)).toMatchObject([{ address: 'fe80::9', kind: 'echo' }]);
    expect(signsIn(icmp(8, 0, 0, zeros(8)), LINKTYPE_IPV4)).toEqual([]);
  });

  it('are neighbours that ask, are asked for, and answer', () => {
    expect(signsIn(solicitation(CLIENT6), LINKTYPE_IPV6)).toMatchObject([
      { address: '2001:db8::1', kind: 'neighbour' },
      { address: 'f001:db8::2', kind: 'asked' },
    ]);
    expect(signsIn(solicitation(zeros(16)), LINKTYPE_IPV6)).toMatchObject([{ address: 'f001:db8::2', kind: 'asked' }]);
    expect(signsIn(icmpv6(136, 0, 0x6000_0000, CLIENT6), LINKTYPE_IPV6)).toMatchObject([
      { address: '2001:db8::1', kind: 'neighbour' },
    ]);
  });

  it('are not read where the message is cut', () => {
    expect(signsIn(icmpv6(136, 0, 0, zeros(15)), LINKTYPE_IPV6)).toEqual([]);
    expectSafeAtEveryLength(solicitation(CLIENT6), LINKTYPE_IPV6);
  });
});
