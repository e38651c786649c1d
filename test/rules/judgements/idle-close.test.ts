import { describe, expect, it } from 'vitest';
import type { Connection, IdlePeriod } from '../../../src/facts/connection.js';
import type { Decryption } from '../../../src/facts/tls.js';
import {
  clientIdleCloseOf,
  idleCloseOf,
  longestAnsweredIdleOf,
  requestTimeoutCloseOf,
} from '../../../src/rules/judgements/idle-close.js';
import { FAREWELL_NS } from '../../../src/rules/judgements/idleness.js';
import {
  CLIENT,
  closing,
  connection,
  exchange,
  field,
  idle,
  request,
  response,
  SECOND,
  SERVER,
  side,
  tlsFacts,
} from '../../findings/connections.js';

const END = 11 * SECOND;

/** One exchange, ten seconds of nothing, then the server's FIN in packet 9. */
function expired(facts: Partial<Connection> = {}): Connection {
  return connection({
    exchanges: [exchange({ response: response({ endNs: SECOND }) })],
    idlePeriods: [idle(SECOND, 10 * SECOND, 'server-fin', 9)],
    idlePeriodCount: 1,
    close: { kind: 'fin', resetBy: null, segments: [closing('fin', 'server', END, 9)], segmentCount: 1 },
    ...facts,
  });
}

