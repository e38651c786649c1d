import { describe, expect, it } from 'vitest';
import { isHeldBy, standstillsOf, type UnansweredRequest } from '../../../src/rules/judgements/standstill.js';
import { newObservation, observe } from '../../../src/rules/observation/observation.js';
import { legKeyOf } from '../../../src/rules/observation/request-key.js';
import { answer, connection, get, handshake, nthEvery, SECOND } from '../facts.js';

const NS = 1e9;
const SERVER = { address: '10.0.1.43', port: 80 };
const nth = nthEvery(SECOND);
const keyOf = (target: string): number => legKeyOf({ method: 'GET', target });

/** An answer so many seconds into the run, after so many microseconds. */
function answered(at: number, target: string, after = 2000) {
  return connection([...handshake(), get(1133, target), answer(1133 + after)], nth(at));
}

/** A request of the second `from` that waits until the second `until`. */
function waiting(target: string, from: number, until: number, isFirst: boolean | null = true): UnansweredRequest {
  return { key: keyOf(target), isFirst, startNs: from * NS, untilNs: until * NS };
}

/** What is found where these were answered and those were not. */
function found(answers: readonly ReturnType<typeof answered>[], waits: readonly UnansweredRequest[]) {
  const observation = newObservation();
  for (const one of answers) observe(one, observation);
  return standstillsOf(SERVER, waits, observation);
}

const BEFORE = [answered(0, '/'), answered(1, '/a'), answered(2, '/b')];
const HELD = [waiting('/', 4, 6), waiting('/a', 4.5, 9), waiting('/', 5, 8)];

describe('a server that stands still', () => {
  it('answers nobody, though it answers the same at once at other times', () => {
    const [only, ...others] = found([...BEFORE, answered(12, '/a')], HELD);
    expect(others).toEqual([]);
    expect(only).toMatchObject({ usualNs: 2_000_000 });
    expect((only?.after?.atNs ?? 0) - (only?.before?.atNs ?? 0)).toBe(10 * NS);
    for (const one of HELD) expect(only !== undefined && isHeldBy(one, only)).toBe(true);
  });

  it('may do so up to the end of the capture, or from its beginning on', () => {
    expect(found(BEFORE, HELD)).toMatchObject([{ after: null }]);
    expect(
      found(
        [12, 13, 14].map((at) => answered(at, at === 13 ? '/a' : '/')),
        HELD,
      ),
    ).toMatchObject([{ before: null }]);
  });

  it('answers those who were patient as late as it stood still, which is not its usual time', () => {
    const patient = answered(4, '/a', 8 * SECOND);
    expect(found([...BEFORE, patient], HELD)).toHaveLength(1);
  });

  it('does not where somebody is answered meanwhile', () => {
    expect(found([...BEFORE, answered(5, '/b')], HELD)).toEqual([]);
  });

  it('is not told of fewer than three, of one and the same request, or of a second that is not over', () => {
    expect(found(BEFORE, HELD.slice(1))).toEqual([]);
    expect(
      found(
        BEFORE,
        [4, 5, 6].map((at) => waiting('/', at, at + 3)),
      ),
    ).toEqual([]);
    expect(found(BEFORE, [waiting('/', 4, 4.9), waiting('/a', 4, 4.9), waiting('/b', 4, 4.9)])).toEqual([]);
  });

  it('is not told of requests that it never answered, or that it has answered as late', () => {
    expect(
      found(
        BEFORE,
        HELD.map((one, at) => ({ ...one, key: keyOf(`/events/${at}`) })),
      ),
    ).toEqual([]);
    expect(found([answered(0, '/', 0.9 * SECOND), answered(2, '/a', 0.95 * SECOND)], HELD)).toEqual([]);
  });

  it('keeps new connections waiting, while polls follow a first answer on theirs', () => {
    const polls = HELD.map((one, at) => ({ ...one, isFirst: at === 0 }));
    expect(found(BEFORE, polls)).toEqual([]);
  });

  it('is not told of polls that follow the answer to the last, be it on a connection of their own', () => {
    const answers = [answered(2, '/'), answered(2.1, '/a'), answered(2.2, '/b')];
    const asked = (at: number, isFirst: boolean | null): UnansweredRequest[] =>
      ['/', '/a', '/b'].map((target) => waiting(target, at, at + 4, isFirst));
    for (const isFirst of [true, null]) {
      expect(found(answers, asked(2.3, isFirst))).toEqual([]);
      expect(found(answers, asked(2.8, isFirst))).toHaveLength(1);
    }
  });

  it('keeps three different ones waiting where one connection has them all', () => {
    const streams = HELD.map((one) => ({ ...one, isFirst: null }));
    expect(found(BEFORE, streams)).toEqual([]);
    expect(found(BEFORE, [...streams, waiting('/b', 5, 7, null)])).toHaveLength(1);
  });

  it('is not told where not all that it answered is known', () => {
    const observation = newObservation();
    for (const one of BEFORE) observe(one, observation);
    observation.exchanges.level = 1;
    expect(standstillsOf(SERVER, HELD, observation)).toEqual([]);
  });
});
