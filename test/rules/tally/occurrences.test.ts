import { describe, expect, it } from 'vitest';
import { MAX_EVIDENCE } from '../../../src/facts/finding.js';
import {
  absorbOccurrences,
  addOccurrence,
  newOccurrences,
  noteOccurrence,
  type Occurrence,
  occurrencesByServer,
  occurrencesOf,
  onlyOf,
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

  it('count without those that are taken out, whether or not all are kept; and are none without any', () => {
    const all = occurrencesByServer<Occurrence>();
    for (let packet = 1; packet <= MAX_EVIDENCE + 7; packet += 1) noteOccurrence(all, occurrence(packet));
    const [one] = occurrencesOf(all);
    if (one === undefined) throw new Error('none was noted');
    const left = one.items.slice(2);
    expect(onlyOf(one, left)).toEqual({ ...one, items: left, first: left[0], count: MAX_EVIDENCE + 5 });
    expect(onlyOf(one, one.items)).toEqual(one);
    expect(onlyOf(one, [])).toBeNull();
  });
});
