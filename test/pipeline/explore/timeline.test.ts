import { describe, expect, it } from 'vitest';
import type { Connection } from '../../../src/facts/connection.js';
import type { BodyFraming } from '../../../src/facts/exchange.js';
import { MAX_STRETCHES, TimelineTally } from '../../../src/pipeline/explore/timeline.js';
import { answer, connection, finBy, get, handshake, type Step } from '../../rules/facts.js';

const FIN = [finBy('server', 5000), finBy('client', 5100)];

function asked(steps: readonly Step[], target = '/'): Connection {
  return connection([...handshake(), get(1133, target), ...steps]);
}

/** The same with an answer that is not at its end. */
function cut(framing: BodyFraming, steps: readonly Step[] = FIN, target = '/'): Connection {
  const facts = asked([answer(3600, 200, 1200), ...steps], target);
  return {
    ...facts,
    exchanges: facts.exchanges.map((exchange) => ({
      ...exchange,
      response: exchange.response && { ...exchange.response, complete: false, framing },
    })),
  };
}

function failedIn(...connections: Connection[]): number {
  const tally = new TimelineTally();
  for (const one of connections) tally.add(one);
  return tally.conclude().failed.reduce((sum, count) => sum + count, 0);
}

describe('requests over time', () => {
  it("failed where no answer came, or one of the server's own errors", () => {
    expect(failedIn(asked([answer(3600, 200), ...FIN]))).toBe(0);
    expect(failedIn(asked([answer(3600, 404), ...FIN]))).toBe(0);
    expect(failedIn(asked([answer(3600, 502), ...FIN]))).toBe(1);
    expect(failedIn(asked(FIN))).toBe(1);
  });

  it('failed where the connection ended before an answer whose end is marked', () => {
    expect(failedIn(cut('content-length'), cut('chunked'))).toBe(2);
    expect(failedIn(cut('close'))).toBe(0);
    expect(failedIn(cut('chunked', FIN, '/watch?watch=true'))).toBe(0);
  });

  it('take constant room, whatever the length', () => {
    const tally = new TimelineTally();
    for (let at = 0; at < 2000; at += 1)
      tally.add(connection([...handshake(), get(1133), answer(3600), ...FIN], { beginsAt: at * 1_000_000 }));
    const { requests } = tally.conclude();
    expect(requests.length).toBeLessThanOrEqual(MAX_STRETCHES);
    expect(requests.reduce((sum, count) => sum + count, 0)).toBe(2000);
  });
});
