import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { MAX_BLOCK_BYTES } from '../../../src/capture/pcapng/block.js';
import { MAX_INTERFACES, PcapngReader } from '../../../src/capture/pcapng/reader.js';
import { double, packet, words } from '../build-pcap.js';
import { PcapngBuilder, padded } from '../build-pcapng.js';
import { readAll } from '../read-all.js';
import { pieces, scratchFolder } from '../scratch-folder.js';

const { write, folder } = scratchFolder();
const ONE = packet(1).bytes;
const TWO = packet(2).bytes;

function started(big = false): PcapngBuilder {
  return new PcapngBuilder(big).section().interface();
}

async function read(bytes: Uint8Array, readBytes?: number) {
  return readAll(write('a.pcapng', bytes), undefined, readBytes);
}

describe('sections', () => {
  it('may follow one another in different byte orders, each with its own interfaces', async () => {
    const big = new PcapngBuilder(true).section().interface(113).interface(1).enhanced(TWO, 5_000_000n, [], 1).build();
    const bytes = started().enhanced(ONE, 1_000_000n).raw(big).build();
    const { packets, timesNs, facts, reader } = await read(bytes);
    expect(packets.map(({ number, linkType, interfaceIndex }) => [number, linkType, interfaceIndex])).toEqual([
      [1, 1, 0],
      [2, 1, 2],
    ]);
    expect(timesNs).toEqual([1_000_000_000n, 5_000_000_000n]);
    expect(facts.linkTypes).toEqual(['ETHERNET', 'LINUX_SLL']);
    expect(reader instanceof PcapngReader && reader.interfaceNames).toEqual([null, null, null]);
  });

  it('forget the interfaces of the section before', async () => {
    const { error } = await read(started().enhanced(ONE, 0n).section().enhanced(TWO, 0n).build());
    expect(error?.message).toMatch(
      /packet block of interface 0, with 0 described in its section; read 1 packet before it$/,
    );
  });

  it('of an unknown major version end the reading, of an unknown minor one do not', async () => {
    const { error, packets } = await read(started().enhanced(ONE, 0n).section([2, 0]).build());
    expect(packets.length).toBe(1);
    expect(error).toMatchObject({ code: 'unsupported', reason: expect.stringContaining('version 2.0 is not known') });
    const minor = new PcapngBuilder().section([1, 2]).interface().enhanced(ONE, 0n).build();
    expect((await read(minor)).packets.length).toBe(1);
  });

  it('with a byte-order magic that is neither end the reading', async () => {
    const bytes = started().enhanced(ONE, 0n).section().build();
    bytes.writeUInt32BE(0x01020304, bytes.length - 20);
    const { error, packets } = await read(bytes);
    expect(packets.length).toBe(1);
    expect(error?.reason).toMatch(/^byte-order magic 0x01020304 of a section header is not 0x1a2b3c4d/);
  });
});

describe('interfaces', () => {
  it('are bounded in number, lest a hostile file fill the memory', async () => {
    const builder = new PcapngBuilder().section();
    const one = new PcapngBuilder().interface().build();
    const bytes = Buffer.concat([builder.build(), ...Array.from({ length: MAX_INTERFACES }, () => one)]);
    const last = new PcapngBuilder().enhanced(ONE, 0n, [], MAX_INTERFACES - 1).build();
    expect((await read(Buffer.concat([bytes, last]))).packets[0]?.interfaceIndex).toBe(MAX_INTERFACES - 1);
    const { error } = await read(Buffer.concat([bytes, one, last]));
    expect(error).toMatchObject({ code: 'unsupported', offset: bytes.length });
  });
});

