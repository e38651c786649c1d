import { describe, expect, it } from 'vitest';
import { readKeyLog } from '../../../src/capture/pcapng/decryption-secrets.js';
import {
  MAX_INTERFACE_NAME_LENGTH,
  readInterfaceDescription,
} from '../../../src/capture/pcapng/interface-description.js';
import { readStatisticsDrops, statisticsInterface } from '../../../src/capture/pcapng/interface-statistics.js';
import { OptionCursor } from '../../../src/capture/pcapng/options.js';
import { sectionByteOrder, unknownVersion } from '../../../src/capture/pcapng/section-header.js';
import { double, words } from '../build-pcap.js';
import { PcapngBuilder } from '../build-pcapng.js';
import { viewOf } from './view-of.js';

describe.each([false, true])('big endian: %s;', (big) => {
  const builder = () => new PcapngBuilder(big);

  it('a section header tells byte order and version', () => {
    const view = viewOf(builder().section().build());
    expect(sectionByteOrder(view, 0)).toBe(big ? 'big' : 'little');
    expect(unknownVersion(view, 0, !big)).toBeNull();
    expect(unknownVersion(viewOf(builder().section([1, 2]).build()), 0, !big)).toBeNull();
    expect(unknownVersion(viewOf(builder().section([2, 1]).build()), 0, !big)).toBe('2.1');
    view.setUint32(8, 0x1a2b3c4e);
    expect(sectionByteOrder(view, 0)).toBeNull();
  });

  it('an interface description tells link type, snap length, name, resolution and offset', () => {
    const read = (options: readonly Uint8Array[]) => {
      const bytes = builder().interface(113, options, 96).build();
      return readInterfaceDescription(new OptionCursor(), viewOf(bytes), 0, bytes.length, !big);
    };
    const plain = read([]);
    expect(plain).toMatchObject({ linkType: 113, snapLength: 96, name: null, statisticsDrops: -1, packetDrops: -1 });
    plain.clock.set(0, 1_500_000);
    expect(plain.clock).toMatchObject({ seconds: 1, nanoseconds: 500_000_000 });
    const full = read([
      builder().option(3, Buffer.from('description')),
      builder().option(2, Buffer.from('eth0')),
      builder().option(9, Buffer.from([9])),
      builder().option(14, double(big, -100n)),
    ]);
    expect(full.name).toBe('eth0');
    full.clock.set(0, 1_500_000);
    expect(full.clock).toMatchObject({ seconds: -100, nanoseconds: 1_500_000 });
    expect(read([builder().option(2, Buffer.alloc(1000, 'x'))]).name?.length).toBe(MAX_INTERFACE_NAME_LENGTH);
    // A resolution of two bytes is none.
    const odd = read([builder().option(9, Buffer.from([9, 9]))]);
    odd.clock.set(0, 1_500_000);
    expect(odd.clock.seconds).toBe(1);
  });

  it('interface statistics add what interface and system dropped, and know when nobody counted', () => {
    const read = (options: readonly Uint8Array[]) => {
      const bytes = builder()
        .block(5, words(big, 2, 0, 0), ...options)
        .build();
      expect(statisticsInterface(viewOf(bytes), 0, !big)).toBe(2);
      return readStatisticsDrops(new OptionCursor(), viewOf(bytes), 0, bytes.length, !big);
    };
    const received = builder().option(4, double(big, 5000n));
    const dropped = builder().option(5, double(big, 12n));
    const systemDropped = builder().option(7, double(big, 30n));
    expect(read([])).toBe(-1);
    expect(read([received])).toBe(-1);
    expect(read([received, dropped])).toBe(12);
    expect(read([dropped, systemDropped])).toBe(42);
    expect(read([builder().option(5, double(big, 0n))])).toBe(0);
    expect(read([builder().option(5, words(big, 9))])).toBe(-1);
  });

  it('decryption secrets are a TLS key log, another kind, or longer than their block', () => {
    const text = `CLIENT_RANDOM ${'00'.repeat(32)} ${'11'.repeat(48)}\n`;
    const read = (type: number, length: number) => {
      const bytes = builder()
        .block(10, words(big, type, length), Buffer.from(text))
        .build();
      return readKeyLog(viewOf(bytes), 0, bytes.length, !big);
    };
    expect(read(0x544c534b, text.length)).toBe(text);
    expect(read(0x57474b4c, text.length)).toBeNull();
    expect(read(0x544c534b, text.length + 4)).toBeUndefined();
    expect(read(0x544c534b, 0xffffffff)).toBeUndefined();
  });
});
