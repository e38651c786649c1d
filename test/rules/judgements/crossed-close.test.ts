import { describe, expect, it } from 'vitest';
import type { Connection, IdlePeriod, RepeatedSegment } from '../../../src/facts/connection.js';
import type { RequestMessage, ResponseMessage } from '../../../src/facts/exchange.js';
import type { RecordShape } from '../../../src/facts/tls.js';
import { type CrossedClose, crossedCloseOf, lostDataOf } from '../../../src/rules/judgements/crossed-close.js';
import { tlsFacts } from '../../findings/connections.js';
import {
  abortBy,
  answer,
  type ConnectionOptions,
  connection,
  fieldsOf,
  finBy,
  get,
  handshake,
  type RequestOptions,
  rstBy,
  SECOND,
  type Step,
  withResponses,
} from '../facts.js';
import { overH2 } from '../h2-facts.js';
import { withIdlePeriods } from '../idle-facts.js';

const MS = 1_000_000;
const CLOSE = fieldsOf({ connection: 'close' });
/** The moment at which the second request, of 100 bytes, is captured. */
const ASKED = 5 * SECOND;

interface Crossing {
  /** The first exchange of the connection. */
  readonly before?: readonly Step[];
  readonly request?: RequestOptions;
  readonly options?: ConnectionOptions;
}

/** A connection that was used once, and five seconds later meets a request and the server's close at once. */
function used({ before = [get(1133), answer(3000)], request = {}, options = {} }: Crossing, ends: readonly Step[]) {
  return withIdlePeriods(connection([...handshake(), ...before, get(ASKED, '/next', request), ...ends], options));
}

function crossed(ends: readonly Step[], crossing: Crossing = {}): CrossedClose | null {
  return crossedCloseOf(used(crossing, ends));
}

/** The server's FIN, which does not acknowledge the request. */
const fin = (at: number, unseen = 100) => finBy('server', at, unseen);