describe('packets', () => {
  it('of several interfaces have each its link type, resolution and name', async () => {
    const builder = new PcapngBuilder();
    const bytes = builder
      .section()
      .interface(1, [builder.option(2, Buffer.from('eth0'))])
      .interface(276, [builder.option(9, Buffer.from([9])), builder.option(2, Buffer.from('any'))])
      .enhanced(ONE, 2_000_000n, [], 0)
      .enhanced(TWO, 2_000_000_001n, [], 1)
      .build();
    const { packets, timesNs, reader } = await read(bytes);
    expect(packets.map(({ linkType }) => linkType)).toEqual([1, 276]);
    expect(timesNs).toEqual([2_000_000_000n, 2_000_000_001n]);
    expect(packets.map(({ atNs }) => atNs)).toEqual([0, 1]);
    expect(reader instanceof PcapngReader && reader.interfaceNames).toEqual(['eth0', 'any']);
  });

  it('carry their direction', async () => {
    const builder = started();
    const flags = (value: number) => [builder.option(2, words(false, value))];
    const bytes = builder.enhanced(ONE, 0n, flags(1)).enhanced(ONE, 0n, flags(2)).enhanced(ONE, 0n).build();
    expect((await read(bytes)).packets.map(({ direction }) => direction)).toEqual(['inbound', 'outbound', null]);
  });

  it('without a time have that of the packet before, or the first that has one', async () => {
    const bytes = started().simple(ONE).enhanced(ONE, 7_000_000n).simple(TWO).enhanced(TWO, 9_000_000n).build();
    const { packets, facts } = await read(bytes);
    expect(packets.map(({ atNs }) => atNs)).toEqual([0, 0, 0, 2_000_000_000]);
    expect(facts).toMatchObject({ packets: 4, startEpochNs: 7_000_000_000n, endEpochNs: 9_000_000_000n, warnings: [] });
    const { facts: timeless } = await read(started().simple(ONE).build());
    expect(timeless).toMatchObject({ packets: 1, startEpochNs: null, endEpochNs: null });
  });

  it('may have times that are none, far from each other', async () => {
    const bytes = started()
      .enhanced(ONE, 1n)
      .enhanced(TWO, 2n ** 64n - 1n)
      .build();
    const { timesNs, error } = await read(bytes);
    expect(error).toBeNull();
    expect(timesNs).toEqual([1000n, (2n ** 64n - 1n) * 1000n]);
  });

  it('of an interface that is not described, or longer than their block, end the reading', async () => {
    const cases: readonly [Uint8Array, string][] = [
      [started().enhanced(ONE, 0n, [], 3).build(), 'packet block of interface 3, with 1 described in its section'],
      [new PcapngBuilder().section().simple(ONE).build(), 'simple packet block of interface 0, with 0 described'],
      [
        started()
          .block(6, words(false, 0, 0, 0, 99, 99), Buffer.alloc(8))
          .build(),
        'captured length 99 does not fit a packet block of 40',
      ],
      [
        started().block(3, words(false, 99), Buffer.alloc(8)).build(),
        'captured length 99 does not fit a simple packet block of 24',
      ],
      [started().enhanced(Buffer.alloc(262_145), 0n).build(), 'captured length 262,145 of a packet is above 262,144'],
    ];
    for (const [bytes, reason] of cases) {
      const { error, packets } = await read(bytes);
      expect(packets).toEqual([]);
      expect(error?.code).toBe('damaged');
      expect(error?.reason.startsWith(reason)).toBe(true);
      expect(error?.reason.endsWith('; before the first packet')).toBe(true);
    }
  });
});

describe('blocks that hold no packet', () => {
  it('are passed over, and those that Wireshark numbers take up a packet number', async () => {
    const bytes = started()
      .enhanced(ONE, 0n)
      .block(0x1234, Buffer.from('unknown'))
      .block(0x0bad, words(false, 32_473), Buffer.from('custom'))
      .block(0x40000bad, words(false, 32_473))
      .block(9, Buffer.from('MESSAGE=journal\n'))
      .enhanced(TWO, 1n)
      .block(0x80000001, Buffer.from('local'))
      .build();
    for (const size of [64, 4096]) {
      const { packets, facts, error } = await read(bytes, size);
      expect(error).toBeNull();
      expect(packets.map(({ number }) => number)).toEqual([1, 5]);
      expect(facts).toMatchObject({ packets: 2, bytes: bytes.length, warnings: [] });
    }
  });

  it('carry names and TLS secrets', async () => {
    const builder = started();
    const record = builder.option(1, Buffer.concat([Buffer.from([10, 0, 0, 1]), Buffer.from('a.example\0')]));
    const keyLog = 'CLIENT_RANDOM 00 11\n';
    const bytes = builder
      .block(4, record, builder.option(0))
      .block(10, words(false, 0x544c534b, keyLog.length), Buffer.from(keyLog))
      .block(10, words(false, 0x57474b4c, 4), Buffer.from('wire'))
      .enhanced(ONE, 0n)
      .build();
    const { names, keyLogs, facts } = await read(bytes);
    expect(names).toEqual([{ address: '10.0.0.1', name: 'a.example' }]);
    expect(keyLogs).toEqual([keyLog]);
    expect(facts.warnings).toEqual([]);
  });

  it('count drops: of each interface the last statistics, or what its packets say', async () => {
    const builder = new PcapngBuilder().section().interface().interface();
    const statistics = (id: number, drops: bigint) =>
      builder.block(5, words(false, id, 0, 0), builder.option(5, double(false, drops)));
    builder.enhanced(ONE, 0n, [builder.option(4, double(false, 3n))], 1);
    builder.enhanced(ONE, 0n, [builder.option(4, double(false, 4n))], 1);
    statistics(0, 10n);
    statistics(0, 25n);
    statistics(9, 1000n);
    expect((await read(builder.build())).facts.droppedPackets).toBe(32);
    builder.section().interface();
    statistics(0, 100n);
    expect((await read(builder.build())).facts.droppedPackets).toBe(132);
    expect((await read(started().enhanced(ONE, 0n).build())).facts.droppedPackets).toBeNull();
    statistics(0, 2n ** 60n);
    expect((await read(builder.build())).facts.droppedPackets).toBeNull();
  });

  it('with options that run past their end are read without them, and a warning tells once', async () => {
    const builder = started();
    const broken = builder.option(2, Buffer.alloc(4)).subarray(0, 4);
    const at = builder.build().length;
    const { facts, packets } = await read(builder.enhanced(ONE, 0n, [broken]).enhanced(TWO, 0n, [broken]).build());
    expect(packets.length).toBe(2);
    expect(facts.warnings).toEqual([
      `options run past the end of their block, first at offset ${at}; they were left out`,
    ]);
  });

  it('with names or secrets that run past their end are a warning', async () => {
    const bytes = started()
      .block(4, Buffer.from([1, 0, 0xff, 0x7f, 10, 0, 0, 1]))
      .block(10, words(false, 0x544c534b, 5000), Buffer.alloc(8))
      .enhanced(ONE, 0n)
      .build();
    const { facts, packets } = await read(bytes);
    expect(packets.length).toBe(1);
    expect(facts.warnings).toEqual([
      expect.stringMatching(/^the name resolution block at offset \d+ holds a record that runs past its end$/),
      expect.stringMatching(/^the decryption secrets block at offset \d+ holds secrets that run past its end$/),
    ]);
  });
});

