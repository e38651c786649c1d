/** The program as a process of its own: real pipes, real signals. */
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BuiltProgram, builtProgram } from '../built-program.js';

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));
/** Enough for several times what a pipe holds. */
const CONNECTIONS = 3000;

let built: BuiltProgram;
let folder: string;
let program: string;
let capture: string;

beforeAll(() => {
  built = builtProgram();
  ({ folder, program } = built);
  capture = path.join(folder, 'syns.pcap');
  writeFileSync(capture, capturedSyns(CONNECTIONS));
}, 120_000);
afterAll(() => built.remove());

/** A classic capture (RAW IPv4) of one SYN from each of many ports. */
function capturedSyns(count: number): Uint8Array {
  const header = Buffer.alloc(24);
  header.writeUInt32LE(0xa1b2c3d4, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(262_144, 16);
  header.writeUInt32LE(101, 20);
  const records = Array.from({ length: count }, (_, index) => {
    const record = Buffer.alloc(16 + 40);
    record.writeUInt32LE(1_700_000_000, 0);
    record.writeUInt32LE(index, 4);
    record.writeUInt32LE(40, 8);
    record.writeUInt32LE(40, 12);
    record.set([0x45, 0, 0, 40, 0, 0, 0x40, 0, 64, 6, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2], 16);
    record.writeUInt16BE(1024 + index, 36);
    record.writeUInt16BE(80, 38);
    record.set([0x50, 2, 0xff, 0xff], 48);
    return record;
  });
  return Buffer.concat([header, ...records]);
}

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function start(args: readonly string[]) {
  const child = spawn(process.execPath, [program, ...args], { stdio: 'pipe' });
  const read = { stdout: '', stderr: '' };
  child.stderr.on('data', (data: Buffer) => {
    read.stderr += data.toString();
  });
  const listen = () =>
    child.stdout.on('data', (data: Buffer) => {
      read.stdout += data.toString();
    });
  const ended = new Promise<Ended>((resolve) => {
    child.on('close', (code) => resolve({ code, ...read }));
  });
  return { child, listen, ended };
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('the program', () => {
  it('reports the same from any number of threads', async () => {
    const sample = path.join(PROJECT, 'samples/rst-after-request.pcapng');
    const rule = path.join(folder, 'own.mjs');
    const documented = readFileSync(path.join(PROJECT, 'docs/own-rules.md'), 'utf8');
    writeFileSync(rule, /```js\n([\s\S]*?)```/.exec(documented)?.[1] ?? '');
    const args = ['report', sample, capture, '--format', 'json', '--rules', rule];
    const from = (jobs: string): Promise<Ended> => {
      const { listen, ended } = start([...args, '--jobs', jobs]);
      listen();
      return ended;
    };
    const one = await from('1');
    expect(one).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(one.stdout)).toMatchObject({ ruleFailures: [], captures: [{}, {}] });
    expect(await from('3')).toEqual(one);
    // More than ten listeners are no leak, and nothing is said of them.
    expect(await from('12')).toEqual(one);
  });

  it('prints the same flows, in their order, from any number of threads', async () => {
    const from = (jobs: string, ...files: string[]): Promise<Ended> => {
      const { listen, ended } = start(['flows', ...files, '--jobs', jobs]);
      listen();
      return ended;
    };
    for (const file of [capture, path.join(PROJECT, 'samples/rst-after-request.pcapng')]) {
      const one = await from('1', file);
      expect(one).toMatchObject({ code: 0, stderr: '' });
      expect(one.stdout).not.toBe('');
      expect(await from('3', file)).toEqual(one);
    }
    const broken = path.join(folder, 'cut.pcap');
    writeFileSync(broken, readFileSync(path.join(PROJECT, 'samples/rst-after-request.pcapng')).subarray(0, 27));
    expect(await from('3', broken)).toEqual(await from('1', broken));
    expect(await from('3', broken, '--keylog', '/nowhere')).toMatchObject({
      code: 2,
      stderr: 'pcapdx: --keylog /nowhere: no such file\n',
    });
  });

  it('ends quietly with 0 when the reader of several threads goes away', async () => {
    const { child, ended } = start(['flows', capture, '--jobs', '2']);
    child.stdout.destroy();
    expect(await ended).toMatchObject({ code: 0, stderr: '' });
  });

  it('prints its version', async () => {
    const { listen, ended } = start(['--version']);
    listen();
    const { version }: { version: string } = JSON.parse(readFileSync(path.join(PROJECT, 'package.json'), 'utf8'));
    expect(await ended).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
  });

  it('waits for a slow reader, and has written all when it ends', async () => {
    const { listen, ended } = start(['flows', capture]);
    await pause(700);
    listen();
    const { code, stdout, stderr } = await ended;
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout.length).toBeGreaterThan(500_000);
    const lines = stdout.trimEnd().split('\n');
    expect(lines).toHaveLength(CONNECTIONS);
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({
      stream: CONNECTIONS - 1,
      client: { port: 1023 + CONNECTIONS },
    });
  });

  it('ends quietly with 0 when its reader goes away', async () => {
    const { child, ended } = start(['flows', capture]);
    child.stdout.once('data', () => child.stdout.destroy());
    expect(await ended).toMatchObject({ code: 0, stderr: '' });
  });

  it('reads a pipe, and reports what it read when it is interrupted', { retry: 2 }, async () => {
    const { child, listen, ended } = start(['-']);
    listen();
    child.stdin.on('error', () => undefined);
    child.stdin.write(readFileSync(capture));
    await pause(2000);
    child.kill('SIGINT');
    const { code, stdout, stderr } = await ended;
    expect([code, stderr]).toEqual([130, '']);
    expect(stdout).toMatch(/^stdin: 3,000 packets, 3,000 connections/);
    expect(stdout).toContain('stopped');
  });

  it.each([
    ['a missing file', ['/nowhere/x.pcap'], 'pcapdx: /nowhere/x.pcap: no such file'],
    ['a folder', ['/'], 'pcapdx: /: is a directory'],
    ['an empty pipe', ['-'], 'pcapdx: stdin: '],
  ])('says in one line what is wrong with %s, with exit code 2', async (_, args, message) => {
    const { child, listen, ended } = start(args);
    listen();
    child.stdin.end();
    const { code, stdout, stderr } = await ended;
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(message);
    expect(stderr).toMatch(/^pcapdx: [^\n]+\n$/);
  });
});
