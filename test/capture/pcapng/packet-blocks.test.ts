import { describe, expect, it } from 'vitest';
import { readEnhancedPacket } from '../../../src/capture/pcapng/enhanced-packet.js';
import { readObsoletePacket } from '../../../src/capture/pcapng/obsolete-packet.js';
import { OptionCursor } from '../../../src/capture/pcapng/options.js';
import { emptyPacketBlock } from '../../../src/capture/pcapng/packet-block.js';
import { readSimplePacket } from '../../../src/capture/pcapng/simple-packet.js';
import { double, words } from '../build-pcap.js';
import { PcapngBuilder } from '../build-pcapng.js';
import { viewOf } from './view-of.js';

const DATA = Buffer.from('GET / HTTP/1.1');
const UNITS = 0x0006_1b34_d75e_8d54n;

type Kind = 'enhanced' | 'obsolete' | 'simple';

function read(kind: Kind, bytes: Uint8Array, big: boolean, snapLength = 0) {
  const block = emptyPacketBlock();
  const options = new OptionCursor();
  const view = viewOf(bytes);
  const fits =
    kind === 'simple'
      ? readSimplePacket(block, view, 0, bytes.length, !big, snapLength)
      : kind === 'enhanced'
        ? readEnhancedPacket(block, options, view, 0, bytes.length, !big)
        : readObsoletePacket(block, options, view, 0, bytes.length, !big);
  return { block, fits, overrun: options.overrun };
}

describe.each([false, true])('a packet block, big endian: %s', (big) => {
  const builder = () => new PcapngBuilder(big);
  const flags = (value: number) => builder().option(2, words(big, value));

  it('of the enhanced kind has interface, time, lengths, direction and drops', () => {
    const options = [builder().option(1, Buffer.from('a comment')), flags(2), builder().option(4, double(big, 17n))];
    const { block, fits } = read('enhanced', builder().enhanced(DATA, UNITS, options, 3, 1514).build(), big);
    expect(fits).toBe(true);
    expect(block).toEqual({
      interfaceId: 3,
      timed: true,
      timestampHigh: 0x61b34,
      timestampLow: 0xd75e8d54,
      capturedLength: DATA.length,
      originalLength: 1514,
      start: 28,
      direction: 'outbound',
      drops: 17,
    });
  });

  it('of the obsolete kind has the same, its drops in two bytes', () => {
    const { block } = read(
      'obsolete',
      builder()
        .obsolete(DATA, UNITS, 5, [flags(1)], 2)
        .build(),
      big,
    );
    expect(block).toMatchObject({ interfaceId: 2, timestampHigh: 0x61b34, timestampLow: 0xd75e8d54, drops: 5 });
    expect(block).toMatchObject({ capturedLength: DATA.length, direction: 'inbound', start: 28 });
    expect(read('obsolete', builder().obsolete(DATA, UNITS, 0xffff).build(), big).block.drops).toBe(-1);
  });

  it('of the simple kind has no time, and the snap length says how much of the packet it holds', () => {
    const whole = read('simple', builder().simple(DATA).build(), big);
    expect(whole.block).toMatchObject({
      interfaceId: 0,
      timed: false,
      capturedLength: 14,
      originalLength: 14,
      start: 12,
    });
    const cut = read('simple', builder().simple(DATA.subarray(0, 8), 1514).build(), big, 8);
    expect(cut.block).toMatchObject({ capturedLength: 8, originalLength: 1514 });
  });

  it('has no direction and no drops when it has no such options, whatever the block before it had', () => {
    const block = emptyPacketBlock();
    const options = new OptionCursor();
    for (const [given, direction] of [
      [[flags(1)], 'inbound'],
      [[], null],
      [[flags(3)], null],
      [[flags(0)], null],
    ] as const) {
      const bytes = builder().enhanced(DATA, UNITS, given).build();
      readEnhancedPacket(block, options, viewOf(bytes), 0, bytes.length, !big);
      expect(block.direction).toBe(direction);
      expect(block.drops).toBe(-1);
    }
  });

  it('does not believe a captured length that its own length contradicts', () => {
    const lengthAt = { enhanced: 20, obsolete: 20, simple: 8 };
    const blocks = {
      enhanced: builder().enhanced(DATA, UNITS).build(),
      obsolete: builder().obsolete(DATA, UNITS).build(),
      simple: builder().simple(DATA).build(),
    };
    for (const kind of ['enhanced', 'obsolete', 'simple'] as const) {
      for (const length of [17, 4096, 0x7fffffff, 0xffffffff]) {
        const bytes = Buffer.from(blocks[kind]);
        words(big, length).copy(bytes, lengthAt[kind]);
        expect(read(kind, bytes, big)).toMatchObject({ fits: false, block: { capturedLength: length } });
      }
    }
  });

  it('tells when its options run past its end', () => {
    const options = Buffer.concat([flags(1), builder().option(2, Buffer.alloc(4)).subarray(0, 4)]);
    const { block, overrun, fits } = read('enhanced', builder().enhanced(DATA, UNITS, [options]).build(), big);
    expect({ fits, overrun, direction: block.direction }).toEqual({ fits: true, overrun: true, direction: 'inbound' });
  });
});
