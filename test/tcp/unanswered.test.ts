import { describe, expect, it } from 'vitest';
import { MAX_GROUPS, Unanswered } from '../../src/tcp/unanswered.js';

describe('segments that wait for an answer', () => {
  it('excuse a reset with their acknowledgement until they are answered', () => {
    const unanswered = new Unanswered();
    unanswered.add(1, 100, 7);
    expect(unanswered.packetWith(1)).toBe(7);
    unanswered.answered(99);
    expect(unanswered.packetWith(1)).toBe(7);
    unanswered.answered(100);
    expect(unanswered.packetWith(1)).toBe(-1);
  });

  it('count as one while their acknowledgement is the same, and name the latest', () => {
    const unanswered = new Unanswered();
    unanswered.add(1, 100, 7);
    unanswered.add(1, 200, 8);
    unanswered.add(50, 200, 9);
    expect([unanswered.packetWith(1), unanswered.packetWith(50)]).toEqual([8, 9]);
  });

  it('are remembered through a burst; beyond that it is said that nothing is known', () => {
    const unanswered = new Unanswered();
    for (let at = 1; at <= MAX_GROUPS; at += 1) unanswered.add(at * 100, 1000 + at, at);
    expect([unanswered.packetWith(100), unanswered.packetWith(1600), unanswered.overflowed]).toEqual([1, 16, false]);
    unanswered.add(9999, 5000, 99);
    expect([unanswered.packetWith(100), unanswered.packetWith(9999), unanswered.overflowed]).toEqual([-1, 99, true]);
    unanswered.answered(5000);
    expect([unanswered.packetWith(9999), unanswered.overflowed]).toEqual([-1, false]);
  });

  it('without an acknowledgement excuse nothing', () => {
    const unanswered = new Unanswered();
    unanswered.add(-1, 1, 3);
    expect(unanswered.packetWith(-1)).toBe(-1);
  });
});
