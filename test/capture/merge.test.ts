import { linkSync, rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CompareClocks } from '../../src/capture/clock.js';
import { openCaptures } from '../../src/capture/merge.js';
import { emptyPacket } from '../../src/capture/packet.js';
import { MORE, PACKET } from '../../src/capture/reader.js';
import type { ClockFacts } from '../../src/facts/capture.js';
import { CAPTURE_STRIDE } from '../../src/facts/packet-reference.js';
import { double, packet, pcap, type TestPacket, words } from './build-pcap.js';
import { PcapngBuilder, pcapng } from './build-pcapng.js';
import { copyOf, eachPacket, type ReadPacket } from './read-all.js';
import { scratchFolder } from './scratch-folder.js';
import { hasZstd, zstdOf } from './zstd-frame.js';

const { write, folder } = scratchFolder();

const CLOCK: ClockFacts = {
  reference: 0,
  first: 1,
  aheadSeconds: 0,
  aheadNanoseconds: 0,
  drift: 0,
  sinceSeconds: 0,
  by: 'packets',
  count: 3,
  withinNs: 1,
};
/** That of the capture that was named first. */
const FIRST = { clock: null, timedBy: 0 };

/** Packets at these whole seconds. */
function at(...seconds: readonly number[]): TestPacket[] {
  return seconds.map((second, index) => ({ ...packet(index + 1, 20), seconds: second, nanoseconds: 0 }));
}

async function merged(files: readonly string[], stdin?: Readable, compareClocks?: CompareClocks) {
  const stream = await openCaptures(files, stdin, undefined, undefined, compareClocks);
  const packets: ReadPacket[] = [];
  await eachPacket(stream, (view) => {
    expect(view.reference).toBe(view.captureIndex * CAPTURE_STRIDE + view.number);
    packets.push(copyOf(view));
  });
  const { errors, originEpochNs, keyLogs, names, bytesRead, size } = stream;
  const facts = stream.facts();
  stream.close();
  const order = packets.map(({ captureIndex, number, atNs }) => [captureIndex, number, atNs / 1e9]);
  return { packets, order, facts, errors, originEpochNs, keyLogs, names, bytesRead, size };
}

