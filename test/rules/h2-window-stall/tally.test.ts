import { describe, expect, it } from 'vitest';
import type { Connection } from '../../../src/facts/connection.js';
import type { WindowStall } from '../../../src/facts/h2.js';
import { newTally, noteConnection } from '../../../src/rules/h2-window-stall/tally.js';
import { occurrencesOf } from '../../../src/rules/tally/occurrences.js';
import { answer, connection, finBy, get, handshake, SECOND } from '../facts.js';
import { overH2, SETTINGS } from '../h2-facts.js';

const UPLOAD: WindowStall = {
  sender: 'client',
  h2Stream: 1,
  packet: 5,
  startNs: 100_000_000,
  endedBy: 'window-update',
  endPacket: 6,
  endNs: 2_600_000_000,
};
/** The client's window for the connection: the second request waits for it. */
const STARVED: WindowStall = { ...UPLOAD, sender: 'server', h2Stream: 0 };

/** An upload that lasts for 3 s, a request 0.2 s after it whose answer does so, and one that is answered at once. */
function stalledBy(...windowStalls: readonly WindowStall[]): Connection {
  const facts = connection([
    ...handshake(),
    get(1133, '/import'),
    get(200_000, '/report'),
    answer(210_000, 200, 500, { endNs: 2_700_000_000 }),
    get(3 * SECOND, '/status'),
    answer(3.1 * SECOND),
    finBy('client', 4 * SECOND),
  ]);
  const [upload, report, status] = facts.exchanges;
  if (upload?.request == null || report === undefined || status === undefined)
    throw new Error('there are three requests');
  const exchanges = [
    { ...upload, request: { ...upload.request, endNs: 2_700_000_000 }, response: status.response },
    { ...report, response: upload.response },
    { ...status, response: report.response },
  ];
  const server = { ...facts.server, highestAcknowledged: facts.client.nextSequence };
  return overH2(
    { ...facts, exchanges, server },
    { settings: { client: SETTINGS, server: SETTINGS }, windowStalls, windowStallCount: windowStalls.length },
  );
}

/** The same in a batch for each exchange, in the order of their ends; the last alone says what became of the connection. */
function inBatches(whole: Connection, order: readonly number[]): Connection[] {
  return order.map((index, at) => ({
    ...whole,
    exchanges: whole.exchanges.slice(index, index + 1),
    exchangeOffset: at,
    ...(at < order.length - 1 ? { goesOn: true, h2: null } : {}),
  }));
}

function said(connections: readonly Connection[]) {
  const tally = newTally();
  for (const one of connections) noteConnection(one, tally);
  expect(tally.waiting).toEqual({ open: { size: 0, byStream: {} }, held: 0 });
  return occurrencesOf(tally).map(({ count, items }) => ({ count, items }));
}

describe('a window that is used up in a connection whose exchanges come in batches', () => {
  it.each([
    ['an upload', UPLOAD, { kind: 'upload', target: '/import' }],
    ['a connection', STARVED, { kind: 'starved', target: '/report' }],
  ])('is told as where they come at once: %s', (_, stall, expected) => {
    const whole = stalledBy(stall);
    expect(said([whole])).toMatchObject([{ count: 1, items: [expected] }]);
    for (const order of [
      [0, 1, 2],
      [1, 0, 2],
      [2, 1, 0],
    ])
      expect(said(inBatches(whole, order))).toEqual(said([whole]));
  });

  it('leaves nothing behind where no window was used up', () => {
    expect(said(inBatches(stalledBy(), [0, 1, 2]))).toEqual([]);
  });
});