describe('a close by an idle server', () => {
  it('is its FIN after an idleness that a response began', () => {
    expect(idleCloseOf(expired({ stream: 7, exchangeOffset: 3 }))).toEqual({
      idleNs: 10 * SECOND,
      atNs: END,
      packet: 9,
      stream: 7,
      requests: 4,
    });
  });

  it('may be a RST, but not one whose TTL tells of another sender', () => {
    const facts = (ttl: number): Partial<Connection> => ({
      idlePeriods: [idle(SECOND, 10 * SECOND, 'server-rst', 9)],
      close: {
        kind: 'rst',
        resetBy: 'server',
        segments: [{ ...closing('rst', 'server', END, 9), ttl }],
        segmentCount: 1,
      },
    });
    expect(idleCloseOf(expired(facts(64)))?.idleNs).toBe(10 * SECOND);
    expect(idleCloseOf(expired(facts(61)))).toBeNull();
  });

  it('may begin with last words: GOAWAY, or close_notify where keys open it', () => {
    const farewell = (protocol: Connection['protocol'], finNs: number): Connection =>
      expired({
        protocol,
        idlePeriods: [idle(SECOND, 10 * SECOND, 'server-payload', 8)],
        close: { kind: 'fin', resetBy: null, segments: [closing('fin', 'server', finNs, 9)], segmentCount: 1 },
      });
    expect(idleCloseOf(farewell('h2', END + FAREWELL_NS))?.idleNs).toBe(10 * SECOND);
    expect(idleCloseOf(farewell('h2', END + FAREWELL_NS + 1))).toBeNull();
    expect(idleCloseOf(farewell('tls', END + 1000))).toBeNull();
  });

  it('may come behind an alert that no key opens, and not behind other bytes of that side', () => {
    const facts = (from: 'client' | 'server', packet: number): Partial<Connection> => ({
      protocol: 'tls',
      exchanges: [],
      idlePeriods: [idle(SECOND, 10 * SECOND, 'server-payload', 8)],
      close: { kind: 'fin', resetBy: null, segments: [closing('fin', 'server', END + 1000, 9)], segmentCount: 1 },
      tls: tlsFacts({
        alerts: [{ from, packet, atNs: END, basis: 'shape', level: null, description: null, name: null }],
      }),
    });
    expect(idleCloseOf(expired(facts('server', 8)))?.idleNs).toBe(10 * SECOND);
    expect(idleCloseOf(expired(facts('server', 7)))).toBeNull();
    expect(idleCloseOf(expired(facts('client', 8)))).toBeNull();
  });

  it('is seen in TLS without keys by its FIN', () => {
    expect(idleCloseOf(expired({ protocol: 'tls', exchanges: [] }))?.requests).toBe(0);
  });

  it('is none where keys opened all and no request was in it', () => {
    const close = (decryption: Decryption) =>
      idleCloseOf(expired({ protocol: 'tls', exchanges: [], tls: tlsFacts({ decryption }) }));
    for (const decryption of ['no-key', 'wrong-key', 'partial'] as const) expect(close(decryption)?.requests).toBe(0);
    expect(close('whole')).toBeNull();
  });

  const CLOSE = [field('connection', 'Keep-Alive, Close')];
  const KEEP = [field('connection', 'keep-alive')];
  it.each<[string, Partial<Connection>]>([
    [
      'the client closed first',
      {
        close: {
          kind: 'fin',
          resetBy: null,
          segments: [closing('fin', 'client', END - 5, 8), closing('fin', 'server', END, 9)],
          segmentCount: 2,
        },
      },
    ],
    ['a request was outstanding', { exchanges: [exchange({ response: null })] }],
    [
      'the client had spoken last',
      { idlePeriods: [{ ...idle(SECOND, 10 * SECOND, 'server-fin', 9), after: 'client' }] },
    ],
    ['half a request had come', { undecodedBytes: { client: 3, server: 0 } }],
    ['no request had come at all', { exchanges: [] }],
    ['the response was an error', { exchanges: [exchange({ response: response({ status: 400 }) })] }],
    ['the response is not complete', { exchanges: [exchange({ response: response({ complete: false }) })] }],
    ['the server had said Connection: close', { exchanges: [exchange({ response: response({ fields: CLOSE }) })] }],
    ['the client had said Connection: close', { exchanges: [exchange({ request: request({ fields: CLOSE }) })] }],
    ['HTTP/1.0 ends with the response', { exchanges: [exchange({ response: response({ version: 'HTTP/1.0' }) })] }],
    ['the close ends the body', { exchanges: [exchange({ response: response({ framing: 'close' }) })] }],
    ['the response itself paused', { exchanges: [exchange({ response: response({ endNs: END }) })] }],
    ['it was a tunnel', { exchanges: [exchange({ response: response({ status: 101, framing: 'tunnel' }) })] }],
    [
      'what went through a tunnel was read',
      { exchanges: [exchange({ response: response({ framing: 'tunnel' }) }), exchange()] },
    ],
    ['it was a WebSocket', { protocol: 'websocket' }],
    ['its protocol is unknown', { protocol: 'unknown' }],
    ['the server answered no request but said 408', { exchanges: [exchange({ request: null })] }],
    ['bytes of it were lost to the capture', { server: side(SERVER, { lostBytes: 1 }) }],
    ['bytes of the client were lost to the capture', { client: side(CLIENT, { lostBytes: 1 }) }],
    ['it did not close', { close: { kind: 'open', resetBy: null, segments: [], segmentCount: 0 } }],
    ['it had not been idle', { idlePeriods: [] }],
  ])('is not one where %s', (_, facts) => expect(idleCloseOf(expired(facts))).toBeNull());

  it('is one in HTTP/1.0 that was kept alive', () => {
    const kept = exchange({
      request: request({ version: 'HTTP/1.0', fields: KEEP }),
      response: response({ version: 'HTTP/1.0', fields: KEEP }),
    });
    expect(idleCloseOf(expired({ exchanges: [kept] }))?.idleNs).toBe(10 * SECOND);
  });

  it('is not read where the clock stepped or one direction is missing', () => {
    const { guards } = expired();
    expect(idleCloseOf(expired({ guards: { ...guards, clockStepped: true } }))).toBeNull();
    expect(idleCloseOf(expired({ guards: { ...guards, oneSided: true } }))).toBeNull();
  });
});

