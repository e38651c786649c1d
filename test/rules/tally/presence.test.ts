import { describe, expect, it } from 'vitest';
import { macsOf, mergePresence, notePresence, presence, signsBetween } from '../../../src/rules/tally/presence.js';

const SECOND = 1_000_000_000;

describe('which addresses show that they are there', () => {
  it('is kept by kind, with the moments between two others in order', () => {
    const all = presence();
    for (const at of [5, 1, 3]) notePresence(all, '10.0.1.48', 'neighbour', 0x2b, { atNs: at * SECOND, packet: at });
    notePresence(all, '10.0.1.48', 'asked', null, { atNs: 2 * SECOND, packet: 2 });
    const between = (kind: 'asked' | 'neighbour' | 'echo', from: number, until: number) =>
      signsBetween(all, '10.0.1.48', kind, from * SECOND, until * SECOND).map(({ packet }) => packet);
    expect(between('neighbour', 0, 9)).toEqual([1, 3, 5]);
    expect(between('neighbour', 1, 4)).toEqual([3]);
    expect(between('asked', 0, 9)).toEqual([2]);
    expect(between('echo', 0, 9)).toEqual([]);
    expect(macsOf(all, '10.0.1.48')).toEqual([0x2b]);
    expect(signsBetween(all, '10.0.1.99', 'neighbour', 0, SECOND)).toEqual([]);
    expect(macsOf(all, '10.0.1.99')).toEqual([]);
  });

  it('is the same by parts, in any order', () => {
    const whole = presence();
    const parts = [presence(), presence(), presence()];
    for (let at = 0; at < 60; at += 1)
      for (const into of [whole, parts[at % 3] ?? whole])
        notePresence(into, `10.0.1.${at % 7}`, 'neighbour', 6 - (at % 7), { atNs: at * SECOND, packet: at });
    const joined = presence();
    for (const part of parts.reverse()) mergePresence(joined, structuredClone(part));
    for (let host = 0; host < 7; host += 1) {
      const signs = (of: typeof whole) => signsBetween(of, `10.0.1.${host}`, 'neighbour', -1, 60 * SECOND);
      expect(signs(joined)).toEqual(signs(whole));
      expect(macsOf(joined, `10.0.1.${host}`)).toEqual(macsOf(whole, `10.0.1.${host}`));
    }
  });
});
