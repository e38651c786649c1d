import { describe, expect, it } from 'vitest';
import { noteLines } from '../../../src/report/ladder/note-lines.js';

describe('a note in a drawing', () => {
  it('is one line where it fits', () => {
    expect(noteLines('no answer; TTL 61', 40)).toEqual(['no answer; TTL 61']);
  });

  it('is lines of like length, no more than there must be', () => {
    expect(noteLines('sent again for the 5th time: nobody acknowledges it', 49)).toEqual([
      'sent again for the 5th time:',
      'nobody acknowledges it',
    ]);
  });

  it('is cut behind three lines', () => {
    const lines = noteLines('word '.repeat(60).trim(), 20);
    expect(lines).toHaveLength(3);
    expect(lines.at(-1)).toMatch(/…$/);
  });
});
