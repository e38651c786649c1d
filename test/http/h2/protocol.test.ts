import { describe, expect, it } from 'vitest';
import { MAX_H2_RECORDS } from '../../../src/facts/h2.js';
import { MAX_OPEN_STREAMS } from '../../../src/http/h2/stream-table.js';
import {
  BEGIN,
  block,
  data,
  END,
  END_HEADERS,
  frame,
  GET,
  headers,
  OK,
  PADDED,
  PREFACE,
  PRIORITY,
  reset,
  sent,
  settings,
  windowUpdate,
  word,
} from './frames.js';
import { decode, decodeAll, type Piece } from './recording.js';

const asked = sent('client', headers(1, GET, END | END_HEADERS));
const answered = sent('server', headers(1, OK), data(1, 'hello', END));
const statuses = (pieces: readonly Piece[]): (number | null)[] =>
  decodeAll([...BEGIN, ...pieces]).exchanges.map(({ response }) => response?.status ?? null);

describe('RFC 9113 §4: frames', () => {
  it('of unknown types, and flags nobody defined, are passed over', () => {
    const unknown = frame(0xfa, 0xff, 1, Buffer.from('whatever'));
    const outcome = decodeAll([...BEGIN, sent('client', unknown), asked, sent('server', unknown), answered]);
    expect(outcome.exchanges).toHaveLength(1);
    expect(outcome.anomalies).toEqual([]);
  });

  it('padding and priority stand around what counts', () => {
    const fields = block(GET);
    const padded = Buffer.concat([Buffer.of(3), word(0x80000000), Buffer.of(15), fields, Buffer.alloc(3)]);
    const content = Buffer.concat([Buffer.of(4), Buffer.from('hello'), Buffer.alloc(4)]);
    const { exchanges, anomalies } = decodeAll([
      ...BEGIN,
      sent('client', frame(2, 0, 3, Buffer.alloc(5)), frame(1, END | END_HEADERS | PADDED | PRIORITY, 1, padded)),
      sent('server', headers(1, OK), frame(0, END | PADDED, 1, content)),
    ]);
    expect(exchanges[0]).toMatchObject({
      request: { target: '/a', headBytes: fields.length },
      response: { bodyBytes: 5, complete: true },
    });
    expect(anomalies).toEqual([]);
  });

  it('padding longer than the frame is remarked', () => {
    const long = frame(0, PADDED, 1, Buffer.of(9, 1, 2));
    const { anomalies } = decodeAll([...BEGIN, asked, sent('server', headers(1, OK), long)]);
    expect(anomalies).toEqual(['h2-padding-too-long server']);
    const inHead = frame(1, PADDED | END_HEADERS, 1, Buffer.of(9, 1, 2));
    expect(decodeAll([...BEGIN, sent('client', inHead)]).anomalies).toEqual(['h2-padding-too-long client']);
  });

  it.each([
    ['a PING of seven bytes', frame(6, 0, 0, Buffer.alloc(7)), 'h2-frame-size'],
    ['SETTINGS of seven bytes', frame(4, 0, 0, Buffer.alloc(7)), 'h2-frame-size'],
    ['RST_STREAM of three bytes', frame(3, 0, 1, Buffer.alloc(3)), 'h2-frame-size'],
    ['WINDOW_UPDATE of five bytes', frame(8, 0, 0, Buffer.alloc(5)), 'h2-frame-size'],
    ['PRIORITY of four bytes', frame(2, 0, 1, Buffer.alloc(4)), 'h2-frame-size'],
    ['GOAWAY of seven bytes', frame(7, 0, 0, Buffer.alloc(7)), 'h2-frame-size'],
    ['DATA on the connection', frame(0, 0, 0, Buffer.alloc(7)), 'h2-wrong-stream'],
    ['HEADERS on the connection', frame(1, END_HEADERS, 0, Buffer.of(0x82)), 'h2-wrong-stream'],
    ['SETTINGS on a stream', frame(4, 0, 1), 'h2-wrong-stream'],
    ['a window update of nothing', windowUpdate(0, 0), 'h2-window-update-of-zero'],
    ['a window beyond the largest', windowUpdate(0, 2 ** 31 - 1), 'h2-window-overflow'],
    ['a setting that must not be', settings({ 2: 2 }), 'h2-invalid-setting'],
    ['a block that cannot be read', frame(1, END_HEADERS, 1, Buffer.of(0x80)), 'h2-compression-error'],
    ['CONTINUATION without HEADERS', frame(9, END_HEADERS, 1, block(GET)), 'h2-unexpected-continuation'],
    [
      'HEADERS that nothing carries on',
      Buffer.concat([headers(1, GET, 0), windowUpdate(0, 5)]),
      'h2-continuation-expected',
    ],
    ['CONTINUATION on another stream', Buffer.concat([headers(1, GET, 0), frame(9, 4, 3)]), 'h2-continuation-expected'],
    [
      'DATA between HEADERS and CONTINUATION',
      Buffer.concat([headers(1, GET, 0), data(1, 'x')]),
      'h2-continuation-expected',
    ],
    ['a request on an even stream', headers(2, GET), 'h2-wrong-stream'],
    ['a request without method', headers(1, [':path: /']), 'h2-malformed-request'],
    ['a request without path', headers(1, [':method: GET']), 'h2-malformed-request'],
    ['a field of HTTP/1 connections', headers(1, [...GET, 'connection: close']), 'h2-connection-specific-field'],
    ['a pseudo-field behind others', headers(1, ['via: x', ...GET]), 'h2-misplaced-pseudo-field'],
    ['a push of the client', frame(5, END_HEADERS, 1, Buffer.concat([word(2), block(GET)])), 'h2-push-from-client'],
    ['a frame larger than allowed', frame(0, 0, 1, Buffer.alloc(16_385)), 'h2-frame-too-large'],
    [
      'a body of another length than declared',
      Buffer.concat([headers(1, [...GET, 'content-length: 5']), data(1, 'four', END)]),
      'h2-content-length-mismatch',
    ],
    [
      'a message that goes on behind its end',
      Buffer.concat([headers(1, GET, 5), data(1, 'x', END)]),
      'h2-frame-after-end',
    ],
    [
      'trailers that are none',
      Buffer.concat([headers(1, GET), headers(1, ['grpc-status: 0'])]),
      'h2-malformed-trailers',
    ],
  ])('%s is remarked', (_name, bytes, anomaly) => {
    expect(decodeAll([...BEGIN, sent('client', bytes)]).anomalies).toEqual([`${anomaly} client`]);
  });

  it('a preface that is none is remarked', () => {
    expect(decodeAll([sent('client', Buffer.from('PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n'))]).anomalies).toEqual([
      'h2-malformed-preface client',
    ]);
  });

  it('larger ones are read once the receiver allows them', () => {
    const large = data(1, 'x'.repeat(20_000), END);
    const { exchanges, anomalies } = decodeAll([
      sent('client', PREFACE, settings({ 5: 32_768 })),
      sent('server', settings()),
      asked,
      sent('server', headers(1, OK), large),
    ]);
    expect(anomalies).toEqual([]);
    expect(exchanges[0]?.response?.bodyBytes).toBe(20_000);
  });
});

