import { describe, expect, it } from 'vitest';
import type { WebSocketCut } from '../../../src/rules/judgements/websocket-end.js';
import { keyedLegs, noteLeg } from '../../../src/rules/tally/keyed-legs.js';
import { caseOf, ownCutsOf } from '../../../src/rules/websocket-cut/case-of.js';
import type { Cut } from '../../../src/rules/websocket-cut/incident.js';
import type { ServerTally } from '../../../src/rules/websocket-cut/tally.js';
import { aged, cutOf, MS, SECOND, tallyWith, together } from './cuts.js';

const NONE = { backs: [], fronts: [] };

/** What is argued of these, in a run of 100 s. */
function argued(cuts: readonly Cut[], made: Partial<ServerTally> = {}, others: readonly Cut[] = []) {
  const all = [...cuts, ...others].sort((one, other) => one.atNs - other.atNs);
  return caseOf(tallyWith(cuts, made), { cuts, ...NONE }, all, 100 * SECOND);
}
const patternOf = (...given: Parameters<typeof argued>) => argued(...given)?.pattern ?? null;

/** Clients that open another, so long after the cut. */
function backAfter(cuts: readonly Cut[], afterNs: number) {
  return {
    limit: 256,
    items: cuts.map(({ client, atNs, stream }) => ({
      ...{ client: client.address, atNs: atNs + afterNs, packet: 1000 + stream },
    })),
  };
}

describe('ends at one moment', () => {
  it('are three and more within 50 ms, of different age', () => {
    expect(argued(together(3))).toMatchObject({ pattern: 'one-moment', moments: 1, webSockets: 3, ageSeconds: null });
    expect(patternOf(together(2))).toBeNull();
    const apart = (ns: number) =>
      [0, 1, 2].map((at) => cutOf(at, at * 1.3 * SECOND, 20 * SECOND + (at === 2 ? ns : 0)));
    expect(patternOf(apart(50 * MS))).toBe('one-moment');
    expect(patternOf(apart(50 * MS + 1))).toBeNull();
  });

  it('are of two ages at least, more than a timer’s spread apart', () => {
    const openedApart = (ns: number) => [0, 1, 2].map((at) => cutOf(at, at === 0 ? 0 : ns, 20 * SECOND));
    expect(patternOf(openedApart(SECOND))).toBe('one-moment');
    expect(patternOf(openedApart(0.5 * SECOND))).toBeNull();
  });

  it('are not those that may have been asked for', () => {
    expect(patternOf(together(3, { clientIdleNs: 5 * MS }))).toBeNull();
    expect(patternOf(together(3, { clientIdleNs: 500 * MS }))).toBeNull();
    expect(patternOf(together(3, { clientIdleNs: 5 * SECOND }))).toBe('one-moment');
  });

  it('come amid frames, or after a silence that another outlived', () => {
    const silent = together(3, { idleNs: 2 * SECOND });
    expect(patternOf(silent)).toBeNull();
    expect(patternOf(silent, { longestSurvivedNs: 2 * SECOND - 1 })).toBeNull();
    expect(patternOf(silent, { longestSurvivedNs: 2 * SECOND })).toBe('one-moment');
    const [, ...others] = silent;
    const longer = cutOf(0, 0, 20 * SECOND, { idleNs: 5 * SECOND });
    expect(patternOf([longer, ...others], { longestSurvivedNs: 3 * SECOND }), 'the shortest counts').toBe('one-moment');
    const [first, ...rest] = silent;
    expect(patternOf([...(first === undefined ? [] : [{ ...first, idleNs: SECOND - 1 }]), ...rest])).toBe('one-moment');
  });

  it('are more than chance has, where many end all the time', () => {
    const others = Array.from({ length: 60 }, (_, at) => cutOf(at + 10, 0, (30 + at) * SECOND));
    expect(patternOf(together(3), {}, others)).toBe('one-moment');
    const few = (count: number) =>
      Array.from({ length: count - 3 }, (_, at) => cutOf(at + 10, 0, (25 + at * 0.4) * SECOND));
    expect(patternOf(together(3), {}, few(150))).toBe('one-moment');
    expect(patternOf(together(3), {}, few(151))).toBeNull();
    const many = Array.from({ length: 400 }, (_, at) => cutOf(at + 10, 0, 30 * SECOND + at * 160 * MS));
    expect(patternOf(together(3), {}, many)).toBeNull();
  });

  it('may be those of other ports of the address, and several moments', () => {
    const elsewhere = together(3, { server: { address: '10.0.1.43', port: 81 } });
    const mine = cutOf(7, 9 * SECOND, 20 * SECOND + 10 * MS);
    expect(argued([mine], {}, elsewhere)).toMatchObject({ pattern: 'one-moment', cuts: [mine], first: mine });
    expect(argued([mine], {}, elsewhere)?.together).toHaveLength(4);
    expect(patternOf([cutOf(7, 9 * SECOND, 40 * SECOND)], {}, elsewhere), 'its own is none of them').toBeNull();
    const again = [3, 4, 5].map((at) => cutOf(at, at * 1.3 * SECOND, 60 * SECOND + at * MS));
    const both = argued([...together(3), ...again]);
    expect(both).toMatchObject({ moments: 2 });
    expect([both?.cuts.length, both?.together.length]).toEqual([6, 3]);
  });
});

