import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openInitial, VariableReader } from '../../../src/tls/quic/initial.js';
import { initialPacket, RFC_9001_FRAME } from './seal.js';

describe('a client’s Initial packet', () => {
  it('is that of RFC 9001 appendix A.2, and opens to its frame', () => {
    const packet = initialPacket({ frames: RFC_9001_FRAME });
    expect(packet.length).toBe(1200);
    expect(packet.subarray(0, 22).toString('hex')).toBe('c000000001088394c8f03e5157080000449e7b9aec34');
    expect(packet.subarray(-16).toString('hex')).toBe('e221af44860018ab0856972e194cd934');
    const opened = openInitial(packet, 0, packet.length);
    expect(opened).toMatchObject({ connectionId: '8394c8f03e515708', end: 1200 });
    expect(Buffer.from(opened?.frames ?? []).subarray(0, RFC_9001_FRAME.length)).toEqual(RFC_9001_FRAME);
  });

  it('of version 2 is that of RFC 9369 appendix A.2', () => {
    const packet = initialPacket({ version: 2, frames: RFC_9001_FRAME });
    expect(packet.subarray(0, 22).toString('hex')).toBe('d76b3343cf088394c8f03e5157080000449ea0c95e82');
    expect(openInitial(packet, 0, packet.length)?.frames?.length).toBe(1162);
  });

  it('lies anywhere in a buffer, with another packet behind it', () => {
    const packet = initialPacket({ frames: RFC_9001_FRAME });
    const buffer = Buffer.concat([Buffer.alloc(10), packet, Buffer.alloc(30)]);
    expect(openInitial(buffer, 10, buffer.length)?.end).toBe(1210);
  });

  it('that was changed does not open', () => {
    const packet = initialPacket({ frames: RFC_9001_FRAME });
    packet[600] = (packet[600] ?? 0) ^ 1;
    expect(openInitial(packet, 0, packet.length)?.frames).toBeNull();
  });

  it('cut at any length, or of any bytes, is nothing and no error', () => {
    const packet = initialPacket({ frames: RFC_9001_FRAME });
    for (let length = 0; length < packet.length; length += 1) expect(openInitial(packet, 0, length)).toBeNull();
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        const begun = Buffer.concat([packet.subarray(0, 5), bytes]);
        expect(openInitial(begun, 0, begun.length)?.frames ?? null).toBeNull();
      }),
    );
  });

  it('of another version or type is none', () => {
    const packet = initialPacket({ frames: RFC_9001_FRAME });
    const changed = (at: number, value: number): Buffer => {
      const copy = Buffer.from(packet);
      copy[at] = value;
      return copy;
    };
    expect(openInitial(changed(4, 9), 0, 1200)).toBeNull();
    expect(openInitial(changed(0, 0xe0), 0, 1200)).toBeNull();
    expect(openInitial(changed(5, 7), 0, 1200)).toBeNull();
  });
});

describe('variable-length integers', () => {
  it.each([
    ['c00000010000000a', 2 ** 32 + 10],
    ['9d7f3e7d', 494_878_333],
    ['7bbd', 15_293],
    ['25', 37],
  ])('%s, RFC 9000 §16', (hex, value) => {
    const bytes = Buffer.from(hex, 'hex');
    expect(new VariableReader(bytes, 0, bytes.length).variable()).toBe(value);
  });

  it('that run over are 0 and broken', () => {
    const reader = new VariableReader(Buffer.from('9d7f', 'hex'), 0, 2);
    expect([reader.variable(), reader.broken]).toEqual([0, true]);
  });
});
