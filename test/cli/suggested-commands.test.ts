/** Commands that outputs suggest do what they say, whatever the captures are called. */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../../src/cli/main.js';
import { type BuiltProgram, builtProgram } from '../built-program.js';
import { World } from './surroundings.js';

const SAMPLES = path.resolve(import.meta.dirname, '../../samples');
const NAMES = [
  '-x.pcapng',
  'two words.pcapng',
  'it\'s "so".pcapng',
  'line\nbreak.pcapng',
  'front.pcap?X-Amz-Signature=0a1b2c3d4e5f6a7b&x=1',
];

let built: BuiltProgram;
let folder: string;
let before: string;
beforeAll(() => {
  built = builtProgram();
  folder = mkdtempSync(path.join(tmpdir(), 'pcapdx-suggested-'));
  before = process.cwd();
  mkdirSync(path.join(folder, 'bin'));
  writeFileSync(path.join(folder, 'bin/pcapdx'), `#!/bin/sh\nexec ${process.execPath} ${built.program} "$@"\n`, {
    mode: 0o755,
  });
  writeFileSync(path.join(folder, 'bin/editcap'), '#!/bin/sh\ntest -f "$2" && test "$1" = -r\n', { mode: 0o755 });
  process.chdir(folder);
}, 120_000);
afterAll(() => {
  process.chdir(before);
  built.remove();
  rmSync(folder, { recursive: true, force: true });
});

async function output(...argv: string[]): Promise<string> {
  const world = new World();
  const { analyze } = await import('../../src/pipeline/analyze.js');
  const real = { ...world, exit: world.exit, now: world.now, loadAnalyze: async () => analyze };
  expect(await run(argv, real)).toBe(0);
  return world.stdout.text;
}

/** Runs a line in a shell. */
function shell(line: string) {
  const { status, stderr } = spawnSync('bash', ['-c', `PATH=$PWD/bin:$PATH; ${line}`], {
    cwd: folder,
    encoding: 'utf8',
  });
  return { status, stderr };
}

const unescaped = (html: string) =>
  html
    .replaceAll('&#39;', "'")
    .replaceAll('&quot;', '"')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');

describe('a suggested command', { timeout: 120_000 }, () => {
  it.each(NAMES)('works for %j', async (name) => {
    copyFileSync(path.join(SAMPLES, 'rst-after-request.pcapng'), name);
    const argument = name.startsWith('-') ? `./${name}` : name;
    // As a name that only lies before a flag's end would be.
    const named = name.startsWith('-') ? ['--', name] : [argument];
    const text = await output('report', '--width', '200', ...named);
    const markdown = await output('report', '--format', 'markdown', ...named);
    const html = await output('report', '--format', 'html', ...named);
    const [tui = ''] = /pcapdx tui .*/.exec(text) ?? [];
    const [, block = ''] = /```sh\n([^`]*)\n```/.exec(markdown) ?? [];
    const [, page = ''] = /<pre id="F1-commands"[^>]*>([^<]*)</.exec(html) ?? [];
    // Here is no terminal, but the words are the same.
    const again = tui.replace(/ · .*/, '').replace('pcapdx tui', 'pcapdx report');
    const lines = [again, ...block.split('\n'), ...unescaped(page).split('\n')].map((line) =>
      line.replace(/-o (\S+)/, '--force -o $1'),
    );
    expect(lines.length).toBe(6);
    for (const line of lines)
      expect(shell(line), line).toEqual({ status: 0, stderr: expect.not.stringMatching(/error/i) });
    rmSync(name);
  });

  it('names all captures, and the flags by which the finding has its id', async () => {
    const captures = ['asymmetric-path-one-side.pcap', 'rst-after-request.pcapng'];
    for (const capture of captures) copyFileSync(path.join(SAMPLES, capture), capture);
    writeFileSync('keys.log', '');
    const flags = ['--keylog', 'keys.log', '--no-rule', 'path-loss'];
    const markdown = await output('report', '--format', 'markdown', ...flags, ...captures);
    const words = `${captures.join(' ')} ${flags.join(' ')}`;
    expect(markdown).toContain(`\npcapdx extract ${words} --finding F1 -o f1.pcapng\n`);
    expect(shell(`pcapdx extract ${words} --finding F1 --force -o f1.pcapng`).status).toBe(0);
    expect(shell(`pcapdx ladder ${words} --finding F1`).status).toBe(0);
    expect(readdirSync('.')).toContain('f1.pcapng');
  });
});