describe('ends at one age', () => {
  it('are three and more at different moments', () => {
    expect(argued(aged(4))).toMatchObject({ pattern: 'one-age', ageSeconds: 30, moments: 1 });
    expect(patternOf(aged(3))).toBe('one-age');
    expect(patternOf(aged(2))).toBeNull();
  });

  it('are none where one lasted longer', () => {
    expect(patternOf(aged(4), { longestLifeNs: 80 * SECOND })).toBeNull();
    expect(patternOf(aged(4), { longestLifeNs: 20 * SECOND })).toBe('one-age');
  });

  it('are none below a second', () => {
    const young = (ageNs: number) =>
      [0, 1, 2, 3].map((at) => cutOf(at, at * 1.7 * SECOND, at * 1.7 * SECOND + ageNs, { idleNs: (at + 1) * 30 * MS }));
    expect(patternOf(young(SECOND))).toBe('one-age');
    expect(patternOf(young(0.5 * SECOND))).toBeNull();
  });

  it('are none where they were silent as long', () => {
    expect(patternOf(aged(3, { idleNs: 20 * SECOND }))).toBeNull();
  });

  it('are none that may have been asked for', () => {
    expect(patternOf(aged(4, { clientIdleNs: 50 * MS }))).toBeNull();
    expect(patternOf(aged(4, { clientIdleNs: 600 * MS }))).toBeNull();
  });

  it('leave those of another age out', () => {
    const other = cutOf(9, 0, 12 * SECOND);
    expect(argued([other, ...aged(4)])?.cuts).toHaveLength(4);
    const near = cutOf(9, 40 * SECOND, 70.8 * SECOND);
    expect(argued([...aged(4), near])?.cuts, 'a timer fires late').toHaveLength(5);
  });

  it('are none where each had as many frames and nobody came back: the server was done', () => {
    const done = aged(4, { serverFrames: 30 });
    expect(patternOf(done)).toBeNull();
    expect(patternOf(done, { opened: backAfter(done, SECOND) })).toBe('one-age');
  });
});

describe('clients that come back', () => {
  const cuts = together(3);

  it('do so within a minute, each once', () => {
    expect(argued(cuts, { opened: backAfter(cuts, 60 * SECOND) })?.back).toHaveLength(3);
    expect(argued(cuts, { opened: backAfter(cuts, 60 * SECOND + 1) })?.back).toEqual([]);
    expect(argued(cuts, { opened: backAfter(cuts, 0) })?.back, 'it was open already').toEqual([]);
    const one = cuts.slice(0, 1);
    const alike = together(3, { client: { address: '203.0.113.10', port: 1 } });
    expect(argued(alike, { opened: backAfter(one, SECOND) })?.back).toHaveLength(1);
  });
});

