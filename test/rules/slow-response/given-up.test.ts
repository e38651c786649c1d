import { describe, expect, it } from 'vitest';
import { newObservation } from '../../../src/rules/observation/observation.js';
import { givenUpOf, severalTimersOf, waitsOf } from '../../../src/rules/slow-response/given-up.js';
import { legsOf } from '../../../src/rules/slow-response/legs.js';
import type { SlowExchange } from '../../../src/rules/slow-response/slow-exchange.js';

const SECOND = 1e9;
const SERVER = { address: '10.0.1.43', port: 8080 };
const CLIENT = { address: '10.0.0.10', port: 40_000 };

/** A request that its client gave up after so many seconds, on a connection of its own. */
function left(stream: number, seconds: number, changes: Partial<SlowExchange> = {}): SlowExchange {
  const startNs = stream * 7 * SECOND;
  const atNs = startNs + seconds * SECOND;
  return {
    ...{ stream, client: CLIENT, server: SERVER, packet: 10 * stream + 5, atNs, steps: 0 },
    ...{ how: 'abandoned', waitNs: seconds * SECOND, status: null },
    request: { method: 'GET', target: `/${stream}`, key: stream, path: stream, isFirst: true },
    ...{ isVague: false, bytes: 100, firstPacket: 10 * stream + 4, lastPacket: 10 * stream + 4 },
    ...{ startNs, endNs: startNs, resent: false, isClean: true, acknowledged: true, unheard: null, deadline: null },
    ...{ headBytes: 0, isCancelled: false, isGrpc: false, tooLate: null, undelivered: null },
    ...changes,
  };
}

const streamsOf = (ofServer: readonly SlowExchange[], all = ofServer): number[] =>
  givenUpOf(ofServer, all, legsOf(all), newObservation()).map(({ stream }) => stream);

describe('a request is given up by a time-out', () => {
  it('that people set: ten seconds, thirty', () => {
    expect(streamsOf([left(1, 10.01), left(2, 30.02)])).toEqual([1, 2]);
  });

  it('that its client said', () => {
    expect(streamsOf([left(1, 4.3, { deadline: '4300m' })])).toEqual([1]);
  });

  it('on which three agree, whoever waits longer as well', () => {
    expect(streamsOf([left(1, 4.31), left(2, 4.32), left(3, 4.33), left(5, 6.6)])).toEqual([1, 2, 3, 5]);
  });

  it('on which three agree among five, is none: as many may leave so at will', () => {
    expect(streamsOf([left(1, 4.31), left(2, 4.32), left(3, 4.33), left(4, 1.4), left(5, 6.6)])).toEqual([]);
  });

  it('of two that agree, and no others, nobody knows', () => {
    expect(streamsOf([left(1, 4.31), left(2, 4.32)])).toEqual([]);
  });

  it('of several programs, each with its own', () => {
    const waits = [2.31, 2.32, 2.33, 6.61, 6.62, 6.63, 13.31, 13.32, 13.33];
    const all = waits.map((seconds, at) => left(at, seconds));
    expect(severalTimersOf(all).map(({ agreeing }) => agreeing)).toEqual([3, 3, 3]);
    expect(streamsOf([...all, left(20, 1.1)])).toEqual(all.map(({ stream }) => stream));
  });

  it('that was told in front', () => {
    const front = left(9, 4.4, {
      ...{ how: 'gateway-timeout', status: 504, server: { address: '10.0.0.49', port: 80 } },
      request: { method: 'GET', target: '/1', key: 1, path: 1, isFirst: true },
      ...{ startNs: 6.99 * SECOND, atNs: 11.35 * SECOND, packet: 19, firstPacket: 3 },
    });
    expect(streamsOf([left(1, 4.3)], [left(1, 4.3), front])).toEqual([1]);
    expect(streamsOf([left(1, 4.3)], [left(1, 4.3), { ...front, how: 'answered' }])).toEqual([]);
  });
});

describe('a request is given up at will', () => {
  it('after a time that nobody sets', () => {
    expect(streamsOf([left(1, 4.3)])).toEqual([]);
  });

  it('though one of many leaves at a time that somebody may have set', () => {
    const atWill = [1.31, 2.77, 4.3].map((seconds, at) => left(at, seconds));
    expect(streamsOf([...atWill, left(9, 30.01)])).toEqual([]);
    expect(streamsOf([...atWill.slice(1), left(9, 30.01)])).toEqual([9]);
    expect(streamsOf([...atWill, left(9, 30.01, { deadline: '30S' })])).toEqual([9]);
  });

  it('where what waited may as well be a stream that a browser cancels', () => {
    expect(streamsOf([left(1, 10.01, { isVague: true })])).toEqual([]);
  });

  it('only where its client left: what was answered is another matter', () => {
    expect(streamsOf([left(1, 10.01, { how: 'answered', status: 200 }), left(2, 10.01, { how: 'pending' })])).toEqual(
      [],
    );
  });
});

it('streams that end together are one that waited', () => {
  const together = [0, 1, 2].map(() => left(1, 4.31));
  expect(waitsOf(together)).toHaveLength(1);
  expect(streamsOf(together)).toEqual([]);
});
