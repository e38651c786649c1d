import { describe, expect, it } from 'vitest';
import { MAX_FIELD_VALUE } from '../../../src/facts/field.js';
import { Http1Decoder } from '../../../src/http/http1/decoder.js';
import { MAX_HELD_BYTES } from '../../../src/http/http1/held-input.js';
import { MAX_OPEN_EXCHANGES, MAX_WAITING_STRAYS } from '../../../src/http/http1/pairing.js';
import { client, end, feed, gap, head, line, lines, only, run, server } from '../feed.js';

const GET = head('GET /a HTTP/1.1', 'Host: x');
const GET_B = head('GET /b HTTP/1.1', 'Host: x');
const OK = `${head('HTTP/1.1 200 OK', 'Content-Length: 5')}hello`;
const NOT_FOUND = head('HTTP/1.1 404 Not Found', 'Content-Length: 0');

describe('an exchange', () => {
  it('carries the facts of both messages', () => {
    const request = head('POST /form?x=1 HTTP/1.1', 'Host: www.example.com', 'Content-Length: 3', 'Accept: */*');
    const outcome = feed([client(request), client('abc'), server(OK)]);
    expect(outcome.anomalies).toEqual([]);
    expect(outcome.undecoded).toEqual({ client: 0, server: 0 });
    expect(only(outcome)).toEqual({
      h2Stream: null,
      index: 0,
      request: {
        firstPacket: 1,
        lastPacket: 2,
        headPacket: 1,
        startNs: 1e6,
        endNs: 2e6,
        version: 'HTTP/1.1',
        headBytes: request.length,
        bodyBytes: 3,
        contentLength: 3,
        framing: 'content-length',
        complete: true,
        lostBytes: 0,
        longestPauseNs: 1e6,
        fields: [
          { name: 'host', value: 'www.example.com' },
          { name: 'content-length', value: '3' },
        ],
        method: 'POST',
        target: '/form?x=1',
        authority: 'www.example.com',
      },
      interim: [],
      response: {
        firstPacket: 3,
        lastPacket: 3,
        headPacket: 3,
        startNs: 3e6,
        endNs: 3e6,
        version: 'HTTP/1.1',
        headBytes: OK.length - 5,
        bodyBytes: 5,
        contentLength: 5,
        framing: 'content-length',
        complete: true,
        lostBytes: 0,
        longestPauseNs: 0,
        fields: [{ name: 'content-length', value: '5' }],
        status: 200,
        reason: 'OK',
        bodyDigest: 3284618444,
      },
      h2: null,
    });
  });

  it('is told when its response is complete, before the connection ends', () => {
    const told: string[] = [];
    const decoder = new Http1Decoder({
      exchange: (exchange) => told.push(line(exchange)),
      anomaly: () => {},
      handOver: () => null,
    });
    decoder.client.bytes(Buffer.from(GET), 0, GET.length, 1, 1);
    decoder.server.bytes(Buffer.from(OK), 0, OK.length - 1, 2, 2);
    expect(told).toEqual([]);
    decoder.server.bytes(Buffer.from(OK), OK.length - 1, OK.length, 3, 3);
    expect(told).toEqual(['GET /a -> 200 (5)']);
  });

  it('without an answer is told when both directions have ended', () => {
    expect(lines(feed([client(GET), end('client'), end('server', 'rst')]))).toEqual(['GET /a -> ?']);
  });

  it('is still answered after the client has sent FIN', () => {
    expect(lines(feed([client(GET), end('client'), server(OK), end('server')]))).toEqual(['GET /a -> 200 (5)']);
  });

  it('whose request head never ends is none, and its bytes are undecoded', () => {
    const outcome = feed([client('GET /a HTTP/1.1\r\nHost: x\r\n')]);
    expect(outcome.exchanges).toEqual([]);
    expect(outcome.undecoded).toEqual({ client: 26, server: 0 });
  });

  it('never shows cookies and credentials', () => {
    const { request, response } = only(
      feed([
        client(head('GET / HTTP/1.1', 'Host: x', 'Cookie: id=secret', 'AUTHORIZATION: Basic c2VjcmV0')),
        server(head('HTTP/1.1 200 OK', 'Set-Cookie: id=secret', 'Content-Length: 0')),
      ]),
    );
    expect(request?.fields.slice(1)).toEqual([
      { name: 'cookie', value: '…' },
      { name: 'authorization', value: '…' },
    ]);
    expect(response?.fields[0]).toEqual({ name: 'set-cookie', value: 'id=…' });
    expect(JSON.stringify([request, response])).not.toMatch(/secret|c2VjcmV0/);
  });

  it('keeps bytes above ASCII as Latin-1, and long values cut', () => {
    const { request } = only(feed([client(head('GET /caf\xe9 HTTP/1.1', 'Host: x', 'User-Agent: \x80\xff'))]));
    expect(request?.target).toBe('/caf\xe9');
    expect(request?.fields[1]?.value).toBe('\x80\xff');
    const long = only(run([client(head('GET / HTTP/1.1', `User-Agent: ${'u'.repeat(5000)}`))]));
    expect(long.request?.fields[0]?.value).toHaveLength(MAX_FIELD_VALUE);
  });
});

describe('RFC 9112 §2.2: message parsing', () => {
  it('ignores empty lines before a request line', () => {
    const outcome = feed([client(`\r\n\r\n${GET}\r\n${GET_B}`), server(OK + NOT_FOUND)]);
    expect(lines(outcome)).toEqual(['GET /a -> 200 (5)', 'GET /b -> 404 (0)']);
    expect(outcome.exchanges[0]?.request?.headBytes).toBe(GET.length);
    expect(outcome.anomalies).toEqual([]);
  });

  it('takes a single LF as a line end, and says so once for each message', () => {
    const outcome = feed([
      client('GET /a HTTP/1.1\nHost: x\nUser-Agent: y\n\n'),
      server('HTTP/1.1 200 OK\r\nContent-Length: 5\nServer: z\r\n\r\nhello'),
    ]);
    expect(lines(outcome)).toEqual(['GET /a -> 200 (5)']);
    expect(outcome.exchanges[0]?.request?.fields).toEqual([
      { name: 'host', value: 'x' },
      { name: 'user-agent', value: 'y' },
    ]);
    expect(outcome.exchanges[0]?.response?.fields.map((field) => field.name)).toEqual(['content-length', 'server']);
    expect(outcome.anomalies).toEqual(['http1-bare-lf client 1', 'http1-bare-lf server 2']);
  });
});

