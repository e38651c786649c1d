import { describe, expect, it } from 'vitest';
import { LINKTYPE_PRINTED } from '../../src/capture/link-types.js';
import { PRINTED_HEADER_BYTES, printedHeader, SAID } from '../../src/capture/text-log/printed-header.js';
import { bytes, decode, ipv4, ipv6 } from './packets.js';

const NO_LINK = { direction: null, interfaceIndex: 0, mac: null, macTo: null, vlan: null } as const;
const read = (said: number, packet: Uint8Array, link: Parameters<typeof printedHeader>[1] = NO_LINK) =>
  decode(bytes(printedHeader(said, link), packet), { linkType: LINKTYPE_PRINTED });

describe('a packet made of a text', () => {
  it('knows what the text says, and nothing else', () => {
    expect(read(0, ipv4()).segment).toMatchObject({ ttl: -1, ipId: -1, mac: -1, macTo: -1, vlan: -1, direction: null });
    expect(read(SAID.ttl, ipv4()).segment).toMatchObject({ ttl: 63, ipId: -1 });
    expect(read(SAID.ipId, ipv4()).segment).toMatchObject({ ttl: -1, ipId: 0x1234 });
    expect(read(SAID.bytes, ipv4()).segment).toMatchObject({ ttl: 63, ipId: 0x1234 });
    expect(read(0, ipv6()).segment).toMatchObject({ family: 6, ttl: -1 });
    expect(read(SAID.ttl, ipv6()).segment).toMatchObject({ family: 6, ttl: 61 });
  });

  it('knows the link that is printed with it', () => {
    const link = {
      direction: 'outbound',
      interfaceIndex: 2,
      mac: [1, 2, 3, 4, 5, 6],
      macTo: [6, 5, 4, 3, 2, 1],
      vlan: 10,
    } as const;
    expect(read(0, ipv4(), link).segment).toMatchObject({
      direction: 'outbound',
      interfaceIndex: 2,
      mac: 0x010203040506,
      macTo: 0x060504030201,
      vlan: 10,
    });
  });

  it('may be one of which nothing is known', () => {
    const notes = read(SAID.nothing, new Uint8Array(0));
    expect([notes.decoder.nonTcpPackets, notes.decoder.anomalies.size]).toEqual([1, 0]);
  });

  it('is malformed at each length that cuts its header', () => {
    const whole = bytes(printedHeader(0, NO_LINK));
    for (let length = 0; length < PRINTED_HEADER_BYTES; length += 1)
      expect(
        decode(whole.subarray(0, length), { linkType: LINKTYPE_PRINTED }).decoder.anomalies.get('printed-header-cut'),
      ).toBe(1);
    expect(decode(whole, { linkType: LINKTYPE_PRINTED }).decoder.anomalies.get('ip-header-cut')).toBe(1);
  });
});
