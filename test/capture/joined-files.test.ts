import { describe, expect, it } from 'vitest';
import { beginsCapture, JOINED_FILES } from '../../src/capture/joined-files.js';
import { packet, pcap, words } from './build-pcap.js';
import { PcapngBuilder } from './build-pcapng.js';
import { readAll } from './read-all.js';
import { scratchFolder } from './scratch-folder.js';

const { write } = scratchFolder();
const ONE = pcap([packet(1), packet(2)]);
const TWO = pcap([packet(3)]);
const twoMore = (big: boolean) => pcap([packet(3), packet(4)], { big });
const NG = new PcapngBuilder().section().interface().enhanced(packet(4).bytes, 4_000_000n, []).build();

async function read(...parts: readonly Uint8Array[]) {
  const bytes = Buffer.concat(parts);
  const whole = await readAll(write('a.pcap', bytes));
  // However the bytes come, the same is read.
  const byFew = await readAll(write('b.pcap', bytes), undefined, 32);
  expect(byFew.packets).toEqual(whole.packets);
  expect(byFew.facts.warnings).toEqual(whole.facts.warnings);
  expect(byFew.error?.reason).toBe(whole.error?.reason);
  return whole;
}

describe('captures put behind one another', () => {
  it('are read as one where their file headers are the same, but for the snap length', async () => {
    for (const big of [false, true]) {
      const first = pcap([packet(1), packet(2)], { big });
      const next = pcap([packet(3)], { big, snapLength: 96 });
      const { packets, error, facts } = await read(first, next, pcap([], { big }), next);
      expect(error).toBeNull();
      expect(packets.map(({ number }) => number)).toEqual([1, 2, 3, 4]);
      expect(facts.warnings[0]).toBe(
        `several captures stand behind one another, from offset ${first.length} on; all were read, Wireshark shows the first alone`,
      );
    }
  });

  it('are read as one where the first holds one packet, or none', async () => {
    for (const big of [false, true]) {
      for (const first of [[packet(1)], []]) {
        const { packets, error } = await read(pcap(first, { big }), twoMore(big), twoMore(big));
        expect(error).toBeNull();
        expect(packets.map(({ bytes }) => bytes.length / 2)).toEqual([...first.map(() => 61), 63, 64, 63, 64]);
      }
    }
  });

  it('are told where the first holds one packet and they are of different kinds', async () => {
    const first = pcap([packet(1)]);
    for (const other of [pcap([packet(3)], { big: true }), pcap([packet(3)], { network: 101 }), NG]) {
      const { packets, error } = await read(first, other);
      expect(packets.length).toBe(1);
      expect(error).toMatchObject({ offset: first.length, reason: `${JOINED_FILES}; read 1 packet before it` });
    }
  });

  it('are read as one whatever their time zones', async () => {
    for (const zone of [-3600, 3600]) {
      for (const first of [[packet(1)], [packet(1), packet(2), packet(3), packet(4)]]) {
        const next = pcap([packet(5), packet(6)]);
        next.writeInt32LE(zone, 8);
        const { packets, error } = await read(pcap(first), next);
        expect(error).toBeNull();
        expect(packets.length).toBe(first.length + 2);
      }
    }
  });

  it('do not begin with a packet of the second that a magic would be', async () => {
    const { packets, error } = await read(pcap([packet(1), packet(3, 60, 0xa1b2c3d4), packet(4)]));
    expect(error).toBeNull();
    expect(packets.map(({ bytes }) => bytes.length / 2)).toEqual([61, 60, 64]);
  });

  it('may end within a header', async () => {
    for (let length = 16; length < 24; length += 1) {
      const { packets, error, facts } = await read(ONE, TWO.subarray(0, length));
      expect(packets.length).toBe(2);
      expect(error).toBeNull();
      expect(facts.warnings[0]).toMatch(/^cut short at offset \d+, in a pcap file header: \d bytes? missing/);
    }
  });

  it('are told where they are of different kinds', async () => {
    const others = [
      pcap([packet(3)], { big: true }),
      pcap([packet(3)], { magic: 0xa1b23c4d, unitNs: 1 }),
      pcap([packet(3)], { network: 101 }),
      NG,
    ];
    for (const other of others) {
      const { packets, error } = await read(ONE, other);
      expect(packets.length).toBe(2);
      expect(error).toMatchObject({ offset: ONE.length, reason: `${JOINED_FILES}; read 2 packets before it` });
    }
    for (const big of [false, true]) {
      const { packets, error } = await read(NG, pcap([packet(3)], { big }));
      expect(packets.length).toBe(1);
      expect(error).toMatchObject({ offset: NG.length, reason: `${JOINED_FILES}; read 1 packet before it` });
    }
  });

  it('begin with a magic and what belongs to it', () => {
    const begins = (bytes: Buffer) =>
      beginsCapture(new DataView(bytes.buffer, bytes.byteOffset, bytes.length), 0, bytes.length);
    expect([ONE, NG, pcap([], { big: true })].map((bytes) => begins(Buffer.from(bytes)))).toEqual([true, true, true]);
    expect(begins(Buffer.from(ONE.subarray(0, 7)))).toBe(false);
    expect(begins(Buffer.from(NG.subarray(0, 11)))).toBe(false);
    expect(begins(words(false, 0xa1b2c3d4, 7, 0))).toBe(false);
    expect(begins(words(false, 0x0a0d0d0a, 28, 7))).toBe(false);
    expect(begins(words(false, 6, 32, 0))).toBe(false);
  });
});

describe('zeros', () => {
  it('in place of packets are passed over, and take up the numbers that Wireshark gives them', async () => {
    const { packets, error, facts } = await read(ONE, Buffer.alloc(48), TWO.subarray(24));
    expect(error).toBeNull();
    expect(packets.map(({ number }) => number)).toEqual([1, 2, 6]);
    expect(facts.packets).toBe(3);
    expect(facts.warnings).toEqual([`zeros stand in place of packets, first at offset ${ONE.length}; passed over`]);
  });

  it('at the end are no packet cut short', async () => {
    for (const length of [16, 27, 4096, 70_001]) {
      const { packets, error, facts } = await read(ONE, Buffer.alloc(length));
      expect(error).toBeNull();
      expect(packets.length).toBe(2);
      expect(facts.warnings).toEqual([`zeros stand in place of packets, first at offset ${ONE.length}; passed over`]);
    }
  });

  it('are told from a packet of which nothing was captured', async () => {
    const { packets, facts } = await read(ONE, words(false, 1_700_000_009, 0, 0, 60));
    expect(packets.map(({ number, bytes, originalLength }) => [number, bytes.length, originalLength]).at(-1)).toEqual([
      3, 0, 60,
    ]);
    expect(facts.warnings).toEqual([]);
  });

  it('in place of a block end the reading', async () => {
    const { packets, error } = await read(NG, Buffer.alloc(64));
    expect(packets.length).toBe(1);
    expect(error?.reason).toBe('zeros stand where a block should; read 1 packet before it');
  });
});
