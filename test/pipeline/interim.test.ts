import { describe, expect, it } from 'vitest';
import type { Analysis } from '../../src/facts/summary.js';
import { Interim } from '../../src/pipeline/interim.js';

describe('conclusions on the way', () => {
  it('come a second after the beginning, and take a twentieth of the time at most', () => {
    let now = 0;
    const told: number[] = [];
    const interim = new Interim(
      () => {
        now += 200;
        return {} as Analysis;
      },
      () => told.push(now),
      () => now,
    );
    for (; now < 12_000; now += 100) interim.turn();
    expect(told).toEqual([1200, 5400, 9600]);
  });
});
