import { describe, expect, it } from 'vitest';
import {
  bytes,
  decode,
  expectSafeAtEveryLength,
  ipv4,
  ipv6,
  LINKTYPE_IPV4,
  REQUEST,
  udpTunnel,
  zeros,
} from './packets.js';

const AUTHENTICATION = bytes(0, 1, 2, 3, 'id', 'aut', zeros(9));
const ORIGIN = zeros(8);

describe('Teredo', () => {
  it.each([
    ['bare', zeros(0)],
    ['behind an authentication', AUTHENTICATION],
    ['behind an origin', ORIGIN],
    ['behind both', bytes(AUTHENTICATION, ORIGIN)],
  ])('carries IPv6, %s', (_, indication) => {
    const packet = udpTunnel(3544, bytes(indication, ipv6()));
    expect(decode(packet, { linkType: LINKTYPE_IPV4 }).segment).toMatchObject({ family: 6, data: REQUEST });
    expectSafeAtEveryLength(packet, LINKTYPE_IPV4);
  });

  it('carries nothing else', () => {
    expect(decode(udpTunnel(3544, ipv4()), { linkType: LINKTYPE_IPV4 }).segments).toEqual([]);
  });
});
