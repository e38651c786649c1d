import { expect, it } from 'vitest';
import type { Connection } from '../../../src/facts/connection.js';
import { SIGN } from '../../../src/facts/signs.js';
import { websocketCut } from '../../../src/rules/websocket-cut.js';
import { websocketIdleClose } from '../../../src/rules/websocket-idle-close.js';
import { answer, connection, finBy, get, handshake, SECOND } from '../facts.js';
import { overH2 } from '../h2-facts.js';
import { sent, webSocket } from '../websocket-facts.js';

/** A WebSocket on a stream of HTTP/2 that its server resets after 10 s, and a request after it. */
function resetWebSocket(): Connection {
  const facts = connection([
    ...handshake(),
    get(1133, '/live', { method: 'CONNECT', complete: false }),
    answer(3600),
    get(11 * SECOND, '/'),
    answer(11.1 * SECOND),
    finBy('client', 12 * SECOND),
  ]);
  const conversation = webSocket(5, {
    h2Stream: 1,
    startNs: 3_600_000,
    sent: { client: sent(null), server: sent(5_000_000_000, 5) },
  });
  return {
    ...overH2(facts, {}, (at) =>
      at === 0
        ? { protocol: 'websocket', reset: { by: 'server', code: 8, packet: 8, atNs: 10_000_000_000, openStreams: 1 } }
        : {},
    ),
    signs: SIGN.upgrade,
    webSockets: [conversation],
    webSocketCount: 1,
  };
}

/** The same in two batches, the first of which says nothing of the connection as a whole. */
function inBatches(whole: Connection): Connection[] {
  const batch = { ...whole, goesOn: true, h2: null, webSockets: [], webSocketCount: 0 };
  return [
    { ...batch, exchanges: whole.exchanges.slice(0, 1) },
    { ...whole, exchangeOffset: 1, exchanges: whole.exchanges.slice(1) },
  ];
}

it.each([websocketCut, websocketIdleClose])(
  'keeps a WebSocket over HTTP/2 that was cut in an earlier batch: $meta.id',
  ({ tally: newTally, inspect }) => {
    const [whole, parts] = [[resetWebSocket()], inBatches(resetWebSocket())].map((connections) => {
      const tally = newTally();
      for (const one of connections) inspect(one, tally as never);
      return JSON.stringify(tally);
    });
    expect(whole).toContain('"how":"stream-reset"');
    expect(parts).toBe(whole);
  },
);