describe('RFC 9112 §3: the request line', () => {
  it.each([
    ['§3.2.1 origin-form', 'GET /where?q=now HTTP/1.1', '/where?q=now', 'www.example.org'],
    [
      '§3.2.2 absolute-form',
      'GET http://www.example.net/pub/WWW/ HTTP/1.1',
      'http://www.example.net/pub/WWW/',
      'www.example.net',
    ],
    ['§3.2.3 authority-form', 'CONNECT www.example.com:80 HTTP/1.1', 'www.example.com:80', 'www.example.com:80'],
    ['user information is no part of it', 'CONNECT u:p@h.example:80 HTTP/1.1', 'u:p@h.example:80', 'h.example:80'],
    ['§3.2.4 asterisk-form', 'OPTIONS * HTTP/1.1', '*', 'www.example.org'],
  ])('%s', (_name, requestLine, target, authority) => {
    const { request } = only(feed([client(head(requestLine, 'Host: www.example.org'))]));
    expect(request).toMatchObject({ target, authority, version: 'HTTP/1.1' });
  });

  it('leaves user information out of the authority', () => {
    const { request } = only(feed([client(head('GET http://u:p@h.example:81/ HTTP/1.0'))]));
    expect(request?.authority).toBe('h.example:81');
  });

  it('without Host has no authority', () => {
    const outcome = feed([client(head('GET / HTTP/1.1'))]);
    expect(only(outcome).request?.authority).toBeNull();
    expect(outcome.anomalies).toEqual(['http1-missing-host client 1']);
    expect(feed([client(head('GET / HTTP/1.0'))]).anomalies).toEqual([]);
  });

  it('with two Hosts takes the first', () => {
    const outcome = feed([client(head('GET / HTTP/1.1', 'Host: a', 'Host: b'))]);
    expect(only(outcome).request?.authority).toBe('a');
    expect(outcome.anomalies).toEqual(['http1-repeated-host client 1']);
  });
});

describe('RFC 9112 §5: field lines', () => {
  it('§5.1 a blank before the colon is an anomaly, and the name counts', () => {
    const outcome = feed([client(`${head('POST / HTTP/1.1', 'Host: x', 'Content-Length : 2')}ab`), server(OK)]);
    expect(outcome.exchanges[0]?.request?.bodyBytes).toBe(2);
    expect(outcome.anomalies).toEqual(['http1-space-before-colon client 1']);
  });

  it('§5.2 a folded Transfer-Encoding frames the body', () => {
    const outcome = feed([
      client(`${head('POST / HTTP/1.1', 'Host: x', 'Transfer-Encoding:', ' chunked')}0\r\n\r\n${GET}`),
      server(OK + OK),
    ]);
    expect(lines(outcome)).toEqual(['POST / -> 200 (5)', 'GET /a -> 200 (5)']);
    expect(outcome.anomalies).toEqual(['http1-obs-fold client 1']);
  });

  it('joins folded values with one space', () => {
    const outcome = feed([client(head('GET / HTTP/1.1', 'Host: x', 'User-Agent: one', '\t two ', 'Accept: a', ' b'))]);
    expect(only(outcome).request?.fields[1]).toEqual({ name: 'user-agent', value: 'one two' });
  });

  it('a line without a colon is passed over', () => {
    const outcome = feed([client(head('GET / HTTP/1.1', 'nonsense', ': empty', 'Host: x'))]);
    expect(only(outcome).request?.authority).toBe('x');
    expect(outcome.anomalies).toEqual(['http1-malformed-field-line client 1']);
  });

  it.each([
    ['§5.5 of RFC 9110, NUL', 'X: a\0b', 'http1-control-character'],
    ['a CR amid a line', 'X: a\rb', 'http1-bare-cr'],
    ['§5.6.2 of RFC 9110, a name that is no token', 'X(y): a', 'http1-malformed-field-name'],
  ])('%s is an anomaly', (_name, field, anomaly) => {
    const outcome = feed([client(head('GET / HTTP/1.1', 'Host: x', field))]);
    expect(outcome.anomalies).toEqual([`${anomaly} client 1`]);
  });

  it.each([
    ['a field line', 'GET / HTTP/1.1\r\nHost: x\r\nCookie: a\0b'],
    ['a start line', `GET /${'x'.repeat(100)}\0b`],
  ])('is looked through in the beginning of %s that never ends', (_name, text) => {
    expect(feed([client(text)]).anomalies).toEqual(['http1-control-character client 1']);
  });

  it('that never ends and has no fault has no anomaly, whatever came before it', () => {
    expect(feed([client(`${GET}GET / HTTP/1.1\r\nHost: x\r\nCookie: a`)]).anomalies).toEqual([]);
    const odd = head('GET / HTTP/1.1', 'Host: x', 'X: a\0b');
    expect(feed([client(`${odd}GET /${'x'.repeat(100)}`)]).anomalies).toEqual(['http1-control-character client 1']);
  });
});

