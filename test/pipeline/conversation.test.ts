import { describe, expect, it } from 'vitest';
import { ROLES_REVERSED } from '../../src/facts/anomaly.js';
import { Conversation, EXCHANGE_BATCH, MAX_KEPT_EXCHANGES } from '../../src/pipeline/conversation.js';
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
        made.handedOver();
      },
    },
    budget,
    new KeyLog(),
  );
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

  it('hands exchanges over in batches', () => {
    const { first, second, made, batches } = conversation();
    for (let at = 0; at < EXCHANGE_BATCH * 2 + 1; at += 1) {
      first('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
      second(OK);
    }
    expect([batches(), made.exchangeOffset, made.exchanges.length]).toEqual([2, EXCHANGE_BATCH * 2, 1]);
  });

  it('hands over what it has where all conversations together keep too many', () => {
    const budget = { kept: MAX_KEPT_EXCHANGES - 1 };
    const { first, second, batches, made } = conversation(false, budget);
    for (let at = 0; at < 2; at += 1) {
      first('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
      second(OK);
    }
    expect([batches(), made.exchangeOffset, budget.kept]).toEqual([1, 2, MAX_KEPT_EXCHANGES - 1]);
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
