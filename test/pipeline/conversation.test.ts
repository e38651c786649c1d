import { describe, expect, it } from 'vitest';
import { ROLES_REVERSED } from '../../src/facts/anomaly.js';
import { SIGN } from '../../src/facts/signs.js';
import {
  Conversation,
  EXCHANGE_BATCH,
  EXCHANGES_THAT_STAY,
  MAX_KEPT_EXCHANGES,
  MIN_BATCH,
} from '../../src/pipeline/conversation.js';
import { KeyLog } from '../../src/tls/key-log.js';

/** A conversation, fed with text: `first` and `second` say something in a packet of its own. */
function conversation(isMidStream = false, budget = { kept: 0 }) {
  const claims: string[] = [];
  let batches = 0;
  const made: Conversation = new Conversation(
    {
      isMidStream,
      claimsClient: (isFirst, basis) => claims.push(`${isFirst ? 'first' : 'second'} by ${basis}`),
      batch: () => {
        batches += 1;
        made.handedOver(made.exchanges.length - EXCHANGES_THAT_STAY);
      },
    },
    new KeyLog(),
  );
  made.begin(budget);
  let packet = 0;
  const say =
    (direction: 'first' | 'second') =>
    (text: string): void => {
      packet += 1;
      const bytes = Buffer.from(text, 'latin1');
      made[direction].bytes(bytes, 0, bytes.length, packet, packet * 1000);
    };
  const end = (how: 'fin' | 'capture-ended' = 'fin'): void => {
    made.first.end(how, packet + 1, packet * 1000);
    made.second.end(how, packet + 1, packet * 1000);
  };
  const told = () => made.exchanges.map(({ request, response }) => [request?.target ?? null, response?.status ?? null]);
  return { made, claims, first: say('first'), second: say('second'), end, told, batches: () => batches };
}

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n';