describe('RFC 9113 §5.1, §8.1: streams', () => {
  it('many at once, answered in another order', () => {
    const ask = (id: number): Piece => sent('client', headers(id, GET, END | END_HEADERS));
    const answer = (id: number, status: number): Piece =>
      sent('server', headers(id, [`:status: ${status}`], END | END_HEADERS));
    expect(statuses([ask(1), ask(3), ask(5), answer(5, 205), answer(1, 201), answer(3, 203)])).toEqual([201, 203, 205]);
  });

  it('an answer that was decoded before its request finds it', () => {
    const { exchanges, anomalies } = decodeAll([...BEGIN, answered, asked]);
    expect(exchanges).toHaveLength(1);
    expect(exchanges[0]).toMatchObject({
      request: { target: '/a' },
      response: { status: 200 },
      h2: { state: 'closed' },
    });
    expect(anomalies).toEqual([]);
  });

  it('answers alone are told soon, where the client was not captured', () => {
    const answers = Array.from({ length: 300 }, (_, at) => sent('server', headers(2 * at + 1, OK, END | END_HEADERS)));
    const { exchanges, anomalies } = decode([...BEGIN, ...answers]);
    expect(exchanges).toHaveLength(300);
    expect(exchanges.every(({ request, response }) => request === null && response?.complete)).toBe(true);
    expect(anomalies).toEqual([]);
  });

  it('what an end leaves open is told as it stands', () => {
    const outcome = decodeAll([
      ...BEGIN,
      sent('client', headers(1, GET), headers(3, GET, 5), headers(5, GET)),
      sent('server', headers(5, OK, 5)),
    ]);
    expect(outcome.exchanges.map(({ h2 }) => h2?.state)).toEqual(['open', 'client-done', 'server-done']);
    expect(outcome.exchanges.map(({ request }) => request?.complete)).toEqual([false, true, false]);
  });

  it('an answer that crosses a reset belongs to its exchange', () => {
    const { exchanges, anomalies } = decodeAll([...BEGIN, asked, sent('client', reset(1, 8)), answered]);
    expect(exchanges).toHaveLength(1);
    expect(exchanges[0]).toMatchObject({
      response: { status: 200, bodyBytes: 5, complete: true },
      h2: { state: 'closed', reset: { by: 'client', code: 8, packet: 4 } },
    });
    expect(anomalies).toEqual([]);
  });

  it('a reset of a stream that is over is kept apart', () => {
    const { facts, exchanges } = decodeAll([...BEGIN, asked, answered, sent('client', reset(1, 8))]);
    expect(exchanges[0]?.h2?.reset).toBeNull();
    expect(facts.lateResets).toEqual([{ by: 'client', h2Stream: 1, code: 8, packet: 5, atNs: 5e6, openStreams: 0 }]);
  });

  it('a stream that is answered before its request has ended is open still', () => {
    const { exchanges } = decodeAll([
      ...BEGIN,
      sent('client', headers(1, GET), headers(3, GET)),
      sent('server', headers(1, OK, END | END_HEADERS), reset(3, 2)),
    ]);
    expect(exchanges.map(({ h2 }) => h2?.reset?.openStreams ?? null)).toEqual([null, 2]);
  });

  it('a frame on a stream that is over is remarked, and opens none', () => {
    const { exchanges, anomalies } = decodeAll([...BEGIN, asked, answered, answered, asked]);
    expect(exchanges).toHaveLength(1);
    expect(anomalies).toEqual(['h2-frame-on-closed-stream server', 'h2-frame-on-closed-stream client']);
  });

  it('CONNECT has its authority for a target', () => {
    const connect = headers(1, [':method: CONNECT', ':authority: b.example:443']);
    const { exchanges, anomalies } = decodeAll([...BEGIN, sent('client', connect), sent('server', headers(1, OK))]);
    expect(anomalies).toEqual([]);
    expect(exchanges[0]).toMatchObject({
      request: { target: 'b.example:443', authority: 'b.example:443', framing: 'tunnel' },
      response: { framing: 'tunnel' },
    });
  });

  it.each([
    ['a CONNECT without an authority', [':method: CONNECT']],
    ['an extended CONNECT without a path', [':method: CONNECT', ':protocol: websocket', ':authority: a.example']],
    ['a request without a path', [':method: GET', ':scheme: http', ':authority: a.example']],
  ])('%s is remarked', (_name, fields) => {
    const { anomalies } = decodeAll([...BEGIN, sent('client', headers(1, fields))]);
    expect(anomalies).toEqual(['h2-malformed-request client']);
  });

  it('a response without a status is remarked, and is none', () => {
    const { exchanges, anomalies } = decodeAll([
      ...BEGIN,
      sent('client', headers(1, GET, END | END_HEADERS)),
      sent('server', headers(1, ['via: x'])),
    ]);
    expect(anomalies).toEqual(['h2-malformed-response server']);
    expect(exchanges[0]?.response).toBeNull();
  });

  it('declared lengths hold but where there is no body: RFC 9113 §8.1.1', () => {
    const answer = (method: string, status: number): readonly string[] =>
      decodeAll([
        ...BEGIN,
        sent('client', headers(1, [`:method: ${method}`, ...GET.slice(1)], END | END_HEADERS)),
        sent('server', headers(1, [`:status: ${status}`, 'content-length: 5'], END | END_HEADERS)),
      ]).anomalies;
    expect([answer('HEAD', 200), answer('GET', 304)]).toEqual([[], []]);
    expect(answer('GET', 200)).toEqual(['h2-content-length-mismatch server']);
  });

  it('what is sent to who has reset the stream may end short of its length: RFC 9113 §5.4.2', () => {
    const post = [':method: POST', ...GET.slice(1), 'content-length: 9'];
    const { anomalies, exchanges } = decodeAll([
      ...BEGIN,
      sent('client', Buffer.concat([headers(1, post), data(1, 'four')])),
      sent('server', Buffer.concat([headers(1, [':status: 405'], END | END_HEADERS), frame(3, 0, 1, word(0))])),
      sent('client', data(1, '', END)),
    ]);
    expect(anomalies).toEqual([]);
    expect(exchanges[0]).toMatchObject({ request: { complete: false, bodyBytes: 4 }, response: { status: 405 } });
  });

  it('the longest pause of a message is told', () => {
    const at = (piece: Piece, atNs: number): Piece => ({ ...piece, atNs });
    const { exchanges } = decodeAll([
      ...BEGIN,
      asked,
      at(sent('server', headers(1, OK)), 1e9),
      at(sent('server', data(1, 'a')), 8e9),
      at(sent('server', data(1, 'b', END)), 9e9),
    ]);
    expect(exchanges[0]?.response?.longestPauseNs).toBe(7e9);
  });

  it('the Host field stands in for an authority', () => {
    const fields = [':method: GET', ':scheme: http', ':path: /', 'host: b.example'];
    const { exchanges } = decodeAll([...BEGIN, sent('client', headers(1, fields)), answered]);
    expect(exchanges[0]?.request?.authority).toBe('b.example');
  });

  it('an extended CONNECT that is refused carries no WebSocket', () => {
    const fields = [':method: CONNECT', ':protocol: websocket', ':scheme: http', ':path: /c', ':authority: a'];
    const { exchanges, webSockets, anomalies } = decodeAll([
      ...BEGIN,
      sent('client', headers(1, fields)),
      sent('server', headers(1, [':status: 403']), data(1, 'no such thing', END)),
    ]);
    expect([exchanges[0]?.response?.status, webSockets, anomalies]).toEqual([403, [], []]);
  });
});

