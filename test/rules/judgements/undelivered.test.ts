import { describe, expect, it } from 'vitest';
import type { SideFacts } from '../../../src/facts/connection.js';
import { undeliveredBytesOf } from '../../../src/rules/judgements/undelivered.js';
import { connection, get, handshake } from '../facts.js';

/** 1,448 bytes of the client are not in the capture, 697 behind them are; the server has acknowledged so far. */
function undelivered(acknowledged: number | null, client: Partial<SideFacts> = {}, midStream = false): number {
  const facts = connection([...handshake(), get(1000)]);
  return undeliveredBytesOf(
    {
      ...facts,
      client: { ...facts.client, lostBytes: 1448, snappedBytes: 0, nextSequence: 2146, ...client },
      server: { ...facts.server, highestAcknowledged: acknowledged },
      guards: { ...facts.guards, midStream },
    },
    'client',
  );
}

describe('bytes that did not arrive', () => {
  it('are those of a hole that the other side never acknowledged', () => {
    expect(undelivered(1)).toBe(1448);
  });

  it('are not those that only the capture lacks: they are acknowledged', () => {
    expect(undelivered(2146)).toBe(0);
    expect(undelivered(1449)).toBe(0);
  });

  it('are none where nothing is missing but what the snap length cut', () => {
    expect(undelivered(1, { lostBytes: 300, snappedBytes: 300 })).toBe(0);
  });

  it('are not told where the beginning or all acknowledgements were not seen', () => {
    expect(undelivered(1, {}, true)).toBe(0);
    expect(undelivered(null)).toBe(0);
  });
});
