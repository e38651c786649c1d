import { execFileSync } from 'node:child_process';
import { chmodSync, createReadStream, mkdirSync, truncateSync } from 'node:fs';
import path from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { captureName, isRepeatable, openCapture } from '../../src/capture/open.js';
import { emptyPacket } from '../../src/capture/packet.js';
import { END, MORE, PACKET } from '../../src/capture/reader.js';
import { packet, pcap } from './build-pcap.js';
import { pcapng } from './build-pcapng.js';
import { readAll } from './read-all.js';
import { scratchFolder } from './scratch-folder.js';
import { hasZstd, zstdOf } from './zstd-frame.js';

const { write, folder } = scratchFolder();
const PACKETS = [packet(1), packet(2), packet(3)];
const canReadAnything = process.getuid?.() === 0;

/** Opening must fail: with this code, in one line that begins with the file. */
async function refusal(file: string, stdin?: Readable) {
  const error: unknown = await openCapture(file, 0, stdin).then(
    (reader) => reader.close(),
    (thrown: unknown) => thrown,
  );
  expect(error).toMatchObject({ name: 'CaptureError', file: captureName(file) });
  const message = String((error as Error).message);
  expect(message).not.toMatch(/\n/);
  expect(message.startsWith(`${captureName(file)}: `)).toBe(true);
  return error as { code: string; message: string; offset: number | null };
}

describe('a capture is known by what it holds', () => {
  it('whatever its name', async () => {
    expect((await readAll(write('a.txt', pcap(PACKETS)))).facts.format).toBe('pcap');
    expect((await readAll(write('b.pcap', pcapng(PACKETS)))).facts.format).toBe('pcapng');
    expect((await readAll(write('c.pcap', gzipSync(pcapng(PACKETS))))).facts).toMatchObject({
      format: 'pcapng',
      compressed: true,
    });
  });

  it('and standard input is one like any other, called stdin', async () => {
    for (const bytes of [pcap(PACKETS), gzipSync(pcap(PACKETS))]) {
      const { packets, facts, reader } = await readAll('-', Readable.from([bytes], { objectMode: false }));
      expect(packets.length).toBe(3);
      expect(facts.file).toBe('stdin');
      expect(reader.size).toBeNull();
      expect(reader.bytesRead).toBe(bytes.length);
    }
  });

  it('and a named pipe is read like standard input', async () => {
    const pipe = path.join(folder, 'pipe');
    execFileSync('sh', ['-c', 'mkfifo "$0"', pipe]);
    const writer = import('node:fs/promises').then(({ writeFile }) => writeFile(pipe, pcapng(PACKETS)));
    const { packets, reader } = await readAll(pipe);
    await writer;
    expect(packets.length).toBe(3);
    expect(reader.size).toBeNull();
    expect(isRepeatable(pipe)).toBe(false);
  });

  it('and a plain file alone can be read again', () => {
    expect(isRepeatable(write('a', pcap(PACKETS)))).toBe(true);
    expect(isRepeatable('-')).toBe(false);
    expect(isRepeatable(path.join(folder, 'absent'))).toBe(false);
  });
});

