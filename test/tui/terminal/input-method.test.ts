import { describe, expect, it } from 'vitest';
import { meantKey } from '../../../src/tui/terminal/input-method.js';

describe('the key that was meant', () => {
  it.each([
    ['ㅓ', 'j', 'Korean input'],
    ['ㅃ', 'Q', 'Korean input with shift'],
    ['ｊ', 'j', 'Japanese input'],
    ['！', '!', 'the first of the fullwidth forms'],
    ['～', '~', 'the last of them'],
  ])('by %s is %s: %s', (key, meant) => expect(meantKey(key)).toBe(meant));

  it.each(['j', 'page-up', 'é', '語', '\uff00', '\uff5f'])('by %s is itself', (key) => expect(meantKey(key)).toBe(key));
});
