import { describe, expect, it } from 'vitest';
import {
  absorbOccurrences,
  addOccurrence,
  newOccurrences,
  type Occurrence,
} from '../../../src/rules/tally/occurrences.js';

function occurrence(packet: number, steps = 0): Occurrence {
  const endpoint = { address: '10.0.0.1', port: 80 };
  return { packet, atNs: packet * 1000, stream: packet, client: endpoint, server: endpoint, steps };
}

describe('occurrences of one server', () => {
  it('are all counted, the earliest kept, in any order and any split', () => {
    const whole = newOccurrences<Occurrence>(2);
    for (const packet of [5, 3, 9]) addOccurrence(whole, occurrence(packet, packet === 9 ? 0 : 2));
    const [one, other] = [newOccurrences<Occurrence>(2), newOccurrences<Occurrence>(2)];
    for (const packet of [9, 3]) addOccurrence(one, occurrence(packet, packet === 9 ? 0 : 2));
    addOccurrence(other, occurrence(5, 2));
    absorbOccurrences(other, one);
    expect(other).toEqual(whole);
    expect(whole).toMatchObject({ count: 3, steps: 0, lastNs: 9000 });
    expect(whole.earliest.items.map(({ packet }) => packet)).toEqual([3, 5]);
  });
});