describe('what is no capture is refused in one line', () => {
  it('a missing file, a directory, an empty file, a few bytes', async () => {
    expect(await refusal(path.join(folder, 'absent.pcap'))).toMatchObject({ code: 'not-found', offset: null });
    expect(await refusal(path.join(write('a', PACKETS[0]?.bytes ?? Buffer.alloc(1)), 'b'))).toMatchObject({
      code: 'not-found',
    });
    mkdirSync(path.join(folder, 'directory'));
    expect(await refusal(path.join(folder, 'directory'))).toMatchObject({ code: 'is-directory' });
    expect(await refusal(write('empty', Buffer.alloc(0)))).toMatchObject({ code: 'empty', offset: null });
    expect(await refusal(write('three', Buffer.from('abc')))).toMatchObject({ code: 'not-a-capture', offset: 3 });
    expect(await refusal('-', Readable.from([]))).toMatchObject({ code: 'empty', message: 'stdin: is empty' });
  });

  it('text, a PNG image, gzip of either', async () => {
    const text = Buffer.from('{"not": "a capture"}\n');
    expect(await refusal(write('a', text))).toMatchObject({
      code: 'not-a-capture',
      message: expect.stringMatching(/ is not a packet capture \(pcap or pcapng\) but text, beginning with "\{"not": /),
    });
    expect((await refusal(write('a', gzipSync(text)))).message).toMatch(/ but gzip of text, beginning with/);
    const png = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex');
    expect((await refusal(write('a.pcap', png))).message).toMatch(/ but a PNG image$/);
  });

  it('another compression, with the command that helps', async () => {
    const xz = await refusal(write('a.xz', Buffer.from('fd377a585a000004', 'hex')));
    expect(xz.code).toBe('unsupported');
    expect(xz.message).toMatch(/: compressed with xz; try: xz -dc FILE \| pcapdx -$/);
    const lz4 = await refusal('-', Readable.from([Buffer.from('04224d186040', 'hex')]));
    expect(lz4.message).toBe('stdin: offset 0: compressed with lz4; try: lz4 -dc | pcapdx -');
    const twice = await refusal(write('a.gz', gzipSync(gzipSync(pcap(PACKETS)))));
    expect(twice.message).toMatch(/: compressed with gzip twice; try: gzip -dc FILE \| pcapdx -$/);
  });

  it.skipIf(!hasZstd)('zstd that is cut off or damaged at once, of text, or of gzip', async () => {
    const packed = zstdOf(pcap(PACKETS));
    expect(await refusal(write('a.zst', packed.subarray(0, 12)))).toMatchObject({
      code: 'damaged',
      message: expect.stringMatching(/: the zstd data are cut short at once$/),
    });
    const damaged = Buffer.from(packed);
    damaged[4] = 0xff;
    expect((await refusal(write('a.zst', damaged))).message).toMatch(/the zstd data are damaged .*zstd -dc FILE/);
    expect((await refusal(write('a.zst', zstdOf(Buffer.from('no capture'))))).message).toMatch(/ but zstd of text/);
    const twice = await refusal(write('a.zst', zstdOf(gzipSync(pcap(PACKETS)))));
    expect(twice.message).toMatch(/: compressed with gzip, then with zstd; try: zstd -dc FILE \| pcapdx -$/);
  });

  it('gzip that is cut off or damaged at once', async () => {
    const packed = gzipSync(pcap(PACKETS));
    expect(await refusal(write('a.gz', packed.subarray(0, 12)))).toMatchObject({ code: 'damaged' });
    const damaged = Buffer.from(packed);
    damaged[2] = 7;
    expect((await refusal(write('a.gz', damaged))).message).toMatch(/the gzip data are damaged \(unknown compression/);
  });

  it('what begins like pcapng and has no byte order', async () => {
    const bytes = Buffer.from(pcapng(PACKETS));
    bytes.writeUInt32BE(0, 8);
    expect(await refusal(write('a', bytes))).toMatchObject({ code: 'not-a-capture', offset: 8 });
  });

  it('a capture cut within its header, with what was expected', async () => {
    expect((await refusal(write('a', pcap(PACKETS).subarray(0, 10)))).message).toMatch(
      /: offset 10: ends within the pcap file header: expected 24 bytes$/,
    );
    expect((await refusal(write('a', pcapng(PACKETS).subarray(0, 27)))).message).toMatch(
      /: offset 27: ends within the first section header block: expected 28 bytes$/,
    );
  });

  it.skipIf(canReadAnything)('a file that may not be read', async () => {
    const file = write('secret', pcap(PACKETS));
    chmodSync(file, 0);
    expect(await refusal(file)).toMatchObject({ code: 'not-readable', message: `${file}: permission denied` });
  });

  it('a stream that fails at once, such as a directory as standard input', async () => {
    expect(await refusal('-', createReadStream(folder))).toMatchObject({ code: 'is-directory' });
  });
});

describe('a capture that changes while it is read', () => {
  it('ends early, with a warning, when the file shrinks', async () => {
    const many = Array.from({ length: 100 }, (_, index) => packet(index + 1, 100));
    const file = write('a', pcap(many));
    const reader = await openCapture(file, 0, undefined, 1000);
    truncateSync(file, 5000);
    const view = emptyPacket();
    let outcome = reader.read(view);
    while (outcome !== END) {
      if (outcome === MORE) reader.fill();
      outcome = reader.read(view);
    }
    expect(reader.error).toBeNull();
    expect(reader.facts().packets).toBe(Math.floor((5000 - 24) / 116));
    expect(reader.facts().warnings).toEqual([expect.stringMatching(/^cut short at offset /)]);
    reader.close();
  });

  it('gives each packet of a live pipe as soon as it is there, once three show how records are written', async () => {
    const live = new PassThrough();
    const bytes = pcap([...PACKETS, packet(4)]);
    const fourth = bytes.length - 16 - 64;
    live.write(bytes.subarray(0, fourth));
    const reader = await openCapture('-', 0, live);
    const view = emptyPacket();
    expect([reader.read(view), reader.read(view), reader.read(view)]).toEqual([PACKET, PACKET, PACKET]);
    expect(reader.read(view)).toBe(MORE);
    live.write(bytes.subarray(fourth));
    await reader.fill();
    expect(reader.read(view)).toBe(PACKET);
    expect(view.number).toBe(4);
    live.end();
    reader.close();
  });

  it('gives what it had when the pipe breaks, and the reason', async () => {
    const live = new PassThrough();
    live.write(pcap(PACKETS));
    const reader = await openCapture('-', 0, live);
    const view = emptyPacket();
    expect([reader.read(view), reader.read(view), reader.read(view)]).toEqual([PACKET, PACKET, PACKET]);
    expect(reader.read(view)).toBe(MORE);
    live.destroy(new Error('read ECONNRESET'));
    await reader.fill();
    expect(reader.read(view)).toBe(END);
    expect(reader.error).toMatchObject({ code: 'not-readable' });
    expect(reader.error?.message).toMatch(
      /^stdin: offset \d+: cannot be read: read ECONNRESET; read 3 packets before it$/,
    );
    reader.close();
  });

  it('is at its end once it is closed', async () => {
    const reader = await openCapture(write('a', pcap(PACKETS)), 0);
    const view = emptyPacket();
    expect(reader.read(view)).toBe(PACKET);
    reader.close();
    expect(reader.read(view)).toBe(END);
    expect(reader.fill()).toBeNull();
    expect(reader.facts()).toMatchObject({ packets: 1, warnings: [] });
  });
});
