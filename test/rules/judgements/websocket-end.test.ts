import { describe, expect, it } from 'vitest';
import type { Connection } from '../../../src/facts/connection.js';
import type { Side } from '../../../src/facts/endpoint.js';
import type { TlsAlert } from '../../../src/facts/tls.js';
import type { WebSocketFacts } from '../../../src/facts/websocket.js';
import { mayOpenWebSocket, webSocketCutOf } from '../../../src/rules/judgements/websocket-end.js';
import { tlsFacts } from '../../findings/connections.js';
import { answer, connection, fieldsOf, finBy, get, handshake, SECOND, type Step } from '../facts.js';
import { overH2 } from '../h2-facts.js';
import { sent, webSocket } from '../websocket-facts.js';

const NS = 1e9;

/** A WebSocket that is accepted in packet 5 and whose end is told by `end`. */
function opened(end: readonly Step[], facts: Partial<WebSocketFacts> = {}): Connection {
  const fields = fieldsOf({ upgrade: 'websocket', 'sec-websocket-key': 'key' });
  const base = connection([...handshake(), get(1133, '/live', { fields }), answer(3600, 101), ...end], {
    protocol: 'websocket',
  });
  const conversation = webSocket(5, {
    startNs: 3_600_000,
    sent: { client: sent(8 * NS, 6), server: sent(9 * NS, 7) },
    ...facts,
  });
  return { ...base, webSockets: [conversation], webSocketCount: 1 };
}

const cutIn = (facts: Connection) => {
  const [conversation] = facts.webSockets;
  return conversation === undefined ? null : webSocketCutOf(conversation, facts, facts.exchanges);
};

