import { describe, expect, it } from 'vitest';
import { Edits } from '../../src/extract/edits.js';

function edited(edits: Edits, text: string, from: number): string {
  const payload = Buffer.from(text, 'latin1');
  edits.apply(payload, from);
  return payload.toString('latin1');
}

describe('the bytes of a direction, edited', () => {
  const edits = new Edits();
  edits.keep(1, 5);
  edits.replace(5, Buffer.from('NEW'));
  edits.fill(8, 10);
  edits.keep(10, 12);

  it('are kept, replaced, made unreadable, as they were told', () => {
    expect(edited(edits, 'abcdefghijk', 1)).toBe('abcdNEWxxjk');
  });

  it('are treated alike wherever a segment begins', () => {
    expect(edited(edits, 'fg', 6)).toBe('EW');
    expect(edited(edits, 'ghijk', 7)).toBe('Wxxjk');
  });

  it('are what was told of them, in whatever order it came', () => {
    const late = new Edits();
    late.keep(1, 3);
    late.keep(6, 9);
    late.replace(3, Buffer.from('new'));
    expect(edited(late, 'abcdefgh', 1)).toBe('abnewfgh');
  });

  it('are unreadable where nobody said anything of them', () => {
    expect(edited(edits, 'zzabc', -1)).toBe('xxabc');
    expect(edited(edits, 'jkl', 10)).toBe('jkx');
    expect(edited(new Edits(), 'abc', 1)).toBe('xxx');
  });
});