describe('the two lengths of a block', () => {
  const start = started().enhanced(ONE, 0n).build();
  const block = (first: number, last: number, type = 0x1234) =>
    Buffer.concat([
      start,
      words(false, type, first),
      Buffer.alloc(Math.max(0, Math.min(first, 4096) - 12)),
      words(false, last),
    ]);

  it('must be equal, in blocks that are read and in those that are not', async () => {
    const cases: readonly [number, number][] = [
      [0x1234, 24],
      [4, 24],
    ];
    for (const [type, length] of cases) {
      const file = write('a.pcapng', block(length, 28, type));
      const { error, packets } = await readAll(file);
      expect(packets.length).toBe(1);
      expect(error?.message).toBe(
        `${file}: offset ${start.length}: block length 24 at its start and 28 at its end differ; read 1 packet before it`,
      );
    }
  });

  it('must be a multiple of 4, at least 12', async () => {
    for (let length = 0; length < 24; length += 1) {
      const { error } = await read(block(length, length));
      if (length >= 12 && length % 4 === 0) expect(error).toBeNull();
      else {
        const expected = length < 12 ? 'is below 12' : 'is not a multiple of 4';
        expect(error).toMatchObject({ code: 'damaged', offset: start.length });
        expect(error?.reason).toMatch(new RegExp(`^block length ${length} ${expected} \\(block type 0x00001234\\)`));
      }
    }
  });

  it('may leave out the padding of a block that is read, as some writers do', async () => {
    const bytes = Uint8Array.from({ length: 61 }, (_, index) => index);
    const whole = started().enhanced(bytes, 1_000_000n, []).enhanced(ONE, 2_000_000n, []).build();
    const at = started().build().length;
    const length = whole.readUInt32LE(at + 4);
    for (const told of [length - 1, length - 2, length - 3]) {
      whole.writeUInt32LE(told, at + 4);
      whole.writeUInt32LE(told, at + length - 4);
      const { packets, error } = await read(whole);
      expect(error).toBeNull();
      expect(packets.map((packet) => packet.bytes)).toEqual(
        [bytes, ONE].map((each) => Buffer.from(each).toString('hex')),
      );
    }
    whole.writeUInt32LE(length, at + length - 4);
    expect((await read(whole)).error?.reason).toMatch(/^block length \d+ at its start and \d+ at its end differ/);
  });

  it('must leave room for the fixed part of a block that is read', async () => {
    const least = { 1: 20, 2: 32, 3: 16, 5: 24, 6: 32, 10: 20, 168627466: 28 };
    for (const [type, bytes] of Object.entries(least)) {
      const short = block(bytes - 4, bytes - 4, Number(type));
      if (Number(type) === 0x0a0d0d0a) short.writeUInt32LE(0x1a2b3c4d, start.length + 8);
      const { error } = await read(short);
      expect(error?.reason).toMatch(
        new RegExp(`^length ${bytes - 4} of an? .* block is below ${bytes}; read 1 packet`),
      );
    }
  });

  it('may not exceed 16 MiB where a block has to be read, nor the file where it is passed over', async () => {
    for (const type of [1, 2, 3, 5, 6]) {
      const { error } = await read(block(MAX_BLOCK_BYTES + 4, 0, type));
      expect(error?.reason).toMatch(/^length of an? .* block 16,777,220 is above 16,777,216; read 1 packet/);
    }
    for (const type of [0x1234, 4, 10]) {
      const { error } = await read(block(0xfffffffc, 0, type));
      expect(error?.reason).toMatch(/^block length 4,294,967,292 runs past the end of the file, [\d,]+ \(block type/);
    }
  });

  it('that run past the end a little are a capture cut short', async () => {
    const { error, facts } = await read(block(8192, 0));
    expect(error).toBeNull();
    expect(facts.warnings).toEqual([
      `cut short at offset ${start.length}, in a block: 4,096 bytes missing; what came before it was read`,
    ]);
  });
});

it('names a block that is cut short, in good English', async () => {
  const whole = started().build();
  const { facts } = await read(whole.subarray(0, whole.length - 8));
  expect(facts.warnings[0]).toMatch(/, in an interface description block: 8 bytes missing/);
});

describe('large blocks', () => {
  it('are held up to 16 MiB: packets with long options, secrets', async () => {
    const builder = started();
    const comments = Array.from({ length: 40 }, () => builder.option(1, Buffer.alloc(60_000, 'x')));
    const keyLog = 'CLIENT_RANDOM 00 11\n'.repeat(100_000);
    const bytes = builder
      .enhanced(ONE, 0n, [...comments, builder.option(2, words(false, 2))])
      .block(10, words(false, 0x544c534b, keyLog.length), Buffer.from(keyLog))
      .enhanced(TWO, 1n)
      .build();
    for (const size of [64 * 1024, 1024 * 1024]) {
      const { packets, keyLogs, error } = await read(bytes, size);
      expect(error).toBeNull();
      expect(packets.map(({ direction }) => direction)).toEqual(['outbound', null]);
      expect(keyLogs[0]?.length).toBe(keyLog.length);
    }
  });

  it('of names or secrets above that are passed over with a warning', async () => {
    const bytes = started()
      .enhanced(ONE, 0n)
      .block(10, words(false, 0x544c534b, 4), Buffer.alloc(MAX_BLOCK_BYTES))
      .enhanced(TWO, 0n)
      .build();
    const { packets, facts, keyLogs, reader } = await read(bytes);
    expect(packets.length).toBe(2);
    expect(keyLogs).toEqual([]);
    expect(facts.warnings).toEqual([
      expect.stringMatching(/^passed over a decryption secrets block of 16,777,236 bytes/),
    ]);
    expect(reader.bytesRead).toBe(bytes.length);
  });

  it('are passed over in a pipe too', async () => {
    const bytes = started().block(0x1234, Buffer.alloc(3_000_000)).enhanced(ONE, 0n).build();
    const { packets, error } = await readAll('-', Readable.from(pieces(bytes, 65_536), { objectMode: false }));
    expect(error).toBeNull();
    expect(packets).toMatchObject([{ number: 1, fileOffset: bytes.length - padded(ONE).length - 32 }]);
  });

  it('are passed over without being read, so that packets beyond 4 GiB are found at once', async () => {
    const file = path.join(folder, 'huge.pcapng');
    const length = 0xfffffffc;
    const start = started().build();
    const hole = words(false, 0x1234, length);
    const end = new PcapngBuilder().enhanced(ONE, 5_000_000n).enhanced(TWO, 6_000_000n).build();
    const descriptor = openSync(file, 'w');
    let at = 0;
    const put = (bytes: Uint8Array) => {
      writeSync(descriptor, bytes, 0, bytes.length, at);
      at += bytes.length;
    };
    put(start);
    for (let count = 0; count < 2; count += 1) {
      put(hole);
      at += length - 12;
      ftruncateSync(descriptor, at);
      put(words(false, length));
    }
    const offset = at;
    put(end);
    closeSync(descriptor);
    const { packets, facts, error } = await readAll(file);
    expect(error).toBeNull();
    expect(offset).toBeGreaterThan(2 ** 33);
    expect(packets.map(({ fileOffset }) => fileOffset)).toEqual([offset, offset + 32 + padded(ONE).length]);
    expect(packets.map(({ bytes }) => bytes)).toEqual([ONE, TWO].map((bytes) => Buffer.from(bytes).toString('hex')));
    expect(facts.bytes).toBe(at);
  });
});
