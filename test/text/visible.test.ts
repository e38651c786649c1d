import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { visible, visibleDeep } from '../../src/text/visible.js';

describe('visible text', () => {
  it('leaves letters of every script as they are', () => {
    for (const text of [
      'GET /index.html?a=b\\c',
      'Grüße',
      '日本語',
      'Ελληνικά',
      'עברית',
      'العربية',
      'हिन्दी',
      '한국어',
      '😀',
      'é',
    ])
      expect(visible(text)).toBe(text);
  });

  it('writes newline, carriage return and tab out, so that text stays one line', () => {
    expect(visible('a\r\nb\tc')).toBe('a\\r\\nb\\tc');
  });

  it('disarms CSI and OSC sequences of ECMA-48, in their seven-bit and eight-bit forms', () => {
    expect(visible('\u001b[2J')).toBe('\\x1b[2J');
    expect(visible('\u001b]52;c;aGk=\u0007')).toBe('\\x1b]52;c;aGk=\\x07');
    expect(visible('\u009b31m\u009d0;title\u009c')).toBe('\\x9b31m\\x9d0;title\\x9c');
    expect(visible('\u0000\u0008\u007f')).toBe('\\x00\\x08\\x7f');
  });

  it('shows bidi overrides and isolates (UAX #9)', () => {
    expect(visible('user\u202etxt.exe\u202c')).toBe('user\\u202etxt.exe\\u202c');
    expect(visible('\u2066a\u2069\u200f\u061c')).toBe('\\u2066a\\u2069\\u200f\\u061c');
  });

  it('shows what has no width: zero-width characters, soft hyphen, byte order mark, fillers, variation selectors, tags', () => {
    expect(visible('a\u200bb\u200d\u2060\u00ad\ufeff')).toBe('a\\u200bb\\u200d\\u2060\\xad\\ufeff');
    expect(visible('\u3164\u115f\ufe0f')).toBe('\\u3164\\u115f\\ufe0f');
    expect(visible('\u{e0041}')).toBe('\\u{e0041}');
  });

  it('shows separators of lines and paragraphs, lone surrogates, private use and noncharacters', () => {
    expect(visible('\u2028\u2029')).toBe('\\u2028\\u2029');
    expect(visible('\ud83d')).toBe('\\ud83d');
    expect(visible('a\ude00b')).toBe('a\\ude00b');
    expect(visible('\ue000\uffff\u{10ffff}')).toBe('\\ue000\\uffff\\u{10ffff}');
  });

  it('leaves nothing that acts in any string, and changes nothing the second time', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((c) => String.fromCharCode(c)) }),
        (a, b) => {
          const shown = visible(a + b);
          expect(shown).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
          expect(visible(shown)).toBe(shown);
        },
      ),
    );
  });
});

describe('visible values', () => {
  it('reaches strings and keys in nested arrays and objects and leaves other values', () => {
    expect(visibleDeep({ 'a\n': ['\u001b', 1, null, true, { b: '\u202e' }], c: undefined })).toEqual({
      'a\\n': ['\\x1b', 1, null, true, { b: '\\u202e' }],
      c: undefined,
    });
  });

  it('keeps a captured key named __proto__ a key', () => {
    const shown = visibleDeep(JSON.parse('{"__proto__":{"admin":"\\u0007"}}'));
    expect(JSON.stringify(shown)).toBe('{"__proto__":{"admin":"\\\\x07"}}');
    expect(Object.getPrototypeOf(shown)).toBe(Object.prototype);
  });
});
