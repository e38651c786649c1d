import { describe, expect, it } from 'vitest';
import { BARE_CR, CONTROL_CHARACTER } from '../../../src/http/http1/field-flaws.js';
import { controlsIn, isToken, nameEnd } from '../../../src/http/http1/line-characters.js';

const bytes = (text: string) => Buffer.from(text, 'latin1');

describe('RFC 9110 §5.5: control characters in a line', () => {
  it.each([
    ['none', 'a value\twith a tab, and \xe9', 0],
    ['NUL', 'a\0b', CONTROL_CHARACTER],
    ['DEL', 'a\x7fb', CONTROL_CHARACTER],
    ['one below the space', 'a\x1fb', CONTROL_CHARACTER],
    ['a carriage return', 'a\rb', BARE_CR],
    ['both', 'a\rb\x01', BARE_CR | CONTROL_CHARACTER],
  ])('%s', (_name, text, flaws) => {
    expect(controlsIn(bytes(text), 0, text.length)).toBe(flaws);
    expect(controlsIn(bytes(`\0${text}\0`), 1, text.length + 1), 'and none beside it').toBe(flaws);
  });
});

describe('RFC 9110 §5.6.2: a token', () => {
  it('is of letters, digits and fifteen others', () => {
    expect(isToken(bytes("!#$%&'*+-.^_`|~09azAZ"), 0, 21)).toBe(true);
    for (const other of '"(),/:;<=>?@[\\]{} \t\x7f\xe9') expect(isToken(bytes(`a${other}b`), 0, 3), other).toBe(false);
  });

  it('as the name of a field ends before a colon, a blank or a control character', () => {
    for (const end of [':', ' ', '\t', '\r', '\0'])
      for (const name of ['', 'a', 'host', 'content-length', 'na(me\xff'])
        expect(nameEnd(bytes(`${name}${end}rest`), 0, name.length + 5)).toBe(name.length);
    expect(nameEnd(bytes('unfinished'), 0, 10)).toBe(10);
  });
});
