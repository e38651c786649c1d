import { describe, expect, it } from 'vitest';
import {
  earlierExchanges,
  exchangesOfAll,
  keepExchange,
  takeExchanges,
} from '../../../src/rules/tally/earlier-exchanges.js';
import { answer, connection, get, handshake } from '../facts.js';

const facts = connection([
  ...handshake(),
  get(1133, '/a'),
  answer(2000),
  get(3000, '/b'),
  answer(4000, 404),
  get(5000, '/c'),
  answer(6000),
]);
const batch = (at: number, goesOn: boolean) => ({ ...facts, exchanges: facts.exchanges.slice(at, at + 1), goesOn });
const targetsOf = (exchanges: ReturnType<typeof takeExchanges> | null) =>
  exchanges?.map(({ request }) => request?.target);

describe('exchanges of earlier batches', () => {
  it('come with the last batch, in order of their requests, and those alone that matter', () => {
    const earlier = earlierExchanges();
    const matters = ({ response }: (typeof facts.exchanges)[number]) => response?.status === 200;
    expect(exchangesOfAll(earlier, batch(2, true), matters)).toBeNull();
    expect(exchangesOfAll(earlier, batch(1, true), matters)).toBeNull();
    expect(earlier.held).toBe(1);
    expect(targetsOf(exchangesOfAll(earlier, batch(0, false), matters))).toEqual(['/a', '/c']);
    expect(earlier).toEqual(earlierExchanges());
  });

  it('are those of their own connection', () => {
    const earlier = earlierExchanges();
    const [first, second] = facts.exchanges;
    if (first === undefined || second === undefined) throw new Error('there are three');
    keepExchange(earlier, 1, first);
    keepExchange(earlier, 2, second);
    expect(targetsOf(takeExchanges(earlier, 2))).toEqual(['/b']);
    expect(targetsOf(takeExchanges(earlier, 2))).toEqual([]);
    expect(targetsOf(takeExchanges(earlier, 1))).toEqual(['/a']);
  });

  it('are bounded, and there is room again once they are taken', () => {
    const earlier = earlierExchanges();
    const [one] = facts.exchanges;
    if (one === undefined) throw new Error('there are three');
    const kept = Array.from({ length: 20_000 }, () => keepExchange(earlier, 1, one)).filter(Boolean).length;
    expect(kept).toBe(16_384);
    expect(keepExchange(earlier, 2, one)).toBe(false);
    expect(takeExchanges(earlier, 1)).toHaveLength(kept);
    expect(keepExchange(earlier, 2, one)).toBe(true);
  });
});