describe('a request that crosses the close of an idle connection', () => {
  it('is not acknowledged by it', () => {
    expect(crossed([fin(ASKED + 50)])).toMatchObject({
      ...{ heardNs: 3 * MS, requestsBefore: 1 },
      lost: { atNs: ASKED * 1000, bytes: 100, packet: 6 },
    });
    expect(crossed([fin(ASKED + 50, 99)])).toBeNull();
    expect(crossed([fin(ASKED + 50, 0)])).toBeNull();
  });

  it('may meet an abort, but no bare RST, which gives up nothing by itself', () => {
    expect(crossed([abortBy('server', ASKED + 50, { unseenBytes: 100 })])).not.toBeNull();
    expect(crossed([rstBy('server', ASKED + 50)])).toBeNull();
  });

  it('may be captured behind the close, whatever is known of the bytes before it', () => {
    const behind = (at: number) => {
      const steps = [...handshake(), get(1133), answer(3000), fin(at, 0), get(ASKED, '/next')];
      return crossedCloseOf({ ...withIdlePeriods(connection(steps)), exchangeOffset: 4 });
    };
    expect(behind(ASKED - 50)).not.toBeNull();
    expect(behind(ASKED)).not.toBeNull();
    // Before it in the same tick of the clock: then its bytes would have to be counted.
    expect(crossed([fin(ASKED, 99)])).toBeNull();
  });

  it('is one of HTTP/2 where no answer of another stream came since', () => {
    const over = (answeredNs: number) => {
      return crossedCloseOf(withResponses(overH2(used({}, [fin(ASKED + 50)])), { endNs: answeredNs }));
    };
    expect(over(3 * MS)).not.toBeNull();
    expect(over(3 * MS + 1)).toBeNull();
  });

  it('is none of the client’s own close', () => {
    expect(crossed([finBy('client', ASKED + 50), fin(ASKED + 60)])).toBeNull();
  });

  it('meets no RST of another system', () => {
    const hand = { window: 502, ttl: 61 };
    const options = { ttl: { client: 64, server: 57 } };
    expect(crossed([abortBy('server', ASKED + 50, { unseenBytes: 100, hand })], { options })).toBeNull();
    expect(crossed([abortBy('server', ASKED + 50, { unseenBytes: 100 })], { options })).not.toBeNull();
  });

  it.each([
    ['20 ms and two round trips', 60, 20_000],
    ['20 and two round trips', 5_000, 100_000],
    ['200 ms and two round trips, however long these are', 30_000, 200_000],
  ])('was under way no longer than %s', (_, roundTrip, queued) => {
    const late = ASKED + queued + 2 * roundTrip;
    const met = (at: number, isReset = false) =>
      crossedCloseOf(
        withIdlePeriods(
          connection([
            ...handshake(roundTrip, roundTrip + 900),
            ...[get(roundTrip + 1133), answer(roundTrip + 3000)],
            ...[get(ASKED, '/next'), fin(at)],
            ...(isReset ? [rstBy('server', at + 40_000)] : []),
          ]),
        ),
      );
    expect(met(late)).not.toBeNull();
    expect(met(late + 1)).toBeNull();
    // A reset answers what came to a closed socket.
    expect(met(ASKED + 200_000 + 2 * roundTrip, true)).not.toBeNull();
    expect(met(ASKED + 200_001 + 2 * roundTrip, true)).toBeNull();
  });

  it('and not lost on its way: its client sends it on and on, and nothing comes back', () => {
    const again = (change: Partial<RepeatedSegment> = {}, ends: readonly Step[] = []) => {
      const facts = used({}, [fin(ASKED + 50), ...ends]);
      const repeated: RepeatedSegment = {
        ...{ sequence: 101, length: 100, longest: 100, times: 3, acknowledged: false },
        ...{ firstPacket: 8, firstNs: (ASKED + 200_000) * 1000, lastPacket: 10, lastNs: (ASKED + 1_400_000) * 1000 },
        ...change,
      };
      return crossedCloseOf({ ...facts, client: { ...facts.client, repeated } });
    };
    expect(again()).toBeNull();
    expect(again({ times: 1 })).not.toBeNull();
    expect(again({ acknowledged: true })).not.toBeNull();
    expect(again({ lastNs: (ASKED + 400_000) * 1000 }), 'the answer to them may be on its way').not.toBeNull();
    expect(again({}, [rstBy('server', ASKED + 90)])).not.toBeNull();
  });

  it('met a server that had been idle for half a second', () => {
    const soon = (at: number) =>
      crossedCloseOf(
        withIdlePeriods(connection([...handshake(), get(1133), answer(3000), get(at, '/next'), fin(at + 50)])),
      );
    expect(soon(503_000)).not.toBeNull();
    expect(soon(502_900)).toBeNull();
  });

  it('met a server that has said nothing since', () => {
    expect(crossed([{ at: ASKED + 10, is: 'data', from: 'server', bytes: 20 }, fin(ASKED + 50)])).toBeNull();
  });

  it('is not told where bytes may have passed unseen', () => {
    expect(crossed([fin(ASKED + 50)], { options: { guards: { oneSided: true } } })).toBeNull();
    expect(crossed([fin(ASKED + 50)], { options: { serverFacts: { lostBytes: 1 } } })).toBeNull();
    expect(crossed([fin(ASKED + 50)], { options: { undecoded: { server: 1 } } })).toBeNull();
  });

  it('is long, and begins behind what the close acknowledges', () => {
    /** Its first 1,000 bytes were captured before the close, the last behind it; the close acknowledges the first so far. */
    const long = (acknowledgement: number, first: Partial<RequestMessage> = {}, more: Partial<Connection> = {}) => {
      const facts = used({}, [fin(ASKED + 50)]);
      const exchanges = facts.exchanges.map(({ request, ...one }, at) => ({
        ...one,
        request: request && { ...request, ...(at === 0 ? first : { endNs: (ASKED + 90) * 1000, bodyBytes: 4000 }) },
      }));
      const segments = facts.close.segments.map((one) => ({ ...one, acknowledgement }));
      return crossedCloseOf({ ...facts, exchanges, close: { ...facts.close, segments }, ...more });
    };
    // The client's stream: SYN, 100 bytes, and then this one.
    expect(long(101)).not.toBeNull();
    expect(long(102)).toBeNull();
    expect(long(101, { framing: 'chunked' })).toBeNull();
    expect(long(101, { bodyBytes: 5 })).not.toBeNull();
    expect(long(106, { bodyBytes: 5 })).not.toBeNull();
    expect(long(107, { bodyBytes: 5 })).toBeNull();
    expect(long(101, {}, { exchangeOffset: 4 })).toBeNull();
    expect(long(101, {}, { tls: tlsFacts({ decryption: 'whole' }) })).toBeNull();
  });
});

describe('what the client sent last and nobody answered', () => {
  const lost = (crossing: Crossing, ends: readonly Step[] = []) => lostDataOf(used(crossing, ends));

  it('is the request behind those that were answered', () => {
    expect(lost({ request: { body: 20 } })).toMatchObject({ bytes: 120, exchange: { index: 1 } });
  });

  it('is none on a connection that was not used before', () => {
    expect(lost({ before: [] })).toBeNull();
    expect(lost({ before: [], options: { exchangeOffset: 3 } })).not.toBeNull();
  });

  it('is none where the answer before, or its request, said that it was the last', () => {
    expect(lost({ before: [get(1133), answer(3000, 200, 500, { fields: CLOSE })] })).toBeNull();
    expect(lost({ before: [get(1133, '/', { fields: CLOSE }), answer(3000)] })).toBeNull();
  });

  it('is none where the answer before was not at its end', () => {
    expect(lost({ before: [get(1133), answer(3000, 200, 500, { complete: false })] })).toBeNull();
    expect(lost({ before: [get(1133, '/', { complete: false }), answer(3000)] })).toBeNull();
  });

  it('is none in HTTP/0.9, and none that was told to go on', () => {
    expect(lost({ request: { version: 'HTTP/0.9' } })).toBeNull();
    const facts = used({}, []);
    const told = facts.exchanges.map((one, at) =>
      at === 1 ? { ...one, interim: [{ status: 100, packet: 7, atNs: 5 }] } : one,
    );
    expect(lostDataOf({ ...facts, exchanges: told })).toBeNull();
  });

  it('is none where one behind it was answered', () => {
    const facts = overH2(used({}, [get(ASKED + 100, '/third')]));
    const response = facts.exchanges[0]?.response as ResponseMessage;
    const third = facts.exchanges.map((one, at) => (at === 2 ? { ...one, response } : one));
    expect(lostDataOf(facts)).not.toBeNull();
    expect(lostDataOf({ ...facts, exchanges: third })).toBeNull();
  });
});

