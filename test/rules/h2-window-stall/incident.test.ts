import { describe, expect, it } from 'vitest';
import { OUT_OF_WINDOW, ROLES_REVERSED } from '../../../src/facts/anomaly.js';
import type { Connection } from '../../../src/facts/connection.js';
import type { Exchange, RequestMessage, ResponseMessage } from '../../../src/facts/exchange.js';
import type { H2Connection, H2Exchange, WindowStall } from '../../../src/facts/h2.js';
import { mayHaveWaited, stallsOf } from '../../../src/rules/h2-window-stall/incident.js';
import { answer, connection, fieldsOf, get, handshake } from '../facts.js';
import { overH2, SETTINGS } from '../h2-facts.js';

const SECOND = 1_000_000_000;
const START_NS = 100_000_000;

interface Made {
  readonly request?: Partial<RequestMessage>;
  readonly response?: Partial<ResponseMessage> | null;
  readonly h2?: Partial<H2Exchange>;
}

/** One exchange on stream 1, asked for at 1 ms, whose body ends at 3 s and whose answer begins and ends behind it. */
function exchanged({ request = {}, response = {}, h2 = {} }: Made = {}): Connection {
  const facts = overH2(
    connection([...handshake(), get(1133, '/import'), answer(3_100_000)]),
    { settings: { client: SETTINGS, server: SETTINGS } },
    () => h2,
  );
  const [one] = facts.exchanges;
  if (one?.request == null || one.response === null) throw new Error('there is one exchange');
  return {
    ...facts,
    client: { ...facts.client, highestAcknowledged: facts.server.nextSequence },
    server: { ...facts.server, highestAcknowledged: facts.client.nextSequence },
    exchanges: [
      {
        ...one,
        request: { ...one.request, endNs: 3 * SECOND, bodyBytes: 70_000, ...request },
        response: response && { ...one.response, ...response },
      },
    ],
  };
}

const first = (facts: Connection): Exchange => {
  const [one] = facts.exchanges;
  if (one === undefined) throw new Error('there is one exchange');
  return one;
};

describe('an exchange may have waited for a window', () => {
  const may = (made: Made = {}) => mayHaveWaited(first(exchanged(made)));

  it('where it took a second and longer, and not all of it came at once', () => {
    expect(may()).toBe(true);
    expect(may({ request: { endNs: 1_001_133_000 }, response: { endNs: 1_001_132_999 } })).toBe(true);
    expect(may({ request: { endNs: 1_001_132_999 }, response: { endNs: 1_001_132_999 } })).toBe(false);
  });

  it('but not by what it has not', () => {
    expect(may({ request: { endNs: 500_000_000 }, response: null })).toBe(false);
  });

  it('where it is not over, however short it has been so far', () => {
    expect(may({ request: { endNs: START_NS }, response: null, h2: { state: 'client-done' } })).toBe(true);
  });

  it('until it was reset', () => {
    const reset = { by: 'client', code: 8, packet: 9, atNs: 5 * SECOND, openStreams: 1 } as const;
    expect(may({ request: { endNs: 500_000_000 }, response: null, h2: { reset } })).toBe(true);
  });

  it('but not where each message came in one piece', () => {
    const at = { startNs: 1_133_000, endNs: 1_133_000 };
    const late = { startNs: 3 * SECOND, endNs: 3 * SECOND };
    expect(may({ request: at, response: late })).toBe(false);
    expect(may({ request: { ...at, complete: false }, response: late })).toBe(true);
    expect(may({ request: at, response: { ...late, complete: false } })).toBe(true);
    expect(may({ request: at, response: { ...late, endNs: late.endNs + 1 } })).toBe(true);
    expect(may({ request: at, response: null })).toBe(false);
  });

  it('but not where its sides hold each other back as they like', () => {
    expect(may({ request: { fields: fieldsOf({ 'content-type': 'application/grpc' }) } })).toBe(false);
  });

  it('but not where it is none of HTTP/2, or has no request', () => {
    expect(mayHaveWaited({ ...first(exchanged()), h2: null })).toBe(false);
    expect(mayHaveWaited({ ...first(exchanged()), request: null })).toBe(false);
  });
});

