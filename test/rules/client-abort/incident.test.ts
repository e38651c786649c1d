import { describe, expect, it } from 'vitest';
import { ROLES_REVERSED } from '../../../src/facts/anomaly.js';
import type { Connection } from '../../../src/facts/connection.js';
import type { Side } from '../../../src/facts/endpoint.js';
import type { ResponseMessage } from '../../../src/facts/exchange.js';
import type { StreamReset } from '../../../src/facts/h2.js';
import { type Abort, abortsOf } from '../../../src/rules/client-abort/incident.js';
import {
  abortBy,
  answer,
  type ConnectionOptions,
  connection,
  fieldsOf,
  finBy,
  get,
  handshake,
  rstBy,
  type Step,
} from '../facts.js';
import { overH2 } from '../h2-facts.js';
import { type SealedOptions, sealed, turn } from '../sealed-facts.js';

const MS = 1_000_000;

function abortsIn(facts: Connection): Abort[] {
  const aborts: Abort[] = [];
  abortsOf(facts, (abort) => aborts.push(abort));
  return aborts;
}

/** A request at 1 ms that the server has acknowledged, and what becomes of it. */
function asked(steps: readonly Step[], options: ConnectionOptions = {}): Connection {
  const whole = { serverFacts: { highestAcknowledged: 101 }, ...options };
  return connection([...handshake(), get(1000, '/search'), ...steps], whole);
}

const left = (waitUs: number, end: (from: Side, at: number) => Step = finBy): Abort[] =>
  abortsIn(asked([end('client', 1000 + waitUs)]));

describe('a client that gives its request up', () => {
  it('has waited for 5 ms: who closes at once has only ended its sending side', () => {
    expect(left(5000)).toMatchObject([
      { waitedNs: 5 * MS, how: 'fin', amidAnswer: false, bytes: 0, requestBytes: 100 },
    ]);
    expect(left(4999)).toEqual([]);
  });

  it('has not waited for a second and more until a common time-out: that is another rule’s', () => {
    expect(left(10_000_000)).toEqual([]);
    expect(left(7_000_000)).toHaveLength(1);
    expect(left(900_000)).toHaveLength(1);
  });

  it('resets, as a program of its own does or as none does', () => {
    expect(left(9000, abortBy)).toMatchObject([{ how: 'rst', isBare: false, steps: 0 }]);
    expect(left(9000, rstBy)).toMatchObject([{ how: 'rst', isBare: true, steps: 1 }]);
  });

  it('is no health check', () => {
    const probe = get(1000, '/', { fields: fieldsOf({ 'user-agent': 'ELB-HealthChecker/2.0' }) });
    expect(abortsIn(connection([...handshake(), probe, finBy('client', 9000)]))).toEqual([]);
  });

  it('had been read, was being sent again, or neither is known', () => {
    const delivery = (options: ConnectionOptions) => abortsIn(asked([finBy('client', 9000)], options))[0]?.delivery;
    const unheard = { serverFacts: { highestAcknowledged: 1 } };
    const resends = [{ atNs: 5 * MS, sequence: 1 }];
    expect(delivery({})).toBe('arrived');
    expect(delivery(unheard)).toBeNull();
    expect(delivery({ ...unheard, clientFacts: { retransmissions: 1, resends } })).toBe('sent-again');
  });
});

