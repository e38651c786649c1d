import { once } from 'node:events';
import http2 from 'node:http2';
import { afterEach, describe, expect, it } from 'vitest';
import { H2_ERROR_NAMES } from '../../../src/facts/h2.js';
import { decode, decodeAll, type Outcome, type Piece, Relay, whole } from './recording.js';

/** What is to be closed after a test. */
const open: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

/** A server of Node's own HTTP/2, a client connected to it, and all that passes between them. */
async function session(
  options: http2.ServerOptions,
  onStream: (stream: http2.ServerHttp2Stream, headers: http2.IncomingHttpHeaders) => void,
  clientOptions: http2.ClientSessionOptions = {},
): Promise<{ client: http2.ClientHttp2Session; server: http2.Http2Server; pieces: Piece[] }> {
  const server = http2.createServer(options);
  server.on('stream', (stream, headers) => {
    stream.on('error', () => undefined);
    onStream(stream, headers);
  });
  server.on('sessionError', () => undefined);
  const sessions = new Set<http2.ServerHttp2Session>();
  server.on('session', (one) => sessions.add(one));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const relay = await Relay.before(server);
  const client = http2.connect(`http://127.0.0.1:${relay.port}`, clientOptions);
  client.on('error', () => undefined);
  open.push(
    () => new Promise((resolve) => server.close(resolve)),
    () => relay.close(),
    () => {
      for (const one of sessions) one.destroy();
      client.destroy();
    },
  );
  await once(client, 'remoteSettings');
  return { client, server, pieces: relay.pieces };
}

/** Reads a stream to its end. */
async function drain(stream: http2.ClientHttp2Stream): Promise<void> {
  stream.on('error', () => undefined);
  stream.resume();
  await new Promise((resolve) => stream.on('close', resolve));
}

