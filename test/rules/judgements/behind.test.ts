import { describe, expect, it } from 'vitest';
import type { Connection } from '../../../src/facts/connection.js';
import { metMeanwhile } from '../../../src/rules/judgements/behind.js';
import { newObservation, observe } from '../../../src/rules/observation/observation.js';
import { answer, connection, get, handshake, nthEvery, rstBy } from '../facts.js';

const MS = 1_000_000;
const CLIENT = { address: '10.0.0.1', port: 40_000 };
const PROXY = { address: '10.0.1.43', port: 80 };
/** The server behind, asked from the address at which the proxy is asked. */
const nth = nthEvery(0, { client: PROXY.address, server: '10.0.2.1', serverPort: 8080 });
/** The proxy has a request from 10 to 20 ms. */
const HELD = { client: CLIENT, server: PROXY, startNs: 10 * MS, endNs: 20 * MS };

/** Its own request at `at` microseconds, which is answered or reset at once. */
const own = (at: number, isAnswered: boolean): Connection =>
  connection([...handshake(), get(at), isAnswered ? answer(at) : rstBy('server', at)], nth(at));

function met(connections: readonly Connection[], held: Partial<typeof HELD> = {}) {
  const observation = newObservation();
  for (const one of connections) observe(one, observation);
  const found = metMeanwhile({ ...HELD, ...held }, observation);
  return found && { failed: found.failed?.atNs ?? null, answered: found.answered?.atNs ?? null };
}

describe('what a server meets as a client of others while it has a request', () => {
  it('is a failure, or an answer', () => {
    expect(met([own(15_000, false)])).toEqual({ failed: 15 * MS, answered: null });
    expect(met([own(15_000, true)])).toEqual({ failed: null, answered: 15 * MS });
    expect(met([own(12_000, true), own(15_000, false)])).toEqual({ failed: 15 * MS, answered: 12 * MS });
  });

  it('lies within, but for packets a millisecond out of order', () => {
    expect(met([own(9_001, false)])).toMatchObject({ failed: 9_001_000 });
    expect(met([own(8_999, false)])).toEqual({ failed: null, answered: null });
    expect(met([own(21_000, false)])).toMatchObject({ failed: 21 * MS });
    expect(met([own(21_001, false)])).toEqual({ failed: null, answered: null });
  });

  it('is not known of one that asks nobody', () => {
    expect(met([])).toBeNull();
    expect(met([connection([...handshake(), get(15_000), rstBy('server', 15_000)])])).toBeNull();
  });

  it('is not told on a host that calls itself', () => {
    expect(met([own(15_000, false)], { client: { ...PROXY, port: 40_000 } })).toBeNull();
  });
});
