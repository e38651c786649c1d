import { describe, expect, it } from 'vitest';
import type { Connection } from '../../../src/facts/connection.js';
import { errorsInFront, type RefusedAttempt } from '../../../src/rules/judgements/front-errors.js';
import { newObservation, observe } from '../../../src/rules/observation/observation.js';
import { answer, connection, get, handshake } from '../facts.js';

const MS = 1_000_000;
const EDGE = '10.0.0.49';
/** Where the proxy asks from. */
const INNER = '10.0.2.9';
const BACKEND = '10.0.1.43';

/** A request in front that begins at `at` ms and is answered 10 ms later. */
function front(at: number, status: number, target = '/a'): Connection {
  return connection([...handshake(), get(1000, target), answer(10_000, status)], {
    ...{ stream: at, client: '203.0.113.5', server: EDGE, firstPacket: 1 + at * 20, beginsAt: at * 1000 },
  });
}

/** What the proxy asks meanwhile. */
function behind(at: number, status: number, target = '/a', client = INNER): Connection {
  const fields = [{ name: 'x-forwarded-for', value: '203.0.113.5' }];
  return connection([...handshake(), get(1000, target, { fields }), answer(4000, status)], {
    ...{ stream: at, client, server: BACKEND, firstPacket: 1 + at * 20, beginsAt: at * 1000 },
  });
}

/** Refused from `at` ms on, 5 ms long. */
function refusal(at: number, client = INNER): RefusedAttempt {
  const ends = { client: { address: client, port: 40_000 }, server: { address: BACKEND, port: 80 } };
  return { ...ends, beginNs: at * MS, endNs: (at + 5) * MS };
}

function statuses(attempts: readonly RefusedAttempt[], ...connections: readonly Connection[]): number[] {
  const observation = newObservation();
  for (const one of connections) observe(one, observation);
  return errorsInFront(attempts, observation).map(({ status }) => status);
}

describe('what a proxy answers for a refusal that it met', () => {
  it('is a 500 at once, of a server that asks under the same address', () => {
    expect(statuses([refusal(103, EDGE)], front(100, 500))).toEqual([500]);
  });

  it('or under another, as the legs of an earlier request show', () => {
    expect(statuses([refusal(103)], front(100, 500))).toEqual([]);
    expect(statuses([refusal(103)], front(100, 500), front(10, 200), behind(12, 200))).toEqual([500]);
  });

  it('is none of a request that a server behind answered', () => {
    const failed = [front(100, 500), behind(102, 500, '/a', EDGE)];
    expect(statuses([refusal(103, EDGE)], ...failed)).toEqual([]);
  });

  it('is none where most refusals came to nothing in front', () => {
    const attempts = [103, 300, 500].map((at) => refusal(at, EDGE));
    expect(statuses(attempts, front(100, 500))).toEqual([]);
    expect(statuses(attempts, front(100, 500), front(297, 500, '/b'))).toEqual([500, 500]);
  });

  it('is none of what a gateway says, which is told by itself', () => {
    expect(statuses([refusal(103, EDGE)], front(100, 503))).toEqual([]);
  });
});
