import { expect, it } from 'vitest';
import type { Side } from '../../../src/facts/endpoint.js';
import type { WebSocketPing } from '../../../src/facts/websocket.js';
import { failureCloseOf } from '../../../src/rules/websocket-close-code/failure-close.js';
import { connection, get, handshake, SECOND } from '../facts.js';
import { sent, webSocket } from '../websocket-facts.js';

const CLOSED_NS = 30 * SECOND * 1000;

/** A Ping so many seconds before the close, answered or not. */
function ping(before: number, isAnswered: boolean, from: Side = 'server'): WebSocketPing {
  const atNs = CLOSED_NS - before * SECOND * 1000;
  const packet = 100 - before * 10;
  return {
    from,
    packet,
    atNs,
    answerPacket: isAnswered ? packet + 1 : null,
    answerNs: isAnswered ? atNs + 1000 : null,
  };
}

function unansweredPing(pings: readonly WebSocketPing[], isLost = false, reason = '') {
  const facts = webSocket(5, {
    pings,
    pingCount: pings.length,
    sent: { client: { ...sent(null), isLost }, server: sent(null) },
    closes: { client: null, server: { from: 'server', code: 1011, reason, packet: 100, atNs: CLOSED_NS } },
  });
  const close = failureCloseOf(facts, connection([...handshake(), get(900)]), []);
  return { ping: close?.unansweredPing?.packet ?? null, saysSo: close?.saysPingTimeout };
}

it('finds the Ping that has no Pong, and none to a later one', () => {
  expect(unansweredPing([ping(4, true), ping(2, false)]).ping).toBe(80);
  expect(unansweredPing([ping(3, false), ping(2, false)]).ping).toBe(80);
  expect(unansweredPing([ping(2, false), ping(0.5, false)]).ping).toBe(80);
  expect(unansweredPing([ping(1, false)]).ping).toBe(90);
});

it('knows nothing of Pings that may be answered', () => {
  expect(unansweredPing([]).ping).toBeNull();
  expect(unansweredPing([ping(0.9, false)]).ping).toBeNull();
  expect(unansweredPing([ping(3, false), ping(2, true)]).ping).toBeNull();
  expect(unansweredPing([ping(2, false), ping(0.5, true)]).ping).toBeNull();
  expect(unansweredPing([ping(2, false, 'client')]).ping).toBeNull();
  expect(unansweredPing([ping(2, false)], true).ping).toBeNull();
});

it('reads of a ping’s time-out in the reason', () => {
  for (const reason of ['keepalive ping timeout', 'Ping timed out', 'pong time-out', 'heartbeat timeout'])
    expect(unansweredPing([], false, reason).saysSo, reason).toBe(true);
  for (const reason of ['', 'timeout', 'shopping timeout', 'ping', 'database timeout'])
    expect(unansweredPing([], false, reason).saysSo, reason).toBe(false);
});