/** Waits until the recording shows what is waited for (every exchange over, unless told), and nothing more passes. */
async function quiet(pieces: readonly Piece[], shows = isOver): Promise<void> {
  const deadline = Date.now() + 4000;
  for (let before = -1; before < pieces.length || !shows(decode(pieces)); ) {
    if (Date.now() > deadline) throw new Error('what was waited for did not pass');
    before = pieces.length;
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
}

function isOver({ exchanges }: Outcome): boolean {
  return exchanges.every(({ h2 }) => h2?.state === 'closed');
}

/** An exchange in one line. */
const line = ({ h2Stream, request, interim, response, h2 }: Outcome['exchanges'][number]): string =>
  [
    `${h2Stream}:`,
    request === null ? '?' : `${request.method} ${request.target} (${request.bodyBytes}${request.complete ? '' : '…'})`,
    '->',
    ...interim.map(({ status }) => status),
    response === null ? '?' : `${response.status} (${response.bodyBytes}${response.complete ? '' : '…'})`,
    h2?.state,
  ].join(' ');

const lines = (outcome: Outcome): string[] => outcome.exchanges.map(line);

describe('exchanges of a real client and server', () => {
  it('requests with and without body, and their fields', async () => {
    const { client, pieces } = await session({}, (stream) => {
      stream.respond({ ':status': 201, 'content-type': 'text/plain', 'set-cookie': 'id=secret', server: 'lab' });
      stream.end('hello');
    });
    const post = client.request({
      ':method': 'POST',
      ':path': '/form?x=1',
      ':authority': 'www.example.com',
      authorization: 'Basic c2VjcmV0',
      'user-agent': 'test',
      'x-real-ip': '192.0.2.1',
      [http2.sensitiveHeaders]: ['x-real-ip', 'authorization'],
    });
    post.end('abc');
    await drain(post);
    await drain(client.request({ ':path': '/again', ':authority': 'www.example.com', 'user-agent': 'test' }));
    await quiet(pieces);
    const outcome = decodeAll(pieces);
    expect(lines(outcome)).toEqual(['1: POST /form?x=1 (3) -> 201 (5) closed', '3: GET /again (0) -> 201 (5) closed']);
    expect(outcome.anomalies).toEqual([]);
    expect(outcome.undecoded).toEqual({ client: 0, server: 0 });
    const [first, second] = outcome.exchanges;
    expect(first?.request).toMatchObject({
      version: 'HTTP/2',
      authority: 'www.example.com',
      framing: 'stream',
      fields: [
        { name: 'authorization', value: '…' },
        { name: 'user-agent', value: 'test' },
        // Sent as never to be indexed: its sender holds it for a secret.
        { name: 'x-real-ip', value: '…' },
      ],
    });
    expect(first?.response?.fields).toEqual([
      { name: 'content-type', value: 'text/plain' },
      { name: 'set-cookie', value: 'id=…' },
      { name: 'server', value: 'lab' },
    ]);
    expect(first?.h2).toEqual({
      state: 'closed',
      reset: null,
      scheme: 'http',
      protocol: null,
      promise: null,
      trailers: { client: [], server: [] },
      grpcStatus: null,
      unknownFields: { client: false, server: false },
    });
    expect(second?.request?.fields).toEqual([{ name: 'user-agent', value: 'test' }]);
    expect(JSON.stringify(outcome)).not.toMatch(/secret|c2VjcmV0|192\.0\.2\.1/);
    expect(outcome.facts).toMatchObject({ hasPreface: true, goAwayCount: 0, timesLost: { client: 0, server: 0 } });
  });

  it('interim responses, trailers and the status of gRPC', async () => {
    const { client, pieces } = await session({}, (stream) => {
      stream.additionalHeaders({ ':status': 103, link: '</a.css>; rel=preload' });
      stream.additionalHeaders({ ':status': 100 });
      stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
      stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '7', 'grpc-message': 'no' }));
      stream.end('data');
    });
    await drain(client.request({ ':path': '/grpc' }));
    await quiet(pieces);
    const outcome = decodeAll(pieces);
    expect(lines(outcome)).toEqual(['1: GET /grpc (0) -> 103 100 200 (4) closed']);
    expect(outcome.exchanges[0]?.h2).toMatchObject({
      grpcStatus: 7,
      trailers: {
        client: [],
        server: [
          { name: 'grpc-status', value: '7' },
          { name: 'grpc-message', value: 'no' },
        ],
      },
    });
    expect(outcome.anomalies).toEqual([]);
  });

  it('a head that CONTINUATION frames carry on', async () => {
    const { client, pieces } = await session(
      { settings: { maxHeaderListSize: 200_000 } },
      (stream) => {
        stream.respond({ ':status': 200 });
        stream.end();
      },
      { maxSendHeaderBlockLength: 200_000 },
    );
    await drain(client.request({ ':path': `/${'p'.repeat(30_000)}`, 'x-long': 'ä'.repeat(30_000) }));
    await quiet(pieces);
    const outcome = decodeAll(pieces);
    expect(outcome.exchanges[0]?.request?.target).toHaveLength(30_001);
    expect(outcome.exchanges[0]?.request?.headBytes).toBeGreaterThan(16_384);
    expect(outcome.anomalies).toEqual([]);
  });

  it('a push is a response that nobody asked for, with its promise', async () => {
    const { client, pieces } = await session({}, (stream) => {
      stream.pushStream({ ':path': '/style.css' }, (_error, push) => {
        push.respond({ ':status': 200 });
        push.end('css');
      });
      stream.respond({ ':status': 200 });
      stream.end('page');
    });
    client.on('stream', (push) => push.resume());
    await drain(client.request({ ':path': '/' }));
    await quiet(pieces, (outcome) => outcome.exchanges.length === 2 && isOver(outcome));
    const outcome = decodeAll(pieces);
    expect(lines(outcome)).toEqual(['1: GET / (0) -> 200 (4) closed', '2: ? -> 200 (3) closed']);
    expect(outcome.exchanges[1]?.h2?.promise).toMatchObject({ onStream: 1, method: 'GET', target: '/style.css' });
  });

  it('resets with their sides and codes', async () => {
    const { client, pieces } = await session({}, (stream, headers) => {
      if (headers[':path'] === '/refused') stream.close(http2.constants.NGHTTP2_REFUSED_STREAM);
      else {
        stream.respond({ ':status': 421 });
        stream.write('not here');
      }
    });
    await drain(client.request({ ':path': '/refused' }));
    const cancelled = client.request({ ':path': '/misdirected' });
    cancelled.on('error', () => undefined);
    await once(cancelled, 'data');
    cancelled.close(http2.constants.NGHTTP2_CANCEL);
    await quiet(pieces);
    const outcome = decodeAll(pieces);
    expect(lines(outcome)).toEqual(['1: GET /refused (0) -> ? closed', '3: GET /misdirected (0) -> 421 (8…) closed']);
    const resets = outcome.exchanges.map(({ h2 }) => h2?.reset);
    expect(resets.map((one) => [one?.by, H2_ERROR_NAMES[one?.code ?? -1]])).toEqual([
      ['server', 'REFUSED_STREAM'],
      ['client', 'CANCEL'],
    ]);
  });

  it('GOAWAY with its last stream, code and debug text, PINGs and their answers', async () => {
    let serving: http2.Http2Session | undefined;
    const { client, pieces } = await session({}, (stream) => {
      serving = stream.session;
      stream.respond({ ':status': 200 });
      stream.end();
    });
    await drain(client.request({ ':path': '/' }));
    await new Promise((resolve) => client.ping(Buffer.from('12345678'), resolve));
    serving?.goaway(http2.constants.NGHTTP2_ENHANCE_YOUR_CALM, 1, Buffer.from('too_many_pings'));
    await once(client, 'goaway');
    await quiet(pieces, ({ facts }) => facts.goAwayCount > 0);
    const { facts } = decodeAll(pieces);
    expect(facts.goAways[0]).toMatchObject({ from: 'server', lastStream: 1, code: 11, debug: 'too_many_pings' });
    expect(facts.pings[0]?.from).toBe('client');
    expect(facts.pings[0]?.answerNs).toBeGreaterThan(facts.pings[0]?.atNs ?? Number.POSITIVE_INFINITY);
  });

  it('settings of both sides', async () => {
    const { client, pieces } = await session(
      { settings: { enableConnectProtocol: true, maxConcurrentStreams: 77, headerTableSize: 1024 } },
      (stream) => {
        stream.respond({ ':status': 200 });
        stream.end();
      },
      { settings: { enablePush: false, initialWindowSize: 100_000, maxFrameSize: 32_768 } },
    );
    await drain(client.request({ ':path': '/' }));
    await drain(client.request({ ':path': '/' }));
    await quiet(pieces, ({ facts }) => typeof facts.settings.client?.acknowledgedNs === 'number');
    const { facts, exchanges, anomalies } = decodeAll(pieces);
    expect(facts.settings.server).toMatchObject({
      enableConnectProtocol: true,
      maxConcurrentStreams: 77,
      headerTableSize: 1024,
      initialWindowSize: null,
      frames: 1,
    });
    expect(facts.settings.client).toMatchObject({
      enablePush: false,
      initialWindowSize: 100_000,
      maxFrameSize: 32_768,
    });
    expect(facts.settings.client?.acknowledgedNs).not.toBeNull();
    expect(exchanges.map(({ response }) => response?.status)).toEqual([200, 200]);
    expect(anomalies).toEqual([]);
  });

  it('a sender that waits for a window is stalled by flow control', async () => {
    const { client, pieces } = await session(
      {},
      (stream) => {
        stream.respond({ ':status': 200 });
        stream.end(Buffer.alloc(40_000));
      },
      { settings: { initialWindowSize: 20_000 } },
    );
    const request = client.request({ ':path': '/large' });
    await once(request, 'response');
    await quiet(pieces, ({ exchanges }) => exchanges[0]?.response?.bodyBytes === 20_000);
    // Nothing was read so far, and no window given: from here on a second passes.
    const stalledAt = pieces.length;
    await drain(request);
    const timed = pieces.map((piece, at) => ({ ...piece, atNs: at * 1e6 + (at < stalledAt ? 0 : 1e9) }));
    const outcome = decodeAll(timed);
    expect(lines(outcome)).toEqual(['1: GET /large (0) -> 200 (40000) closed']);
    expect(outcome.facts.windowStalls).toHaveLength(1);
    expect(outcome.facts.windowStalls[0]).toMatchObject({ sender: 'server', h2Stream: 1, endedBy: 'window-update' });
    // The client never gives a window: then nothing ends it.
    const { facts, exchanges } = decodeAll(timed.slice(0, stalledAt));
    expect(facts.windowStalls).toMatchObject([{ sender: 'server', h2Stream: 1, endedBy: null, endNs: null }]);
    expect(exchanges[0]).toMatchObject({
      response: { bodyBytes: 20_000, complete: false },
      h2: { state: 'client-done' },
    });
  });

  it('a WebSocket in an extended CONNECT', async () => {
    const { client, pieces } = await session({ settings: { enableConnectProtocol: true } }, (stream) => {
      stream.respond({ ':status': 200, 'sec-websocket-protocol': 'chat' });
      stream.write(Buffer.of(0x81, 5, ...Buffer.from('hello')));
      stream.on('data', () => stream.end(Buffer.of(0x88, 2, 0x03, 0xe8)));
    });
    const tunnel = client.request({
      ':method': 'CONNECT',
      ':protocol': 'websocket',
      ':path': '/chat',
      ':authority': 'a',
    });
    tunnel.on('error', () => undefined);
    await once(tunnel, 'data');
    tunnel.write(Buffer.of(0x89, 0x81, 1, 2, 3, 4, 0x61 ^ 1));
    await once(tunnel, 'end');
    tunnel.end();
    await quiet(pieces);
    const outcome = decodeAll(pieces);
    expect(lines(outcome)).toEqual(['1: CONNECT /chat (7) -> 200 (11) closed']);
    expect(outcome.exchanges[0]).toMatchObject({ request: { framing: 'tunnel' }, h2: { protocol: 'websocket' } });
    expect(outcome.webSockets).toMatchObject([
      {
        h2Stream: 1,
        accept: 'unneeded',
        subprotocol: 'chat',
        sent: { client: { frames: 1, pings: 1 }, server: { frames: 2, textMessages: 1 } },
        closes: { client: null, server: { code: 1000 } },
      },
    ]);
    expect(outcome.anomalies).toEqual([]);
  });
});

