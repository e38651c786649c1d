import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FirstTexts } from '../../src/findings/first-texts.js';

const LIMIT = 4;
const kept = (texts: readonly string[]): string[] => {
  const first = new FirstTexts(LIMIT);
  for (const text of texts) first.add(text);
  return first.items();
};

describe('the first of many texts', () => {
  it('are those that sort before the others, whatever came when', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 3 })), (texts) => {
        expect(kept(texts).sort()).toEqual([...new Set(texts)].sort().slice(0, LIMIT));
      }),
    );
  });

  it('are the same in any split', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 3 })), fc.array(fc.string({ maxLength: 3 })), (one, other) => {
        expect(kept([...kept(one), ...kept(other)]).sort()).toEqual(kept([...other, ...one]).sort());
      }),
    );
  });
});
