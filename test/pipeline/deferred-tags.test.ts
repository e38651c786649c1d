/** Records whose tags are checked later: where one is wrong the captures are read again, and the report is the same. */
import { copyFileSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { type AnalyzeOptions, analyze } from '../../src/pipeline/analyze.js';
import { DeferredTags } from '../../src/tls/decryption/deferred-tags.js';
import { reportOf } from './samples.js';

const SAMPLE = 'samples/h2-goaway-race-nginx.pcapng';
const ENHANCED_PACKET = 6;
const FOLDER = mkdtempSync(path.join(tmpdir(), 'pcapdx-tags-'));

/** Where the last byte of each packet stands in a pcapng file of this machine's byte order. */
function lastBytes(file: Buffer): number[] {
  const places: number[] = [];
  for (let at = 0; at < file.length; at += file.readUInt32LE(at + 4)) {
    if (file.readUInt32LE(at) === ENHANCED_PACKET) places.push(at + 28 + file.readUInt32LE(at + 20) - 1);
  }
  return places;
}

/** The report, and whether a tag that was checked later was wrong; `null`: none was to be checked later. */
async function read(file: string, options: Partial<AnalyzeOptions> = {}) {
  const checks = vi.spyOn(DeferredTags.prototype, 'checkAll');
  const report = reportOf(await analyze({ files: [file], ...options }));
  const [tags] = checks.mock.contexts;
  checks.mockRestore();
  return { report, hasFailed: tags instanceof DeferredTags ? tags.hasFailed : null };
}

describe('a capture of which one record is not authentic', () => {
  const sample = readFileSync(SAMPLE);
  const places = lastBytes(sample);

  it('is read again where tags were to be checked later, with the report that each tag by itself gives', async () => {
    let again = 0;
    for (const [index, place] of places.entries()) {
      const changed = Buffer.from(sample);
      changed[place] = (changed[place] ?? 0) ^ 1;
      const file = path.join(FOLDER, `${index}.pcapng`);
      writeFileSync(file, changed);
      const later = await read(file);
      // Whoever looks at connections as they end cannot be told again.
      const atOnce = await read(file, { onPart: () => undefined });
      expect(later.report).toBe(atOnce.report);
      expect(atOnce.hasFailed).toBeNull();
      if (later.hasFailed === true) again += 1;
    }
    expect(again).toBeGreaterThan(5);
    expect(again).toBeLessThan(places.length / 2);
  });

  it('whose reading was stopped, or whose name leads to another file meanwhile, is told as it was read', async () => {
    const place = places[110] ?? 0;
    const changed = Buffer.from(sample);
    changed[place] = (changed[place] ?? 0) ^ 1;
    const file = path.join(FOLDER, 'gone.pcapng');
    const checks = vi.spyOn(DeferredTags.prototype, 'checkAll');
    const connectionsWhere = async (mishap: () => void, signal?: AbortSignal): Promise<number | undefined> => {
      writeFileSync(file, changed);
      // At the end of the first reading.
      checks.mockImplementationOnce(function (this: DeferredTags) {
        this.hasFailed = true;
        mishap();
      });
      const { analysis } = await analyze({ files: [file], ...(signal && { signal }) });
      return analysis.connections;
    };
    const all = (await analyze({ files: [SAMPLE] })).analysis.connections;
    const stop = new AbortController();
    expect(await connectionsWhere(() => stop.abort(), stop.signal)).toBe(all);
    expect(await connectionsWhere(() => rmSync(file))).toBe(all);
    expect(await connectionsWhere(() => renameSync(other(), file))).toBe(all);
    checks.mockRestore();
  });

  it('is told to be read a second time', async () => {
    // Progress is told every some thousand packets: as many that are of no connection.
    const packet = Buffer.alloc(36);
    packet.writeUInt32LE(ENHANCED_PACKET, 0);
    for (const at of [4, 32]) packet.writeUInt32LE(packet.length, at);
    for (const at of [20, 24]) packet.writeUInt32LE(4, at);
    const packets = Buffer.concat(Array.from({ length: 9000 }, () => packet));
    const file = path.join(FOLDER, 'large.pcapng');
    const told = async (place: number | null) => {
      const changed = Buffer.from(sample);
      if (place !== null) changed[place] = (changed[place] ?? 0) ^ 1;
      writeFileSync(file, Buffer.concat([changed, packets]));
      const times = new Set<boolean>();
      const { hasFailed } = await read(file, { onProgress: ({ isAgain }) => times.add(isAgain) });
      return { times: [...times], hasFailed };
    };
    expect(await told(null)).toEqual({ times: [false], hasFailed: false });
    let twice = await told(null);
    for (const place of places) if (twice.hasFailed !== true) twice = await told(place);
    expect(twice).toEqual({ times: [false, true], hasFailed: true });
  });

  it('is read once where all are', async () => {
    expect((await read(SAMPLE)).hasFailed).toBe(false);
  });
});

/** Another capture, beside. */
function other(): string {
  const file = path.join(FOLDER, 'other.pcapng');
  copyFileSync('samples/healthy-closing.pcapng', file);
  return file;
}
