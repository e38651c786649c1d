import { describe, expect, it } from 'vitest';
import { client, feed, gap, head, lines, only, run, server } from '../feed.js';

const GET = head('GET /a HTTP/1.1', 'Host: x');
const GET_B = head('GET /b HTTP/1.1', 'Host: x');
const HEAD = head('HEAD /a HTTP/1.1', 'Host: x');
const NOT_FOUND = head('HTTP/1.1 404 Not Found', 'Content-Length: 0');

describe('a body that looks like a response', () => {
  it('stays a body where its length is known, and the request', () => {
    const quoting = head('HTTP/1.1 200 OK', 'Content-Type: message/http', `Content-Length: ${NOT_FOUND.length}`);
    const whole = feed([client(GET), server(quoting + NOT_FOUND)]);
    expect(lines(whole)).toEqual([`GET /a -> 200 (${NOT_FOUND.length})`]);
    expect(lines(run([client(GET), server(quoting), server(NOT_FOUND)]))).toEqual(lines(whole));
  });

  it('stays a body until the close within the segment that has its head, though another request waits', () => {
    const quoting = `${head('HTTP/1.1 200 OK', 'Content-Type: message/http')}${NOT_FOUND}`;
    const outcome = run([client(GET + GET_B), server(quoting)]);
    expect(lines(outcome)[0]).toMatch(new RegExp(`^GET /a -> 200 \\(${NOT_FOUND.length}`));
    expect(outcome.anomalies).toEqual([]);
  });
});

describe('a body that seems to last until the close', () => {
  const unframed = `${head('HTTP/1.1 200 OK')}abc`;

  it('is over when a later request is answered, however many segments it took', () => {
    const outcome = run([
      client(GET),
      server(unframed),
      server('def'),
      server('ghi'),
      client(GET_B),
      server(NOT_FOUND),
    ]);
    expect(lines(outcome)).toEqual(['GET /a -> 200 (9)', 'GET /b -> 404 (0)']);
    expect(outcome.anomalies).toEqual(['http1-response-after-unframed-body server 6']);
  });

  it('goes on where nothing waits for the answer that it quotes, and is over where something does later', () => {
    const outcome = run([client(GET), server(unframed), server(NOT_FOUND), client(GET_B), server(NOT_FOUND)]);
    expect(lines(outcome)).toEqual([`GET /a -> 200 (${3 + NOT_FOUND.length})`, 'GET /b -> 404 (0)']);
  });
});

describe('a gap in a body', () => {
  const answer = head('HTTP/1.1 200 OK', 'Content-Length: 500');

  it('ends an answer to a HEAD that was decoded late, of which no byte of a body came', () => {
    const outcome = run([server(answer, 2), client(HEAD, 1), client(GET_B, 3), gap('server', 200, 4)]);
    expect(lines(outcome)[0]).toBe('HEAD /a -> 200 (0)');
  });

  it('is one of the body where bytes of it came: then that HEAD was answered by another', () => {
    const outcome = run([
      server(answer, 2),
      server('body', 3),
      client(HEAD, 1),
      gap('server', 100, 4),
      server('more', 5),
    ]);
    const { response } = only(outcome);
    expect(response).toMatchObject({ framing: 'content-length', bodyBytes: 108, lostBytes: 100 });
  });
});

it('a length that is none is an anomaly of the response', () => {
  const outcome = run([client(GET), server(head('HTTP/1.1 200 OK', 'Content-Length: 5x'))]);
  expect(outcome.anomalies).toEqual(['http1-invalid-content-length server 2']);
});
