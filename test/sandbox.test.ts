import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const project = path.resolve(import.meta.dirname, '..');
const sample = path.join(project, 'samples/rst-after-request.pcapng');
const program = path.join(project, 'bin/pcapdx.js');

/** What may be had of modules that could do more: constants and comparisons, and the file that standard input is. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  'node:http': ['STATUS_CODES'],
  'node:net': ['BlockList', 'isIP', 'isIPv4', 'isIPv6', 'Socket'],
};
const DANGEROUS = /^node:(net|http|https|http2|tls|dgram|dns|child_process|cluster|vm|inspector|repl)(\/|$)/;

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
  ])('needs no right but to read: %s', (...args) => {
    const run = (flags: readonly string[]): string =>
      execFileSync(process.execPath, [...flags, program, ...args], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
        maxBuffer: 2 ** 26,
      });
    expect(run(['--experimental-permission', '--allow-fs-read=*'])).toBe(run([]));
  });
});
