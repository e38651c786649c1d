import { describe, expect, it } from 'vitest';
import type { Connection } from '../../../src/facts/connection.js';
import { endOfServerAround } from '../../../src/rules/judgements/ending-server.js';
import { newObservation, observe } from '../../../src/rules/observation/observation.js';
import { answer, connection, finBy, get, handshake, nthEvery, refused } from '../facts.js';

const MS = 1_000_000;
const nth = nthEvery(0);
/** A connection to the server that waited from 10 to 100 ms and then ended. */
const HELD = {
  client: { address: '203.0.113.9', port: 40_000 },
  server: { address: '10.0.1.43', port: 80 },
  startNs: 10 * MS,
  endNs: 100 * MS,
  packet: 9000,
};

/** A request of another connection that the server's FIN cuts at `at` microseconds. */
const cut = (at: number): Connection => connection([...handshake(), get(at - 4000), finBy('server', at)], nth(1));
/** Another connection, answered at `at` microseconds. */
const answered = (at: number): Connection => connection([...handshake(), get(at - 1000), answer(at)], nth(2));
/** A SYN at `at` microseconds that is answered by RST. */
const refusedAt = (at: number): Connection => refused({ ...nth(3), beginsAt: at });

function endAmong(...connections: readonly Connection[]) {
  const observation = newObservation();
  for (const one of connections) observe(one, observation);
  return endOfServerAround(HELD, observation);
}

describe('the end of a server while a connection of its waits', () => {
  it('shows in a request in progress that ends with it, a moment apart at most', () => {
    expect(endAmong(cut(99_000))).toMatchObject({ how: 'cut', atNs: 99 * MS });
    expect(endAmong(cut(149_000))).toMatchObject({ how: 'cut' });
    expect(endAmong(cut(151_000))).toBeNull();
  });

  it('does not where somebody was answered between the two', () => {
    expect(endAmong(cut(50_000), answered(40_000))).toMatchObject({ how: 'cut' });
    expect(endAmong(cut(50_000), answered(70_000))).toBeNull();
  });

  it('shows in a SYN that is refused within five seconds', () => {
    expect(endAmong(refusedAt(200_000))).toMatchObject({ how: 'refused' });
    expect(endAmong(refusedAt(5_050_000))).toMatchObject({ how: 'refused' });
    expect(endAmong(refusedAt(5_101_000))).toBeNull();
    expect(endAmong(refusedAt(90_000))).toBeNull();
  });

  it('does not where the server went on before it refused', () => {
    expect(endAmong(answered(150_000), refusedAt(200_000))).toBeNull();
    expect(endAmong(answered(250_000), refusedAt(200_000))).toMatchObject({ how: 'refused' });
  });

  it('does not where nothing else is known of the server', () => {
    expect(endAmong()).toBeNull();
  });
});