describe('the legs of a proxy', () => {
  const front = cutOf(0, 2 * SECOND, 10 * SECOND);
  const leg = (made: Partial<WebSocketCut>): WebSocketCut => ({
    ...front,
    ...{ stream: 20, server: { address: '10.0.2.1', port: 8080 }, packet: 206, atNs: front.atNs },
    ...{ requestPacket: 4.5, requestNs: front.requestNs + MS, answerPacket: 4.6, answerNs: front.answerNs - MS / 2 },
    ...made,
  });
  const owned = (other: WebSocketCut, cut: Cut = front) => {
    const legs = keyedLegs<WebSocketCut>();
    noteLeg(legs, 'key0', other);
    noteLeg(legs, 'key0', cut);
    return ownCutsOf(tallyWith([cut]), legs);
  };

  it('behind which the server ended first are only handed on', () => {
    expect(owned(leg({})).cuts).toEqual([]);
    expect(owned(leg({ atNs: front.atNs + MS })).cuts).toEqual([]);
    expect(owned(leg({ atNs: front.atNs + MS + 1 })).cuts).toEqual([front]);
  });

  it('behind which it ended both are its own', () => {
    const back = leg({ by: 'client' });
    expect(owned(back)).toEqual({ cuts: [front], backs: [{ cut: front, back }], fronts: [] });
  });

  const ahead = leg({
    ...{ requestPacket: 3, requestNs: front.requestNs - MS, answerPacket: 7, answerNs: front.answerNs + MS },
  });

  it('in front of which hand on what the server behind ended', () => {
    expect(owned(ahead)).toEqual({ cuts: [front], backs: [], fronts: [{ cut: front, front: ahead }] });
    expect(owned({ ...ahead, atNs: front.atNs - MS }).fronts).toHaveLength(1);
    expect(owned({ ...ahead, atNs: front.atNs - MS - 1 }).fronts).toEqual([]);
    expect(owned({ ...ahead, by: 'client' }).fronts).toEqual([]);
  });

  const oneByOne = (cut: Cut) => {
    const tally = tallyWith([cut]);
    return caseOf(tally, { cuts: [cut], backs: [{ cut, back: leg({ by: 'client' }) }], fronts: [] }, [cut], SECOND);
  };

  it('that it ended both are told one by one, amid their frames', () => {
    expect(oneByOne(front)).toMatchObject({ pattern: 'one-by-one', cuts: [front], amid: front });
    expect(oneByOne({ ...front, idleNs: SECOND - 1 })).not.toBeNull();
    expect(oneByOne({ ...front, idleNs: SECOND })).toBeNull();
    expect(oneByOne({ ...front, clientIdleNs: 5 * MS })).toBeNull();
  });

  it('are told with those that have something in common', () => {
    const cuts = together(3);
    const [first] = cuts;
    if (first === undefined) throw new Error('there are three');
    const pair = { cut: first, back: leg({ by: 'client' }) };
    const stranger = { cut: front, back: leg({}) };
    const own = {
      cuts,
      backs: [pair, stranger],
      fronts: [
        { cut: first, front: ahead },
        { cut: front, front: ahead },
      ],
    };
    const told = caseOf(tallyWith(cuts), own, cuts, 100 * SECOND);
    expect(told?.backs).toEqual([pair]);
    expect(told?.fronts).toEqual([{ cut: first, front: ahead }]);
  });

  it('are nothing where there is none', () => {
    expect(caseOf(tallyWith([]), { cuts: [], ...NONE }, [], SECOND)).toBeNull();
  });
});
