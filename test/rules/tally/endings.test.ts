import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Ending,
  type Endings,
  endings,
  endingsNear,
  endingsOfClient,
  MAX_STRETCHES,
  mergeEndings,
  noteEnding,
  STRETCH_NS,
  shareKept,
  stretchesOfServer,
} from '../../../src/rules/tally/endings.js';

const SERVER = { address: '10.0.1.43', port: 80 };

function ending(packet: number, atNs: number, client = '10.0.0.1'): Ending {
  return { packet, atNs, ageNs: 1e9, openedNs: null, inWork: false, isTls: false, client, isOwn: false };
}

function endingsOf(all: readonly Ending[]): Endings {
  const noted = endings();
  for (const one of all) noteEnding(noted, SERVER, one);
  return noted;
}

describe('endings', () => {
  const some = fc.uniqueArray(
    fc
      .record({ packet: fc.nat({ max: 1000 }), atNs: fc.nat({ max: 5 * STRETCH_NS }) })
      .map(({ packet, atNs }) => ending(packet, atNs)),
    { selector: ({ packet }) => packet, maxLength: 15 },
  );

  it('near a moment are those on both sides of it, whatever stretches they stand in, in any split', () => {
    fc.assert(
      fc.property(some, fc.nat({ max: 15 }), fc.nat({ max: 5 * STRETCH_NS }), (all, at, momentNs) => {
        const near = all
          .filter(({ atNs }) => Math.abs(atNs - momentNs) <= STRETCH_NS)
          .sort((one, other) => one.atNs - other.atNs || one.packet - other.packet);
        const split = endingsOf(all.slice(at));
        mergeEndings(split, endingsOf(all.slice(0, at)));
        expect(endingsNear(endingsOf(all), SERVER, momentNs)).toEqual(near);
        expect(endingsNear(split, SERVER, momentNs)).toEqual(near);
        expect(split.count).toBe(all.length);
      }),
    );
  });

  it('are told apart by server, and found by client', () => {
    const noted = endingsOf([ending(1, 0), ending(2, 3 * STRETCH_NS)]);
    noteEnding(noted, { ...SERVER, port: 443 }, ending(3, 0, '10.0.0.2'));
    expect(endingsNear(noted, SERVER, 0).map(({ packet }) => packet)).toEqual([1]);
    expect(stretchesOfServer(noted, SERVER).map((stretch) => stretch.length)).toEqual([1, 1]);
    expect(endingsOfClient(noted, '10.0.0.2').map(({ packet }) => packet)).toEqual([3]);
    expect(endingsOfClient(noted, '10.0.0.9')).toEqual([]);
  });

  it('leave a fair sample of stretches where they are too many', () => {
    const noted = endings();
    for (let at = 0; at < 2 * MAX_STRETCHES; at += 1) noteEnding(noted, SERVER, ending(at, at * STRETCH_NS));
    expect(Object.keys(noted.stretches.entries)).toHaveLength(MAX_STRETCHES);
    expect(shareKept(noted)).toBe(0.5);
    expect(shareKept(endingsOf([ending(1, 0)]))).toBe(1);
  });
});
