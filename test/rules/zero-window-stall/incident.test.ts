import { describe, expect, it } from 'vitest';
import type { Connection, SideFacts, WindowClosure } from '../../../src/facts/connection.js';
import { stallOf } from '../../../src/rules/zero-window-stall/incident.js';
import { answer, connection, finBy, get, handshake, type Step } from '../facts.js';

const MS = 1_000_000;

/** A window that was closed at 10 ms, for so many milliseconds. */
const closed = (ms: number, facts: Partial<WindowClosure> = {}): Partial<SideFacts> => ({
  windowClosure: { packet: 7, startNs: 10 * MS, durationNs: ms * MS, openedBy: 9, ...facts },
  zeroWindows: 3,
});

function stall(
  client: Partial<SideFacts>,
  server: Partial<SideFacts>,
  ends: readonly Step[] = [],
  facts: Partial<Connection> = {},
) {
  const steps = [...handshake(), get(1133), answer(3000), ...ends];
  return stallOf({ ...connection(steps, { clientFacts: client, serverFacts: server }), ...facts });
}

describe('a receiver that stands still', () => {
  it('is a server for a fifth of a second, a client for a second', () => {
    expect(stall({}, closed(200))).toMatchObject({ side: 'server', zeroWindows: 3, packet: 7, atNs: 10 * MS });
    expect(stall({}, closed(199))).toBeNull();
    expect(stall(closed(1000), {})).toMatchObject({ side: 'client' });
    expect(stall(closed(999), {})).toBeNull();
  });

  it('is the one that stands still for longer', () => {
    expect(stall(closed(1500), closed(1400))).toMatchObject({ side: 'client' });
    expect(stall(closed(1500), closed(1500))).toMatchObject({ side: 'server' });
  });

  it('is a server also where its client closes its window for as long as clients do', () => {
    expect(stall(closed(950), closed(900))).toMatchObject({ side: 'server' });
  });

  it('keeps somebody waiting who sends', () => {
    expect(stall({ payloadBytes: 0 }, closed(900))).toBeNull();
    expect(stall({ lastPayloadNs: 910 * MS }, closed(900))).toMatchObject({ wentOn: true });
    expect(stall({ lastPayloadNs: 910 * MS - 1 }, closed(900))).toMatchObject({ wentOn: false });
    expect(stall({ lastPayloadNs: null }, closed(900))).toMatchObject({ wentOn: false });
  });

  it('is none where a close ended what was to be read', () => {
    const never = closed(900, { openedBy: null });
    expect(stall({}, never, [finBy('client', 709_999)])).toBeNull();
    expect(stall({}, never, [finBy('client', 710_000)])).not.toBeNull();
    expect(stall({}, closed(900), [finBy('client', 20_000)])).not.toBeNull();
  });

  it('is told when the connection is over', () => {
    expect(stall({}, closed(900), [], { goesOn: true })).toBeNull();
    expect(stall({}, {})).toBeNull();
  });
});
