/** What a process that is killed leaves: no result, or all of it; never half of one. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BuiltProgram, builtProgram } from '../built-program.js';
import { pcap } from '../capture/build-pcap.js';
import { ipv4, LINKTYPE_IPV4, tcp } from '../net/packets.js';

const sample = path.resolve(import.meta.dirname, '../../samples/rst-after-request.pcapng');

let built: BuiltProgram;
let folder: string;
beforeAll(() => {
  built = builtProgram();
  folder = mkdtempSync(path.join(tmpdir(), 'pcapdx-killed-'));
}, 120_000);
afterAll(() => {
  built.remove();
  rmSync(folder, { recursive: true, force: true });
});

/** Runs the program, kills it after so many milliseconds (`null`: not), and gives how long it ran. */
const run = (args: readonly string[], killAfterMs: number | null): Promise<number> =>
  new Promise((resolve, reject) => {
    const begun = performance.now();
    const environment = { ...process.env, TMPDIR: folder };
    const child = spawn(process.execPath, [built.program, ...args], { stdio: 'ignore', env: environment });
    child.on('error', reject);
    if (killAfterMs !== null) setTimeout(() => child.kill('SIGKILL'), killAfterMs);
    child.on('close', () => resolve(performance.now() - begun));
  });

/** Of a capture that takes a while to be written. */
const CONNECTIONS = 1000;

/** All but drafts, which say what they are. */
const results = (): string[] =>
  readdirSync(folder).filter((name) => !/^\.out\.[a-z]+\.\d+\.[0-9a-f]{8}\.part$/.test(name));

describe('a killed process leaves no half-written result', { timeout: 180_000 }, () => {
  it.each([
    ['report', 'out.html', ['report', sample]],
    ['extract', 'out.pcapng', ['extract', sample, '--finding', 'F1', '--payload', 'keep', '--reveal']],
  ] as const)('of %s, whenever it is killed', async (_, name, args) => {
    const file = path.join(folder, name);
    const wholeMs = await run([...args, '-o', file], null);
    const whole = readFileSync(file);
    expect(whole.length).toBeGreaterThan(1000);
    for (let at = 1; at <= 8; at += 1) {
      rmSync(file, { force: true });
      await run([...args, '-o', file], (wholeMs * at) / 7);
      const found = results();
      // Where it was complete before the signal came, all of it is there.
      expect(found.length === 0 || found.length === 1).toBe(true);
      if (found.length === 1) {
        expect(found).toEqual([name]);
        expect(readFileSync(file).length).toBe(whole.length);
      }
    }
    // Whoever writes it next removes the drafts, and what existed stays whole while it is overwritten.
    await run([...args, '-o', file, '--force'], null);
    expect(readdirSync(folder)).toEqual([name]);
    for (const part of [0.5, 0.7, 0.9]) {
      await run([...args, '-o', file, '--force'], wholeMs * part);
      expect(readFileSync(file).length).toBe(whole.length);
    }
    await run([...args, '-o', file, '--force'], null);
    expect(readdirSync(folder)).toEqual([name]);
    rmSync(file);
  });

  it.each(['a file', 'gzip'])('of extract, while it writes packets of %s', async (what) => {
    const packets = Array.from({ length: CONNECTIONS * 20 }, (_, index) => ({
      seconds: 1_700_000_000 + index,
      nanoseconds: 0,
      bytes: ipv4(tcp({ source: 10_000 + (index % CONNECTIONS), sequence: index, data: 'x'.repeat(1400) })),
    }));
    const capture = path.join(folder, 'large.pcap');
    const bytes = pcap(packets, { network: LINKTYPE_IPV4 });
    writeFileSync(capture, what === 'gzip' ? gzipSync(bytes) : bytes);
    const streams = Array.from({ length: CONNECTIONS }, (_, stream) => stream).join();
    const args = ['extract', capture, '--stream', streams, '--payload', 'keep', '-o', path.join(folder, 'out.pcapng')];
    const environment = { ...process.env, TMPDIR: folder };
    const child = spawn(process.execPath, [built.program, ...args], { stdio: 'ignore', env: environment });
    const ended = new Promise((resolve) => child.on('close', (_, signal) => resolve(signal)));
    const draft = () => readdirSync(folder).find((name) => name.startsWith('.out.pcapng.'));
    const written = () => {
      const name = draft();
      return name === undefined ? 0 : statSync(path.join(folder, name)).size;
    };
    while (child.exitCode === null && written() === 0) await new Promise((resolve) => setTimeout(resolve, 2));
    child.kill('SIGKILL');
    expect(await ended).toBe('SIGKILL');
    // Amid the packets: not all of them are there, nor is anything by the result's name, nor a spool.
    expect(written()).toBeGreaterThan(0);
    expect(written()).toBeLessThan(bytes.length);
    expect(results()).toEqual(['large.pcap']);
    await run([...args.slice(0, 2), '--stream', '0', ...args.slice(4)], null);
    expect(readdirSync(folder).sort()).toEqual(['large.pcap', 'out.pcapng']);
    for (const name of readdirSync(folder)) rmSync(path.join(folder, name));
  });
});