describe('a client that leaves amid its answer', () => {
  const begun = (message: Partial<ResponseMessage>, after: number, options: ConnectionOptions = {}) =>
    abortsIn(
      asked(
        [
          answer(5000, 200, 700, { complete: false, framing: 'content-length', contentLength: 9000, ...message }),
          finBy('client', 5000 + after),
        ],
        { clientFacts: { highestAcknowledged: 701 }, ...options },
      ),
    );

  it('is told how much had come', () => {
    expect(begun({}, 20_000)).toMatchObject([{ amidAnswer: true, bytes: 500, delivery: 'arrived', stall: null }]);
  });

  it('may have waited for as long as it liked, a common time-out or not', () => {
    expect(begun({}, 9_996_000)).toHaveLength(1);
  });

  it('had got nothing more for five seconds: the answer had come to a stop', () => {
    expect(begun({}, 5_000_000)).toMatchObject([{ stall: { declared: 9000, silentNs: 5000 * MS, atNs: 5 * MS } }]);
    expect(begun({}, 4_999_999)).toMatchObject([{ stall: null }]);
  });

  it('stopped it itself where it kept its window closed, or lacked what was sent', () => {
    const stall = (options: ConnectionOptions) => begun({}, 6_000_000, options)[0]?.stall;
    expect(stall({ clientFacts: { highestAcknowledged: 701, zeroWindows: 1 } })).toBeNull();
    expect(stall({ clientFacts: { highestAcknowledged: 700 } })).toBeNull();
    expect(stall({ clientFacts: { highestAcknowledged: null } })).toBeNull();
  });

  it('may have had all of an answer that says no length', () => {
    expect(begun({ framing: 'chunked', contentLength: null }, 6_000_000)).toMatchObject([{ stall: null }]);
    expect(begun({ contentLength: null }, 6_000_000)).toMatchObject([{ stall: null }]);
  });
});

describe('a client that cancels a stream of HTTP/2', () => {
  const CANCEL: StreamReset = { by: 'client', code: 8, packet: 9, atNs: 21 * MS, openStreams: 1 };
  const over = (reset: Partial<StreamReset> | null, steps: readonly Step[] = [], options: ConnectionOptions = {}) =>
    abortsIn(overH2(asked(steps, options), {}, () => ({ reset: reset === null ? null : { ...CANCEL, ...reset } })));

  it('gives up before an answer, or amid one', () => {
    expect(over({})).toMatchObject([{ how: 'cancel', waitedNs: 20 * MS, amidAnswer: false, delivery: 'arrived' }]);
    const unseen = { serverFacts: { highestAcknowledged: 1 } };
    expect(over({}, [], unseen)).toMatchObject([{ how: 'cancel', amidAnswer: false, delivery: null }]);
    const begun = [answer(5000, 200, 700, { complete: false })];
    expect(over({}, begun)).toMatchObject([{ amidAnswer: true, bytes: 500, delivery: 'arrived' }]);
    expect(over({}, [answer(5000)])).toEqual([]);
  });

  it('says CANCEL, itself, after 5 ms', () => {
    expect(over({ by: 'server' })).toEqual([]);
    expect(over({ code: 7 })).toEqual([]);
    expect(over(null)).toEqual([]);
    expect(over({ atNs: 6 * MS })).toHaveLength(1);
    expect(over({ atNs: 6 * MS - 1 })).toEqual([]);
  });

  it('does so before the connection ends', () => {
    expect(over({}, [finBy('server', 22_000)])).toHaveLength(1);
    expect(over({}, [finBy('server', 20_000)])).toEqual([]);
    expect(over({}, [finBy('client', 20_000)])).toHaveLength(1);
  });

  it('does nothing of the kind to a stream of events, or with the roles reversed', () => {
    const events = answer(5000, 200, 700, {
      complete: false,
      fields: fieldsOf({ 'content-type': 'text/event-stream' }),
    });
    expect(over({}, [events])).toEqual([]);
    expect(over({}, [], { anomalies: [{ name: ROLES_REVERSED, from: 'client', packet: 4, count: 1 }] })).toEqual([]);
  });
});

describe('a client that leaves in TLS without keys', () => {
  const sealedLeft = (at: number, options: SealedOptions = {}) =>
    abortsIn(sealed(turn(5000, null), [finBy('client', at)], options));

  it('is told by its last turn, one step less sure', () => {
    expect(sealedLeft(205_000)).toMatchObject([{ request: null, waitedNs: 200 * MS, steps: 1, requestBytes: 180 }]);
  });

  it('has waited for 5 ms, and not until a common time-out', () => {
    expect(sealedLeft(10_000)).toHaveLength(1);
    expect(sealedLeft(9999)).toEqual([]);
    expect(sealedLeft(10_005_000)).toEqual([]);
    expect(sealedLeft(7_005_000)).toHaveLength(1);
  });

  it('speaks HTTP by its own word', () => {
    expect(sealedLeft(205_000, { alpn: [] })).toEqual([]);
  });

  it('is none whose server closes first', () => {
    expect(abortsIn(sealed(turn(5000, null), [finBy('server', 205_000)]))).toEqual([]);
  });
});