describe('RFC 9112 §6.3: responses', () => {
  it('rule 1: answers to HEAD, 204 and 304 have no body whatever their fields say', () => {
    const headRequest = head('HEAD /h HTTP/1.1', 'Host: x');
    const outcome = feed([
      client(headRequest + GET + GET_B + GET),
      server(head('HTTP/1.1 200 OK', 'Content-Length: 99')),
      server(head('HTTP/1.1 204 No Content', 'Transfer-Encoding: chunked')),
      server(head('HTTP/1.1 304 Not Modified', 'Content-Length: 99')),
      server(OK),
    ]);
    expect(lines(outcome)).toEqual([
      'HEAD /h -> 200 (0)',
      'GET /a -> 204 (0)',
      'GET /b -> 304 (0)',
      'GET /a -> 200 (5)',
    ]);
    expect(outcome.exchanges.map(({ response }) => response?.framing)).toEqual([
      'none',
      'none',
      'none',
      'content-length',
    ]);
    expect(outcome.exchanges[0]?.response?.contentLength).toBe(99);
  });

  it('rule 4: chunked wins over Content-Length', () => {
    const outcome = feed([
      client(GET + GET_B),
      server(
        `${head('HTTP/1.1 200 OK', 'Content-Length: 3', 'Transfer-Encoding: gzip, chunked')}4\r\nabcd\r\n0\r\n\r\n`,
      ),
      server(OK),
    ]);
    expect(lines(outcome)).toEqual(['GET /a -> 200 (4)', 'GET /b -> 200 (5)']);
    expect(outcome.anomalies).toEqual(['http1-content-length-with-transfer-encoding server 2']);
  });

  it('rule 8: the close ends what has no length', () => {
    const response = head('HTTP/1.0 200 OK', 'Content-Type: text/plain');
    const fin = only(feed([client(GET), server(`${response}some`), server('more'), end('server')]));
    expect(fin.response).toMatchObject({ framing: 'close', bodyBytes: 8, complete: true, lastPacket: 3 });
    for (const how of ['rst', 'capture-ended'] as const)
      expect(only(feed([client(GET), server(`${response}some`), end('server', how)])).response?.complete).toBe(false);
  });

  it('a body cut by the end is not complete, also when it ends by FIN', () => {
    const cut = only(feed([client(GET), server(OK.slice(0, -1)), end('server')]));
    expect(cut.response).toMatchObject({ bodyBytes: 4, contentLength: 5, complete: false });
  });
});

describe('RFC 9112 §7.1: chunked', () => {
  it('reads chunks with extensions and trailers', () => {
    const body = '5;name="a;b"\r\nhello\r\n00A \r\n0123456789\r\n0\r\nTrailer: value\r\nOther: x\r\n\r\n';
    const outcome = feed([
      client(GET + GET_B),
      server(head('HTTP/1.1 200 OK', 'Transfer-Encoding: chunked')),
      server(body),
      server(OK),
    ]);
    expect(lines(outcome)).toEqual(['GET /a -> 200 (15)', 'GET /b -> 200 (5)']);
    expect(outcome.exchanges[0]?.response).toMatchObject({ lastPacket: 3, complete: true, framing: 'chunked' });
  });

  it('a size that is none ends the footing until a segment begins like a message', () => {
    const outcome = run([
      client(GET),
      server(`${head('HTTP/1.1 200 OK', 'Transfer-Encoding: chunked')}5\r\nhello\r\nxyz\r\n`),
      client(GET_B),
      server('garbage that belongs to nobody'),
      server(OK),
    ]);
    expect(lines(outcome)).toEqual(['GET /a -> 200 (5…)', 'GET /b -> 200 (5)']);
    expect(outcome.anomalies).toEqual(['http1-malformed-chunk server 2']);
    expect(outcome.undecoded.server).toBeGreaterThan(0);
  });
});

describe('RFC 9112 §8: a head that does not end', () => {
  const begun = 'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Le';

  it('of a response is an anomaly, of the packet in which it begins', () => {
    const outcome = feed([client(GET), server(begun.slice(0, 20)), server(begun.slice(20)), end('server')]);
    expect(lines(outcome)).toEqual(['GET /a -> ?']);
    expect(outcome.anomalies).toEqual(['http1-unfinished-head server 2']);
    expect(outcome.undecoded.server).toBe(begun.length);
  });

  it('is one also where the capture ends, for its client may have left it; of a request it is none', () => {
    expect(run([client(GET), server(begun)]).anomalies).toEqual(['http1-unfinished-head server 2']);
    expect(run([client('GET /a HTTP/1.1\r\nHo'), end('client')]).anomalies).toEqual([]);
    expect(run([client('GET /a\r\n'), server('zzz'), end('server')]).anomalies).toEqual(['http09-response server 2']);
  });
});

describe('RFC 9110 §15.2: interim responses', () => {
  it('answer nothing and are kept with their exchange', () => {
    const post = head('POST /a HTTP/1.1', 'Host: x', 'Content-Length: 2', 'Expect: 100-continue');
    const outcome = feed([
      client(post),
      server(head('HTTP/1.1 100 Continue')),
      client('ab'),
      server(head('HTTP/1.1 103 Early Hints', 'Link: </style.css>') + OK),
    ]);
    expect(lines(outcome)).toEqual(['POST /a -> 100 103 200 (5)']);
    expect(outcome.exchanges[0]?.interim).toEqual([
      { status: 100, packet: 2, atNs: 2e6 },
      { status: 103, packet: 4, atNs: 4e6 },
    ]);
  });

  it('are kept with a request that is never answered', () => {
    expect(lines(feed([client(GET), server(head('HTTP/1.1 102 Processing'))]))).toEqual(['GET /a -> 102 ?']);
  });

  it('without any request are an anomaly', () => {
    expect(run([server(head('HTTP/1.1 100 Continue'))]).anomalies).toEqual(['http1-interim-without-request server 1']);
  });
});

