import { describe, expect, it } from 'vitest';
import type { Connection } from '../../../src/facts/connection.js';
import type { GoAway } from '../../../src/facts/h2.js';
import { newTally, noteConnection } from '../../../src/rules/stream-reset/tally.js';
import { occurrencesOf } from '../../../src/rules/tally/occurrences.js';
import { answer, connection, get, handshake } from '../facts.js';
import { overH2 } from '../h2-facts.js';

/** Two requests, the first of which the server resets. */
function resetFirst(goAways: readonly GoAway[] = []): Connection {
  const facts = connection([...handshake(), get(1133, '/a'), get(1200, '/b'), answer(40_000)]);
  const [first, second] = facts.exchanges;
  if (first === undefined || second === undefined) throw new Error('there are two requests');
  const exchanges = [
    { ...first, response: null },
    { ...second, response: first.response },
  ];
  return overH2({ ...facts, exchanges }, { goAways, goAwayCount: goAways.length }, (at) =>
    at === 0 ? { reset: { by: 'server', code: 7, packet: 6, atNs: 20_000_000, openStreams: 2 } } : {},
  );
}

/** The same in two batches, the first of which says nothing of the connection as a whole. */
function inBatches(whole: Connection): Connection[] {
  const batch = { ...whole, goesOn: true, h2: null, exchanges: whole.exchanges.slice(0, 1) };
  return [batch, { ...whole, exchangeOffset: 1, exchanges: whole.exchanges.slice(1) }];
}

function said(connections: readonly Connection[]) {
  const tally = newTally();
  for (const one of connections) noteConnection(one, tally);
  expect(tally.waiting.open.size).toBe(0);
  return occurrencesOf(tally).map(({ count, items }) => ({ count, items }));
}

describe('a stream that is reset in a batch of a connection that goes on', () => {
  it('is told as where the connection comes at once', () => {
    const whole = resetFirst();
    expect(said([whole])).toMatchObject([{ count: 1, items: [{ h2Stream: 1, openStreams: 2 }] }]);
    expect(said(inBatches(whole))).toEqual(said([whole]));
  });

  it('is none of this rule where a GOAWAY of a later batch takes it back', () => {
    const goAway: GoAway = { from: 'server', packet: 9, atNs: 60_000_000, lastStream: 0, code: 0, debug: '' };
    expect(said(inBatches(resetFirst([goAway])))).toEqual([]);
  });

  it('is counted, however many there are', () => {
    const [batch, last] = inBatches(resetFirst());
    if (batch === undefined || last === undefined) throw new Error('there are two batches');
    const many = { ...batch, exchanges: Array.from({ length: 5000 }, () => batch.exchanges).flat() };
    expect(said([many, many, many, many, many, last])).toMatchObject([{ count: 25_000 }]);
  });
});
