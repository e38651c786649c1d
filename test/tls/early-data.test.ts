import { describe, expect, it } from 'vitest';
import type { InOrder } from '../../src/bytes/in-order.js';
import { EarlyData, MAX_EARLY_BYTES } from '../../src/tls/early-data.js';

function listener() {
  const told: string[] = [];
  const target: InOrder = {
    bytes: (view, start, end, packet) => told.push(`${Buffer.from(view.slice(start, end)).toString()} ${packet}`),
    gap: () => undefined,
    end: () => undefined,
  };
  return { told, target: () => target };
}

const hold = (early: EarlyData, text: string, packet: number): boolean => {
  const bytes = Buffer.from(text);
  const held = early.hold(bytes, 0, bytes.length, packet, 0);
  bytes.fill(0);
  return held;
};

describe('early data', () => {
  it('that was not offered is none', () => {
    const early = new EarlyData();
    early.reject();
    early.accept(listener().target);
    expect([early.state, early.isOpen]).toEqual(['none', false]);
  });

  it('waits for the server, and goes on in order when it is taken', () => {
    const early = new EarlyData();
    early.offer();
    expect([early.state, early.isWithheld]).toEqual(['offered', true]);
    expect([hold(early, 'one', 2), hold(early, 'two', 3), early.state]).toEqual([true, true, 'sent']);
    const { told, target } = listener();
    early.accept(target);
    expect([told, early.state, early.isWithheld, early.isHolding]).toEqual([
      ['one 2', 'two 3'],
      'accepted',
      false,
      false,
    ]);
  });

  it('is forgotten when the server refuses', () => {
    const early = new EarlyData();
    early.offer();
    hold(early, 'one', 2);
    early.reject();
    expect([early.state, early.isHolding]).toEqual(['rejected', false]);
  });

  it('that comes after the server has refused is not held', () => {
    const early = new EarlyData();
    early.offer();
    early.reject();
    expect([hold(early, 'x'.repeat(MAX_EARLY_BYTES + 1), 2), early.isHolding, early.state]).toEqual([
      true,
      false,
      'rejected',
    ]);
  });

  it('is not said to be refused where its fate was not seen', () => {
    const early = new EarlyData();
    early.offer();
    hold(early, 'one', 2);
    early.drop();
    expect([early.isHolding, early.state]).toEqual([false, 'sent']);
  });

  it('is held within its bound', () => {
    const early = new EarlyData();
    early.offer();
    expect(hold(early, 'x'.repeat(MAX_EARLY_BYTES), 1)).toBe(true);
    expect(hold(early, 'x', 2)).toBe(false);
  });

  it('ends', () => {
    const early = new EarlyData();
    early.offer();
    early.end();
    expect([early.isOpen, early.state]).toEqual([false, 'offered']);
  });
});