describe('RFC 7540 §3.2: the upgrade from HTTP/1', () => {
  it('is answered on stream 1, and brings the first settings of the client', () => {
    const { exchanges: upgraded } = decodeAll([...BEGIN, asked]);
    const request = upgraded[0]?.request ?? null;
    if (request === null) throw new Error('no request');
    const upgrade = { ...request, fields: [{ name: 'http2-settings', value: 'AAMAAABkAAQAAP__' }] };
    const outcome = decode([...BEGIN, answered, sent('client', headers(3, GET, 5))], undefined, {
      isUnseen: false,
      firstIndex: 1,
      upgrade,
    });
    expect(outcome.exchanges).toMatchObject([
      { index: 1, h2Stream: 1, request: { target: '/a' }, response: { status: 200 } },
      { index: 2, h2Stream: 3 },
    ]);
    expect(outcome.facts.settings.client).toMatchObject({
      maxConcurrentStreams: 100,
      initialWindowSize: 65_535,
      frames: 2,
    });
  });
});

describe('frames of the connection', () => {
  it('ORIGIN and ALTSVC: RFC 8336, RFC 7838', () => {
    const origin = (text: string): Buffer => Buffer.concat([Buffer.of(0, text.length), Buffer.from(text)]);
    const { facts } = decodeAll([
      ...BEGIN,
      sent('server', frame(12, 0, 0, Buffer.concat([origin('https://a.example'), origin('https://b.example')]))),
      sent('server', frame(12, 0, 0, Buffer.concat([origin('https://a.example'), Buffer.of(0, 99, 1)]))),
      sent('server', frame(10, 0, 0, Buffer.concat([origin('https://a.example'), Buffer.from('h3=":443"')]))),
      sent('client', frame(12, 0, 0, origin('https://c.example'))),
    ]);
    expect(facts.origins).toEqual(['https://a.example', 'https://b.example']);
    expect(facts.alternativeServices).toEqual([
      { packet: 5, origin: 'https://a.example', h2Stream: 0, value: 'h3=":443"' },
    ]);
    expect(decodeAll(BEGIN).facts.origins).toBeNull();
  });

  it('a push that was promised and not kept', () => {
    const promise = frame(5, END_HEADERS, 1, Buffer.concat([word(2), block(GET)]));
    const { exchanges } = decodeAll([...BEGIN, asked, sent('server', promise)]);
    expect(exchanges[1]).toMatchObject({
      request: null,
      response: null,
      h2: { state: 'reserved', promise: { onStream: 1 } },
    });
  });

  it('records are bounded, and counted: the earliest and the last', () => {
    const pings = Array.from({ length: 100 }, (_, at) => sent('client', frame(6, 0, 0, Buffer.alloc(8, at))));
    const resets = Array.from({ length: 100 }, (_, at) => sent('server', reset(2 * at + 101, 8)));
    const { facts } = decode([...BEGIN, ...pings, ...resets]);
    expect([facts.pings.length, facts.pingCount]).toEqual([MAX_H2_RECORDS, 100]);
    expect([facts.pings[0]?.packet, facts.pings.at(-1)?.packet]).toEqual([3, 102]);
    expect([facts.lateResets.length, facts.lateResetCount]).toEqual([MAX_H2_RECORDS, 100]);
  });

  it('streams kept open are bounded: the oldest is told', () => {
    const requests = Array.from({ length: MAX_OPEN_STREAMS + 3 }, (_, at) => sent('client', headers(2 * at + 1, GET)));
    const { exchanges, anomalies } = decode([...BEGIN, ...requests, answered]);
    expect(exchanges).toHaveLength(MAX_OPEN_STREAMS + 3);
    expect(new Set(anomalies)).toEqual(new Set(['h2-too-many-open-streams client']));
  });
});