describe('the end of a WebSocket that nobody closed', () => {
  it('is the first FIN or RST', () => {
    expect(cutIn(opened([finBy('server', 10 * SECOND), finBy('client', 10.1 * SECOND)]))).toMatchObject({
      ...{ by: 'server', how: 'fin', packet: 6, atNs: 10 * NS, key: 'key', openedNs: 3_600_000 },
      ...{ idleNs: NS, clientIdleNs: 2 * NS, isClientsLastControl: false, serverFrames: 1, lost: null },
      lastFrame: { packet: 7, atNs: 9 * NS, from: 'server' },
    });
  });

  it.each<Side>(['client', 'server'])('is none where the %s sent a Close frame', (from) => {
    const close = { from, packet: 6, atNs: 5 * NS, code: 1000, reason: '' };
    const closes = { client: null, server: null, [from]: close };
    expect(cutIn(opened([finBy('server', 10 * SECOND)], { closes }))).toBeNull();
  });

  it('is the client’s FIN, however much later the server hangs up', () => {
    expect(cutIn(opened([finBy('client', 10 * SECOND), finBy('server', 15 * SECOND)]))).toMatchObject({
      ...{ by: 'client', how: 'fin', atNs: 10 * NS },
    });
  });

  const inTls = (...alerts: readonly [Side, number, number][]): Connection => ({
    ...opened([finBy('server', 10 * SECOND), finBy('client', 10.1 * SECOND)]),
    tls: tlsFacts({
      decryption: 'whole',
      alerts: alerts.map(
        ([from, description, at], index): TlsAlert => ({
          ...{ from, packet: 20 + index, atNs: at * NS, basis: 'decrypted', level: 'warning' },
          ...{ description, name: 'close_notify' },
        }),
      ),
      alertCount: alerts.length,
    }),
  });

  it('is the client’s close_notify, however much later the server hangs up', () => {
    expect(cutIn(inTls(['client', 0, 9.5]))).toMatchObject({
      by: 'client',
      how: 'close-notify',
      packet: 20,
      atNs: 9.5 * NS,
    });
    expect(cutIn(inTls(['client', 0, 10]))).toMatchObject({ by: 'client' });
  });

  it.each<[string, Connection]>([
    ['the client’s came behind it', inTls(['client', 0, 10.05])],
    ['the server’s came first', inTls(['server', 0, 9.4], ['client', 0, 9.5])],
    ['the client sent another alert', inTls(['client', 90, 9.5])],
    ['nobody sent one', inTls()],
  ])('is the server’s FIN where %s', (_name, facts) => {
    expect(cutIn(facts)).toMatchObject({ by: 'server', how: 'fin', atNs: 10 * NS });
  });

  const overStream = (complete: boolean, endNs: number): Connection => {
    const facts = opened([], { h2Stream: 1 });
    const reset = { by: 'server', code: 8, packet: 9, atNs: 10 * NS, openStreams: 1 } as const;
    const over = overH2(facts, {}, () => ({ protocol: 'websocket', reset }));
    return {
      ...over,
      exchanges: over.exchanges.map((one) => ({
        ...one,
        request: one.request && { ...one.request, complete, endNs, lastPacket: 8 },
      })),
    };
  };

  it('over HTTP/2 is a reset, or the END_STREAM by which the client takes its leave before', () => {
    expect(cutIn(overStream(false, 9 * NS))).toMatchObject({ by: 'server', how: 'stream-reset', packet: 9 });
    expect(cutIn(overStream(true, 9 * NS))).toMatchObject({ by: 'client', how: 'end-stream', packet: 8, atNs: 9 * NS });
    expect(cutIn(overStream(true, 10 * NS))).toMatchObject({ by: 'client' });
    expect(cutIn(overStream(true, 10 * NS + 1))).toMatchObject({ by: 'server' });
  });

  it('tells whether the client’s last word was a Ping or a Pong', () => {
    const pinged = (from: Side, packet: number, answerPacket: number) =>
      cutIn(
        opened([finBy('server', 10 * SECOND)], {
          pings: [{ from, packet, atNs: 8 * NS, answerPacket, answerNs: 8 * NS }],
          pingCount: 1,
        }),
      )?.isClientsLastControl;
    expect(pinged('server', 5, 6)).toBe(true);
    expect(pinged('client', 6, 7)).toBe(true);
    expect(pinged('server', 6, 7)).toBe(false);
    expect(pinged('client', 5, 6)).toBe(false);
  });

  it('is not told where frames were lost, one direction was not captured, or a ping of whoever ended it stands', () => {
    const fin = [finBy('server', 10 * SECOND)];
    expect(cutIn(opened(fin, { sent: { client: { ...sent(1), isLost: true }, server: sent(1) } }))).toBeNull();
    expect(cutIn(opened(fin, { sent: { client: sent(1), server: { ...sent(1), isLost: true } } }))).toBeNull();
    const facts = opened(fin);
    expect(cutIn({ ...facts, guards: { ...facts.guards, oneSided: true } })).toBeNull();
    expect(cutIn(opened([]))).toBeNull();
    const ping = (from: Side) => ({
      pings: [{ from, packet: 7, atNs: 9 * NS, answerPacket: null, answerNs: null }],
      pingCount: 1,
    });
    expect(cutIn(opened(fin, ping('server')))).toBeNull();
    expect(cutIn(opened(fin, ping('client')))).not.toBeNull();
  });

  it('knows a frame that was sent into it', () => {
    const late = { sent: { client: sent(11 * NS, 8), server: sent(9 * NS, 7) } };
    expect(cutIn(opened([finBy('server', 10 * SECOND)], late))).toMatchObject({
      ...{ lost: { packet: 8, atNs: 11 * NS }, clientIdleNs: null },
    });
  });
});

it('a WebSocket may be opened by 101, or over HTTP/2 by an extended CONNECT', () => {
  const [exchange] = opened([]).exchanges;
  const [refused] = connection([...handshake(), get(1133), answer(3600, 403)]).exchanges;
  const [over] = overH2(opened([]), {}, () => ({ protocol: 'websocket' })).exchanges;
  const [other] = overH2(opened([])).exchanges;
  expect([exchange, refused, over, other].map((one) => one !== undefined && mayOpenWebSocket(one))).toEqual([
    ...[true, false, true, false],
  ]);
  expect(exchange && mayOpenWebSocket({ ...exchange, response: null })).toBe(false);
});