/** A recording to be broken: twenty exchanges whose fields are in the table after the first. */
async function twenty(): Promise<Piece[]> {
  const { client, pieces } = await session({}, (stream) => {
    stream.respond({ ':status': 200, 'content-type': 'application/json', server: 'lab' });
    stream.end('x'.repeat(500));
  });
  for (let at = 0; at < 20; at += 1)
    await drain(client.request({ ':path': `/item/${at % 4}`, ':authority': 'a.example', 'user-agent': 'test' }));
  await quiet(pieces);
  return [...pieces];
}

/** What is known of an exchange must be what is true of it. */
function expectNoLie(outcome: Outcome, truth: Outcome): void {
  const true_ = new Map(truth.exchanges.map((exchange) => [exchange.h2Stream, exchange]));
  for (const { h2Stream, request, response } of outcome.exchanges) {
    const real = true_.get(h2Stream);
    expect(real).toBeDefined();
    if (request !== null) {
      expect([real?.request?.method, '…']).toContain(request.method);
      expect([real?.request?.target, '…']).toContain(request.target);
      expect([real?.request?.authority, '…']).toContain(request.authority);
      for (const field of request.fields) expect(real?.request?.fields).toContainEqual(field);
    }
    if (response === null) continue;
    expect([real?.response?.status, 0]).toContain(response.status);
    for (const field of response.fields) expect(real?.response?.fields).toContainEqual(field);
  }
}

