import { describe, expect, it } from 'vitest';
import { linkTypeName } from '../../src/capture/link-types.js';

describe('link types', () => {
  it('have the names of the registry at tcpdump.org, without the prefix', () => {
    const names = {
      0: 'NULL',
      1: 'ETHERNET',
      9: 'PPP',
      105: 'IEEE802_11',
      108: 'LOOP',
      113: 'LINUX_SLL',
      127: 'IEEE802_11_RADIOTAP',
      228: 'IPV4',
      229: 'IPV6',
      276: 'LINUX_SLL2',
    };
    for (const [linkType, name] of Object.entries(names)) expect(linkTypeName(Number(linkType))).toBe(name);
  });

  it('are raw IP under the registered number and under the two that DLT_RAW has', () => {
    expect([12, 14, 101].map(linkTypeName)).toEqual(['RAW', 'RAW', 'RAW']);
  });

  it('show their number when they have no name', () => {
    expect([15, 4711, 0x03ffffff].map(linkTypeName)).toEqual(['LINKTYPE_15', 'LINKTYPE_4711', 'LINKTYPE_67108863']);
  });
});
