import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { fileNameText } from '../../src/text/redaction.js';
import { fileWord, shellWord } from '../../src/text/shell-word.js';
import { visible } from '../../src/text/visible.js';

describe('a word for a shell', () => {
  it('stands without quotes where it needs none', () => {
    expect(shellWord('samples/a-1.pcapng')).toBe('samples/a-1.pcapng');
    expect(shellWord('x-forwarded-for:203.0.113.66')).toBe('x-forwarded-for:203.0.113.66');
  });

  it.each(['', 'a b', "it's", '$(id)', '`id`', 'a"b', '*', '~', 'a\nb', '\\', '-n'])(
    '%j comes out of one as it went in',
    (word) => {
      expect(execFileSync('/bin/sh', ['-c', `printf %s ${shellWord(word)}`], { encoding: 'utf8' })).toBe(word);
    },
  );
});

describe('the name of a file for a shell', () => {
  /** What bash makes of a line's words. */
  const wordsOf = (line: string, folder = tmpdir()): string[] =>
    execFileSync('bash', ['-c', `printf '%s\\0' ${line}`], { cwd: folder, encoding: 'utf8' })
      .split('\0')
      .slice(0, -1);

  it.each([
    'front.pcapng',
    "it's two words.pcapng",
    'line\nbreak.pcapng',
    "tab\tand 'quote' \\.pcapng",
    '서버.pcapng',
    'right\u202eleft.pcapng',
    '*?[a].pcapng',
    '!x',
  ])('%j is taken as it is, and shows all it holds', (name) => {
    expect(wordsOf(fileWord(name))).toEqual([name]);
    expect(visible(fileWord(name))).toBe(fileWord(name));
  });

  it.each(['-x.pcapng', '--'])('%j is no flag', (name) => expect(wordsOf(fileWord(name))).toEqual([`./${name}`]));

  it('finds the file whose name holds a token that is hidden', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'pcapdx-names-'));
    const name = 'front 1.pcap?X-Amz-Signature=0a1b2c3d4e5f&X-Amz-Date=20240610';
    writeFileSync(path.join(folder, name), '');
    const shown = fileNameText(name, false);
    expect(shown).toBe('front 1.pcap?X-Amz-Signature=…12&X-Amz-Date=20240610');
    expect(fileNameText(name, true)).toBe(name);
    expect(wordsOf(fileWord(shown), folder)).toEqual([name]);
    rmSync(folder, { recursive: true });
  });
});
