import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FlowOrder } from '../../src/report/flow-order.js';

describe('flows in order of their stream numbers', () => {
  it('come out in order, whatever the order in which connections end and whichever numbers are skipped', () => {
    const streams = fc.uniqueArray(fc.nat(60));
    fc.assert(
      fc.property(streams, (ended) => {
        const printed: number[] = [];
        const order = new FlowOrder<number>((stream) => printed.push(stream));
        for (const stream of ended) order.add(stream, stream);
        order.finish();
        expect(printed).toEqual([...ended].sort((one, other) => one - other));
      }),
    );
  });

  it('are printed as soon as all before them are', () => {
    const printed: number[] = [];
    const order = new FlowOrder<number>((stream) => printed.push(stream));
    order.add(2, 2);
    order.add(0, 0);
    expect(printed).toEqual([0]);
    order.add(1, 1);
    expect(printed).toEqual([0, 1, 2]);
  });

  it('waits for no number that was spent on a quoted segment, whenever that is said', () => {
    const emitted: number[] = [];
    const order = new FlowOrder<number>((flow) => emitted.push(flow));
    order.skip(0);
    order.add(1, 1);
    order.add(3, 3);
    order.skip(2);
    order.skip(5);
    order.add(6, 6);
    order.add(4, 4);
    expect(emitted).toEqual([1, 3, 4, 6]);
    order.add(2, 2);
    expect(emitted).toEqual([1, 3, 4, 6, 2]);
  });
});
