import { describe, expect, it } from 'vitest';
import { isKey, keyText } from '../../src/tui/key-text.js';

describe('a key', () => {
  it.each(['j', 'ㅓ', 'ctrl-n', 'page-up', '?'])('is %s', (key) => expect(isKey(key)).toBe(true));
  it.each(['', ' ', 'jj', 'constructor', 'ctrl-', 'ctrl-J', '\x1b'])('is not %j', (key) =>
    expect(isKey(key)).toBe(false),
  );
});

describe('a key is written', () => {
  it.each([
    ['enter', '⏎', 'Enter'],
    ['left', '←', 'Left'],
    ['escape', 'Esc', 'Esc'],
    ['ctrl-d', 'Ctrl-D', 'Ctrl-D'],
    ['G', 'G', 'G'],
  ])('%s as %s, on a terminal without it as %s', (key, text, ascii) => {
    expect(keyText(key, false)).toBe(text);
    expect(keyText(key, true)).toBe(ascii);
  });
});
