import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { editDistance, MAX_DISTANCE, MAX_NAME_LENGTH, nearestName } from '../../src/text/near-name.js';

const COMMANDS = ['report', 'tui', 'flows', 'rules', 'explain', 'schema'];

describe('the nearest name', () => {
  it.each([
    ['tiu', 'tui'],
    ['reprot', 'report'],
    ['explian', 'explain'],
    ['FLOWS', 'flows'],
    ['rule', 'rules'],
    ['front.pcapng', null],
    ['x', null],
    ['', null],
  ])('to %s is %s', (word, name) => expect(nearestName(word, COMMANDS)).toBe(name));

  it('is the first of equals', () => {
    expect(nearestName('flaws', ['flows', 'flaw'])).toBe('flows');
  });

  it('is none where more than a few letters are wrong', () => {
    expect(nearestName(`${'x'.repeat(MAX_DISTANCE)}-after-request`, ['rst-after-request'])).toBe('rst-after-request');
    expect(nearestName(`rst-after-re${'x'.repeat(MAX_DISTANCE + 1)}t`, ['rst-after-request'])).toBeNull();
  });

  it('is not looked for where the word is long', () => {
    expect(nearestName('a'.repeat(MAX_NAME_LENGTH + 1), ['a'.repeat(MAX_NAME_LENGTH + 1)])).toBeNull();
    expect(nearestName('abc', ['a'.repeat(1000)])).toBeNull();
  });
});

describe('edit distance', () => {
  it('counts insertion, deletion, replacement and a swap of neighbours as one each', () => {
    expect(editDistance('abc', 'abc')).toBe(0);
    expect(editDistance('', 'abc')).toBe(3);
    expect(editDistance('abc', 'ab')).toBe(1);
    expect(editDistance('abc', 'axc')).toBe(1);
    expect(editDistance('abc', 'acb')).toBe(1);
    expect(editDistance('kitten', 'sitting')).toBe(3);
  });

  it('is the same both ways and at most the longer length', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 8 });
    fc.assert(
      fc.property(word, word, (a, b) => {
        expect(editDistance(a, b)).toBe(editDistance(b, a));
        expect(editDistance(a, b)).toBeLessThanOrEqual(Math.max(a.length, b.length));
        expect(editDistance(a, b) === 0).toBe(a === b);
      }),
    );
  });
});
