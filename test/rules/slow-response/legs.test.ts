import { describe, expect, it } from 'vitest';
import type { Endpoint } from '../../../src/facts/endpoint.js';
import { legsOf } from '../../../src/rules/slow-response/legs.js';
import type { SlowExchange } from '../../../src/rules/slow-response/slow-exchange.js';

const MS = 1e6;
const FRONT = { address: '10.0.0.49', port: 80 };
const APP = { address: '10.0.2.43', port: 8080 };

/** One of many requests for the same, from so many milliseconds on, and for so many. */
function waiting(stream: number, startMs: number, waitMs: number, client: string, server: Endpoint): SlowExchange {
  const [startNs, atNs] = [startMs * MS, (startMs + waitMs) * MS];
  return {
    ...{ stream, client: { address: client, port: 40_000 + stream }, server, packet: 500 + stream, atNs, steps: 0 },
    ...{ how: server === FRONT ? 'gateway-timeout' : 'abandoned', waitNs: waitMs * MS },
    ...{ status: server === FRONT ? 504 : null, startNs, endNs: startNs },
    request: { method: 'GET', target: '/report', key: 1, path: 1, isFirst: true },
    ...{ isVague: false, bytes: 100, firstPacket: 10 + stream, lastPacket: 10 + stream },
    ...{ resent: false, isClean: true, acknowledged: true, unheard: null, deadline: null },
    ...{ headBytes: 0, isCancelled: false, isGrpc: false, tooLate: null, undelivered: null },
  };
}

const asked = (at: number) => waiting(2 * at, at * 30, 3004, '203.0.113.5', FRONT);

describe('what waited for what', () => {
  it.each([
    ['a proxy that asks from another of its addresses', '10.0.2.1'],
    ['a proxy that asks from the address at which it is asked', FRONT.address],
  ])('is told of equal requests under way together: %s', (_, own) => {
    const fronts = [0, 1, 2, 3].map(asked);
    const backs = [0, 1, 2, 3].map((at) => waiting(2 * at + 1, at * 30 + 2, 3001, own, APP));
    const isBehind = legsOf([...fronts, ...backs]);
    for (const back of backs) {
      expect(fronts.some((front) => isBehind(back, front))).toBe(true);
      expect(fronts.filter((front) => isBehind(front, back))).toEqual([]);
    }
  });

  it('is told of one request', () => {
    const [front, back] = [asked(0), waiting(1, 2, 3001, '10.0.2.1', APP)];
    const isBehind = legsOf([front, back]);
    expect([isBehind(back, front), isBehind(front, back)]).toEqual([true, false]);
  });
});
