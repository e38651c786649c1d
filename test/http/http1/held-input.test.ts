import { describe, expect, it } from 'vitest';
import type { InOrder } from '../../../src/bytes/in-order.js';
import { HeldInput, MAX_HELD_BYTES } from '../../../src/http/http1/held-input.js';

function recorder(): { told: string[]; owner: InOrder } {
  const told: string[] = [];
  return {
    told,
    owner: {
      bytes: (view, start, end, packet, at) => {
        told.push(`${Buffer.from(view).toString('latin1', start, end)} ${packet} ${at}`);
      },
      gap: (length, packet, at) => {
        told.push(`gap ${length} ${packet} ${at}`);
      },
      end: (how, packet, at) => {
        told.push(`${how} ${packet} ${at}`);
      },
    },
  };
}

describe('input held back', () => {
  it('comes out as it went in, with its packets and times, and its end', () => {
    const held = new HeldInput(() => {});
    const view = Buffer.from('..first..');
    held.bytes(view, 2, 7, 1, 10);
    view.fill(0);
    held.gap(5, 2, 20);
    held.bytes(Buffer.from('second'), 0, 6, 3, 30);
    held.end('fin', 4, 40);
    expect(held.length).toBe(11);
    expect(Buffer.from(held.beginning(100)).toString()).toBe('first');
    expect(Buffer.from(held.beginning(3)).toString()).toBe('fir');
    const { told, owner } = recorder();
    held.releaseTo(owner);
    expect(told).toEqual(['first 1 10', 'gap 5 2 20', 'second 3 30', 'fin 4 40']);
    held.releaseTo(owner);
    expect(told).toHaveLength(4);
    expect(held.length).toBe(0);
  });

  it('calls for an owner when it is too much, single bytes counting for what they cost', () => {
    let calls = 0;
    const held = new HeldInput(() => {
      calls += 1;
      held.clear();
    });
    held.bytes(new Uint8Array(MAX_HELD_BYTES), 0, MAX_HELD_BYTES, 1, 1);
    expect(calls).toBe(1);
    for (let count = 0; count < MAX_HELD_BYTES / 8; count += 1) held.bytes(new Uint8Array(1), 0, 1, 1, 1);
    expect(calls).toBeGreaterThan(3);
    for (let count = 0; count < MAX_HELD_BYTES; count += 1) held.gap(1, 1, 1);
    expect(calls).toBeGreaterThan(60);
  });
});
