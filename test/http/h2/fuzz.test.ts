import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Side } from '../../../src/facts/endpoint.js';
import { MAX_H2_RECORDS } from '../../../src/facts/h2.js';
import {
  BEGIN,
  block,
  data,
  END,
  END_HEADERS,
  frame,
  GET,
  headers,
  PADDED,
  PREFACE,
  reset,
  sent,
  settings,
  windowUpdate,
  word,
} from './frames.js';
import { decode, inPieces, type Outcome, type Piece } from './recording.js';

const pieces = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 6 });
const side = fc.constantFrom<Side>('client', 'server');

const token = fc.stringMatching(/^[a-z][a-z0-9-]{0,12}$/);
const value = fc.stringMatching(/^[!-~]([ -~]{0,20}[!-~])?$/);

/** A well-formed exchange, as the frames of both sides. */
const exchange = fc.record({
  method: fc.constantFrom('GET', 'POST', 'DELETE'),
  path: fc.stringMatching(/^\/[!-~]{0,20}$/),
  fields: fc.array(
    fc.tuple(token, value).map(([name, text]) => `x-${name}: ${text}`),
    { maxLength: 3 },
  ),
  requestBody: fc.option(fc.stringMatching(/^[ -~]{0,30}$/), { nil: null }),
  responseBody: fc.array(fc.stringMatching(/^[ -~]{0,30}$/), { maxLength: 3 }),
  status: fc.integer({ min: 200, max: 599 }),
  interim: fc.boolean(),
  trailers: fc.boolean(),
  isIndexed: fc.boolean(),
  isSplit: fc.boolean(),
  padding: fc.integer({ min: 0, max: 9 }),
});

type Asked = typeof exchange extends fc.Arbitrary<infer T> ? T : never;

function requestOf(one: Asked, stream: number): Buffer {
  const fields = block(
    [`:method: ${one.method}`, `:path: ${one.path}`, ':scheme: http', ':authority: a', ...one.fields],
    one.isIndexed,
  );
  const end = one.requestBody === null ? END : 0;
  const half = Math.floor(fields.length / 2);
  const head = one.isSplit
    ? Buffer.concat([
        frame(1, end, stream, fields.subarray(0, half)),
        frame(9, END_HEADERS, stream, fields.subarray(half)),
      ])
    : frame(1, end | END_HEADERS, stream, fields);
  return Buffer.concat([head, one.requestBody === null ? Buffer.alloc(0) : data(stream, one.requestBody, END)]);
}

function responseOf(one: Asked, stream: number): Buffer {
  const parts: Buffer[] = one.interim ? [headers(stream, [':status: 103'])] : [];
  const isEmpty = one.responseBody.length === 0 && !one.trailers;
  parts.push(
    frame(
      1,
      END_HEADERS | (isEmpty ? END : 0),
      stream,
      block([`:status: ${one.status}`, ...one.fields], one.isIndexed),
    ),
  );
  one.responseBody.forEach((text, at) => {
    const flags = at === one.responseBody.length - 1 && !one.trailers ? END : 0;
    const padded = Buffer.concat([Buffer.of(one.padding), Buffer.from(text), Buffer.alloc(one.padding)]);
    parts.push(one.padding > 0 ? frame(0, flags | PADDED, stream, padded) : data(stream, text, flags));
  });
  if (one.trailers) parts.push(headers(stream, ['grpc-status: 0'], END | END_HEADERS));
  return Buffer.concat(parts);
}

const told = ({ exchanges }: Outcome): string[] =>
  exchanges.map(
    ({ request, response, h2, interim }) =>
      `${request?.method} ${request?.target} ${interim.length} ${response?.status} ${response?.bodyBytes} ${h2?.grpcStatus} ${h2?.state}`,
  );

