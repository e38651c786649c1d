import { describe, expect, it } from 'vitest';
import type { Connection } from '../../../src/facts/connection.js';
import { isUnclear } from '../../../src/rules/judgements/idleness.js';
import { answer, type ConnectionOptions, connection, get, handshake } from '../facts.js';

const STEPS = [...handshake(), get(1133)];
const unclear = (options: ConnectionOptions = {}, facts: Partial<Connection> = {}): boolean =>
  isUnclear({ ...connection([...STEPS, answer(3000)], options), ...facts });

describe('an idle connection of which nothing can be said', () => {
  it('is none of HTTP or TLS that was seen whole', () => {
    for (const protocol of ['http/1.1', 'h2', 'tls'] as const) expect(unclear({}, { protocol })).toBe(false);
  });

  it('has another timer: a WebSocket, a tunnel, or nobody knows what', () => {
    for (const protocol of ['websocket', 'unknown'] as const) expect(unclear({}, { protocol })).toBe(true);
    expect(isUnclear(connection([...STEPS, answer(3000, 101)]))).toBe(true);
    expect(isUnclear(connection([...STEPS, answer(3000, 200, 500, { framing: 'tunnel' })]))).toBe(true);
  });

  it('lacks a side, bytes or a steady clock', () => {
    expect(unclear({ guards: { oneSided: true } })).toBe(true);
    expect(unclear({ guards: { clockStepped: true } })).toBe(true);
    expect(unclear({ clientFacts: { lostBytes: 1 } })).toBe(true);
    expect(unclear({ serverFacts: { lostBytes: 1 } })).toBe(true);
  });

  it('is none where only the snap length cut bytes', () => {
    expect(unclear({ serverFacts: { lostBytes: 9, snappedBytes: 9 } })).toBe(false);
  });
});
