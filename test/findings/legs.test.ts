import { describe, expect, it } from 'vitest';
import type { Connection } from '../../src/facts/connection.js';
import { LegTally } from '../../src/findings/legs.js';
import { connection, get, handshake, type RequestOptions, answer as response } from '../rules/facts.js';

function bothLegs(connections: readonly Connection[]): boolean {
  const [whole, first, second] = [new LegTally(), new LegTally(), new LegTally()];
  for (const one of connections) whole.inspect(one);
  for (const [at, one] of [...connections].reverse().entries()) (at % 2 === 0 ? first : second).inspect(one);
  first.merge(second.seen);
  expect(first.conclude()).toBe(whole.conclude());
  return whole.conclude();
}

/** A request at `beginsAt` microseconds that is answered after `waits`. */
function asks(
  client: string,
  server: string,
  beginsAt: number,
  waits: number,
  target = '/orders',
  request: RequestOptions = {},
): Connection {
  const options = { client, server, beginsAt, firstPacket: 1 + beginsAt };
  return connection([...handshake(10, 20), get(30, target, request), response(30 + waits)], options);
}

describe('both sides of a proxy are seen when', () => {
  it('one address serves some and asks others', () => {
    expect(bothLegs([asks('10.0.0.10', '10.0.0.49', 0, 900), asks('10.0.0.49', '10.0.1.43', 5000, 10)])).toBe(true);
  });

  it('a client is named as forwarded-for by the requests of another', () => {
    const fields = [{ name: 'x-forwarded-for', value: '203.0.113.7, 10.0.0.10' }];
    const back = asks('10.0.1.49', '10.0.1.43', 5000, 10, '/other', { fields });
    expect(bothLegs([asks('10.0.0.10', '10.0.0.49', 0, 900), back])).toBe(true);
  });

  it('a request is made of another server while an equal one waits', () => {
    expect(bothLegs([asks('10.0.0.10', '10.0.0.49', 0, 900), asks('10.0.1.49', '10.0.1.43', 100, 300)])).toBe(true);
  });
});

describe('one side alone is seen when', () => {
  it('requests overlap and neither holds the other', () => {
    expect(bothLegs([asks('10.0.0.10', '10.0.0.49', 0, 900), asks('10.0.1.49', '10.0.1.43', 100, 2000)])).toBe(false);
  });

  it('the requests within are for something else, of the same client, or of the same server', () => {
    const outer = asks('10.0.0.10', '10.0.0.49', 0, 900);
    expect(bothLegs([outer, asks('10.0.1.49', '10.0.1.43', 100, 300, '/other')])).toBe(false);
    expect(bothLegs([outer, asks('10.0.0.10', '10.0.1.43', 100, 300)])).toBe(false);
    expect(bothLegs([outer, asks('10.0.1.49', '10.0.0.49', 100, 300)])).toBe(false);
  });

  it('a host talks to itself, or a proxy names whom it serves and they are not in the capture', () => {
    expect(bothLegs([asks('127.0.0.1', '127.0.0.1', 0, 900)])).toBe(false);
    const fields = [{ name: 'x-forwarded-for', value: '203.0.113.7' }];
    expect(bothLegs([asks('10.0.1.49', '10.0.1.43', 0, 900, '/', { fields })])).toBe(false);
  });
});
