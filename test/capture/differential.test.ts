/**
 * The second opinion: pcap-parser, an independent reader of classic pcap, must see the same packets.
 *
 * It knows one dialect. Left out, with the reason: nanoseconds and modified record headers (it
 * refuses these magics) and versions other than 2.4 (before it the two lengths stand the other way
 * round, which it does not know). It checks no length, but at an impossible one it waits for bytes
 * that never come, so that of a damaged capture too the packets before the damage are compared.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import { gunzipSync } from 'node:zlib';
import { parse } from 'pcap-parser';
import { describe, expect, it } from 'vitest';
import { openCapture } from '../../src/capture/open.js';
import { packet, pcap } from './build-pcap.js';
import { eachPacket } from './read-all.js';
import { pieces, scratchFolder } from './scratch-folder.js';

const FOLDERS = ['../../../shared/corpus', '../../samples'].map((folder) => path.resolve(import.meta.dirname, folder));

const MICROSECONDS = new Set([0xa1b2c3d4, 0xd4c3b2a1]);

/** The capture's bytes, out of gzip; `null` when it is not of the dialect that both know. */
function classic(file: string): Buffer | null {
  const stored = readFileSync(file);
  const bytes = stored.length > 2 && stored.readUInt16BE(0) === 0x1f8b ? gunzipSync(stored) : stored;
  if (bytes.length < 24 || !MICROSECONDS.has(bytes.readUInt32BE(0))) return null;
  const isBig = bytes[0] === 0xa1;
  const version = isBig ? bytes.readUInt32BE(4) : bytes.readUInt16LE(4) * 65_536 + bytes.readUInt16LE(6);
  return version === 0x0002_0004 ? bytes : null;
}

function captures(): readonly string[] {
  return FOLDERS.filter((folder) => existsSync(folder)).flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8', withFileTypes: true })
      .filter((entry) => entry.isFile() && /cap(\.gz)?$/.test(entry.name))
      .map((entry) => path.join(entry.parentPath, entry.name))
      .filter((file) => classic(file) !== null)
      .sort(),
  );
}

/** A packet as one line: time in microseconds, both lengths, bytes. */
type Line = string;

function theirs(bytes: Uint8Array): Promise<readonly Line[]> {
  return new Promise((resolve, reject) => {
    const lines: Line[] = [];
    // It starts over its whole buffer with every piece: small ones would take it minutes.
    parse(Readable.from(pieces(bytes, 65_536), { objectMode: false }))
      .on('packet', ({ header, data }) => {
        const microseconds = BigInt(header.timestampSeconds) * 1_000_000n + BigInt(header.timestampMicroseconds);
        lines.push(`${microseconds} ${header.capturedLength} ${header.originalLength} ${data.toString('latin1')}`);
      })
      .on('error', reject)
      .on('end', () => resolve(lines));
  });
}

async function ours(file: string): Promise<readonly Line[]> {
  const reader = await openCapture(file, 0);
  const lines: Line[] = [];
  await eachPacket(reader, ({ buffer, start, end, originalLength, number }) => {
    const nanoseconds = BigInt(reader.epochSeconds) * 1_000_000_000n + BigInt(reader.nanosecondsOfSecond);
    const data = Buffer.from(buffer.subarray(start, end)).toString('latin1');
    lines.push(`${nanoseconds / 1000n} ${end - start} ${originalLength} ${data}`);
    expect(number).toBe(lines.length);
  });
  reader.close();
  return lines;
}

async function compare(file: string, bytes: Uint8Array): Promise<number> {
  const [expected, found] = await Promise.all([theirs(bytes), ours(file)]);
  expect(found.length).toBe(expected.length);
  const at = found.findIndex((line, index) => line !== expected[index]);
  expect(at < 0 ? '' : `packet ${at + 1}: ${found[at]}`).toBe(at < 0 ? '' : `packet ${at + 1}: ${expected[at]}`);
  return found.length;
}

describe('pcap-parser sees the same packets', () => {
  const { write } = scratchFolder();

  it.each([false, true])('of a capture written here, big endian: %s, whole and cut anywhere', async (big) => {
    const packets = [packet(1), { ...packet(2, 96), originalLength: 1514 }, packet(3, 0), packet(4, 1514)];
    const bytes = pcap(packets, { big });
    expect(await compare(write('a.pcap', bytes), bytes)).toBe(4);
    for (let cut = 24; cut < bytes.length; cut += 37) {
      await compare(write('a.pcap', bytes.subarray(0, cut)), bytes.subarray(0, cut));
    }
  });

  it.each(captures())('of %s', async (file) => {
    await compare(file, classic(file) ?? Buffer.alloc(0));
  });
});
