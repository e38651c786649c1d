import { describe, expect, it } from 'vitest';
import { MAX_SUBFRAMES } from '../../src/net/decoder.js';
import {
  bytes,
  CLIENT_MAC,
  CLIENT_MAC_NUMBER,
  decode,
  ethernet,
  expectRequest,
  expectSafeAtEveryLength,
  ipv4,
  llcSnap,
  OTHER_MAC,
  REQUEST,
  THE_REQUEST,
  tcp,
  u16,
  udpTunnel,
  zeros,
} from './packets.js';

const IEEE80211 = 105;
const OTHER_MAC_NUMBER = 0x02000000000b;
const DATA = 0x08;
const QOS_DATA = 0x88;
const BODY = llcSnap(0x0800, ipv4());

function frame(type: number, flags: number, addresses: readonly Uint8Array[], rest: Uint8Array): Uint8Array {
  const [first, second, third, fourth] = addresses;
  return bytes(type, flags, u16(0), first ?? '', second ?? '', third ?? '', u16(0), fourth ?? '', rest);
}

describe('802.11 data frames', () => {
  it('have their two addresses where the direction bits say', () => {
    const o = OTHER_MAC;
    const c = CLIENT_MAC;
    const access = Uint8Array.of(2, 0, 0, 0, 0, 0x99);
    const ends = { mac: CLIENT_MAC_NUMBER, macTo: OTHER_MAC_NUMBER };
    expect(expectRequest(frame(DATA, 0, [o, c, access], BODY), IEEE80211)).toMatchObject(ends);
    expect(expectRequest(frame(DATA, 1, [access, c, o], BODY), IEEE80211)).toMatchObject(ends);
    expect(expectRequest(frame(DATA, 2, [o, access, c], BODY), IEEE80211)).toMatchObject(ends);
    expect(expectRequest(frame(DATA, 3, [access, access, o, c], BODY), IEEE80211)).toMatchObject(ends);
  });

  it('in a tunnel leave nothing of the addresses around it', () => {
    const inner = bytes(1, 0, u16(18), 1, frame(DATA, 1, [CLIENT_MAC, CLIENT_MAC, OTHER_MAC], BODY));
    const outer = ethernet(0x0800, udpTunnel(37_008, inner), Uint8Array.of(2, 0, 0, 0, 0, 0x99));
    outer.set([2, 0, 0, 0, 0, 0x98]);
    expect(expectRequest(outer)).toMatchObject({ mac: CLIENT_MAC_NUMBER, macTo: OTHER_MAC_NUMBER });
  });

  it('with quality of service have two bytes more, and four again with HT control', () => {
    const addresses = [OTHER_MAC, CLIENT_MAC, OTHER_MAC];
    expectRequest(frame(QOS_DATA, 1, addresses, bytes(u16(0), BODY)), IEEE80211);
    expectRequest(frame(QOS_DATA, 0x81, addresses, bytes(u16(0), zeros(4), BODY)), IEEE80211);
    expectRequest(frame(QOS_DATA, 3, [...addresses, CLIENT_MAC], bytes(u16(0), BODY)), IEEE80211);
  });

  it('that are encrypted or fragments are counted and left', () => {
    const addresses = [OTHER_MAC, CLIENT_MAC, OTHER_MAC];
    const encrypted = decode(frame(DATA, 0x41, addresses, BODY), { linkType: IEEE80211 });
    expect([...encrypted.decoder.anomalies]).toEqual([['ieee80211-protected', 1]]);
    const fragment = decode(frame(DATA, 0x05, addresses, BODY), { linkType: IEEE80211 });
    expect([...fragment.decoder.anomalies]).toEqual([['ieee80211-fragment', 1]]);
    const later = frame(DATA, 1, addresses, BODY);
    later[22] = 1;
    expect([...decode(later, { linkType: IEEE80211 }).decoder.anomalies]).toEqual([['ieee80211-fragment', 1]]);
  });

  it('without a body, and frames of other types, are not TCP', () => {
    for (const type of [0x48, 0xc8, 0x80, 0xd4]) {
      const notes = decode(frame(type, 1, [OTHER_MAC, CLIENT_MAC, OTHER_MAC], BODY), { linkType: IEEE80211 });
      expect(notes.segments).toEqual([]);
      expect(notes.decoder.anomalies.size).toBe(0);
    }
  });

  it('that aggregate several MSDUs bring several segments in one packet', () => {
    const subframe = (body: Uint8Array): Uint8Array => bytes(OTHER_MAC, CLIENT_MAC, u16(body.length), body);
    const padded = (body: Uint8Array): Uint8Array => bytes(subframe(body), zeros(-subframe(body).length & 3));
    const second = llcSnap(0x0800, ipv4(tcp({ source: 7, data: REQUEST })));
    const packet = frame(
      QOS_DATA,
      1,
      [OTHER_MAC, OTHER_MAC, OTHER_MAC],
      bytes(u16(0x8000), padded(BODY), subframe(second)),
    );
    const { segments, decoder } = decode(packet, { linkType: IEEE80211 });
    expect(segments).toHaveLength(2);
    expect(segments[0]).toMatchObject({ ...THE_REQUEST, mac: CLIENT_MAC_NUMBER, macTo: OTHER_MAC_NUMBER, packet: 1 });
    expect(segments[1]).toMatchObject({ sourcePort: 7, data: REQUEST, packet: 1 });
    expect(decoder.nonTcpPackets).toBe(0);
    expectSafeAtEveryLength(packet, IEEE80211);
  });

  it('are read up to a bound of frames in one aggregate', () => {
    const body = llcSnap(0x0800, ipv4(tcp({ data: '' })));
    const subframe = bytes(OTHER_MAC, CLIENT_MAC, u16(body.length), body, zeros(-(14 + body.length) & 3));
    const aggregate = (count: number): Uint8Array =>
      frame(
        QOS_DATA,
        1,
        [OTHER_MAC, OTHER_MAC, OTHER_MAC],
        bytes(u16(0x8000), ...Array.from({ length: count }, () => subframe)),
      );
    expect(decode(aggregate(MAX_SUBFRAMES), { linkType: IEEE80211 }).decoder.anomalies.size).toBe(0);
    const { segments, decoder } = decode(aggregate(MAX_SUBFRAMES + 1), { linkType: IEEE80211 });
    expect(segments).toHaveLength(MAX_SUBFRAMES);
    expect([...decoder.anomalies]).toEqual([['a-msdu-too-long', 1]]);
  });

  it('with an aggregate of a length that cannot be end there', () => {
    const subframe = bytes(OTHER_MAC, CLIENT_MAC, u16(0xffff), llcSnap(0x0800, zeros(4)));
    const packet = frame(QOS_DATA, 1, [OTHER_MAC, OTHER_MAC, OTHER_MAC], bytes(u16(0x8000), subframe));
    expect([...decode(packet, { linkType: IEEE80211 }).decoder.anomalies]).toEqual([['ipv4-header-cut', 1]]);
  });
});
