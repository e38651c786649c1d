import { describe, expect, it } from 'vitest';
import { mergePerServer, type PerServer, perServer, serversOf, tallyOf } from '../../../src/rules/tally/per-server.js';

const make = (): { count: number } => ({ count: 0 });

/** Counts of these servers, one for each time that its port comes. */
function counted(ports: readonly number[], limit?: number): PerServer<{ count: number }> {
  const servers = perServer<{ count: number }>(limit);
  for (const port of ports) {
    const tally = tallyOf(servers, { address: '10.0.1.43', port }, make);
    if (tally !== null) tally.count += 1;
  }
  return servers;
}

const told = (servers: PerServer<{ count: number }>) =>
  serversOf(servers).map(({ endpoint: { port }, tally: { count } }) => [port, count]);

describe('tallies by server', () => {
  it('are told in the order of their endpoints, whichever came first', () => {
    expect(told(counted([443, 80, 443]))).toEqual([
      [443, 2],
      [80, 1],
    ]);
    expect(told(counted([80, 443, 443]))).toEqual(told(counted([443, 80, 443])));
  });

  it('are added server by server', () => {
    const into = counted([80, 443]);
    mergePerServer(into, counted([443, 8080]), make, (whole, part) => {
      whole.count += part.count;
    });
    expect(told(into)).toEqual([
      [443, 2],
      [80, 1],
      [8080, 1],
    ]);
  });

  it('are no more than there is room for, and those exact', () => {
    const ports = Array.from({ length: 40 }, (_, at) => 8000 + (at % 20));
    const kept = told(counted(ports, 8));
    expect(kept).toHaveLength(8);
    expect(kept.every(([, count]) => count === 2)).toBe(true);
    expect(told(counted(Array.from({ length: 3000 }, (_, at) => at)))).toHaveLength(1024);
  });
});
