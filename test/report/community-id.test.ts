import { describe, expect, it } from 'vitest';
import { communityId } from '../../src/report/community-id.js';

describe('Community ID version 1, seed 0, of TCP', () => {
  it.each([
    // The specification's own capture of TCP.
    ['128.232.110.120', 34855, '66.35.250.204', 80, '1:LQU9qZlK+B5F3KDmev6m5PMibrg='],
    // pycommunityid's capture of two connections between the same hosts.
    ['192.168.20.37', 63592, '70.32.97.206', 80, '1:p78FQ5Gn8XFgjlKgugj92+uTUDk='],
    ['192.168.20.37', 63595, '70.32.97.206', 80, '1:9hkgc4umKQCnu8o/1PuuetXhmpk='],
    // As Wireshark computes them for IPv6.
    ['2001:618:1:8000::5', 80, '2001:618:400::5199:cc70', 35995, '1:kcB+WNLtE8/U00NJxs4fStpqTYU='],
    [
      '2606:f200:0:7:bad:f00d:d00d:1',
      80,
      '2a00:5e80:101:212d:504:7b1:2572:db22',
      37034,
      '1:8ya+e267Y2KQ/qqcpFObQXV5F9g=',
    ],
    ['2001:6f8:102d:0:2d0:9ff:fee3:e8de', 59201, '2001:6f8:900:7c0::2', 80, '1:P/VOGxllF9rkDpAV0qCij17Tlnw='],
  ])('%s port %i and %s port %i', (oneAddress, onePort, otherAddress, otherPort, expected) => {
    const one = { address: oneAddress, port: onePort };
    const other = { address: otherAddress, port: otherPort };
    expect(communityId(one, other)).toBe(expected);
    expect(communityId(other, one)).toBe(expected);
  });

  it('orders by port where both ends have one address', () => {
    const low = { address: '127.0.0.1', port: 80 };
    const high = { address: '127.0.0.1', port: 40000 };
    expect(communityId(low, high)).toBe(communityId(high, low));
    expect(communityId(low, high)).not.toBe(communityId({ ...low, port: 81 }, high));
  });

  it('reads every way of writing the same IPv6 address alike', () => {
    const server = { address: '2001:db8::1', port: 443 };
    const mapped = communityId({ address: '::ffff:192.0.2.1', port: 1024 }, server);
    expect(communityId({ address: '0:0:0:0:0:ffff:c000:201', port: 1024 }, server)).toBe(mapped);
    expect(communityId({ address: '::', port: 1024 }, server)).toBe(
      communityId({ address: '0:0:0:0:0:0:0:0', port: 1024 }, server),
    );
    expect(communityId({ address: '2001:db8::', port: 1024 }, server)).toBe(
      communityId({ address: '2001:db8:0:0:0:0:0:0', port: 1024 }, server),
    );
  });
});