describe('the longest idleness after which a request was answered', () => {
  const reused = (facts: Partial<Connection> = {}): Connection =>
    connection({
      idlePeriods: [idle(SECOND, 8 * SECOND, 'client-payload', 6), idle(9 * SECOND, 3 * SECOND, 'client-payload', 8)],
      exchanges: [
        exchange(),
        exchange({ request: request({ firstPacket: 6 }) }),
        exchange({ request: request({ firstPacket: 8 }) }),
      ],
      ...facts,
    });

  it('is measured to the request', () => {
    expect(longestAnsweredIdleOf(reused())).toBe(8 * SECOND);
  });

  it('counts neither what was not answered nor what got 408', () => {
    const exchanges = [
      exchange({ request: request({ firstPacket: 6 }), response: null }),
      exchange({ request: request({ firstPacket: 8 }) }),
    ];
    expect(longestAnsweredIdleOf(reused({ exchanges }))).toBe(3 * SECOND);
    const refused = [exchange({ request: request({ firstPacket: 6 }), response: response({ status: 408 }) })];
    expect(longestAnsweredIdleOf(reused({ exchanges: refused }))).toBe(0);
  });

  it('is known by the server speaking again where the exchange is not seen', () => {
    const spoke = (lastPayloadNs: number | null): Connection =>
      reused({ protocol: 'tls', exchanges: [], server: side(SERVER, { lastPayloadNs }) });
    expect(longestAnsweredIdleOf(spoke(10 * SECOND))).toBe(8 * SECOND);
    expect(longestAnsweredIdleOf(spoke(SECOND))).toBe(0);
    expect(longestAnsweredIdleOf(spoke(null))).toBe(0);
  });

  it('is no pause within a request, no wait for a response, and no idleness to the end', () => {
    const other = (period: Partial<IdlePeriod>): Connection =>
      reused({ idlePeriods: [{ ...idle(SECOND, 8 * SECOND, 'client-payload', 6), ...period }] });
    expect(longestAnsweredIdleOf(other({ after: 'client' }))).toBe(0);
    expect(longestAnsweredIdleOf(other({ endedBy: 'server-payload' }))).toBe(0);
    expect(longestAnsweredIdleOf(other({ endedBy: 'capture-ended', packet: null }))).toBe(0);
    expect(longestAnsweredIdleOf(connection())).toBe(0);
  });

  it('is none that ended behind a close: another connection took the ports, and its SYN was not captured', () => {
    const closedAt = (atNs: number): Connection =>
      reused({
        close: { kind: 'fin', resetBy: null, segments: [closing('fin', 'server', atNs, 5)], segmentCount: 1 },
      });
    expect(longestAnsweredIdleOf(closedAt(1.5 * SECOND))).toBe(0);
    expect(longestAnsweredIdleOf(closedAt(20 * SECOND))).toBe(8 * SECOND);
  });

  it('is not read from a connection whose bytes were not all seen', () => {
    expect(longestAnsweredIdleOf(reused({ server: side(SERVER, { lostBytes: 10 }) }))).toBe(0);
  });
});

describe('a close by an idle client', () => {
  it('is its FIN after an idleness that a response began, and not the server’s', () => {
    const facts = expired({
      idlePeriods: [idle(SECOND, 10 * SECOND, 'client-fin', 9)],
      close: { kind: 'fin', resetBy: null, segments: [closing('fin', 'client', END, 9)], segmentCount: 1 },
    });
    expect(clientIdleCloseOf(facts)?.idleNs).toBe(10 * SECOND);
    expect(idleCloseOf(facts)).toBeNull();
    expect(clientIdleCloseOf(expired())).toBeNull();
  });
});

describe('the close of a connection without a request', () => {
  const unused = (facts: Partial<Connection> = {}): Connection =>
    connection({
      client: side(CLIENT, { payloadBytes: 0 }),
      server: side(SERVER, { payloadBytes: 0 }),
      exchanges: [],
      close: { kind: 'fin', resetBy: null, segments: [closing('fin', 'server', END, 9)], segmentCount: 1 },
      ...facts,
    });
  const ackNs = unused().handshake.ackNs ?? 0;

  it('counts from the handshake to the FIN, or to the 408', () => {
    expect(requestTimeoutCloseOf(unused())?.idleNs).toBe(END - ackNs);
    const refused = exchange({ request: null, response: response({ status: 408, startNs: END - 5 }) });
    expect(requestTimeoutCloseOf(unused({ exchanges: [refused] }))?.idleNs).toBe(END - 5 - ackNs);
  });

  it('is none where something had been said, or the client closed', () => {
    expect(requestTimeoutCloseOf(unused({ client: side(CLIENT, { payloadBytes: 1 }) }))).toBeNull();
    expect(requestTimeoutCloseOf(unused({ server: side(SERVER, { payloadBytes: 20 }) }))).toBeNull();
    const byClient = {
      kind: 'fin',
      resetBy: null,
      segments: [closing('fin', 'client', END, 9)],
      segmentCount: 1,
    } as const;
    expect(requestTimeoutCloseOf(unused({ close: byClient }))).toBeNull();
  });
});
