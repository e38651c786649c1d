/** Secrets planted wherever a capture can hold one: none may come onto a screen, into the clipboard or into a file that was not asked for them. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BuiltProgram, builtProgram } from '../built-program.js';
import { plantedCapture, STREAMS } from '../planted/capture.js';
import { leaksIn, MARK } from '../planted/secrets.js';
import { Driver } from './driver.js';
import { lacksTmux, Tmux } from './tmux.js';

/** So large that each screen shows all it has. */
const SIZE = { columns: 250, rows: 110 };

let folder: string;
let capture: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'pcapdx-tui-secrets-'));
  capture = path.join(folder, 'planted.pcap');
  writeFileSync(capture, plantedCapture());
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Conversations of which the first differ by their target alone: of those not every packet is looked at. */
const STORIES_ALIKE = 24;

/** What the menu on the screen would copy. */
const copied = ({ state }: Driver): string =>
  (state.menu?.entries ?? []).map(({ deed }) => (deed.kind === 'copy' ? deed.text : '')).join('\n');

describe('a screen', { timeout: 180_000 }, () => {
  it('holds no secret, whichever it is, nor does what can be copied from it', async () => {
    const at = new Driver(SIZE, [capture]);
    const seen = new Set<string>();
    const look = async (...keys: readonly string[]) => {
      await at.press(...keys);
      at.say({ kind: 'paused' });
      expect(leaksIn(at.text), keys.join()).toEqual([]);
      for (const line of at.lines) seen.add(line);
    };
    const copy = async () => {
      await look('y');
      expect(leaksIn(copied(at)), 'copied').toEqual([]);
      await look('escape');
    };
    await look('4');
    await look('2');
    for (const [index] of at.data.findings.entries()) {
      await look(...(index === 0 ? [] : ['j']), 'enter');
      await copy();
      await look('enter', 'a');
      await look('escape', 'escape');
    }
    await look('3');
    for (const stream of STREAMS.split(',')) {
      await look(...stream.padStart(2, '0'), 'G', 'enter', 'a');
      await copy();
      await look('f');
      await look('escape');
      if (Number(stream) >= STORIES_ALIKE) {
        // From the first packet through all of the connection.
        await look('g', 'enter');
        for (let last = ''; last !== at.text; ) {
          last = at.text;
          await look('n');
        }
        await copy();
        await look('escape');
      }
      await look('escape');
    }
    // All of it was looked at.
    const all = [...seen].join('\n');
    for (const word of ['Set-Cookie', 'GOAWAY', 'X-Api-Key', 'Sec-WebSocket-Protocol', 'Transfer-Encoding'])
      expect(all).toContain(word);
    // Secrets that were asked for come onto the screen, and no further.
    await at.press('0', 'G', 'enter', 'a', '0', '4', 'G', 'enter', 'w');
    expect(at.text).toContain(MARK);
    await at.press('y');
    expect(copied(at)).not.toBe('');
    expect(leaksIn(copied(at))).toEqual([]);
    at.close();
  });
});

describe.skipIf(lacksTmux)('the program in a terminal', { timeout: 180_000 }, () => {
  let built: BuiltProgram;
  let tmux: Tmux | null = null;
  beforeAll(() => {
    built = builtProgram();
  }, 120_000);
  afterAll(() => {
    tmux?.end();
    built.remove();
  });

  it('shows and writes no secret, in any format, though they are shown on the screen', async () => {
    tmux = new Tmux(200, 50, folder, { TMPDIR: folder });
    const terminal = tmux;
    terminal.line(`${process.execPath} ${built.program} tui planted.pcap`);
    expect(leaksIn((await terminal.until(/F1 [\s\S]*failed/)).join('\n'))).toEqual([]);
    terminal.keys('3', 'Enter', 'Enter');
    const packet = await terminal.until(/frame\.number == \d+[\s\S]* 0000 {2}/);
    expect(leaksIn(packet.join('\n'))).toEqual([]);
    terminal.keys('w');
    await terminal.until('SECRETS SHOWN');
    terminal.keys('1');
    await terminal.until(/▸. F1 /);
    for (const [key, file] of [
      ['M', 'planted-report.md'],
      ['N', 'planted-report.json'],
      ['H', 'planted-report.html'],
      ['T', 'planted-report.txt'],
      ['P', 'planted-findings.pcapng'],
    ] as const) {
      terminal.keys('e');
      await terminal.until('all of the report as text');
      terminal.keys(key);
      await terminal.until(file);
      terminal.keys('Enter');
      await terminal.until(new RegExp(`${file}: .*written`));
      const written = readFileSync(path.join(folder, file), 'latin1');
      expect(written.length, file).toBeGreaterThan(1000);
      expect(leaksIn(written), file).toEqual([]);
    }
    terminal.keys('y', 'M');
    const shown = await terminal.until('as Markdown sent to the terminal');
    expect(leaksIn(shown.join('\n'))).toEqual([]);
    terminal.keys('Q');
    await terminal.until(() => !terminal.isAlternate);
    expect(readdirSync(folder).filter((name) => name.startsWith('planted')).length).toBe(6);
  });
});
