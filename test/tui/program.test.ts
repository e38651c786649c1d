/** The whole program in a real terminal: open, drill down, filter, export, resize, suspend, kill, quit. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type BuiltProgram, builtProgram } from '../built-program.js';
import { lacksTmux, Tmux } from './tmux.js';

const SAMPLES = fileURLToPath(new URL('../../samples/', import.meta.url));
const RESETS = `${SAMPLES}rst-after-request.pcapng`;

let built: BuiltProgram;
let tmux: Tmux | null = null;
let folder: string;

beforeAll(() => {
  built = builtProgram();
  folder = mkdtempSync(path.join(tmpdir(), 'pcapdx-tui-'));
}, 120_000);
afterAll(() => {
  built.remove();
  rmSync(folder, { recursive: true, force: true });
}, 120_000);
afterEach(() => {
  tmux?.end();
  tmux = null;
  for (const file of readdirSync(folder)) rmSync(path.join(folder, file), { recursive: true });
});

/** Starts `pcapdx tui` in a terminal of that size, and waits for its first screen. */
async function opened(
  columns: number,
  rows: number,
  args: string,
  env: Record<string, string> = {},
  first: Parameters<Tmux['until']>[0] = '1 Overview',
): Promise<Tmux> {
  tmux = new Tmux(columns, rows, folder, { TMPDIR: folder, ...env });
  tmux.line(`${process.execPath} ${built.program} tui ${args}`);
  await tmux.until(first);
  return tmux;
}

/** It has ended, and the terminal is as it was: no alternate screen, keys echoed and by lines. */
async function left(terminal: Tmux, code: number): Promise<void> {
  await terminal.until(() => !terminal.isAlternate);
  // Typed only now: before, the keys would have been the program's.
  terminal.line('echo "ended $?"');
  await terminal.until(`ended ${code}`);
  terminal.line('stty -a');
  const screen = (await terminal.until(/echoe/)).join(' ');
  expect(screen).toMatch(/(?<!-)\bicanon\b/);
  expect(screen).toMatch(/(?<!-)\becho\b/);
}

