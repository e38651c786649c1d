import { describe, expect, it } from 'vitest';
import { actionOf, keysOn } from '../../src/tui/keys.js';

describe("keys of the user's own", () => {
  const own = { down: ['n', 'ㅜ'], follow: ['F'] } as const;

  it('replace those of the action, and are taken from what else had them', () => {
    expect(actionOf('n', 'ladder', own)).toBe('down');
    expect(actionOf('ㅜ', 'ladder', own)).toBe('down');
    expect(actionOf('j', 'ladder', own)).toBeNull();
    expect(actionOf('F', 'ladder', own)).toBe('follow');
    expect(actionOf('n', 'ladder')).toBe('next-match');
  });

  it('stand in footer and help as they act', () => {
    const shown = keysOn('ladder', own);
    expect(shown.find(({ action }) => action === 'down')?.keys).toEqual(['n', 'ㅜ']);
    expect(shown.some(({ action }) => action === 'next-match')).toBe(false);
  });
});
