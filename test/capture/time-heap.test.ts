import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isBefore, siftDown, siftUp, type Timed } from '../../src/capture/time-heap.js';

const timed = fc.record({ seconds: fc.nat(3), nanoseconds: fc.nat(3), index: fc.nat(3) });

function sorted(list: readonly Timed[]): Timed[] {
  return [...list].sort((one, other) => (isBefore(one, other) ? -1 : isBefore(other, one) ? 1 : 0));
}

describe('the heap of captures', () => {
  it('gives them up in order of time, then of place, when each is put in and its top taken out', () => {
    fc.assert(
      fc.property(fc.array(timed), (list) => {
        const heap: Timed[] = [];
        for (const one of list) siftUp(heap, one);
        const order: Timed[] = [];
        for (let top = heap[0]; top !== undefined; top = heap[0]) {
          order.push(top);
          const last = heap.pop();
          if (last !== undefined && heap.length > 0) heap[0] = last;
          siftDown(heap);
        }
        expect(order).toEqual(sorted(list));
      }),
    );
  });

  it('keeps its order when the time of its top moves on', () => {
    fc.assert(
      fc.property(fc.array(timed, { minLength: 1 }), fc.array(fc.nat(9), { maxLength: 20 }), (list, steps) => {
        const heap: Timed[] = [];
        for (const [index, one] of list.entries()) siftUp(heap, { ...one, index });
        for (const step of steps) {
          const top = heap[0];
          if (top === undefined) return;
          top.seconds += step;
          siftDown(heap);
          expect(heap[0]).toEqual(sorted(heap)[0]);
        }
      }),
    );
  });
});