describe('what the capture does not hold', () => {
  it('makes fields unknown, and none wrong: each piece left out in turn', async () => {
    const pieces = await twenty();
    const truth = decode(pieces);
    expect(truth.exchanges).toHaveLength(20);
    pieces.forEach((piece, at) => {
      if (!('bytes' in piece)) return;
      const broken = pieces.with(at, { from: piece.from, gap: piece.bytes.length });
      const outcome = decode(broken);
      expectNoLie(outcome, truth);
      // Pieces begin with frames, so that the next one is found again.
      expect(outcome.exchanges.length).toBeGreaterThanOrEqual(18);
    });
  });

  it('a gap within DATA loses nothing but data', async () => {
    const pieces = await twenty();
    const at = pieces.findIndex((piece) => piece.from === 'server' && 'bytes' in piece && piece.bytes.length > 520);
    const piece = pieces[at];
    if (piece === undefined || !('bytes' in piece)) throw new Error('no response');
    const cut = piece.bytes.length - 300;
    const broken = [
      ...pieces.slice(0, at),
      { from: 'server' as const, bytes: piece.bytes.subarray(0, cut) },
      { from: 'server' as const, gap: 200 },
      { from: 'server' as const, bytes: piece.bytes.subarray(cut + 200) },
      ...pieces.slice(at + 1),
    ];
    const outcome = decode(broken);
    const truth = decode(pieces);
    expect(lines(outcome)).toEqual(lines(truth));
    expect(outcome.exchanges.reduce((sum, { response }) => sum + (response?.lostBytes ?? 0), 0)).toBe(200);
    expect(outcome.exchanges.some(({ h2 }) => h2?.unknownFields.server)).toBe(false);
  });

  it('a capture that begins in the middle knows what does not depend on the table', async () => {
    const pieces = await twenty();
    const truth = decode(pieces);
    for (let from = 4; from < pieces.length; from += 3) {
      const outcome = decode(pieces.slice(from), whole, { isUnseen: true, firstIndex: 0, upgrade: null });
      expectNoLie(outcome, truth);
      expect(outcome.anomalies).toEqual([]);
    }
    const late = decode(pieces.slice(20), whole, { isUnseen: true, firstIndex: 0, upgrade: null });
    expect(late.exchanges.length).toBeGreaterThan(5);
    // Index 2 of the static table, and an entry that was not seen.
    expect(late.exchanges.at(-1)?.request).toMatchObject({ method: 'GET' });
    expect(late.exchanges.at(-1)?.h2?.unknownFields).toEqual({ client: true, server: true });
  });

  it('a preface in a capture without handshake makes everything known', async () => {
    const pieces = await twenty();
    const outcome = decode(pieces, whole, { isUnseen: true, firstIndex: 0, upgrade: null });
    expect(lines(outcome)).toEqual(lines(decode(pieces)));
  });
});

describe('reverse HTTP', () => {
  it('the side that sends the requests is the client, whoever sent the preface', async () => {
    const pieces = await twenty();
    // The preface by the server of the requests, as HAProxy has it: taken from one side and given to the other.
    const [first] = pieces;
    if (first === undefined || !('bytes' in first)) throw new Error('no preface');
    const turned: Piece[] = [
      { from: 'client', bytes: first.bytes.subarray(0, 24) },
      ...pieces
        .with(0, { from: first.from, bytes: first.bytes.subarray(24) })
        .map((piece): Piece => ({ ...piece, from: piece.from === 'client' ? 'server' : 'client' })),
    ];
    const outcome = decode(turned);
    expect(outcome.turned).toBe(true);
    expect(lines(outcome)).toEqual(lines(decode(pieces)));
  });
});
