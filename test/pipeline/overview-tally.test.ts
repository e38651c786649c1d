import { describe, expect, it } from 'vitest';
import { MAX_ORDINARY, MAX_TELLING } from '../../src/facts/overview.js';
import { OverviewTally } from '../../src/pipeline/overview-tally.js';
import { connection, tlsFacts } from '../findings/connections.js';
import { exchange, request, response } from '../report/analyses.js';

describe('what a page shows of connections', () => {
  it('is kept within bounds, those that failed first', () => {
    const tally = new OverviewTally();
    const failed = [exchange(request('/a', 1), response(502, 2))];
    for (let stream = 0; stream < 20_000; stream += 1) {
      tally.add(connection({ stream, exchanges: stream % 2 === 0 ? [] : failed }));
    }
    const { connections, leftOut } = tally.conclude();
    expect(connections).toHaveLength(MAX_TELLING + MAX_ORDINARY);
    expect(leftOut).toBe(20_000 - MAX_TELLING - MAX_ORDINARY);
    expect(connections.filter(({ worstStatus }) => worstStatus === 502)).toHaveLength(MAX_TELLING);
    expect(connections.map(({ stream }) => stream)).toEqual(
      [...connections.map(({ stream }) => stream)].sort((a, b) => a - b),
    );
  });

  it('counts a connection once that hands its exchanges over in batches', () => {
    const tally = new OverviewTally();
    const batch = [exchange(request('/a', 1), response(200, 2))];
    tally.add(connection({ exchanges: batch, goesOn: true }));
    tally.add(connection({ exchanges: batch, exchangeOffset: 1, goesOn: false }));
    expect(tally.conclude()).toMatchObject({ connections: [{ requests: 2, worstStatus: 200 }], leftOut: 0 });
  });

  it('counts no requests where nothing was decrypted', () => {
    const tally = new OverviewTally();
    tally.add(connection({ stream: 0, tls: tlsFacts({ decryption: 'no-key' }) }));
    tally.add(connection({ stream: 1, tls: tlsFacts({ decryption: 'whole' }) }));
    expect(tally.conclude().connections.map(({ requests }) => requests)).toEqual([null, 0]);
  });
});