describe('whatever comes', () => {
  it('well-formed exchanges are told the same however they are cut', () => {
    fc.assert(
      fc.property(fc.array(exchange, { minLength: 1, maxLength: 5 }), fc.boolean(), pieces, (list, atOnce, lengths) => {
        const requests = list.map((one, at) => requestOf(one, 2 * at + 1));
        const responses = list.map((one, at) => responseOf(one, 2 * at + 1));
        const conversation: Piece[] = atOnce
          ? [...BEGIN, sent('client', ...requests), sent('server', ...responses)]
          : [
              ...BEGIN,
              ...requests.flatMap((one, at) => [sent('client', one), sent('server', responses[at] ?? Buffer.alloc(0))]),
            ];
        const outcome = decode(conversation);
        expect(told(outcome)).toEqual(
          list.map((one) => {
            const body = one.responseBody.reduce((sum, text) => sum + text.length, 0);
            return `${one.method} ${one.path} ${one.interim ? 1 : 0} ${one.status} ${body} ${one.trailers ? 0 : null} closed`;
          }),
        );
        expect(outcome.anomalies).toEqual([]);
        expect(outcome.undecoded).toEqual({ client: 0, server: 0 });
        expect(decode(conversation, inPieces(...lengths))).toEqual(outcome);
      }),
      { numRuns: 200 },
    );
  });

  const stream = fc.integer({ min: 0, max: 9 });
  const anyFrame = fc.oneof(
    fc.constantFrom(PREFACE, settings(), settings({ 1: 0, 3: 9, 4: 7, 5: 20_000, 8: 1 }), frame(4, 1, 0)),
    fc.tuple(stream, fc.nat(5)).map(([id, flags]) => headers(id, GET, flags)),
    fc.tuple(stream, fc.nat(5)).map(([id, flags]) => headers(id, [':status: 200', 'grpc-status: 2'], flags)),
    fc.tuple(stream, fc.nat(9), value).map(([id, flags, text]) => data(id, text, flags)),
    fc.tuple(stream, fc.nat(20)).map(([id, code]) => reset(id, code)),
    fc.tuple(stream, fc.nat(2 ** 31 - 1)).map(([id, increment]) => windowUpdate(id, increment)),
    fc.tuple(stream, stream).map(([id, promised]) => frame(5, 4, id, Buffer.concat([word(promised), block(GET)]))),
    fc
      .tuple(fc.nat(14), fc.nat(255), stream, fc.uint8Array({ maxLength: 20 }))
      .map(([type, flags, id, payload]) => frame(type, flags, id, payload)),
    stream.map((id) =>
      headers(id, [':method: CONNECT', ':protocol: websocket', ':scheme: http', ':path: /', ':authority: a']),
    ),
    fc.uint8Array({ minLength: 1, maxLength: 30 }).map((bytes) => Buffer.from(bytes)),
  );
  const anything: fc.Arbitrary<Piece> = fc.oneof(
    {
      weight: 9,
      arbitrary: fc
        .tuple(side, fc.array(anyFrame, { minLength: 1, maxLength: 5 }))
        .map(([from, list]) => sent(from, ...list)),
    },
    {
      weight: 1,
      arbitrary: fc.tuple(side, fc.integer({ min: 1, max: 60 })).map(([from, gap]): Piece => ({ from, gap })),
    },
  );

  it('nothing throws, bounds hold, and every message lies between its packets', () => {
    fc.assert(
      fc.property(fc.array(anything, { maxLength: 25 }), fc.boolean(), pieces, (list, isUnseen, lengths) => {
        const beginning = { isUnseen, firstIndex: 0, upgrade: null };
        for (const outcome of [decode(list, undefined, beginning), decode(list, inPieces(...lengths), beginning)]) {
          const { exchanges, facts } = outcome;
          expect(new Set(exchanges.map(({ index }) => index)).size).toBe(exchanges.length);
          for (const { request, response, h2 } of exchanges) {
            expect(request !== null || response !== null || h2?.promise !== null).toBe(true);
            for (const message of [request, response]) {
              if (message === null) continue;
              expect(message.firstPacket).toBeLessThanOrEqual(message.lastPacket);
              expect(message.lastPacket).toBeLessThanOrEqual(list.length);
              expect(message.lostBytes).toBeLessThanOrEqual(message.bodyBytes);
            }
          }
          for (const kept of [facts.goAways, facts.pings, facts.lateResets, facts.windowStalls])
            expect(kept.length).toBeLessThanOrEqual(MAX_H2_RECORDS);
          const bytes = list.reduce((sum, piece) => sum + ('bytes' in piece ? piece.bytes.length : 0), 0);
          expect(outcome.undecoded.client + outcome.undecoded.server).toBeLessThanOrEqual(bytes);
        }
      }),
      { numRuns: 600 },
    );
  });
});
