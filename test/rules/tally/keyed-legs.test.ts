import { describe, expect, it } from 'vitest';
import { CAPTURE_STRIDE } from '../../../src/facts/packet-reference.js';
import {
  hasLegBehind,
  keyedLegs,
  type Leg,
  legBehind,
  legInFront,
  legsInFront,
  mergeLegs,
  noteLeg,
} from '../../../src/rules/tally/keyed-legs.js';

/** A leg whose packets lie in the order of its times, unless they are given. */
function leg(stream: number, requestNs: number, answerNs: number, packets = [requestNs, answerNs] as const): Leg {
  const [requestPacket, answerPacket] = packets;
  return { stream, requestPacket, requestNs, answerPacket, answerNs, packet: stream, atNs: answerNs };
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

  it('are told apart by their packets where they begin and end with the same ticks of the clock', () => {
    const [outer, inner] = [leg(1, 10_000_000, 20_000_000, [1, 9]), leg(2, 10_000_000, 20_000_000, [3, 7])];
    const table = keyedLegs<Leg>();
    for (const one of [inner, outer]) noteLeg(table, 'key', one);
    expect(legInFront(table, 'key', inner)).toBe(outer);
    expect(legInFront(table, 'key', outer)).toBeNull();
  });

  it('are known by their packets where the clock was set back amid them', () => {
    const [outer, inner] = [leg(1, 10_000_000, -20_000_000, [1, 9]), leg(2, 11_000_000, 12_000_000, [3, 7])];
    const table = keyedLegs<Leg>();
    for (const one of [inner, outer]) noteLeg(table, 'key', one);
    expect(legInFront(table, 'key', inner)).toBe(outer);
  });

  it('are not those of another capture by their packets’ numbers', () => {
    const other = CAPTURE_STRIDE;
    const table = keyedLegs<Leg>();
    noteLeg(table, 'key', leg(1, 10_000_000, 20_000_000, [1, other + 9]));
    expect(legInFront(table, 'key', leg(2, 50_000_000, 60_000_000, [3, 7]))).toBeNull();
  });

  it('are those alone that may have served one another', () => {
    const other = leg(3, 500_000, 9_500_000);
    const table = keyedLegs<Leg>();
    for (const one of [front, other, back]) noteLeg(table, 'key', one);
    expect(legInFront(table, 'key', back, (before) => before === other)).toBe(other);
    expect(legBehind(table, 'key', front, (_before, behind) => behind !== back)).toBeNull();
    expect(legBehind(table, 'key', front)).toBe(back);
  });

  it('are the same in any split', () => {
    const [one, other] = [keyedLegs<Leg>(), keyedLegs<Leg>()];
    noteLeg(one, 'key', back);
    noteLeg(other, 'key', front);
    mergeLegs(one, other);
    expect(legInFront(one, 'key', back)).toBe(front);
  });
});
