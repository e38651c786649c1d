import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rankOf } from '../../../src/rules/tally/rank.js';
import {
  mergeRequests,
  noteRequest,
  type RecentRequests,
  recentRequests,
  requestKey,
  triesOf,
} from '../../../src/rules/tally/recent-requests.js';
import { connection, get, type RequestOptions } from '../facts.js';

const LIMIT = 8;

function of(requests: readonly (readonly [number, number])[]): RecentRequests {
  const made = recentRequests();
  for (const [key, at] of requests)
    noteRequest(made, rankOf(key), { startNs: at, stream: at, status: 200, packet: at, server: 1 }, LIMIT);
  return made;
}

describe('recent requests', () => {
  const requests = fc.array(fc.tuple(fc.nat({ max: 12 }), fc.nat({ max: 1000 })), { maxLength: 60 });

  it('keep all of a key or none, and say which', () => {
    fc.assert(
      fc.property(requests, (all) => {
        const kept = of(all);
        expect(kept.keys.length).toBeLessThanOrEqual(Math.max(LIMIT, 0));
        for (let key = 0; key <= 12; key += 1) {
          const tries = triesOf(kept, rankOf(key));
          if (tries === null) continue;
          const sent = all.flatMap(([one, at]) => (one === key ? [at] : [])).sort((one, other) => one - other);
          expect(tries.map(({ startNs }) => startNs)).toEqual(sent);
        }
      }),
    );
  });

  it('end with the same in any order and any split', () => {
    const told = (kept: RecentRequests) => Array.from({ length: 13 }, (_, key) => triesOf(kept, rankOf(key)));
    fc.assert(
      fc.property(requests, fc.nat({ max: 60 }), (all, at) => {
        const whole = told(of(all));
        expect(told(of([...all].reverse()))).toEqual(whole);
        const into = of(all.slice(at));
        mergeRequests(into, of(all.slice(0, at)), LIMIT);
        expect(told(into)).toEqual(whole);
      }),
    );
  });

  it('know a request and its retry by one key, and other requests by others', () => {
    const key = (target: string, options: RequestOptions = {}) => {
      const request = connection([get(0, target, options)]).exchanges[0]?.request;
      return request == null ? 0 : requestKey(7, request);
    };
    const forwarded = (value: string): RequestOptions => ({ fields: [{ name: 'x-forwarded-for', value }] });
    expect(key('/a')).toBe(key('/a'));
    const keys = [
      key('/a'),
      key('/b'),
      key('/a?1'),
      key('/a', { method: 'POST' }),
      key('/a', { method: 'POST', body: 200 }),
      key('/a', { method: 'POST', body: 12_000 }),
      key('/a', forwarded('1')),
      key('/a', forwarded('2')),
    ];
    expect(new Set(keys).size).toBe(keys.length);
    expect(key(`/${'x'.repeat(100)}/1`)).not.toBe(key(`/${'x'.repeat(100)}/2`));
  });
});
