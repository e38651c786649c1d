import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cellsOf, cutText, fitting, joinUnits, wrapText } from '../../src/text/width.js';

describe('cells of a terminal', () => {
  it.each([
    ['', 0],
    ['abc', 3],
    ['Grüße', 5],
    ['日本語', 6],
    ['한국어', 6],
    ['ｆｕｌｌ', 8],
    ['ｶﾅ', 2],
    ['e\u0301', 1],
    ['नि', 2],
    ['😀', 2],
    ['🇰🇷', 2],
    ['─│▲✖…', 5],
    ['\u1112\u1161\u11ab', 2],
    ['𠀀', 2],
  ])('%s takes %d', (text, cells) => expect(cellsOf(text)).toBe(cells));

  it('add up over the parts of a text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (a, b) => {
        expect(cellsOf(a + b)).toBe(cellsOf(a) + cellsOf(b));
      }),
    );
  });
});

describe('text cut to a width', () => {
  it('never cuts a wide letter in half', () => {
    expect(fitting('日本語', 5)).toBe('日本');
    expect(fitting('日本語', 6)).toBe('日本語');
    expect(fitting('abc', 2)).toBe('ab');
    expect(fitting('abc', -1)).toBe('');
  });

  it('keeps marks with their letter', () => {
    expect(fitting('e\u0301e\u0301', 1)).toBe('e\u0301');
  });

  it('says that something was left out', () => {
    expect(cutText('10.0.1.43', 9)).toBe('10.0.1.43');
    expect(cutText('10.0.1.43', 6)).toBe('10.0.…');
    expect(cutText('日本語', 5)).toBe('日本…');
    expect(cutText('日本語', 4)).toBe('日…');
    expect(cutText('日本語', 0)).toBe('');
  });
});

describe('prose broken into lines', () => {
  it('breaks at spaces and indents what follows', () => {
    expect(wrapText('  Ruled out   idle timeout: longest idle 1.0 ms', 30, 14)).toEqual([
      '  Ruled out   idle timeout:',
      '              longest idle',
      '              1.0 ms',
    ]);
  });

  it('keeps a figure and its unit together, and takes no other word for one', () => {
    expect(wrapText('gone after 1.05 s (27.8 %), of 3 hosts', 16)).toEqual([
      'gone after',
      '1.05 s (27.8 %),',
      'of 3 hosts',
    ]);
    expect(wrapText('port 80 shows', 10)).toEqual(['port 80', 'shows']);
    expect(wrapText('12 MBytes 3 s', 10)).toEqual(['12 MBytes', '3 s']);
  });

  it('is kept from being broken there by others too', () => {
    expect(joinUnits('after 2.00 s – 1,448 kB (27.8 %) of 8 KB')).toBe(
      'after 2.00\u00a0s – 1,448\u00a0kB (27.8\u00a0%) of 8\u00a0KB',
    );
    expect(joinUnits('port 80 shows 12 MBytes')).toBe('port 80 shows 12 MBytes');
  });

  it('gives one line for what fits, with its spaces, and for nothing', () => {
    expect(wrapText('a  b', 80)).toEqual(['a  b']);
    expect(wrapText('', 80)).toEqual(['']);
    expect(wrapText('a   ', 80)).toEqual(['a']);
  });

  it('breaks a word that is longer than a line', () => {
    expect(wrapText('see abcdefghijklmnop', 10, 2)).toEqual(['see', '  abcdefgh', '  ijklmnop']);
    expect(wrapText('日本語日本語', 9)).toEqual(['日本語日', '本語']);
  });

  it('leaves a margin room for words', () => {
    expect(wrapText('one two three four', 10, 60).every((line) => cellsOf(line) <= 10)).toBe(true);
  });

  it('keeps every line within its width and loses no letter', () => {
    const words = fc.array(fc.string({ unit: fc.constantFrom('a', 'é', '日', 'm'), minLength: 1, maxLength: 30 }));
    fc.assert(
      fc.property(words, fc.integer({ min: 10, max: 60 }), fc.integer({ min: 0, max: 20 }), (list, cells, indent) => {
        const lines = wrapText(list.join(' '), cells, indent);
        expect(lines.filter((line) => cellsOf(line) > cells)).toEqual([]);
        expect(lines.join('').replaceAll(' ', '')).toBe(list.join(''));
      }),
    );
  });
});
