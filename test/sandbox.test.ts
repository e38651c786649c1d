import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { Tmux } from './tui/tmux.js';

const project = path.resolve(import.meta.dirname, '..');
const sample = path.join(project, 'samples/rst-after-request.pcapng');
const program = path.join(project, 'bin/pcapdx.js');

/** What may be had of modules that could do more: constants and comparisons, and the file that standard input is. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  'node:http': ['STATUS_CODES'],
  'node:net': ['BlockList', 'isIP', 'isIPv4', 'isIPv6', 'Socket'],
};
const DANGEROUS = /^node:(net|http|https|http2|tls|dgram|dns|child_process|cluster|vm|inspector|repl)(\/|$)/;

/** No file may be written, no process or thread be started, no native module be loaded; and no text becomes code. */
const SANDBOX = ['--experimental-permission', '--allow-fs-read=*', '--disallow-code-generation-from-strings'];
/** Only a machine that checks nothing else may lack it. */
const lacksTmux = spawnSync('tmux', ['-V']).error !== undefined && !('CI' in process.env);

/** What the program prints with these flags of Node. */
const run = (flags: readonly string[], args: readonly string[]): string =>
  execFileSync(process.execPath, [...flags, program, ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    maxBuffer: 2 ** 26,
  });

describe('the program', () => {
  it('has no module that opens connections, starts processes or evaluates text', () => {
    const found: string[] = [];
    for (const name of readdirSync(path.join(project, 'src'), { recursive: true, encoding: 'utf8' })) {
      if (!/\.tsx?$/.test(name)) continue;
      const source = readFileSync(path.join(project, 'src', name), 'utf8');
      if (/\beval\(|new Function\(/.test(source)) found.push(`${name}: evaluates text`);
      for (const [, names = '', module = ''] of source.matchAll(
        /(?:import|from)\s*\(?\s*(?:\{([^}]*)\}\s*from\s*)?'(node:[^']+)'/g,
      ))
        if (DANGEROUS.test(module)) {
          const taken = names.split(',').map((one) => one.trim());
          if (!taken.every((one) => ALLOWED[module]?.includes(one) ?? false)) found.push(`${name}: ${module} ${names}`);
        }
    }
    expect(found).toEqual([]);
  });

  it.each([
    ['report', sample],
    ['report', sample, '--format', 'json'],
    ['report', sample, '--format', 'html'],
    ['report', sample, '--format', 'markdown'],
    ['flows', sample],
    ['ladder', sample, '--finding', 'F1'],
    ['rules'],
    ['explain', 'keepalive-race'],
    ['schema', 'report'],
    ['completion', 'bash'],
  ])('needs no right but to read: %s', (...args) => {
    expect(run(SANDBOX, args)).toBe(run([], args));
  });

  it.each([
    ['report', sample, '--format', 'json', '--jobs', '2'],
    ['flows', sample, '--jobs', '2'],
  ])('needs but to read and to start threads of its own: %s', (...args) => {
    expect(run([...SANDBOX, '--allow-worker'], args)).toBe(run([], args));
  });

  it('needs but to read, and to write where it is told to: extract', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'pcapdx-sandbox-'));
    try {
      const file = path.join(folder, 'f1.pcapng');
      const rights = [...SANDBOX, `--allow-fs-write=${folder}/`];
      run(rights, ['extract', sample, '--finding', 'F1', '-o', file]);
      run(rights, ['report', sample, '-o', path.join(folder, 'report.html')]);
      expect(readdirSync(folder).sort()).toEqual(['f1.pcapng', 'report.html']);
      expect(run(SANDBOX, ['report', file, '--format', 'json'])).toContain('"rule": "rst-after-request"');
      expect(() => run(SANDBOX, ['extract', sample, '--finding', 'F1', '-o', `${file}.2`])).toThrow();
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it.skipIf(lacksTmux)('needs but to read, and a thread of its own, to explore', async () => {
    const terminal = new Tmux(100, 30, tmpdir());
    try {
      const flags = [...SANDBOX, '--allow-worker', '--no-warnings'].join(' ');
      terminal.line(`${process.execPath} ${flags} ${program} tui ${sample}`);
      await terminal.until('1 Overview');
      await terminal.until('rst-after-request');
      terminal.keys('Enter');
      await terminal.until('security');
    } finally {
      terminal.end();
    }
  });
});