describe.skipIf(lacksTmux)('pcapdx tui', () => {
  it.each([
    [80, 24, 'rst-after-request.pcapng'],
    [120, 40, 'keepalive-race-node.pcapng'],
    [200, 60, 'preconnect-408-nginx.pcapng'],
  ])(
    'at %i×%i goes from opening %s to the bytes of the packet that matters in three keys',
    async (columns, rows, sample) => {
      const terminal = await opened(columns, rows, SAMPLES + sample);
      await terminal.until(/F1 .*\n/);
      terminal.keys('Enter');
      await terminal.until(/Causes considered[\s\S]*Occurrences/);
      terminal.keys('Enter');
      await terminal.until(/tcp\.stream eq \d+[\s\S]*SYN/);
      terminal.keys('Enter');
      const screen = await terminal.until(/frame\.number == \d+[\s\S]* 0000 {2}/);
      expect(screen.length).toBe(rows);
      expect(screen.join('\n')).toMatch(/TCP +\S/);
      terminal.keys('q', 'q', 'q');
      await terminal.until('1 Overview');
      terminal.keys('q');
      await left(terminal, 0);
    },
    60_000,
  );

  it('filters connections as one types, says what is wrong, and takes what Wireshark prints', async () => {
    const terminal = await opened(120, 30, RESETS);
    await terminal.until('3 Connections 83');
    terminal.keys('3');
    await terminal.until(/▸ +0 /);
    terminal.keys('/');
    terminal.type('reset:server');
    await terminal.until('29 of 83');
    // At once: typed, its letters would be a word that rows are chosen by before they are a field.
    terminal.paste(' statsu:5xx');
    await terminal.until('no field "statsu" (did you mean status?)');
    expect(terminal.screen().filter((row) => row.includes('rst server')).length).toBeGreaterThan(5);
    terminal.keys('C-u');
    terminal.paste('tcp.stream eq 24\n');
    await terminal.until('1 of 83');
    terminal.keys('Enter');
    expect((await terminal.until('filter tcp.stream eq 24')).join('\n')).toMatch(/▸ +24 /);
    terminal.keys('Escape');
    await terminal.until((screen) => !screen.join().includes('filter tcp.stream'));
    // What was typed before comes back, and Tab completes.
    terminal.keys('/', 'Up');
    await terminal.until('/ tcp.stream eq 24');
    terminal.keys('C-u');
    terminal.type('clo');
    terminal.keys('Tab');
    terminal.type('r');
    terminal.keys('Tab');
    await terminal.until('/ close:rst');
  }, 60_000);

  it('ends with 2 where a capture could not be read to its end, as every command does', async () => {
    const bytes = readFileSync(RESETS);
    let at = 0;
    while (at < bytes.length / 2) at += bytes.readUInt32LE(at + 4);
    bytes.writeUInt32LE(7, at + 4);
    writeFileSync(path.join(folder, 'damaged.pcapng'), bytes);
    const terminal = await opened(80, 24, 'damaged.pcapng');
    await terminal.until('Not read: damaged.pcapng');
    terminal.keys('q');
    await left(terminal, 2);
  }, 60_000);

  it('writes a report, and asks before it overwrites one', async () => {
    const terminal = await opened(100, 30, RESETS);
    await terminal.until(/F1 /);
    terminal.keys('e');
    await terminal.until('all of the report as text');
    terminal.keys('t');
    await terminal.until('rst-after-request-F1.txt');
    terminal.keys('Enter');
    await terminal.until(/F1\.txt: .* written/);
    const file = path.join(folder, 'rst-after-request-F1.txt');
    const text = readFileSync(file, 'utf8');
    expect(text).toContain('CRITICAL  F1');
    expect(text).not.toContain('F2');
    terminal.keys('e');
    await terminal.until('all of the report as text');
    terminal.keys('t');
    await terminal.until('write to');
    terminal.keys('Enter');
    await terminal.until('exists already');
    terminal.keys('Escape');
    await terminal.until((screen) => !screen.join().includes('overwrite'));
  }, 60_000);

  it('is the same after it was small as before', async () => {
    const terminal = await opened(120, 40, RESETS);
    const before = await terminal.until(/F4 [\s\S]*failed/);
    terminal.resize(60, 16);
    await terminal.until((screen) => screen.length === 16 && screen.some((row) => row.includes('1 Overview')));
    for (const row of terminal.screen()) expect([...row].length).toBeLessThanOrEqual(60);
    terminal.resize(50, 10);
    await terminal.until('needs 60x12');
    terminal.resize(120, 40);
    expect(await terminal.until(/F4 [\s\S]*failed/)).toEqual(before);
  }, 60_000);

  it('is suspended by Ctrl-Z and comes back', async () => {
    const terminal = await opened(80, 24, RESETS);
    const before = await terminal.until(/F4 [\s\S]*failed/);
    terminal.keys('C-z');
    await terminal.until('Stopped');
    expect(terminal.isAlternate).toBe(false);
    terminal.line('fg');
    expect(await terminal.until(/F4 [\s\S]*failed/)).toEqual(before);
    terminal.keys('j');
    await terminal.until(/▸.*F2/);
    terminal.keys('q');
    await left(terminal, 0);
  }, 60_000);

  it('comes back in the size that the terminal got meanwhile', async () => {
    const terminal = await opened(80, 24, RESETS);
    await terminal.until(/F4 [\s\S]*failed/);
    terminal.keys('C-z');
    await terminal.until('Stopped');
    terminal.resize(100, 30);
    terminal.line('fg');
    await terminal.until((screen) => screen[2] === '─'.repeat(100));
    terminal.keys('q');
    await left(terminal, 0);
  }, 60_000);

  it('follows the size of the terminal where standard output is a file', async () => {
    const terminal = await opened(80, 24, `${RESETS} >output`);
    await terminal.until(/F4 [\s\S]*failed/);
    terminal.resize(70, 20);
    await terminal.until((screen) => screen[2] === '─'.repeat(70) && screen[18] === screen[2]);
    terminal.keys('q');
    await left(terminal, 0);
    expect(readFileSync(path.join(folder, 'output'), 'utf8')).toBe('');
  }, 60_000);

  it.each([
    ['TERM', 143],
    ['HUP', 129],
    ['INT', 130],
  ])(
    'killed by SIG%s leaves the terminal usable and no file behind',
    async (signal, code) => {
      const terminal = await opened(80, 24, RESETS);
      await terminal.until(/F4 /);
      const [pid] = execFileSync('pgrep', ['-f', `^${process.execPath} ${built.program} tui`], {
        encoding: 'utf8',
      }).split('\n');
      process.kill(Number(pid), `SIG${signal}`);
      await left(terminal, code);
      expect(readdirSync(folder)).toEqual([]);
    },
    60_000,
  );

  it('takes the capture from a pipe and the keys from the terminal', async () => {
    tmux = new Tmux(100, 30, folder, { TMPDIR: folder });
    tmux.line(`cat ${RESETS} | ${process.execPath} ${built.program} tui -`);
    await tmux.until(/F1 /);
    tmux.keys('Enter', 'Enter', 'Enter');
    await tmux.until(/frame\.number == \d+[\s\S]* 0000 {2}/);
    tmux.keys('Q');
    await left(tmux, 0);
    expect(readdirSync(folder)).toEqual([]);
  }, 60_000);

  it('opens when the first packets have come, however long the pipe is silent after them', async () => {
    tmux = new Tmux(100, 30, folder, { TMPDIR: folder });
    // Few packets: connections are listed once some more have followed their end.
    tmux.line(`(head -c 8000 ${RESETS}; sleep 8) | ${process.execPath} ${built.program} tui -`);
    await tmux.until(/stdin +8(?:\.0)? kB +\d+ packets/);
    tmux.keys('3');
    await tmux.until('none yet: listed some time after their end');
    tmux.keys('Escape');
    await tmux.until(/reading was stopped[\s\S]*$/);
    await tmux.until(/10\.0\.1\.43:80/);
    tmux.keys('q');
    await left(tmux, 0);
  }, 60_000);

  it('shows no colour where NO_COLOR is set, and only ASCII where it is asked for', async () => {
    const terminal = await opened(80, 24, `--ascii ${RESETS}`, { NO_COLOR: '1' });
    await terminal.until(/F4 [\s\S]*failed/);
    expect(terminal.coloured().replaceAll('\x1b', 'ESC')).not.toMatch(/ESC\[[0-9;]*3[0-7]/);
    expect(terminal.screen().join('')).toMatch(/^[ -~]*$/);
  }, 60_000);

  it('keeps control characters of a capture from the terminal', async () => {
    const terminal = await opened(100, 30, `${RESETS} --filter $'\\x1b[31m'`);
    terminal.keys('3');
    await terminal.until('\\x1b[31m');
  }, 60_000);

  it('says so where the connection that is named is none', async () => {
    await opened(100, 30, `${RESETS} --stream 9999`, {}, /there is no stream 9999 in it/);
  }, 60_000);

  it('opens at a connection that is named', async () => {
    const terminal = await opened(100, 30, `${RESETS} --stream 24`, {}, /stream 24 +tcp\.stream eq 24/);
    await terminal.until('GET / HTTP/1.1');
  }, 60_000);

  it('without a terminal says so, and names the report', () => {
    const { status, stderr } = spawnSync('setsid', ['--wait', process.execPath, built.program, 'tui', RESETS], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    expect(stderr).toBe(`pcapdx: tui needs a terminal; pcapdx report ${RESETS} prints the same findings\n`);
    expect(status).toBe(2);
  });

  it('says what it cannot read before it takes the screen', async () => {
    tmux = new Tmux(100, 30, folder);
    tmux.line(`${process.execPath} ${built.program} tui ${built.program}`);
    await tmux.until('is not a packet capture');
    expect(tmux.isAlternate).toBe(false);
    expect(existsSync(built.program)).toBe(true);
  }, 60_000);
});
