import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_EVIDENCE } from '../../../src/facts/finding.js';
import type { Attributes } from '../../../src/rules/judgements/discriminating-attribute.js';
import {
  addUnanswered,
  mergeUnanswered,
  newUnanswered,
  type Unanswered,
  type UnansweredFigures,
} from '../../../src/rules/tally/unanswered.js';

type Kept = Unanswered<UnansweredFigures, UnansweredFigures>;

interface Request {
  readonly figures: UnansweredFigures;
  readonly attributes: Attributes | null;
  readonly isHungUp: boolean;
}

function tallyOf(requests: readonly Request[]): Kept {
  const tally: Kept = newUnanswered();
  for (const { figures, attributes, isHungUp } of requests)
    addUnanswered(tally, { incident: figures, figures, attributes, isHungUp });
  return tally;
}

function request(packet: number, { delayNs = 1000, isHungUp = false, attributes = {} as Attributes | null } = {}) {
  return { figures: { packet, atNs: packet * 1000, stream: packet, delayNs, key: packet }, attributes, isHungUp };
}

describe('requests without an answer', () => {
  it('are counted, with the shortest and the longest wait and what all of them share', () => {
    const tally = tallyOf([
      request(9, { delayNs: 700, attributes: { method: 'GET', path: '/a' } }),
      request(4, { delayNs: 300, isHungUp: true, attributes: { method: 'GET', path: '/b' } }),
    ]);
    expect(tally).toMatchObject({ count: 2, hungUp: 1, lastNs: 9000, lowestDelayNs: 300, highestDelayNs: 700 });
    expect(tally.shared).toEqual({ method: 'GET' });
    expect(tally.earliest.items.map(({ packet }) => packet)).toEqual([4, 9]);
  });

  it('share what those share that could be read; nothing is known where none could', () => {
    expect(tallyOf([request(1, { attributes: null })]).shared).toBeNull();
    expect(tallyOf([request(1, { attributes: null }), request(2, { attributes: { path: '/a' } })]).shared).toEqual({
      path: '/a',
    });
  });

  it('are kept in full as far as there is room, the earliest', () => {
    const all = Array.from({ length: MAX_EVIDENCE + 5 }, (_, index) => request(MAX_EVIDENCE + 5 - index));
    const { count, earliest } = tallyOf(all);
    expect(count).toBe(MAX_EVIDENCE + 5);
    expect(earliest.items.map(({ packet }) => packet)).toEqual(
      Array.from({ length: MAX_EVIDENCE }, (_, index) => index + 1),
    );
  });

  it('come to the same in any order, and by any split', () => {
    const requests = fc.uniqueArray(
      fc.record({
        packet: fc.integer({ min: 1, max: 500 }),
        delayNs: fc.integer({ min: 0, max: 9 }),
        isHungUp: fc.boolean(),
        attributes: fc.option(fc.record({ method: fc.constantFrom('GET', 'PUT'), path: fc.constantFrom('/a', '/b') })),
      }),
      { selector: ({ packet }) => packet, maxLength: 120 },
    );
    fc.assert(
      fc.property(requests, fc.nat(120), (drawn, at) => {
        const all = drawn.map(({ packet, ...options }) => request(packet, options));
        const whole = tallyOf(all);
        const part = tallyOf(all.slice(at).reverse());
        mergeUnanswered(part, tallyOf(all.slice(0, at)));
        expect(part).toEqual(whole);
      }),
    );
  });
});
