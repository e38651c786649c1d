import { describe, expect, it } from 'vitest';
import { answeredAlike } from '../../../src/rules/judgements/answered-alike.js';
import { addToSample } from '../../../src/rules/tally/sample.js';
import { type ServerBaseline, serverBaseline } from '../../../src/rules/tally/server-baseline.js';

const SMALL = { headBytes: 90, bodyBytes: 0 };

/** A server that has answered these requests, each at the time and in the packet of its place. */
function answering(...answers: readonly (readonly [method: string, target: string, status: number])[]): ServerBaseline {
  const baseline = serverBaseline();
  for (const [at, [method, target, status]] of answers.entries())
    addToSample(baseline.sample, {
      atNs: at,
      packet: at,
      status,
      request: { method, target, fields: [], authority: null, headBytes: 80, bodyBytes: 0 },
      client: '10.0.0.11',
      isFirst: false,
    });
  return baseline;
}

describe('the earliest answer to a request alike', () => {
  const baseline = answering(
    ['GET', '/a', 502],
    ['POST', '/a', 200],
    ['GET', '/a?page=2', 304],
    ['GET', '/a', 200],
    ['GET', '/b', 200],
  );

  it('is of the same method and path, whatever the query, and no error', () => {
    expect(answeredAlike({ method: 'GET', target: '/a?page=1', ...SMALL }, baseline)).toEqual({
      atNs: 2,
      packet: 2,
      status: 304,
    });
  });

  it('is none where no other was answered, or the request was not read', () => {
    expect(answeredAlike({ method: 'GET', target: '/c', ...SMALL }, baseline)).toBeNull();
    expect(answeredAlike({ method: 'DELETE', target: '/a', ...SMALL }, baseline)).toBeNull();
    expect(answeredAlike({ method: null, target: null, ...SMALL }, baseline)).toBeNull();
  });

  it('is none to a request that is much larger than those', () => {
    expect(answeredAlike({ method: 'GET', target: '/a', headBytes: 4000, bodyBytes: 0 }, baseline)).not.toBeNull();
    expect(answeredAlike({ method: 'GET', target: '/a', headBytes: 20_000, bodyBytes: 0 }, baseline)).toBeNull();
    expect(answeredAlike({ method: 'POST', target: '/a', headBytes: 90, bodyBytes: 2000 }, baseline)).not.toBeNull();
    expect(answeredAlike({ method: 'POST', target: '/a', headBytes: 90, bodyBytes: 2e6 }, baseline)).toBeNull();
  });
});