describe('RFC 9113 §6.9: windows', () => {
  const large = (bytes: number, flags = 0): Buffer[] =>
    Array.from({ length: Math.ceil(bytes / 16_000) }, (_, at) => {
      const length = Math.min(16_000, bytes - at * 16_000);
      return data(1, 'x'.repeat(length), (at + 1) * 16_000 >= bytes ? flags : 0);
    });
  const later = (piece: Piece, atNs: number): Piece => ({ ...piece, atNs });
  const start = [...BEGIN, asked];

  it('of the connection and of the stream are both used up at 65,535 bytes', () => {
    const { facts } = decodeAll([
      ...start,
      later(sent('server', headers(1, OK), ...large(65_535)), 1e9),
      later(sent('client', windowUpdate(1, 100)), 2e9),
      later(sent('client', windowUpdate(0, 100)), 3e9),
    ]);
    expect(facts.windowStalls).toEqual([
      { sender: 'server', h2Stream: 1, packet: 4, startNs: 1e9, endedBy: 'window-update', endPacket: 5, endNs: 2e9 },
      { sender: 'server', h2Stream: 0, packet: 4, startNs: 1e9, endedBy: 'window-update', endPacket: 6, endNs: 3e9 },
    ]);
  });

  it('are no matter where the message ends with them, or the update comes soon', () => {
    const ended = decodeAll([...start, later(sent('server', headers(1, OK), ...large(65_535, END)), 1e9)]);
    expect(ended.facts.windowStallCount).toBe(0);
    const soon = decodeAll([
      ...start,
      later(sent('server', headers(1, OK), ...large(65_535)), 1e9),
      later(sent('client', windowUpdate(0, 1), windowUpdate(1, 1)), 1.05e9),
    ]);
    expect(soon.facts.windowStallCount).toBe(0);
  });

  it('a setting changes those of open streams: RFC 9113 §6.9.2', () => {
    const { facts } = decodeAll([
      ...start,
      sent('client', settings({ 4: 10 })),
      later(sent('server', headers(1, OK), data(1, 'x'.repeat(10))), 1e9),
      later(sent('client', settings({ 4: 20 })), 2e9),
    ]);
    expect(facts.windowStalls).toMatchObject([{ h2Stream: 1, startNs: 1e9, endedBy: 'window-update', endNs: 2e9 }]);
  });

  it('a reset ends a stall', () => {
    const { facts } = decodeAll([
      sent('client', PREFACE, settings({ 4: 5 })),
      sent('server', settings()),
      asked,
      later(sent('server', headers(1, OK), data(1, 'hello')), 1e9),
      later(sent('client', reset(1, 8)), 9e9),
    ]);
    expect(facts.windowStalls).toMatchObject([{ h2Stream: 1, endedBy: 'reset', endNs: 9e9 }]);
  });

  it('nothing is said of them where something was not seen', () => {
    const { facts } = decode([
      ...start,
      { from: 'client', gap: 13 },
      later(sent('server', headers(1, OK), ...large(65_535)), 1e9),
      later(sent('client', windowUpdate(0, 100)), 9e9),
    ]);
    expect(facts.windowStallCount).toBe(0);
    expect(facts.timesLost).toEqual({ client: 1, server: 0 });
  });
});
