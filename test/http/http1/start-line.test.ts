import { describe, expect, it } from 'vitest';
import {
  MAX_METHOD_BYTES,
  mayBecomeRequestLine,
  mayBecomeStatusLine,
  type RequestLine,
  readRequestLine,
  readStatusLine,
  type StatusLine,
} from '../../../src/http/http1/start-line.js';

function request(text: string): RequestLine | null {
  const line: RequestLine = { method: '', target: '', version: '', isSimple: false, flaw: null };
  const bytes = Buffer.from(`>${text}<`, 'latin1');
  return readRequestLine(bytes, 1, bytes.length - 1, line) ? line : null;
}

function status(text: string): StatusLine | null {
  const line: StatusLine = { version: '', status: 0, reason: '', flaw: null };
  const bytes = Buffer.from(`>${text}<`, 'latin1');
  return readStatusLine(bytes, 1, bytes.length - 1, line) ? line : null;
}

describe('RFC 9112 §3: a request line', () => {
  it.each([
    ['GET / HTTP/1.1\r', 'GET', '/', 'HTTP/1.1', null],
    ['GET / HTTP/1.0', 'GET', '/', 'HTTP/1.0', null],
    ['GET / http/1.1', 'GET', '/', 'HTTP/1.1', null],
    ['GET / HTTP/2', 'GET', '/', 'HTTP/2', null],
    ['GET / HTTP/1.2', 'GET', '/', 'HTTP/1.2', null],
    ['GET /  HTTP/1.1', 'GET', '/', 'HTTP/1.1', 'http1-malformed-request-line'],
    ['M-SEARCH * HTTP/1.1', 'M-SEARCH', '*', 'HTTP/1.1', null],
    ['GET /%', 'GET', '/%', 'HTTP/0.9', null],
    ['GET  /  HTTP/1.1', 'GET', '/', 'HTTP/1.1', 'http1-malformed-request-line'],
    ['GET\t/\tHTTP/1.1', 'GET', '/', 'HTTP/1.1', 'http1-malformed-request-line'],
    ['GET /a b HTTP/1.1', 'GET', '/a b', 'HTTP/1.1', 'http1-malformed-request-line'],
    ['GET HTTP/1.1', 'GET', 'HTTP/1.1', 'HTTP/1.1', 'http1-malformed-request-line'],
    ['GET /HTTP/1.1', 'GET', '/HTTP/1.1', 'HTTP/0.9', null],
    ['POST /', 'POST', '/', '', 'http1-malformed-request-line'],
    ['GET / HTTP/1.', 'GET', '/', 'HTTP/1.', 'http1-malformed-request-line'],
    ['GET / HTTP/x.1', 'GET', '/', 'HTTP/X.1', 'http1-malformed-request-line'],
    ['GET /a b', 'GET', '/a b', '', 'http1-malformed-request-line'],
    ['CONNECT a:443', 'CONNECT', 'a:443', '', 'http1-malformed-request-line'],
    ['CONNECT [::1]:443 HTTP/1.', 'CONNECT', '[::1]:443', 'HTTP/1.', 'http1-malformed-request-line'],
    ['CONNECT /', 'CONNECT', '/', '', 'http1-malformed-request-line'],
    ['CONNECT /HTTP/1.1', 'CONNECT', '/HTTP/1.1', '', 'http1-malformed-request-line'],
  ])('%j', (text, method, target, version, flaw) => {
    expect(request(text)).toEqual({ method, target, version, isSimple: version === 'HTTP/0.9', flaw });
  });

  it.each([
    '',
    'GET',
    'GET ',
    'GET foo',
    '.... GET /txt HTTP/1.1',
    'OPTIONSHTTP/1.1',
    'G(T / HTTP/1.1',
    ' GET / HTTP/1.1',
    'HTTP/1.1 200 OK',
    `${'X'.repeat(MAX_METHOD_BYTES + 1)} / HTTP/1.1`,
    'OPTIONS * RTSP/1.0',
    'NOTIFY /x SIP/2.0',
    'OPTIONS',
    'FROB /',
    'CONNECT a',
    'CONNECT :443',
    'CONNECT {"verbose":false,"pedantic":false,"lang":"C","protocol":1}',
  ])('is not %j', (text) => {
    expect(request(text)).toBeNull();
  });

  it('at any length does not rule out the whole of it', () => {
    const line = Buffer.from('VERSION-CONTROL /x HTTP/1.1');
    for (let length = 0; length <= line.length; length += 1) expect(mayBecomeRequestLine(line, 0, length)).toBe(true);
    for (const text of ['\x16\x03', ' /', 'G(', 'X'.repeat(MAX_METHOD_BYTES + 1)])
      expect(mayBecomeRequestLine(Buffer.from(text, 'latin1'), 0, text.length), text).toBe(false);
  });

  it('gives the same string for equal bytes', () => {
    expect(request('GET /x HTTP/1.1')).toEqual(request('GET /x HTTP/1.1'));
  });
});

describe('RFC 9112 §4: a status line', () => {
  it.each([
    ['HTTP/1.1 200 OK\r', 'HTTP/1.1', 200, 'OK', null],
    ['HTTP/1.0 404 Not Found', 'HTTP/1.0', 404, 'Not Found', null],
    ['HTTP/1.1 204', 'HTTP/1.1', 204, '', null],
    ['HTTP/1.1 204 ', 'HTTP/1.1', 204, '', null],
    ['http/1.1 999 X', 'HTTP/1.1', 999, 'X', null],
    ['HTTP/2 200', 'HTTP/2', 200, '', null],
    ['ICY 200 OK', 'ICY', 200, 'OK', null],
    ['HTTP/1.1  200 OK', 'HTTP/1.1', 200, 'OK', 'http1-malformed-status-line'],
    ['HTTP/1.1\t200 OK', 'HTTP/1.1', 200, 'OK', 'http1-malformed-status-line'],
  ])('%j', (text, version, code, reason, flaw) => {
    expect(status(text)).toEqual({ version, status: code, reason, flaw });
  });

  it.each([
    '',
    'HTTP/1.1',
    'HTTP/1.1 ',
    'HTTP/1.1 20',
    'HTTP/1.1 2000 OK',
    'HTTP/1.1 099 X',
    'HTTP/1.1 OK',
    'HTTP/1.10 200 OK',
    'HTTP 200 OK',
    'HTTPS/1.1 200 OK',
    'GET / HTTP/1.1',
    'ICY',
  ])('is not %j', (text) => {
    expect(status(text)).toBeNull();
  });

  it('at any length does not rule out the whole of it', () => {
    const line = Buffer.from('HTTP/1.1 200 OK');
    for (let length = 0; length <= line.length; length += 1) expect(mayBecomeStatusLine(line, 0, length)).toBe(true);
    for (const text of ['GET', 'HTTQ', 'x']) expect(mayBecomeStatusLine(Buffer.from(text), 0, text.length)).toBe(false);
  });
});