describe('RFC 9112 §9.3: which response answers which request', () => {
  it('pipelined requests are answered in order', () => {
    const outcome = feed([client(GET + GET_B + GET), server(OK + NOT_FOUND), server(OK)]);
    expect(lines(outcome)).toEqual(['GET /a -> 200 (5)', 'GET /b -> 404 (0)', 'GET /a -> 200 (5)']);
    expect(outcome.exchanges.map(({ index }) => index)).toEqual([0, 1, 2]);
  });

  it('a response before any request stands alone', () => {
    const timeout = head('HTTP/1.1 408 Request Timeout', 'Connection: close', 'Content-Length: 0');
    expect(lines(feed([server(timeout), end('server'), end('client')]))).toEqual(['? -> 408 (0)']);
    expect(lines(feed([client(GET), server(OK), server(timeout)]))).toEqual(['GET /a -> 200 (5)', '? -> 408 (0)']);
  });

  it('a response that began before the next request does not answer it', () => {
    const outcome = feed([server(NOT_FOUND), client(GET), server(OK)]);
    expect(lines(outcome)).toEqual(['? -> 404 (0)', 'GET /a -> 200 (5)']);
  });

  it('a response in the middle of a request head answers that request', () => {
    const outcome = feed([client(GET.slice(0, 20)), server(NOT_FOUND), client(GET.slice(20))]);
    expect(lines(outcome)).toEqual(['GET /a -> 404 (0)']);
  });

  it('an early answer is told when the request is over', () => {
    const post = head('POST /up HTTP/1.1', 'Host: x', 'Content-Length: 10');
    const outcome = feed([client(`${post}12345`), server(NOT_FOUND), client('67890')]);
    expect(lines(outcome)).toEqual(['POST /up -> 404 (0)']);
    expect(outcome.exchanges[0]?.request?.lastPacket).toBe(3);
  });

  it('a request that waited for a lost segment takes the answer that was decoded before it', () => {
    const outcome = feed([server(OK, 5), client(GET, 4), client(GET_B, 6), server(NOT_FOUND, 7)]);
    expect(lines(outcome)).toEqual(['GET /a -> 200 (5)', 'GET /b -> 404 (0)']);
  });

  it('a late request takes only an answer that began after it', () => {
    const outcome = feed([server(NOT_FOUND, 3), server(OK, 9), client(GET, 5)]);
    expect(lines(outcome)).toEqual(['? -> 404 (0)', 'GET /a -> 200 (5)']);
  });

  it('an answer that was captured well before its request does not shift the answers after it', () => {
    const outcome = run([
      ...[client(GET, 1), server(OK, 2)],
      ...[server(NOT_FOUND, 3), client(GET_B, 4)],
      ...[client(GET, 5), server(OK, 6), client(GET_B, 7), server(NOT_FOUND, 8)],
    ]);
    expect(lines(outcome).slice(2)).toEqual(['GET /b -> ?', 'GET /a -> 200 (5)', 'GET /b -> 404 (0)']);
  });

  it('a request behind an answer to something unseen is answered by the next, also where the client pipelines', () => {
    const lost = run([
      ...[client(GET, 1), server(OK, 2), gap('client', 99, 4), server(OK, 3)],
      ...[client(GET + GET_B, 5), server(OK + NOT_FOUND, 6)],
    ]);
    expect(lines(lost)).toEqual(['GET /a -> 200 (5)', '? -> 200 (5)', 'GET /a -> 200 (5)', 'GET /b -> 404 (0)']);
    const outcome = run([server(OK, 1), client(GET + GET_B, 2), server(OK + NOT_FOUND, 3)]);
    expect(lines(outcome)).toEqual(['? -> 200 (5)', 'GET /a -> 200 (5)', 'GET /b -> 404 (0)']);
  });

  it('goes by time between two captures', () => {
    const stride = 2 ** 40;
    const decoderOf = run([client(GET, 1), server(OK, 2)]);
    expect(lines(decoderOf)).toEqual(['GET /a -> 200 (5)']);
    const told: string[] = [];
    const decoder = new Http1Decoder({ exchange: (e) => told.push(line(e)), anomaly: () => {}, handOver: () => null });
    decoder.client.bytes(Buffer.from(GET), 0, GET.length, stride + 1, 100);
    decoder.server.bytes(Buffer.from(OK), 0, OK.length, 7, 200);
    expect(told).toEqual(['GET /a -> 200 (5)']);
  });

  it('goes on when more requests stand unanswered than are kept open', () => {
    const conversation = Array.from({ length: MAX_OPEN_EXCHANGES + 3 }, (_, index) =>
      client(head(`GET /${index} HTTP/1.1`, 'Host: x')),
    );
    const outcome = run(conversation);
    expect(outcome.exchanges.map(({ request }) => request?.target)).toEqual(
      conversation.map((_, index) => `/${index}`),
    );
    expect(outcome.anomalies).toHaveLength(3);
    expect(outcome.anomalies[0]).toBe(`http1-too-many-open-exchanges client ${MAX_OPEN_EXCHANGES + 1}`);
  });

  it('gives requests that are decoded very late no answers of others', () => {
    // The capture lost a request: what the client sent behind it is decoded when all these answers have been.
    const count = MAX_WAITING_STRAYS + 10;
    const answers = Array.from({ length: count }, (_, index) =>
      server(head(`HTTP/1.1 ${200 + index} x`, 'Content-Length: 0'), 2 * index + 2),
    );
    const requests = Array.from({ length: count }, (_, index) =>
      client(head(`GET /${200 + index} HTTP/1.1`, 'Host: x'), 2 * index + 1),
    );
    const behind = [client(head('GET /last HTTP/1.1', 'Host: x'), 2 * count + 1), server(OK, 2 * count + 2)];
    const { exchanges } = run([...answers, ...requests, ...behind]);
    const both = exchanges.filter(({ request, response }) => request !== null && response !== null);
    expect(both).toHaveLength(MAX_WAITING_STRAYS + 1);
    expect(both.at(-1)).toMatchObject({ request: { target: '/last' }, response: { status: 200 } });
    for (const { request, response } of both.slice(0, -1)) expect(request?.target).toBe(`/${response?.status}`);
    expect(exchanges.filter(({ response }) => response === null)).toHaveLength(10);
  });

  it('keeps answers in order when no request of theirs is ever seen', () => {
    const count = MAX_WAITING_STRAYS * 3;
    const outcome = run(
      Array.from({ length: count }, (_, index) => server(head(`HTTP/1.1 ${200 + index} x`, 'Content-Length: 0'))),
    );
    expect(outcome.exchanges.map(({ response }) => response?.status)).toEqual(
      Array.from({ length: count }, (_, index) => 200 + index),
    );
  });
});