describe('a record that crosses the close in TLS without keys', () => {
  const record = (at: number, length = 200): RecordShape => ({ packet: 4, atNs: at * 1000, contentType: 23, length });

  function over(first: RecordShape, heard: RecordShape, last: RecordShape, facts: Partial<Connection> = {}) {
    const { client, server } = tlsFacts();
    const steps: Step[] = [...handshake(), { at: ASKED, is: 'data', from: 'client', bytes: last.length + 5 }];
    const sealed = connection([...steps, fin(ASKED + 50, last.length + 5)], { protocol: 'tls' });
    const tls = tlsFacts({
      client: { ...client, firstApplication: first, lastApplication: { ...last, packet: 9 } },
      server: { ...server, lastApplication: { ...heard, packet: 5 } },
    });
    return crossedCloseOf(withIdlePeriods({ ...sealed, tls, ...facts }));
  }

  it('is the client’s last, where both had spoken before', () => {
    expect(over(record(2000), record(3000), record(ASKED))).toMatchObject({
      lost: { exchange: null, bytes: 205 },
      requestsBefore: 0,
    });
  });

  it('is longer than frames that ask nothing', () => {
    expect(over(record(2000), record(3000), record(ASKED, 61))).not.toBeNull();
    expect(over(record(2000), record(3000), record(ASKED, 60))).toBeNull();
  });

  it('is none where the client had not asked before, or the server spoke last', () => {
    expect(over(record(3000), record(3000), record(ASKED))).toBeNull();
    expect(over(record(2000), record(ASKED), record(ASKED))).toBeNull();
  });

  it('is not told without the whole handshake', () => {
    const { handshake: shake } = connection([{ at: 0, is: 'ack' }]);
    expect(over(record(2000), record(3000), record(ASKED), { handshake: shake })).toBeNull();
  });
});

describe('the idle time before', () => {
  const period = (facts: Partial<IdlePeriod>): IdlePeriod => ({
    ...{ startNs: 3 * MS, durationNs: 4997 * MS, after: 'server', endedBy: 'client-payload', packet: 6 },
    ...facts,
  });
  const heard = (...idlePeriods: readonly IdlePeriod[]) =>
    crossedCloseOf({ ...used({}, [fin(ASKED + 50)]), idlePeriods })?.heardNs ?? null;

  it('is ended by the request, or by the close that it met', () => {
    expect(heard(period({}))).toBe(3 * MS);
    expect(heard(period({ packet: 5 }))).toBeNull();
    expect(heard(period({ endedBy: 'server-fin', packet: 7 }))).toBe(3 * MS);
    expect(heard(period({ endedBy: 'server-rst', packet: 7 }))).toBe(3 * MS);
    expect(heard(period({ endedBy: 'server-fin', packet: 8 }))).toBeNull();
    expect(heard(period({ endedBy: 'client-fin', packet: 7 }))).toBeNull();
  });

  it('is ended by the server’s last words, a second before its close', () => {
    const farewell = (agoNs: number) =>
      period({ endedBy: 'server-payload', packet: 5, durationNs: (ASKED + 50) * 1000 - 3 * MS - agoNs });
    expect(heard(farewell(1000 * MS))).toBe(3 * MS);
    expect(heard(farewell(1000 * MS + 1))).toBeNull();
    expect(heard(farewell(0))).toBe(3 * MS);
    expect(heard(farewell(-1))).toBeNull();
  });

  it('is ended in TLS by the packets of the record, up to a second before it is whole', () => {
    const sealedHeard = (agoNs: number) => {
      const idlePeriods = [period({ packet: 5, durationNs: ASKED * 1000 - 3 * MS - agoNs })];
      const server = { ...tlsFacts().server, lastApplication: null };
      const tls = tlsFacts({ decryption: 'whole', server });
      return crossedCloseOf({ ...used({}, [fin(ASKED + 50)]), idlePeriods, tls })?.heardNs ?? null;
    };
    expect(sealedHeard(0)).toBe(3 * MS);
    expect(sealedHeard(1000 * MS)).toBe(3 * MS);
    expect(sealedHeard(1000 * MS + 1)).toBeNull();
    expect(sealedHeard(-1)).toBeNull();
  });

  it('follows an answer, and begins before the request', () => {
    expect(heard(period({ after: 'client' }))).toBeNull();
    expect(heard(period({ startNs: ASKED * 1000, durationNs: 0 }))).toBeNull();
  });
});
