import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Side } from '../../../src/facts/endpoint.js';
import { type Cut, client, end, gap, head, run, type Sent, server } from '../feed.js';

/** Cuts each packet's bytes into the given lengths, again and again. */
const inPieces =
  (lengths: readonly number[]): Cut =>
  (reader, bytes, packet, at) => {
    for (let from = 0, turn = 0; from < bytes.length; turn += 1) {
      const next = Math.min(bytes.length, from + (lengths[turn % lengths.length] ?? 1));
      reader.bytes(bytes, from, next, packet, at);
      from = next;
    }
  };

const token = fc.stringMatching(/^[A-Za-z][A-Za-z0-9-]{0,12}$/);
const value = fc.stringMatching(/^[!-~]([ -~]{0,30}[!-~])?$/);
const otherField = fc.tuple(token, value).map(([name, text]) => `X-${name}: ${text}`);
const body = fc.stringMatching(/^[ -~\r\n]{0,40}$/);

/** A well-formed exchange, as its request and response bytes. */
const exchange = fc
  .record({
    method: fc.constantFrom('GET', 'HEAD', 'POST', 'DELETE', 'QUUX'),
    target: fc.stringMatching(/^\/[!-~]{0,20}$/),
    fields: fc.array(otherField, { maxLength: 4 }),
    lineEnd: fc.constantFrom('\r\n', '\r\n', '\n'),
    status: fc.constantFrom(200, 204, 304, 404, 503),
    interim: fc.boolean(),
    requestBody: fc.option(body, { nil: null }),
    responseBody: body,
    chunked: fc.boolean(),
    chunkSize: fc.integer({ min: 1, max: 9 }),
  })
  .map((one) => {
    const request = [`${one.method} ${one.target} HTTP/1.1`, 'Host: h', ...one.fields];
    if (one.requestBody !== null) request.push(`Content-Length: ${one.requestBody.length}`);
    const empty = one.method === 'HEAD' || one.status === 204 || one.status === 304;
    const framing = one.chunked ? 'Transfer-Encoding: chunked' : `Content-Length: ${one.responseBody.length}`;
    const response = [`HTTP/1.1 ${one.status} Why`, ...one.fields, framing];
    let content = empty ? '' : one.responseBody;
    if (one.chunked && !empty) content = chunks(content, one.chunkSize);
    const write = (rows: string[]): string => rows.concat('', '').join(one.lineEnd);
    return {
      request: write(request) + (one.requestBody ?? ''),
      response: (one.interim ? head('HTTP/1.1 100 Continue') : '') + write(response) + content,
      expected: `${one.method} ${one.target} ${one.status} ${empty ? 0 : one.responseBody.length}`,
    };
  });

function chunks(content: string, size: number): string {
  let text = '';
  for (let at = 0; at < content.length; at += size) {
    const chunk = content.slice(at, at + size);
    text += `${chunk.length.toString(16)};x\r\n${chunk}\r\n`;
  }
  return `${text}0\r\nTrailer: t\r\n\r\n`;
}

const pieces = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 6 });

describe('whatever comes', () => {
  it('well-formed exchanges are told the same however they are cut', () => {
    fc.assert(
      fc.property(
        fc.array(exchange, { minLength: 1, maxLength: 4 }),
        fc.boolean(),
        pieces,
        (list, pipelined, lengths) => {
          const conversation = pipelined
            ? [client(list.map((one) => one.request).join('')), server(list.map((one) => one.response).join(''))]
            : list.flatMap((one) => [client(one.request), server(one.response)]);
          const outcome = run([...conversation, end('client'), end('server')]);
          const told = outcome.exchanges.map(
            ({ request, response }) =>
              `${request?.method} ${request?.target} ${response?.status} ${response?.bodyBytes}`,
          );
          expect(told).toEqual(list.map((one) => one.expected));
          expect(outcome.exchanges.every(({ request, response }) => request?.complete && response?.complete)).toBe(
            true,
          );
          expect(outcome.undecoded).toEqual({ client: 0, server: 0 });
          expect(run([...conversation, end('client'), end('server')], inPieces(lengths))).toEqual(outcome);
        },
      ),
    );
  });

  const side = fc.constantFrom<Side>('client', 'server');
  const fragment = fc.oneof(
    fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
    fc.constantFrom(
      ...[
        'GET / HTTP/1.1\r\n',
        'HTTP/1.1 200 OK\r\n',
        'HTTP/1.1 101 Up\r\n',
        'HTTP/1.1 100 Go\r\n',
        'Host: x\r\n',
        '\r\n',
        '\n',
      ],
      ...[
        'Content-Length: 5\r\n',
        'Content-Length: 99999999999999999999\r\n',
        'Transfer-Encoding: chunked\r\n',
        '5\r\nhello\r\n',
      ],
      ...[
        '0\r\n\r\n',
        'Upgrade: websocket\r\n',
        'CONNECT a:1 HTTP/1.1\r\n',
        ' folded\r\n',
        'GET /old\r\n',
        'HEAD / HTTP/1.1\r\n',
        ':\r\n',
      ],
    ),
  );
  const anything: fc.Arbitrary<Sent> = fc.oneof(
    {
      weight: 8,
      arbitrary: fc
        .tuple(side, fc.array(fragment, { minLength: 1, maxLength: 6 }))
        .map(([from, texts]): Sent => ({ from, text: `${texts.join('')}x` })),
    },
    { weight: 8, arbitrary: fc.tuple(side, fragment).map(([from, text]): Sent => ({ from, text: `${text}\n` })) },
    {
      weight: 2,
      arbitrary: fc.tuple(side, fc.integer({ min: 1, max: 3000 })).map(([from, length]) => gap(from, length)),
    },
  );

  it('nothing throws, every exchange is in order, and every message lies between its packets', () => {
    fc.assert(
      fc.property(fc.array(anything, { maxLength: 20 }), pieces, (conversation, lengths) => {
        for (const outcome of [run(conversation), run(conversation, inPieces(lengths))]) {
          expect(outcome.exchanges.map(({ index }) => index)).toEqual(outcome.exchanges.map((_, index) => index));
          for (const { request, response } of outcome.exchanges) {
            expect(request !== null || response !== null).toBe(true);
            for (const message of [request, response]) {
              if (message === null) continue;
              expect(message.firstPacket).toBeLessThanOrEqual(message.lastPacket);
              expect(message.lastPacket).toBeLessThanOrEqual(conversation.length);
              expect(message.lostBytes).toBeGreaterThanOrEqual(0);
            }
          }
        }
      }),
      { numRuns: 400 },
    );
  });
});
