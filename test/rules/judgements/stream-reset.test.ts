import { describe, expect, it } from 'vitest';
import { resetBefore } from '../../../src/rules/judgements/stream-reset.js';
import { connection, finBy, get, handshake } from '../facts.js';
import { overH2 } from '../h2-facts.js';

const RESET = { by: 'client', code: 8, packet: 5, atNs: 3_000_000, openStreams: 1 } as const;
const [exchange] = overH2(connection([...handshake(), get(1133), finBy('server', 2000)]), {}, () => ({
  reset: RESET,
})).exchanges;
if (exchange === undefined) throw new Error('there is a request');

describe('the reset that ended a stream before its connection', () => {
  it('came no later than the end', () => {
    expect(resetBefore(exchange, 3_000_000)).toBe(RESET);
    expect(resetBefore(exchange, 2_000_000)).toBeNull();
  });

  it('is none in HTTP/1', () => {
    expect(resetBefore({ h2: null }, 9_000_000)).toBeNull();
  });
});
