import { describe, expect, it } from 'vitest';
import { clockLine } from '../../../src/pipeline/clocks/clock-line.js';
import type { ExchangeAhead } from '../../../src/pipeline/clocks/exchanges-ahead.js';
import { requestBounds } from '../../../src/pipeline/clocks/request-bounds.js';

const MS = 1_000_000;
const SECOND = 1_000_000_000;

function exchange(stream: number, startNs: number, tookNs: number, fields: Partial<ExchangeAhead>): ExchangeAhead {
  return {
    key: 1,
    looseKey: 1,
    stream,
    index: 0,
    client: { address: '10.0.0.10', port: 50_000 + stream },
    server: { address: '10.0.0.49', port: 80 },
    authority: 'shop.example',
    serverName: null,
    shape: 0,
    packet: stream,
    startNs,
    endNs: startNs + tookNs,
    status: 200,
    answerPacket: stream,
    trace: null,
    agent: 7,
    forwardedFor: null,
    ...fields,
  };
}

interface Handed {
  /** When the client asks, and what it asks for. */
  readonly at: number;
  readonly key: number;
  readonly front?: Partial<ExchangeAhead>;
  readonly back?: Partial<ExchangeAhead>;
}

/** Requests that a proxy hands on within 0.2 ms, to a server whose clock is ahead. */
function legs(requests: readonly Handed[], aheadNs: number): [ExchangeAhead[], ExchangeAhead[]] {
  const ends = {
    client: { address: '10.0.1.49', port: 40_000 },
    server: { address: '10.0.1.43', port: 8080 },
  };
  return [
    requests.map(({ at, key, front }, index) => exchange(index * 2, at, 5 * MS, { key, looseKey: key, ...front })),
    requests.map(({ at, key, back }, index) =>
      exchange(index * 2 + 1, at + aheadNs + 200_000, 4.6 * MS, { key, looseKey: key, ...ends, ...back }),
    ),
  ];
}

/** Requests at odd times, each for something else. */
const DIFFERENT: readonly Handed[] = [0, 130, 390, 410, 800, 1230].map((at, key) => ({ at: at * MS, key }));
/** The same at a fixed pace. */
const STEADY: readonly Handed[] = Array.from({ length: 12 }, (_, turn) => ({ at: turn * SECOND, key: 1 }));

function aheadBy([first, second]: readonly [ExchangeAhead[], ExchangeAhead[]]): number | null {
  const found = requestBounds(first, second);
  return found && (clockLine(found.bounds)?.aheadNs ?? null);
}

describe('requests that a proxy handed on', () => {
  it.each([5 * MS, -300 * MS, 3 * SECOND, -3600 * SECOND])('show a clock %i ns ahead, from either side', (aheadNs) => {
    const [front, back] = legs(DIFFERENT, aheadNs);
    expect(aheadBy([front, back])).toBe(aheadNs);
    expect(aheadBy([back, front])).toBe(-aheadNs);
    expect(requestBounds(front, back)?.count).toBe(6);
  });

  it('are not known by a pace that fits in many places', () => {
    expect(aheadBy(legs(STEADY, 3 * SECOND))).toBeNull();
  });

  it('are known by the few that do not come again', () => {
    expect(aheadBy(legs([...STEADY, ...DIFFERENT.map(({ at, key }) => ({ at, key: key + 2 }))], 3 * SECOND))).toBe(
      3 * SECOND,
    );
  });

  it('are not known by two, nor by a third of them', () => {
    expect(aheadBy(legs(DIFFERENT.slice(0, 2), SECOND))).toBeNull();
    const [front, back] = legs(DIFFERENT, SECOND);
    const astray = back.map((one, index) =>
      index < 3 ? { ...one, startNs: one.startNs + index * 77 * MS, endNs: one.endNs + index * 77 * MS } : one,
    );
    expect(aheadBy([front, astray.slice(0, 4)])).toBeNull();
  });

  it('are known where the captures began and ended at different times', () => {
    const often = Array.from({ length: 30 }, (_, turn) => ({
      at: turn * 100 * MS + ((turn * turn * 37) % 97) * MS,
      key: turn % 9,
    }));
    const [front, back] = legs(often, 3 * SECOND);
    expect(aheadBy([front.slice(0, 16), back.slice(9)])).toBe(3 * SECOND);
  });

  it('are none where nothing says that they are of one another', () => {
    expect(
      aheadBy(
        legs(
          DIFFERENT.map((one) => ({ ...one, back: { agent: 8, authority: null } })),
          SECOND,
        ),
      ),
    ).toBeNull();
    expect(
      aheadBy(
        legs(
          DIFFERENT.map((one) => ({ ...one, back: { status: 500 } })),
          SECOND,
        ),
      ),
    ).toBeNull();
    const ofOneClient = { client: { address: '10.0.0.10', port: 9 } };
    expect(
      aheadBy(
        legs(
          DIFFERENT.map((one) => ({ ...one, back: ofOneClient })),
          SECOND,
        ),
      ),
    ).toBeNull();
  });

  it('are known by their ends where the proxy puts another prefix before the path', () => {
    const prefixed = DIFFERENT.map((one) => ({ ...one, back: { key: one.key + 100 } }));
    expect(aheadBy(legs(prefixed, SECOND))).toBe(SECOND);
  });

  it('are not known where each lies anywhere within a long one', () => {
    const slow = DIFFERENT.map((one) => ({ ...one, front: { endNs: one.at + SECOND } }));
    expect(aheadBy(legs(slow, SECOND))).toBeNull();
  });

  it('are not known where all are of one moment', () => {
    expect(
      aheadBy(
        legs(
          DIFFERENT.map((one) => ({ ...one, at: 0 })),
          SECOND,
        ),
      ),
    ).toBeNull();
  });

  it('are known though the clock gains more than the proxy takes', () => {
    const [front, back] = legs(
      Array.from({ length: 40 }, (_, key) => ({ at: key * SECOND + ((key * 37) % 100) * MS, key })),
      0,
    );
    const gaining = back.map((one) => ({ ...one, startNs: one.startNs * 1.00004, endNs: one.endNs * 1.00004 }));
    const found = requestBounds(front, gaining);
    const line = found && clockLine(found.bounds);
    expect(line?.drift).toBeCloseTo(40e-6, 5);
    expect(found?.count).toBe(40);
  });
});
