import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { shellWord } from '../../src/text/shell-word.js';

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