describe('several captures in one run', () => {
  it('of a tcpdump ring come in order of time, in whatever order they are named', async () => {
    const first = write('ring0', pcap(at(100, 101)));
    const second = write('ring1', pcap(at(102, 103)));
    const third = write('ring2', pcap(at(104)));
    const { order, facts, originEpochNs } = await merged([third, first, second]);
    expect(order).toEqual([
      [1, 1, 0],
      [1, 2, 1],
      [2, 1, 2],
      [2, 2, 3],
      [0, 1, 4],
    ]);
    expect(originEpochNs).toBe(100_000_000_000n);
    expect(facts.map(({ file, packets }) => [file, packets])).toEqual([
      [third, 1],
      [first, 2],
      [second, 2],
    ]);
  });

  it('that overlap are woven together, whatever their formats', async () => {
    const one = write('one', pcap(at(10, 20, 30), { big: true }));
    const two = write('two.gz', gzipSync(pcapng(at(5, 25, 35), { resolution: 9 })));
    const { order, packets, facts } = await merged([one, two]);
    expect(order).toEqual([
      [1, 1, 0],
      [0, 1, 5],
      [0, 2, 15],
      [1, 2, 20],
      [0, 3, 25],
      [1, 3, 30],
    ]);
    expect(packets.every(({ bytes, number }) => bytes === Buffer.from(packet(number, 20).bytes).toString('hex'))).toBe(
      true,
    );
    expect(facts.map(({ format, compressed }) => [format, compressed])).toEqual([
      ['pcap', false],
      ['pcapng', true],
    ]);
  });

  it.skipIf(!hasZstd)('may all be packed, and are unpacked side by side', async () => {
    const files = [at(10, 20, 30), at(5, 25, 35), at(1, 40)].map((packets, index) =>
      write(`${index}.zst`, zstdOf(pcap(packets))),
    );
    expect((await merged(files)).order.map(([capture]) => capture)).toEqual([2, 1, 0, 0, 1, 0, 1, 2]);
  });

  it('keep, at equal times, the order in which they are named, to the nanosecond', async () => {
    const nano = { magic: 0xa1b23c4d, unitNs: 1 };
    const packetAt = (nanoseconds: number) => ({ ...packet(1, 20), seconds: 1_700_000_000, nanoseconds });
    const late = write('late', pcap([packetAt(999_999_999)], nano));
    const early = write('early', pcap([packetAt(999_999_998), packetAt(999_999_999)], nano));
    const { packets } = await merged([late, early]);
    expect(packets.map(({ captureIndex, number, atNs }) => [captureIndex, number, atNs])).toEqual([
      [1, 1, 0],
      [0, 1, 1],
      [1, 2, 1],
    ]);
  });

  it('keep each its own order where its clock steps back', async () => {
    const stepping = write('stepping', pcap(at(10, 30, 11, 31)));
    const steady = write('steady', pcap(at(9, 20, 40)));
    const { order, facts } = await merged([stepping, steady]);
    expect(order.filter(([index]) => index === 0).map(([, number]) => number)).toEqual([1, 2, 3, 4]);
    expect(order.map(([index]) => index)).toEqual([1, 0, 1, 0, 0, 0, 1]);
    expect(facts[0]?.warnings).toEqual([expect.stringMatching(/^time steps back at 1 packet, first at packet 3/)]);
  });

  it('are the same as all their packets sorted by time, however they overlap', async () => {
    const times = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(fc.array(times, { minLength: 2, maxLength: 7 }), async (captures) => {
        const sorted = captures.map((capture) => capture.sort((one, other) => one - other));
        const files = sorted.map((capture, index) => write(`merge${index}`, pcap(at(...capture))));
        const { order, errors } = await merged(files);
        const all = sorted.flatMap((capture, index) => capture.map((second, number) => [index, number + 1, second]));
        all.sort(([, , one = 0], [, , other = 0]) => one - other);
        const origin = all[0]?.[2] ?? 0;
        expect(order).toEqual(all.map(([index, number, second = 0]) => [index, number, second - origin]));
        expect(errors).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  it('may include standard input, which is read only once', async () => {
    const file = write('file', pcap(at(10, 30)));
    const stdin = Readable.from([pcapng(at(5, 20, 40))], { objectMode: false });
    const { order, size, facts } = await merged([file, '-'], stdin);
    expect(order).toEqual([
      [1, 1, 0],
      [0, 1, 5],
      [1, 2, 15],
      [0, 2, 25],
      [1, 3, 35],
    ]);
    expect(size).toBeNull();
    expect(facts.map((fact) => fact.file)).toEqual([file, 'stdin']);
  });

  it('add up their progress', async () => {
    const one = pcap(at(1, 2));
    const two = gzipSync(pcap(at(3)));
    const { bytesRead, size } = await merged([write('one', one), write('two', two)]);
    expect(size).toBe(one.length + two.length);
    expect(bytesRead).toBe(one.length + two.length);
  });

  it('gather their names and TLS secrets', async () => {
    const capture = (name: string, second: number) => {
      const builder = new PcapngBuilder().section().interface();
      const record = builder.option(1, Buffer.concat([Buffer.from([10, 0, 0, 1]), Buffer.from(`${name}\0`)]));
      const secrets = Buffer.from(`keys of ${name}\n`);
      return builder
        .block(4, record)
        .block(10, words(false, 0x544c534b, secrets.length), secrets)
        .enhanced(packet(1).bytes, BigInt(second) * 1_000_000n)
        .build();
    };
    const files = [write('one', capture('one', 2)), write('two', capture('two', 1))];
    const { names, keyLogs } = await merged(files);
    expect(names.map(({ name }) => name).sort()).toEqual(['one', 'two']);
    expect([...keyLogs].sort()).toEqual(['keys of one\n', 'keys of two\n']);
    const alone = await merged(files.slice(0, 1));
    expect(alone.keyLogs).toEqual(['keys of one\n']);
    expect(alone.names).toEqual([{ address: '10.0.0.1', name: 'one' }]);
  });
});

describe('a capture among several', () => {
  it('that cannot be opened is named, and the others are read', async () => {
    const one = write('one', pcap(at(1)));
    const two = write('two', pcap(at(2)));
    const text = write('text', Buffer.from('no capture at all'));
    const { order, errors, facts } = await merged([text, one, path.join(folder, 'absent'), two]);
    expect(order).toEqual([
      [0, 1, 0],
      [1, 1, 1],
    ]);
    expect(errors.map(({ code }) => code)).toEqual(['not-a-capture', 'not-found']);
    expect(facts.map(({ file }) => file)).toEqual([one, two]);
  });

  it('that is damaged is read up to the damage', async () => {
    const bytes = pcap(at(1, 3, 5));
    bytes.writeUInt32LE(0x7fffffff, 24 + 36 + 8);
    const { order, errors } = await merged([write('damaged', bytes), write('sound', pcap(at(2, 4)))]);
    expect(order.map(([index, number]) => [index, number])).toEqual([
      [0, 1],
      [1, 1],
      [1, 2],
    ]);
    expect(errors).toMatchObject([{ code: 'damaged', offset: 60 }]);
  });

  it('that is damaged before its first packet, or holds none, takes part with its facts', async () => {
    const bytes = pcap(at(1));
    bytes.writeUInt32LE(0x7fffffff, 24 + 8);
    const { facts, errors, order } = await merged([
      write('damaged', bytes),
      write('none', pcap([])),
      write('sound', pcap(at(2))),
    ]);
    expect(order).toEqual([[2, 1, 0]]);
    expect(facts.map(({ packets }) => packets)).toEqual([0, 0, 1]);
    expect(facts[1]?.warnings).toEqual(['holds no packets']);
    expect(errors.length).toBe(1);
  });

  it('that vanishes before its turn comes is an error, and the others are read', async () => {
    const first = write('first', pcap(at(1, 2)));
    const second = write('second', pcap(at(10)));
    const stream = await openCaptures([first, second]);
    rmSync(second);
    let packets = 0;
    await eachPacket(stream, () => {
      packets += 1;
    });
    expect(packets).toBe(2);
    expect(stream.errors).toMatchObject([{ code: 'not-found', file: second }]);
    expect(stream.facts()).toMatchObject([{ packets: 2 }, { packets: 0 }]);
    stream.close();
  });

  it('without any time begins where the run does', async () => {
    const timeless = write('timeless', new PcapngBuilder().section().interface().simple(packet(1).bytes).build());
    const { order, originEpochNs } = await merged([write('timed', pcap(at(50, 60))), timeless]);
    expect(originEpochNs).toBe(50_000_000_000n);
    expect(order).toEqual([
      [0, 1, 0],
      [1, 1, 0],
      [0, 2, 10],
    ]);
  });

  it('named twice, by a link too, is read once and says so', async () => {
    const file = write('once', pcap(at(1, 2)));
    const hard = path.join(folder, 'hard');
    const soft = path.join(folder, 'soft');
    linkSync(file, hard);
    symlinkSync(file, soft);
    for (const files of [
      [file, file],
      [file, soft, hard],
    ]) {
      const { facts, order } = await merged(files);
      expect(order.length).toBe(2);
      expect(facts).toMatchObject([{ file, warnings: [`named ${files.length} times; read once`] }]);
    }
    const other = write('other', pcap(at(3)));
    const { facts } = await merged([file, other, soft]);
    expect(facts.map(({ warnings }) => warnings)).toEqual([['named 2 times; read once'], []]);
  });
});

describe('a run', () => {
  it('over one capture counts time from its first packet', async () => {
    const { order, originEpochNs, size, bytesRead } = await merged([write('one', pcap(at(100, 107)))]);
    expect(order).toEqual([
      [0, 1, 0],
      [0, 2, 7],
    ]);
    expect(originEpochNs).toBe(100_000_000_000n);
    expect(bytesRead).toBe(size);
  });

  it('over nothing that can be read is empty, with the errors', async () => {
    const absent = path.join(folder, 'absent');
    for (const files of [[absent], [absent, path.join(folder, 'absent2')]]) {
      const { order, errors, facts, originEpochNs } = await merged(files);
      expect({ order, facts, originEpochNs }).toEqual({ order: [], facts: [], originEpochNs: null });
      expect(errors.map(({ code }) => code)).toEqual(files.map(() => 'not-found'));
    }
    expect(await merged([])).toMatchObject({ order: [], errors: [], facts: [] });
  });

  it('that is closed early knows what it read, and nothing of captures whose turn did not come', async () => {
    const files = [write('one', pcap(at(1, 2))), write('two', pcap(at(10)))];
    const stream = await openCaptures(files);
    const view = emptyPacket();
    for (;;) {
      const outcome = stream.read(view);
      if (outcome === PACKET) break;
      if (outcome === MORE) await stream.fill();
    }
    stream.close();
    expect(stream.facts()).toMatchObject([{ packets: 1 }, { packets: 0, startEpochNs: null, bytes: 0 }]);
    stream.close();
  });

  it('come in the order of one clock where clocks are known to differ', async () => {
    const front = write('front', pcap(at(100, 102, 104)));
    const back = write('back', pcap(at(3701, 3703)));
    const asked: unknown[] = [];
    const { order, facts, originEpochNs } = await merged([front, back], undefined, (captures) => {
      asked.push(captures);
      return Promise.resolve([FIRST, { clock: { ...CLOCK, aheadSeconds: 3600 }, timedBy: 0 }]);
    });
    expect(asked).toEqual([
      [
        { captureIndex: 0, file: front, seconds: 100, nanoseconds: 0 },
        { captureIndex: 1, file: back, seconds: 3701, nanoseconds: 0 },
      ],
    ]);
    expect(order).toEqual([
      [0, 1, 0],
      [1, 1, 1],
      [0, 2, 2],
      [1, 2, 3],
      [0, 3, 4],
    ]);
    expect(originEpochNs).toBe(100_000_000_000n);
    expect(facts.map(({ clock, timedBy, startEpochNs }) => [clock?.aheadSeconds, timedBy, startEpochNs])).toEqual([
      [undefined, 0, 100_000_000_000n],
      [3600, 0, 3_701_000_000_000n],
    ]);
  });

  it('begin with the one that is first by that clock', async () => {
    const files = [write('front', pcap(at(100))), write('back', pcap(at(60)))];
    const { order, originEpochNs } = await merged(files, undefined, () =>
      Promise.resolve([FIRST, { clock: { ...CLOCK, aheadSeconds: -50 }, timedBy: 0 }]),
    );
    expect(order).toEqual([
      [0, 1, 0],
      [1, 1, 10],
    ]);
    expect(originEpochNs).toBe(100_000_000_000n);
  });

  it('are of several points then, though by their own clocks they followed one another', async () => {
    const files = [write('one', pcap(at(100, 110))), write('two', pcap(at(3701, 3709)))];
    const pointsOf = async (compareClocks?: CompareClocks) => {
      const stream = await openCaptures(files, undefined, undefined, undefined, compareClocks);
      await eachPacket(stream, () => undefined);
      stream.close();
      return stream.observationPoints;
    };
    expect(await pointsOf()).toEqual([0, 0]);
    const ahead = { clock: { ...CLOCK, aheadSeconds: 3600 }, timedBy: 0 };
    expect(await pointsOf(() => Promise.resolve([FIRST, ahead]))).toEqual([0, 1]);
  });

  it('have their clocks compared only where two can be read twice and know their packets', async () => {
    const never: CompareClocks = () => Promise.reject(new Error('compared'));
    const file = write('file', pcap(at(10, 30)));
    const stdin = Readable.from([pcap(at(5))], { objectMode: false });
    const text = write(
      'text',
      Buffer.from('12:00:00.000001 IP 10.0.0.1.80 > 10.0.0.2.9: Flags [S], seq 1, win 9, length 0\n'),
    );
    const { errors, facts } = await merged([file, '-'], stdin, never);
    expect(errors).toEqual([]);
    expect(facts.map(({ timedBy }) => timedBy)).toEqual([null, null]);
    expect((await merged([file, text], undefined, never)).errors).toEqual([]);
    expect((await merged([file], undefined, never)).errors).toEqual([]);
  });

  it('counts the drops of each capture', async () => {
    const builder = new PcapngBuilder().section().interface().enhanced(packet(1).bytes, 1n);
    builder.block(5, words(false, 0, 0, 0), builder.option(5, double(false, 7n)));
    const { facts } = await merged([write('one', builder.build()), write('two', pcap(at(1)))]);
    expect(facts.map(({ droppedPackets }) => droppedPackets)).toEqual([7, null]);
  });
});
