import { describe, expect, it } from 'vitest';
import { bytes, decode, ethernet, expectRequest, ipv4, zeros } from './packets.js';

describe('the network service header', () => {
  it('is as long as it says, in words, and names what follows', () => {
    expectRequest(ethernet(0x894f, bytes(0, 6, 1, 1, zeros(20), ipv4())));
    expectRequest(ethernet(0x894f, bytes(0, 2, 1, 3, zeros(4), ethernet(0x0800, ipv4()))));
  });

  it('shorter than itself is counted', () => {
    const notes = decode(ethernet(0x894f, bytes(0, 1, 1, 1, zeros(4), ipv4())));
    expect([...notes.decoder.anomalies]).toEqual([['nsh-header-length', 1]]);
  });
});
