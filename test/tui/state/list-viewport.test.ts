import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AT_TOP, type ListMove, moved, scrolled, within } from '../../../src/tui/state/list-viewport.js';

describe('a list', () => {
  it.each<[ListMove, number, number]>([
    ['down', 6, 2],
    ['up', 4, 2],
    ['half-down', 10, 7],
    ['half-up', 0, 0],
    ['page-down', 14, 11],
    ['page-up', 0, 0],
    ['top', 0, 0],
    ['bottom', 99, 90],
  ])('of a hundred rows, ten of them drawn, moves %s', (move, cursor, top) => {
    expect(moved({ cursor: 5, top: 2 }, move, 100, 10)).toEqual({ cursor, top });
  });

  it('that is empty has one place', () => {
    for (const move of ['up', 'down', 'bottom', 'page-down'] as const)
      expect(moved(AT_TOP, move, 0, 10)).toEqual(AT_TOP);
  });

  it('never leaves its rows, keeps the cursor in sight, and leaves no room below its end', () => {
    const moves = fc.constantFrom<ListMove>(
      'up',
      'down',
      'half-up',
      'half-down',
      'page-up',
      'page-down',
      'top',
      'bottom',
    );
    fc.assert(
      fc.property(fc.array(moves), fc.nat(50), fc.integer({ min: 1, max: 20 }), (all, count, height) => {
        let at = AT_TOP;
        for (const move of all) {
          at = moved(at, move, count, height);
          expect(at.cursor).toBeGreaterThanOrEqual(0);
          expect(at.cursor).toBeLessThanOrEqual(Math.max(0, count - 1));
          expect(at.cursor - at.top).toBeGreaterThanOrEqual(0);
          expect(at.cursor - at.top).toBeLessThan(height);
          expect(at.top).toBeLessThanOrEqual(Math.max(0, count - height));
        }
      }),
    );
  });

  it('that shrinks keeps the nearest place', () => {
    expect(within({ cursor: 90, top: 85 }, 12, 10)).toEqual({ cursor: 11, top: 2 });
  });
});

describe('text', () => {
  it('is scrolled within its lines', () => {
    expect(scrolled(0, 'page-down', 100, 10)).toBe(9);
    expect(scrolled(95, 'page-down', 100, 10)).toBe(90);
    expect(scrolled(3, 'half-up', 100, 10)).toBe(0);
    expect(scrolled(3, 'bottom', 5, 10)).toBe(0);
  });
});