describe('RFC 9110 §7.8: Upgrade', () => {
  const upgrade = head('GET /chat HTTP/1.1', 'Host: x', 'Upgrade: websocket', 'Connection: Upgrade');
  const switching = head('HTTP/1.1 101 Switching Protocols', 'Upgrade: WebSocket', 'Connection: Upgrade');

  it('after 101 both directions belong to the next protocol, from the next byte on', () => {
    const outcome = feed([
      client(upgrade),
      server(`${switching}frame1`),
      client('frame2'),
      end('client'),
      end('server'),
    ]);
    expect(lines(outcome)).toEqual(['GET /chat -> 101 (0)']);
    expect(outcome.exchanges[0]?.response).toMatchObject({ framing: 'tunnel', complete: true });
    expect(outcome.handOvers).toEqual(['websocket']);
    expect(outcome.after).toEqual({ client: 'frame2<end fin>', server: 'frame1<end fin>' });
    expect(outcome.undecoded).toEqual({ client: 0, server: 0 });
  });

  it('what the client sends ahead of the 101 is held back for the next protocol', () => {
    const outcome = feed([client(`${upgrade}early`), gap('client', 3), server(switching), client('late')]);
    expect(outcome.after.client).toBe('early<gap 3>late<end capture-ended>');
  });

  it('h2c: the preface goes to the next protocol', () => {
    const outcome = feed([
      client(
        head(
          'GET / HTTP/1.1',
          'Host: x',
          'Connection: Upgrade, HTTP2-Settings',
          'Upgrade: h2c',
          'HTTP2-Settings: AAMAAABk',
        ),
      ),
      server(head('HTTP/1.1 101 Switching Protocols', 'Connection: Upgrade', 'Upgrade: h2c')),
      client('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
    ]);
    expect(outcome.handOvers).toEqual(['h2c']);
    expect(outcome.after.client).toContain('PRI * HTTP/2.0');
    expect(outcome.exchanges[0]?.request?.fields).toContainEqual({ name: 'http2-settings', value: 'AAMAAABk' });
  });

  it('answered otherwise stays HTTP/1, with what the client sent meanwhile', () => {
    const outcome = feed([client(upgrade), client(GET_B), server(OK), server(NOT_FOUND)]);
    expect(lines(outcome)).toEqual(['GET /chat -> 200 (5)', 'GET /b -> 404 (0)']);
    expect(outcome.exchanges[1]?.request?.firstPacket).toBe(2);
    expect(outcome.handOvers).toEqual([]);
  });

  it('without an answer lets pipelined requests be read at the end', () => {
    const outcome = feed([client(upgrade), client(GET_B), end('client'), end('server', 'rst')]);
    expect(lines(outcome)).toEqual(['GET /chat -> ?', 'GET /b -> ?']);
  });

  it('without an answer counts what is no request as undecoded', () => {
    const outcome = run([client(upgrade), client('\x82\x05hello'), client('x'.repeat(MAX_HELD_BYTES)), client('y')]);
    expect(lines(outcome)).toEqual(['GET /chat -> ?']);
    expect(outcome.undecoded.client).toBeGreaterThan(MAX_HELD_BYTES);
  });

  it('ten thousand requests to upgrade in one segment are read, not held', () => {
    const outcome = run([client(upgrade.repeat(10_000))]);
    expect(outcome.exchanges).toHaveLength(10_000);
  });

  it('a 101 decoded before its late request hands over all the same', () => {
    const outcome = feed([server(`${switching}frame1`, 5), client(upgrade, 4), client('frame2', 6)]);
    expect(lines(outcome)).toEqual(['GET /chat -> 101 (0)']);
    expect(outcome.after).toEqual({ client: 'frame2<end capture-ended>', server: 'frame1<end capture-ended>' });
  });

  it('a 101 whose request was never seen hands over', () => {
    const outcome = run([server(switching), client('\x81\x05hello')]);
    expect(lines(outcome)).toEqual(['? -> 101 (0)']);
    expect(outcome.after.client).toBe('\x81\x05hello<end capture-ended>');
  });
});

describe('RFC 9110 §9.3.6: CONNECT', () => {
  const connect = head('CONNECT server.example.com:443 HTTP/1.1', 'Host: server.example.com:443');

  it('a 2xx opens the tunnel, whatever its fields say', () => {
    const outcome = feed([
      client(connect),
      server(`${head('HTTP/1.1 200 Connection established', 'Content-Length: 5')}tls`),
      client('hello'),
    ]);
    expect(outcome.handOvers).toEqual(['connect']);
    expect(outcome.after).toEqual({ client: 'hello<end capture-ended>', server: 'tls<end capture-ended>' });
    expect(outcome.exchanges[0]?.response?.framing).toBe('tunnel');
  });

  it('a refusal leaves the connection to HTTP/1', () => {
    const refusal = `${head('HTTP/1.1 407 Proxy Authentication Required', 'Content-Length: 2')}no`;
    const outcome = feed([
      client(connect),
      server(refusal),
      client(connect),
      server(head('HTTP/1.1 200 OK')),
      client('x'),
    ]);
    expect(lines(outcome)).toEqual([
      'CONNECT server.example.com:443 -> 407 (2)',
      'CONNECT server.example.com:443 -> 200 (0)',
    ]);
    expect(outcome.after.client).toBe('x<end capture-ended>');
  });
});

describe('RFC 1945 §4.1: HTTP/0.9', () => {
  it('a simple request is one line, and its answer has no status', () => {
    const outcome = feed([client('GET /old\r\n'), server('<html>old</html>'), server('more'), end('server')]);
    const { request, response } = only(outcome);
    expect(request).toMatchObject({ version: 'HTTP/0.9', target: '/old', complete: true, headBytes: 10 });
    expect(response).toBeNull();
    expect(outcome.anomalies).toEqual(['http09-response server 2']);
    expect(outcome.undecoded.server).toBe(0);
  });

  it('may be answered with a status line after all', () => {
    expect(lines(feed([client('GET /old\r\n'), server(OK)]))).toEqual(['GET /old -> 200 (5)']);
  });
});

describe('Transfer-Encoding', () => {
  const head = (fields: string) => `HTTP/1.1 200 OK\r\n${fields}\r\n1\r\na\r\n0\r\n\r\n`;

  it('with chunked in two lines is remarked', () => {
    const twice = 'Transfer-Encoding: chunked\r\n';
    expect(run([client(GET), server(head(twice + twice))]).anomalies).toEqual([
      'http1-repeated-transfer-encoding server 2',
    ]);
    expect(run([client(GET), server(head(`Transfer-Encoding: gzip\r\n${twice}`))]).anomalies).toEqual([]);
  });
});

describe('garbage', () => {
  it('is an anomaly, and reading goes on with the next segment that begins like a request', () => {
    const outcome = run([client('\x00\x01\x02\x03'), client('T / HTTP\r\n'), client(GET), server(OK)]);
    expect(lines(outcome)).toEqual(['GET /a -> 200 (5)']);
    expect(outcome.anomalies).toEqual(['http1-malformed-start-line client 1']);
    expect(outcome.undecoded.client).toBe(14);
  });

  it('from the server does not hide the answer that follows', () => {
    const outcome = run([client(GET), server('220 smtp.example ESMTP\r\n'), server(OK)]);
    expect(lines(outcome)).toEqual(['GET /a -> 200 (5)']);
    expect(outcome.anomalies).toEqual(['http1-malformed-start-line server 2']);
  });

  it('behind a message with another length than its own is excess', () => {
    const post = 'POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{"a":1}';
    expect(run([client(post), server(OK)]).anomalies).toEqual(['http1-excess-bytes client 1']);
    expect(run([client(GET), server(`${OK}tail`), client(GET), server(OK)]).anomalies).toEqual([
      'http1-excess-bytes server 2',
    ]);
    const head = GET.replace('GET', 'HEAD');
    expect(run([client(head), server(OK), client(GET), server(OK)]).anomalies).toEqual(['http1-excess-bytes server 2']);
  });

  it('is no excess where an answer is awaited, nor behind a request without a body', () => {
    expect(run([client(GET), server(OK), client(GET), server('tail')]).anomalies).toEqual([
      'http1-malformed-start-line server 4',
    ]);
    expect(run([client(`${GET}\x00\x01`), server(OK)]).anomalies).toEqual(['http1-malformed-start-line client 1']);
  });

  it('is none where the capture begins within a message', () => {
    const outcome = run([server('rest of a body'), client(GET), server(OK)], undefined, true);
    expect(lines(outcome)).toEqual(['GET /a -> 200 (5)']);
    expect(outcome.anomalies).toEqual([]);
  });
});

describe('gaps', () => {
  it('within a body of known length are counted, and framing stays exact', () => {
    const outcome = feed([
      client(GET + GET_B),
      server(`${head('HTTP/1.1 200 OK', 'Content-Length: 3000')}${'x'.repeat(1000)}`),
      gap('server', 1500),
      server(`${'y'.repeat(500)}${NOT_FOUND}`),
    ]);
    expect(lines(outcome)).toEqual(['GET /a -> 200 (3000)', 'GET /b -> 404 (0)']);
    expect(outcome.exchanges[0]?.response).toMatchObject({ lostBytes: 1500, complete: true, lastPacket: 4 });
  });

  it('at the end of a body complete it, and no packet is named that carries none of it', () => {
    const { response } = only(feed([client(GET), server(OK.slice(0, -3)), gap('server', 3)]));
    expect(response).toMatchObject({ bodyBytes: 5, lostBytes: 3, complete: true, lastPacket: 2 });
  });

  it('within the data of a chunk are counted', () => {
    const outcome = feed([
      client(GET + GET_B),
      server(`${head('HTTP/1.1 200 OK', 'Transfer-Encoding: chunked')}a\r\n12`),
      gap('server', 8),
      server(`\r\n0\r\n\r\n${NOT_FOUND}`),
    ]);
    expect(lines(outcome)).toEqual(['GET /a -> 200 (10)', 'GET /b -> 404 (0)']);
  });

  it('over a chunk boundary end the footing; the response is known to be incomplete', () => {
    const outcome = run([
      client(GET),
      server(`${head('HTTP/1.1 200 OK', 'Transfer-Encoding: chunked')}a\r\n12`),
      gap('server', 20),
      server('34\r\n0\r\n\r\n'),
      client(GET_B),
      server(NOT_FOUND),
    ]);
    expect(lines(outcome)).toEqual(['GET /a -> 200 (2…)', 'GET /b -> 404 (0)']);
    expect(outcome.exchanges[0]?.response?.lostBytes).toBe(20);
    expect(outcome.anomalies).toEqual([]);
  });

  it('within a body that the close ends are part of it', () => {
    const { response } = only(
      feed([client(GET), server(`${head('HTTP/1.1 200 OK')}ab`), gap('server', 7), end('server')]),
    );
    expect(response).toMatchObject({ bodyBytes: 9, lostBytes: 7, complete: true });
  });

  it('within a field section leave a message that is known by its start line', () => {
    const outcome = run([
      client('GET /a HTTP/1.1\r\nHost: x\r\nCook'),
      gap('client', 100),
      server('HTTP/1.1 200 OK\r\nServer: nginx\r\nDa'),
      gap('server', 1200),
      client('GET /b HTTP/1.1\r\nHost: y\r\nCook'),
      gap('client', 100),
      server('HTTP/1.1 503 Busy\r\nServer: nginx\r\nDa'),
      gap('server', 1200),
    ]);
    expect(lines(outcome)).toEqual(['GET /a… -> 200 (0…)', 'GET /b… -> 503 (0…)']);
    expect(outcome.exchanges[0]?.request).toMatchObject({ authority: 'x', lostBytes: 100 });
    expect(outcome.anomalies).toEqual([]);
  });

  it('within a request line leave a request that is known by its method', () => {
    const outcome = run([
      client('GET /images/box.gif HTT'),
      gap('client', 400),
      server('HTTP/1.1 200 O'),
      gap('server', 1400),
      client('GET /imag'),
      gap('client', 400),
      server(NOT_FOUND),
    ]);
    expect(lines(outcome)).toEqual(['GET /images/box.gif… -> 200 (0…)', 'GET /imag…… -> 404 (0)']);
    expect(outcome.exchanges[0]?.request).toMatchObject({ target: '/images/box.gif', version: '', lostBytes: 400 });
    expect(outcome.exchanges[1]?.request?.target).toBe('/imag…');
    expect(outcome.anomalies).toEqual([]);
    expect(outcome.undecoded).toEqual({ client: 0, server: 0 });
  });

  it('within a method or a status leave nothing of the message', () => {
    const outcome = run([
      client('GE'),
      gap('client', 50),
      client(GET_B),
      server('HTTP/1.1 2'),
      gap('server', 9),
      server(OK),
    ]);
    expect(lines(outcome)).toEqual(['GET /b -> 200 (5)']);
    expect(outcome.undecoded).toEqual({ client: 2, server: 10 });
  });

  it('at the very start of a direction are followed by a search for a start line', () => {
    const outcome = run([
      gap('client', 10),
      client('lo world'),
      client(GET),
      gap('server', 10),
      server('body'),
      server(OK),
    ]);
    expect(lines(outcome)).toEqual(['GET /a -> 200 (5)']);
    expect(outcome.anomalies).toEqual([]);
  });

  it('that swallow an answer do not shift the answers after it', () => {
    const outcome = run([client(GET, 1), client(GET_B, 5), gap('server', 200, 6), server(NOT_FOUND, 6)]);
    expect(lines(outcome)).toEqual(['GET /a -> ?', 'GET /b -> 404 (0)']);
  });

  it('that swallow an answer and hold back the next request give its answer to that request', () => {
    const outcome = run([
      ...[client(GET, 1), gap('server', 200, 6), server(NOT_FOUND, 6)],
      ...[client(GET_B, 5), client(GET, 7), server(OK, 8)],
    ]);
    expect(lines(outcome)).toEqual(['GET /a -> ?', 'GET /b -> 404 (0)', 'GET /a -> 200 (5)']);
  });

  it('that swallow an answer and requests leave the next answer without request', () => {
    const later = [client(GET, 7), server(OK, 8)];
    const before = run([client(GET, 1), gap('client', 99, 5), gap('server', 200, 6), server(NOT_FOUND, 6), ...later]);
    expect(lines(before)).toEqual(['GET /a -> ?', '? -> 404 (0)', 'GET /a -> 200 (5)']);
    const behind = run([client(GET, 1), gap('server', 200, 6), server(NOT_FOUND, 6), gap('client', 99, 7), ...later]);
    expect(lines(behind)).toEqual(lines(before));
    const late = [client(GET_B, 5), ...later];
    for (const gaps of [
      [gap('client', 99, 5), gap('server', 200, 6), server(NOT_FOUND, 6)],
      [gap('server', 200, 6), server(NOT_FOUND, 6), gap('client', 99, 5)],
    ])
      expect(lines(run([client(GET, 1), ...gaps, ...late]))).toEqual([
        'GET /a -> ?',
        'GET /b -> 404 (0)',
        'GET /a -> 200 (5)',
      ]);
  });

  it('that swallow the beginning of an answer alone leave the next to its request', () => {
    const outcome = run([client(GET, 1), gap('server', 200, 3), server(NOT_FOUND, 3), client(GET_B, 5), server(OK, 6)]);
    expect(lines(outcome)).toEqual(['GET /a -> 404 (0)', 'GET /b -> 200 (5)']);
    expect(lines(run([client(GET, 1), gap('server', 200, 3), server(NOT_FOUND, 3)]))).toEqual(['GET /a -> 404 (0)']);
  });

  it('that swallow an answer of a pipelining client cost it one answer', () => {
    const outcome = run([
      client(GET + GET_B + GET + GET_B + GET, 1),
      server(OK, 2),
      gap('server', 200, 3),
      server(NOT_FOUND, 3),
      server(OK, 4),
      server(OK, 5),
    ]);
    expect(lines(outcome).map((text) => text.slice(-7))).toEqual([
      '200 (5)',
      '/b -> ?',
      '404 (0)',
      '200 (5)',
      '200 (5)',
    ]);
  });

  it('that hold back two requests give an answer behind a lost one to the later of them', () => {
    const outcome = run([
      ...[client(GET, 1), server(OK, 2), server(OK, 4), gap('server', 200, 8), server(NOT_FOUND, 8)],
      ...[gap('client', 99, 5), client(GET, 5), client(GET_B, 7), client(GET, 9), server(OK, 10)],
    ]);
    expect(lines(outcome)).toEqual([
      'GET /a -> 200 (5)',
      '? -> 200 (5)',
      'GET /a -> ?',
      'GET /b -> 404 (0)',
      'GET /a -> 200 (5)',
    ]);
  });

  it('that swallow a request leave its answer without one', () => {
    const outcome = run([gap('client', 100, 1), server(OK, 2), client(GET_B, 3), server(NOT_FOUND, 4)]);
    expect(lines(outcome)).toEqual(['? -> 200 (5)', 'GET /b -> 404 (0)']);
  });

  it('after a footing found byte by byte, a request is read whole', () => {
    const conversation = [gap('client', 5), client(GET), server(OK)];
    const outcome = run(conversation, (reader, bytes, packet, at) => {
      for (let index = 0; index < bytes.length; index += 1) reader.bytes(bytes, index, index + 1, packet, at);
    });
    expect(lines(outcome)).toEqual(['GET /a -> 200 (5)']);
  });

  it('a text that only began like a request does not hide the real one in the next segment', () => {
    const outcome = run([gap('client', 5), client('GE'), client(GET), server(OK)]);
    expect(lines(outcome)).toEqual(['GET /a -> 200 (5)']);
    expect(outcome.anomalies).toEqual([]);
  });
});

describe('bodies that are none', () => {
  it('the answer to a HEAD that was not seen has no body when the next response follows its head', () => {
    const outcome = run([server(head('HTTP/1.1 200 OK', 'Content-Length: 500')), server(NOT_FOUND)]);
    expect(lines(outcome)).toEqual(['? -> 200 (0)', '? -> 404 (0)']);
  });

  it('the answer to a HEAD that is decoded late does not swallow the answers behind it', () => {
    const moved = head('HTTP/1.1 301 Moved Permanently');
    const outcome = run([
      server(moved, 2),
      server(NOT_FOUND, 4),
      client(GET.replace('GET', 'HEAD'), 1),
      client(GET_B, 3),
      client(GET, 5),
      server(OK, 6),
    ]);
    expect(lines(outcome)).toEqual(['HEAD /a -> 301 (0)', 'GET /b -> 404 (0)', 'GET /a -> 200 (5)']);
    expect(outcome.anomalies).toEqual([]);
  });

  it('the answer to a HEAD that is decoded late has no body whose bytes could be missing', () => {
    const asked = [client(GET.replace('GET', 'HEAD'), 1), client(GET, 3), client(GET_B, 5)];
    for (const answer of [head('HTTP/1.1 200 OK'), head('HTTP/1.1 200 OK', 'Content-Length: 500')])
      for (const answers of [
        [server(answer, 2), ...asked, gap('server', 200, 6), server(NOT_FOUND, 6)],
        [server(answer, 2), gap('server', 200, 6), ...asked, server(NOT_FOUND, 6)],
      ])
        expect(lines(run(answers)).slice(1)).toEqual(['GET /a -> ?', 'GET /b -> 404 (0)']);
  });

  it('a body that is taken for a start line does not hide the next response', () => {
    const asked = [client(GET.replace('GET', 'HEAD'), 1), gap('server', 200, 4)];
    const answer = server(`${head('HTTP/1.1 200 OK', 'Content-Length: 100')}${'b'.repeat(100)}`, 4);
    expect(lines(run([...asked, answer, client(GET_B, 5), server(NOT_FOUND, 6)]))).toContain('GET /b -> 404 (0)');
  });

  it('a body that seems to last until the close is over when a later request is answered', () => {
    const outcome = run([client(GET), server(`${head('HTTP/1.1 200 OK')}abc`), client(GET_B), server(NOT_FOUND)]);
    expect(lines(outcome)).toEqual(['GET /a -> 200 (3)', 'GET /b -> 404 (0)']);
    expect(outcome.anomalies).toEqual(['http1-response-after-unframed-body server 4']);
  });

  it('a body that quotes a response while no request waits is just a body', () => {
    const outcome = run([client(GET), server(head('HTTP/1.1 200 OK')), server(NOT_FOUND), end('server')]);
    expect(lines(outcome)).toEqual([`GET /a -> 200 (${NOT_FOUND.length})`]);
  });
});

describe('a PROXY header before the first request', () => {
  const V1 = 'PROXY TCP4 192.0.2.7 198.51.100.1 56324 443\r\n';

  it('is no part of the request, and says who the client is', () => {
    const outcome = feed([client(V1 + GET), server(OK), client(GET_B), server(NOT_FOUND)]);
    expect(lines(outcome)).toEqual(['GET /a -> 200 (5)', 'GET /b -> 404 (0)']);
    expect(outcome.exchanges[0]?.request?.headBytes).toBe(GET.length);
    expect(outcome.undecoded.client).toBe(0);
    const decoder = new Http1Decoder({ exchange: () => {}, anomaly: () => {}, handOver: () => null });
    expect(decoder.proxyHeader).toBeNull();
    decoder.client.bytes(Buffer.from(V1), 0, V1.length, 1, 1);
    expect(decoder.proxyHeader?.source).toEqual({ address: '192.0.2.7', port: 56324 });
  });

  it('of version 2 may come in a packet of its own', () => {
    const v2 = '\r\n\r\n\0\r\nQUIT\n\x21\x11\x00\x0c\xc0\x00\x02\x07\xc6\x33\x64\x01\xdc\x04\x01\xbb';
    const outcome = feed([client(v2), client(GET), server(OK)]);
    expect(lines(outcome)).toEqual(['GET /a -> 200 (5)']);
    expect(outcome.exchanges[0]?.request?.firstPacket).toBe(2);
  });

  it('that is none is garbage', () => {
    const outcome = run([client('PROXY nonsense\r\n'), client(GET), server(OK)]);
    expect(lines(outcome)).toEqual(['GET /a -> 200 (5)']);
    expect(outcome.anomalies).toEqual(['proxy-malformed-header client 1', 'http1-malformed-start-line client 1']);
  });

  it('is not mistaken in a POST cut behind its first letter', () => {
    const outcome = feed([client(head('POST /p HTTP/1.0')), server(OK)]);
    expect(lines(outcome)).toEqual(['POST /p -> 200 (5)']);
  });
});

describe('limits', () => {
  it('a field line beyond the limit is an anomaly, and framing goes on', () => {
    const outcome = run([
      client(head('GET /a HTTP/1.1', 'Host: x', `X-Big: ${'b'.repeat(70_000)}`) + GET_B),
      server(OK + OK),
    ]);
    expect(lines(outcome)).toEqual(['GET /a -> 200 (5)', 'GET /b -> 200 (5)']);
    expect(outcome.anomalies).toEqual(['http1-line-too-long client 1']);
  });

  it('a request line beyond the limit is cut in the middle, in one segment or in many', () => {
    const request = head(`GET /${'x'.repeat(70_000)} HTTP/1.1`, 'Host: x');
    for (const conversation of [
      [client(request)],
      [client(request.slice(0, 40_000), 1), client(request.slice(40_000), 1)],
    ]) {
      const outcome = run([...conversation, server(OK)]);
      expect(outcome.exchanges[0]?.request?.headBytes).toBe(request.length);
      expect(outcome.exchanges[0]?.request?.version).toBe('HTTP/1.1');
      expect(outcome.exchanges[0]?.response?.status).toBe(200);
      expect(outcome.anomalies).toEqual(['http1-line-too-long client 1']);
    }
  });

  it('a head beyond all limits is an anomaly, told once', () => {
    const rows = Array.from({ length: 20_000 }, (_, index) => `X-${index}: ${index}`);
    const outcome = run([client(head('GET /a HTTP/1.1', 'Host: x', ...rows)), server(OK)]);
    expect(lines(outcome)).toEqual(['GET /a -> 200 (5)']);
    expect(outcome.anomalies).toEqual(['http1-head-too-large client 1']);
  });

  it('a flood of kept fields does not hide the framing', () => {
    const rows = Array.from({ length: 500 }, () => 'Via: 1.1 x');
    const outcome = run([client(`${head('POST /a HTTP/1.1', ...rows, 'Content-Length: 2')}ab${GET_B}`)]);
    expect(lines(outcome)).toEqual(['POST /a -> ?', 'GET /b -> ?']);
    expect(outcome.anomalies[0]).toBe('http1-too-many-fields client 1');
  });
});

describe('a decoder that is used again', () => {
  it('remembers nothing of the connection before', () => {
    const told: string[] = [];
    const listener = {
      exchange: (e: Parameters<typeof line>[0]) => told.push(line(e)),
      anomaly: () => {},
      handOver: () => null,
    };
    const decoder = new Http1Decoder(listener);
    const give = (side: 'client' | 'server', text: string, packet: number) =>
      decoder[side].bytes(Buffer.from(text), 0, text.length, packet, packet);
    give('client', head('CONNECT a:1 HTTP/1.1') + GET.slice(0, 9), 1);
    give('server', head('HTTP/1.1 200 OK', 'Transfer-Encoding: chunked'), 2);
    give('server', 'HTTP/1.1 2', 3);
    decoder.client.end('rst', 4, 4);
    decoder.server.end('rst', 4, 4);
    told.length = 0;
    decoder.reset(listener);
    give('client', GET, 1);
    give('server', OK, 2);
    expect(told).toEqual(['GET /a -> 200 (5)']);
    expect(decoder.undecodedBytes).toEqual({ client: 0, server: 0 });
  });
});
