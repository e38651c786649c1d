import { expect, it } from 'vitest';
import type { Connection, RepeatedSegment } from '../../../src/facts/connection.js';
import { takenLate } from '../../../src/rules/judgements/taken-late.js';
import { answer, connection, get, handshake } from '../facts.js';

/** A request that comes again after 200 ms and 600 ms, and is taken then. */
function late(repeated: Partial<RepeatedSegment> = {}): Connection {
  const facts = connection([...handshake(), get(1133), answer(700_000)]);
  return {
    ...facts,
    client: {
      ...facts.client,
      repeated: {
        ...{ sequence: 1, length: 100, longest: 100, times: 2, acknowledged: true },
        ...{ firstPacket: 5, firstNs: 201_133_000, lastPacket: 6, lastNs: 601_133_000 },
        ...repeated,
      },
    },
  };
}

it.each<[string, Connection, boolean]>([
  ['taken when it was sent again', late(), true],
  ['never taken', late({ acknowledged: false }), false],
  ['a later request', late({ sequence: 101 }), false],
  ['copies of one moment', late({ lastNs: 202_000_000 }), false],
  ['taken at once', connection([...handshake(), get(1133), answer(2000)]), false],
])('a first request: %s', (_, facts, is) => {
  expect(takenLate(facts) !== null).toBe(is);
});
