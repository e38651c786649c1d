import { describe, expect, it } from 'vitest';
import { takenMeanwhile } from '../../../src/rules/judgements/taken-meanwhile.js';
import { ServerTally } from '../../../src/rules/tally/server-tally.js';
import { healthy, nthEvery } from '../facts.js';

const SECOND = 1_000_000_000;
const SERVER = { address: '10.0.1.43', port: 80 };

/** What is known of a server that took connections at these seconds. */
function takenAt(...seconds: readonly number[]) {
  const servers = new ServerTally();
  const nth = nthEvery(0);
  for (const [at, second] of seconds.entries()) servers.inspect(healthy(nth(at, { beginsAt: second * 1e6 })));
  const known = servers.known(SERVER);
  if (known === null) throw new Error('the server is known');
  return known;
}

describe('handshakes that a server took while it left others waiting', () => {
  it('are those that it took at once', () => {
    expect(takenMeanwhile(takenAt(10, 10.1, 10.2), 0, 10 * SECOND, 11 * SECOND)).toBe(3);
  });

  it('are fewer by those that were not taken after all, or late', () => {
    const known = takenAt(10, 10.1, 10.2);
    expect(takenMeanwhile(known, 2, 10 * SECOND, 11 * SECOND)).toBe(1);
    expect(takenMeanwhile({ ...known, acceptedLate: 1 }, 1, 10 * SECOND, 11 * SECOND)).toBe(1);
    expect(takenMeanwhile(known, 5, 10 * SECOND, 11 * SECOND)).toBe(0);
  });

  it('are none where none was taken within a second before and after', () => {
    const known = takenAt(10);
    expect(takenMeanwhile(known, 0, 10.9 * SECOND, 12 * SECOND)).toBe(1);
    expect(takenMeanwhile(known, 0, 11.1 * SECOND, 12 * SECOND)).toBe(0);
    expect(takenMeanwhile(known, 0, 8 * SECOND, 9.1 * SECOND)).toBe(1);
    expect(takenMeanwhile(known, 0, 8 * SECOND, 8.9 * SECOND)).toBe(0);
  });
});