/** A stall that lasts for 2.5 s, of an upload where nothing else is said. */
const STALL: WindowStall = {
  sender: 'client',
  h2Stream: 1,
  packet: 5,
  startNs: START_NS,
  endedBy: 'window-update',
  endPacket: 6,
  endNs: START_NS + 2.5 * SECOND,
};

function stalls(stall: Partial<WindowStall> = {}, made: Made = {}, more: Partial<Connection> = {}) {
  const facts = exchanged(made);
  const whole = { ...facts, ...more, h2: facts.h2 && { ...facts.h2, windowStalls: [{ ...STALL, ...stall }] } };
  return stallsOf(whole, whole.exchanges);
}

describe('a stall that hurts', () => {
  it('is an upload that waits for a second and longer', () => {
    expect(stalls()).toMatchObject([
      {
        ...{ kind: 'upload', h2Stream: 1, packet: 5, atNs: START_NS, durationNs: 2.5 * SECOND },
        ...{ endedBy: 'window-update', endPacket: 6, endNs: START_NS + 2.5 * SECOND },
        ...{ method: 'GET', target: '/import', bodyBytes: 70_000, status: 200, resetBy: null },
        server: { address: '10.0.1.43', port: 80 },
      },
    ]);
    expect(stalls({ endNs: START_NS + SECOND })).toHaveLength(1);
    expect(stalls({ endNs: START_NS + SECOND - 1 })).toEqual([]);
  });

  it('is none where the server answered meanwhile', () => {
    expect(stalls({}, { response: { startNs: START_NS + 2.5 * SECOND - 1 } })).toEqual([]);
    expect(stalls({}, { response: { startNs: START_NS + 2.5 * SECOND } })).toHaveLength(1);
    expect(stalls({}, { response: null })).toMatchObject([{ status: null }]);
  });

  it('lasts to the connection’s end where nothing ends it', () => {
    expect(stalls({ endedBy: null, endPacket: null, endNs: null }, { response: null })).toMatchObject([
      { durationNs: 3 * SECOND, endNs: 3.1 * SECOND, endPacket: null },
    ]);
  });

  const unread = { sender: 'server', endedBy: 'reset', endNs: START_NS + 5 * SECOND } as const;
  const cut = { response: { startNs: 60_000_000, bodyBytes: 65_535, complete: false } };
  const reset = { by: 'client', code: 8, packet: 6, atNs: START_NS + 5 * SECOND, openStreams: 1 } as const;

  it('is an answer of which the client takes nothing more for five seconds, to its end', () => {
    expect(stalls(unread, { ...cut, h2: { reset } })).toMatchObject([
      { kind: 'unread', bodyBytes: 65_535, resetBy: 'client', endedBy: 'reset' },
    ]);
    expect(stalls({ ...unread, endNs: unread.endNs - 1 }, cut)).toEqual([]);
    expect(stalls({ ...unread, endedBy: 'window-update' }, cut)).toEqual([]);
    expect(stalls(unread, { response: { ...cut.response, complete: true } })).toEqual([]);
    expect(stalls(unread, { response: null })).toEqual([]);
  });

  it('is none of an answer that may go on behind the capture’s end', () => {
    const open = { ...unread, endedBy: null, endPacket: null, endNs: null };
    const until = { endNs: START_NS + 6 * SECOND };
    const { guards } = exchanged();
    expect(stalls(open, cut, until)).toHaveLength(1);
    expect(stalls(open, cut, { ...until, guards: { ...guards, cutByCaptureEnd: true } })).toEqual([]);
    expect(stalls(unread, cut, { ...until, guards: { ...guards, cutByCaptureEnd: true } })).toHaveLength(1);
  });

  const connectionsOwn = { sender: 'server', h2Stream: 0 } as const;
  const asked = (made: Made = {}): Made => ({
    ...made,
    request: { startNs: START_NS, endNs: START_NS, ...made.request },
    response: made.response === null ? null : { startNs: 200_000_000, endNs: 2.7 * SECOND, ...made.response },
  });

  it('is one of the whole connection for which a later request has to wait', () => {
    expect(stalls(connectionsOwn, asked())).toMatchObject([{ kind: 'starved', h2Stream: 0, target: '/import' }]);
    expect(stalls({ ...connectionsOwn, sender: 'client' }, asked())).toEqual([]);
  });

  it.each<[string, Made]>([
    ['was sent before', { request: { startNs: START_NS - 1 } }],
    ['was sent at last', { request: { endNs: START_NS + 1.5 * SECOND + 1 } }],
    ['is not answered', { response: null }],
    ['is answered behind it', { response: { startNs: START_NS + 2.5 * SECOND, endNs: 3 * SECOND } }],
    ['is answered whole before its end', { response: { endNs: START_NS + 2.5 * SECOND - 1 } }],
    ['was taken back', { h2: { reset: { ...reset, atNs: START_NS + SECOND - 1 } } }],
  ])('is none where the only other request %s', (_name, made) => {
    expect(stalls(connectionsOwn, asked(made))).toEqual([]);
  });

  it('is one where the other answer is not whole, or its request waited for a second just so', () => {
    expect(stalls(connectionsOwn, asked({ response: { complete: false, endNs: 300_000_000 } }))).toHaveLength(1);
    expect(stalls(connectionsOwn, asked({ request: { endNs: START_NS + 1.5 * SECOND } }))).toHaveLength(1);
    expect(stalls(connectionsOwn, asked({ response: { endNs: START_NS + 2.5 * SECOND } }))).toHaveLength(1);
  });

  it('is none of the connection where the capture ends', () => {
    const guards = { ...exchanged().guards, cutByCaptureEnd: true };
    expect(stalls(connectionsOwn, asked(), { guards })).toEqual([]);
  });

  it.each<[string, Partial<Connection>]>([
    ['the clock was set', { guards: { ...exchanged().guards, clockStepped: true } }],
    ['one direction was not captured', { guards: { ...exchanged().guards, oneSided: true } }],
    ['segments were not read', { anomalies: [{ name: OUT_OF_WINDOW, from: 'server', packet: 8, count: 1 }] }],
    ['its exchange is not known', { exchanges: [] }],
    ['its request is not known', { exchanges: exchanged().exchanges.map((one) => ({ ...one, request: null })) }],
    ['HTTP/2 is not spoken', {}],
  ])('is not told where %s', (name, more) => {
    const facts = { ...exchanged(), ...more };
    const h2 = name.startsWith('HTTP/2') ? null : facts.h2 && { ...facts.h2, windowStalls: [STALL] };
    expect(stallsOf({ ...facts, h2 }, facts.exchanges)).toEqual([]);
  });

  it.each<[string, Partial<H2Connection>, number]>([
    ['the place of a frame was lost', { timesLost: { client: 0, server: 1 } }, 0],
    ['the place of a frame was lost of the other side', { timesLost: { client: 1, server: 0 } }, 0],
    ['the receiver’s settings were not seen', { settings: { client: SETTINGS, server: null } }, 0],
    ['the sender’s settings were not seen', { settings: { client: null, server: SETTINGS } }, 1],
  ])('of which %s', (_name, h2, count) => {
    const facts = exchanged();
    const whole = { ...facts, h2: facts.h2 && { ...facts.h2, windowStalls: [STALL], ...h2 } };
    expect(stallsOf(whole, whole.exchanges)).toHaveLength(count);
  });

  it('is none where a segment may have been lost', () => {
    const { client } = exchanged();
    expect(stalls({}, {}, { client: { ...client, retransmissions: 1 } })).toEqual([]);
  });

  it('is at HTTP’s server, where that dialled', () => {
    const anomalies = [{ name: ROLES_REVERSED, from: null, packet: 4, count: 1 }];
    expect(stalls({}, {}, { anomalies })).toMatchObject([{ server: { port: 63_320 }, client: { port: 80 } }]);
  });
});
