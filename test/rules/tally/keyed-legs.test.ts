import { describe, expect, it } from 'vitest';
import {
  hasLegBehind,
  keyedLegs,
  type Leg,
  legInFront,
  legsInFront,
  mergeLegs,
  noteLeg,
} from '../../../src/rules/tally/keyed-legs.js';

function leg(stream: number, requestNs: number, answerNs: number): Leg {
  return { stream, requestNs, answerNs, packet: stream, atNs: answerNs };
}

const front = leg(1, 1_000_000, 9_000_000);
const back = leg(2, 3_000_000, 8_000_000);

describe('legs of one key', () => {
  it('the leg behind lies within the one in front', () => {
    const table = keyedLegs<Leg>();
    for (const one of [front, back]) noteLeg(table, 'key', one);
    expect(legInFront(table, 'key', back)).toBe(front);
    expect(legInFront(table, 'key', front)).toBeNull();
    expect([hasLegBehind(table, 'key', front), hasLegBehind(table, 'key', back)]).toEqual([true, false]);
    expect(legsInFront(table, ({ stream }) => `${stream}`)).toEqual(new Map([['1', 1]]));
  });

  it('are none of another key, of no key, or at another time', () => {
    const table = keyedLegs<Leg>();
    noteLeg(table, 'key', front);
    expect(legInFront(table, 'other', back)).toBeNull();
    expect(legInFront(table, null, back)).toBeNull();
    expect(legInFront(table, 'key', leg(3, 20_000_000, 21_000_000))).toBeNull();
  });

  it('are the same in any split', () => {
    const [one, other] = [keyedLegs<Leg>(), keyedLegs<Leg>()];
    noteLeg(one, 'key', back);
    noteLeg(other, 'key', front);
    mergeLegs(one, other);
    expect(legInFront(one, 'key', back)).toBe(front);
  });
});