describe('what a connection says', () => {
  it('the sender of a request is the client', () => {
    const { made, claims, first, second, end, told } = conversation();
    first('GET /a HTTP/1.1\r\nHost: a\r\n\r\n');
    second(OK);
    end();
    expect([made.protocol, claims, told()]).toEqual(['http/1.1', ['first by request'], [['/a', 200]]]);
  });

  it('the receiver of a response is the client', () => {
    const { claims, second, end, told } = conversation();
    second('HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n');
    end();
    expect([claims, told()]).toEqual([['first by response'], [[null, 408]]]);
  });

  it('a request cut by segments at any place is recognised, and keeps the packet it began with', () => {
    const text = 'GET /a HTTP/1.1\r\nHost: a\r\n\r\n';
    for (let at = 1; at < text.length; at += 1) {
      const { made, first, second, end } = conversation();
      first(text.slice(0, at));
      first(text.slice(at));
      second(OK);
      end();
      expect(made.exchanges[0]?.request).toMatchObject({ target: '/a', firstPacket: 1, lastPacket: 2 });
      expect(made.undecodedBytes(true)).toBe(0);
    }
  });

  it('what is not everyday in its messages leaves its sign, in both versions of HTTP', () => {
    const plain = conversation();
    plain.first('GET /a HTTP/1.1\r\nHost: a\r\n\r\n');
    plain.second(OK);
    plain.end();
    expect(plain.made.signs).toBe(0);

    const moved = conversation();
    moved.first(`GET /a HTTP/1.1\r\nHost: a\r\nX-Forwarded-Proto: https\r\nVia: ${'v'.repeat(5000)}\r\n\r\n`);
    moved.second('HTTP/1.1 302 Found\r\nLocation: /b\r\nContent-Length: 0\r\n\r\n');
    moved.first('POST /b HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n1234');
    moved.second('HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n');
    moved.end();
    expect(moved.made.signs).toBe(
      SIGN.location |
        SIGN.redirection |
        SIGN.forwarded |
        SIGN.proxied |
        SIGN.largeHead |
        SIGN.refusal |
        SIGN.earlyResponse,
    );
    moved.made.reset();
    expect(moved.made.signs).toBe(0);

    const h2 = conversation();
    h2.first(PREFACE + SETTINGS + H2_GET(1));
    h2.end();
    expect(h2.made.signs).toBe(SIGN.unanswered);
  });

  it('sides that speak different protocols are told by their first bytes', () => {
    const { made, first, second, end } = conversation();
    first('\x16\x03\x01\x00\x05\x01\x00\x00\x01\x00');
    second('HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n');
    end();
    expect(made.beginningsFor(true)).toEqual({
      client: { kind: 'tls-handshake', packet: 1, atNs: 1000 },
      server: { kind: 'http-response', packet: 2, atNs: 2000 },
    });
    expect(made.beginningsFor(false)).toBeNull();
    made.reset();
    expect(made.beginningsFor(true)).toBeNull();

    const fitting = conversation();
    fitting.first('GET /a HTTP/1.1\r\nHost: a\r\n\r\n');
    fitting.second(OK);
    expect(fitting.made.beginningsFor(true)).toBeNull();

    const middle = conversation(true);
    middle.first('PROXY TCP4 203.0.113.66 10.0.0.1 4711 443\r\n');
    expect(middle.made.beginningsFor(true)).toBeNull();
  });

  it('a PROXY header comes before whatever is spoken', () => {
    const header = 'PROXY TCP4 203.0.113.66 10.0.0.1 4711 443\r\n';
    const http = conversation();
    http.first(`${header}GET /a HTTP/1.1\r\nHost: a\r\n\r\n`);
    http.second(OK);
    http.end();
    expect([http.made.protocol, http.told()]).toEqual(['http/1.1', [['/a', 200]]]);

    const tls = conversation();
    tls.first(header);
    tls.first('\x16\x03\x01\x00\x05\x01\x00\x00\x01\x00');
    tls.end();
    expect([tls.made.protocol, tls.claims]).toEqual(['tls', ['first by request', 'first by client-hello']]);

    const other = conversation();
    other.first(`${header}\x4a\x00\x00\x00mysql`);
    other.end();
    expect([other.made.protocol, other.made.undecodedBytes(true)]).toEqual(['unknown', 9]);
  });

  it('a protocol that is none of ours is given up, a connection that begins in the middle is looked at further', () => {
    const whole = conversation();
    for (let at = 0; at < 20; at += 1) whole.first('\x00\x01binary');
    whole.first('GET /late HTTP/1.1\r\nHost: a\r\n\r\n');
    whole.end();
    expect([whole.made.protocol, whole.told()]).toEqual(['unknown', []]);

    const middle = conversation(true);
    for (let at = 0; at < 20; at += 1) middle.second('rest of some body');
    middle.first('GET /late HTTP/1.1\r\nHost: a\r\n\r\n');
    middle.second(OK);
    middle.end();
    expect([middle.made.protocol, middle.told()]).toEqual(['http/1.1', [['/late', 200]]]);
  });

  it('after a gap it is looked for the next message', () => {
    const { made, first, second, end, told } = conversation();
    first('\x00\x01');
    made.first.gap(1000, 1, 1);
    for (let at = 0; at < 10; at += 1) first('middle of a body');
    first('GET /b HTTP/1.1\r\nHost: a\r\n\r\n');
    second(OK);
    end();
    expect(told()).toEqual([['/b', 200]]);
  });

  it('an upgrade counts from the first byte of what it upgrades to', () => {
    const ask = 'GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';
    const answer = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';
    const unused = conversation();
    unused.first(ask);
    unused.second(answer);
    unused.end();
    expect([unused.made.protocol, unused.told()]).toEqual(['http/1.1', [['/ws', 101]]]);

    const used = conversation();
    used.first(ask);
    used.second(answer);
    used.second('\x81\x05hello');
    used.end();
    expect(used.made.protocol).toBe('websocket');
  });

  it('an acceptor that sends the requests is remarked', () => {
    const { made, second, end } = conversation();
    second('GET /a HTTP/1.1\r\nHost: a\r\n\r\n');
    end();
    expect(made.anomaliesFor(true).map(({ name }) => name)).toEqual([ROLES_REVERSED]);
    expect(made.anomaliesFor(false)).toEqual([]);
  });

  it('hands exchanges over in batches, all but the last', () => {
    const { first, second, made, batches } = conversation();
    for (let at = 0; at < EXCHANGE_BATCH * 2 + 1; at += 1) {
      first('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
      second(OK);
    }
    const handed = 2 * (EXCHANGE_BATCH - EXCHANGES_THAT_STAY);
    expect([batches(), made.exchangeOffset, made.exchanges.length]).toEqual([
      2,
      handed,
      EXCHANGE_BATCH * 2 + 1 - handed,
    ]);
    expect(made.exchanges.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4].map((at) => handed + at));
  });

  it('hands over what it has where all conversations together keep too many', () => {
    const budget = { kept: MAX_KEPT_EXCHANGES - 1 };
    const { first, second, batches, made } = conversation(false, budget);
    for (let at = 0; at < MIN_BATCH - 1; at += 1) {
      first('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
      second(OK);
    }
    // So few are not worth it.
    expect(batches()).toBe(0);
    first('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    second(OK);
    expect([batches(), made.exchangeOffset, budget.kept]).toEqual([
      1,
      MIN_BATCH - EXCHANGES_THAT_STAY,
      MAX_KEPT_EXCHANGES - 1 + EXCHANGES_THAT_STAY,
    ]);
    first('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    second(OK);
    made.reset();
    expect(budget.kept).toBe(MAX_KEPT_EXCHANGES - 1);
  });

  it('takes no upgrade token for a name of the language', () => {
    const { made, first, second, end } = conversation();
    first('GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: constructor\r\n\r\n');
    second('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: constructor\r\n\r\n');
    second('x');
    end();
    expect(made.protocol).toBe('http/1.1');
  });

  it('is as new after reset', () => {
    const { made, first, second, end, told } = conversation();
    first('PROXY nonsense\r\n');
    made.first.gap(3, 1, 1);
    end('capture-ended');
    made.reset();
    expect([made.protocol, made.exchanges, made.undecodedBytes(true)]).toEqual(['unknown', [], 0]);
    first('GET /a HTTP/1.1\r\nHost: a\r\n\r\n');
    second(OK);
    end();
    expect([told(), made.anomaliesFor(true)]).toEqual([[['/a', 200]], []]);
  });
});

/** A frame of HTTP/2 as Latin-1 text. RFC 9113 §4.1. */
function frame(type: number, flags: number, stream: number, payload = ''): string {
  const head = [0, payload.length >> 8, payload.length & 255, type, flags, 0, 0, 0, stream];
  return String.fromCharCode(...head) + payload;
}

const PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';
const SETTINGS = frame(4, 0, 0);
/** `:method: GET`, `:scheme: http`, `:path: /`, and an authority that enters the table. */
const H2_GET = (stream: number): string => frame(1, 5, stream, '\x82\x86\x84\x41\x01a');
/** The same with the authority from the table. */
const H2_GET_AGAIN = (stream: number): string => frame(1, 5, stream, '\x82\x86\x84\xbe');
const H2_OK = (stream: number): string => frame(1, 5, stream, '\x88');

describe('HTTP/2', () => {
  it('by prior knowledge: who sends the preface is the client', () => {
    const { made, claims, first, second, end, told } = conversation();
    first(PREFACE + SETTINGS);
    second(SETTINGS);
    first(H2_GET(1));
    second(H2_OK(1));
    end();
    expect([made.protocol, claims, told()]).toEqual(['h2', ['first by request'], [['/', 200]]]);
    expect(made.exchanges[0]).toMatchObject({ h2Stream: 1, index: 0 });
    expect(made.h2Facts).toMatchObject({ hasPreface: true });
    expect([made.undecodedBytes(true), made.undecodedBytes(false)]).toEqual([0, 0]);
  });

  it('whose preface segments cut, and whose server speaks first', () => {
    const { made, claims, first, second, end, told } = conversation();
    second(SETTINGS);
    first(PREFACE.slice(0, 9));
    first(PREFACE.slice(9) + SETTINGS + H2_GET(1));
    second(H2_OK(1));
    end();
    expect([made.protocol, claims, told()]).toEqual(['h2', ['first by response'], [['/', 200]]]);
  });

  it('a preface of the TCP server is a reverse connection', () => {
    const { made, second, first, end } = conversation();
    second(PREFACE + SETTINGS);
    first(SETTINGS);
    end();
    expect(made.anomaliesFor(true).map(({ name }) => name)).toEqual([ROLES_REVERSED]);
    expect(made.anomaliesFor(false)).toEqual([]);
  });

  it('so are requests of the side that did not send the preface', () => {
    const { made, claims, first, second, end, told } = conversation();
    first(PREFACE + SETTINGS);
    second(SETTINGS);
    second(H2_GET(1));
    first(H2_OK(1));
    end();
    expect([claims, told()]).toEqual([['first by request', 'second by request'], [['/', 200]]]);
    expect(made.anomaliesFor(true)).toMatchObject([{ name: ROLES_REVERSED, packet: 3 }]);
  });

  it('by upgrade: the 101 and, on stream 1, the answer', () => {
    const { made, first, second, end, told } = conversation();
    first(
      'GET /up HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n',
    );
    second('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n');
    second(SETTINGS + H2_OK(1));
    first(PREFACE + SETTINGS + H2_GET(3));
    second(H2_OK(3));
    end();
    expect(made.protocol).toBe('h2');
    expect(told()).toEqual([
      ['/up', 101],
      ['/up', 200],
      ['/', 200],
    ]);
    expect(made.exchangesInOrder.map(({ index, h2Stream }) => [index, h2Stream])).toEqual([
      [0, null],
      [1, 1],
      [2, 3],
    ]);
    expect(made.h2Facts?.settings.client?.maxConcurrentStreams).toBe(100);
  });

  it('behind a 101 that the capture lost', () => {
    const { made, first, second, end, told } = conversation();
    first('GET /up HTTP/1.1\r\nHost: a\r\n\r\n');
    made.second.gap(71, 2, 2000);
    first(PREFACE + SETTINGS + H2_GET(3));
    second(SETTINGS + H2_OK(3));
    end();
    expect([made.protocol, told()]).toEqual([
      'h2',
      [
        ['/', 200],
        ['/up', null],
      ],
    ]);
  });

  it('in the middle of a connection: HEADERS say which side is the client', () => {
    const asked = conversation(true);
    asked.first(frame(0, 0, 9, 'rest of a body'));
    asked.first(H2_GET_AGAIN(11));
    asked.second(H2_OK(11));
    asked.end();
    expect([asked.made.protocol, asked.claims]).toEqual(['h2', ['first by request']]);
    expect(asked.made.exchanges[0]).toMatchObject({
      request: { method: 'GET', target: '/', authority: '…' },
      response: { status: 200 },
      h2: { unknownFields: { client: true, server: false } },
    });

    const answered = conversation(true);
    answered.first(H2_OK(11));
    answered.end();
    expect([answered.claims, answered.told()]).toEqual([['second by response'], [[null, 200]]]);
  });

  it('settings in the middle of a connection say nothing of roles', () => {
    const { made, claims, first, second, end, told } = conversation(true);
    first(SETTINGS);
    first(H2_GET(1));
    second(H2_OK(1));
    end();
    expect([made.protocol, claims, told()]).toEqual(['h2', ['first by request'], [['/', 200]]]);
    const silent = conversation(true);
    silent.first(SETTINGS);
    silent.end();
    expect([silent.claims, silent.made.anomaliesFor(true), silent.made.anomaliesFor(false)]).toEqual([[], [], []]);
  });

  it('exchanges that end in another order are in that of their requests', () => {
    const { made, first, second, end } = conversation();
    first(PREFACE + SETTINGS + H2_GET(1) + H2_GET_AGAIN(3));
    second(SETTINGS + H2_OK(3) + H2_OK(1));
    end();
    expect(made.exchangesInOrder.map(({ h2Stream }) => h2Stream)).toEqual([1, 3]);
  });

  it('is as new after reset', () => {
    const { made, first, second, end, told } = conversation();
    first(PREFACE + SETTINGS + H2_GET(1));
    end();
    made.reset();
    expect([made.h2Facts, made.webSocketFacts, made.undecodedBytes(true)]).toEqual([
      null,
      { webSockets: [], webSocketCount: 0 },
      0,
    ]);
    first('GET /a HTTP/1.1\r\nHost: a\r\n\r\n');
    second(OK);
    end();
    expect([made.protocol, told()]).toEqual(['http/1.1', [['/a', 200]]]);
  });
});

describe('a WebSocket', () => {
  it('behind its handshake is decoded, whatever the segments', () => {
    const ask =
      'GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n';
    const answer =
      'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
      'Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n';
    const { made, first, second, end } = conversation();
    // The client does not wait for the answer with its first frame.
    first(`${ask}\x81\x80\x00\x00\x00\x00`);
    second(`${answer}\x81\x05hel`);
    second('lo\x88\x02\x03\xe8');
    end();
    expect(made.protocol).toBe('websocket');
    expect(made.webSocketFacts).toMatchObject({
      webSocketCount: 1,
      webSockets: [
        {
          accept: 'right',
          hasDeflate: true,
          handshakePacket: 2,
          sent: { client: { frames: 1 }, server: { frames: 2, payloadBytes: 7 } },
          closes: { client: null, server: { code: 1000 } },
        },
      ],
    });
    expect([made.undecodedBytes(true), made.undecodedBytes(false)]).toEqual([0, 0]);
  });
});
