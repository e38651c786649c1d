import { describe, expect, it } from 'vitest';
import { ROLES_REVERSED } from '../../../src/facts/anomaly.js';
import type { Connection } from '../../../src/facts/connection.js';
import type { RequestMessage, ResponseMessage } from '../../../src/facts/exchange.js';
import { abandonmentOf, commonTimerOf, sealedAbandonmentOf } from '../../../src/rules/judgements/abandonment.js';
import { sealedTurnsOf } from '../../../src/rules/judgements/sealed-turn.js';
import { tlsFacts } from '../../findings/connections.js';
import {
  abortBy,
  answer,
  type ConnectionOptions,
  connection,
  finBy,
  get,
  handshake,
  type RequestOptions,
  rstBy,
  type Step,
  withRequests,
} from '../facts.js';
import { type SealedOptions, sealed, turn } from '../sealed-facts.js';

const MS = 1_000_000;
const LEFT = finBy('client', 30_001_133);

/** A request after which these things happen. */
function closedBy(
  steps: readonly Step[],
  request: RequestOptions = {},
  options: ConnectionOptions = {},
  facts: Partial<Connection> = {},
) {
  return abandonmentOf({ ...connection([...handshake(), get(1133, '/', request), ...steps], options), ...facts });
}

/** The same, where the request's message is so. */
function asking(message: Partial<RequestMessage>, options: ConnectionOptions = {}) {
  return abandonmentOf(withRequests(connection([...handshake(), get(1133), LEFT], options), message));
}

/** The same, where an answer had begun. */
function amid(message: Partial<ResponseMessage>, steps: readonly Step[] = [LEFT], options: ConnectionOptions = {}) {
  const begun = { complete: false, framing: 'content-length', contentLength: 9000, ...message } as const;
  return closedBy([answer(5000, 200, 500, begun), ...steps], {}, options);
}

describe('a client that gives up', () => {
  it('closes first while its request waits', () => {
    expect(closedBy([LEFT])).toMatchObject({ waitedNs: 30_000 * MS, amidAnswer: false, tooLate: null });
    expect(closedBy([abortBy('client', 2133)])).toMatchObject({ waitedNs: MS });
  });

  it('closes while its answer is not at its end', () => {
    expect(amid({})).toMatchObject({ amidAnswer: true, tooLate: null });
  });

  it('is told the answer that came when it had gone', () => {
    const gone = [LEFT, answer(30_005_000), rstBy('client', 30_005_100)];
    expect(closedBy(gone)).toMatchObject({ amidAnswer: false, tooLate: { status: 200 } });
  });

  it('is none where the server closes first, or nobody does', () => {
    expect(closedBy([finBy('server', 2000), LEFT])).toBeNull();
    expect(closedBy([])).toBeNull();
  });

  it('is none where the server’s close stands behind its own in the file, and is older', () => {
    expect(closedBy([LEFT, finBy('server', 29_000_000)])).toBeNull();
    expect(closedBy([LEFT, finBy('server', 31_000_000)])).not.toBeNull();
    expect(amid({}, [LEFT, rstBy('server', 29_000_000)])).toBeNull();
  });

  it('is none where its close stands elsewhere than behind what it sent', () => {
    expect(closedBy([rstBy('client', 2000, { sequence: 1 })])).toBeNull();
    expect(closedBy([rstBy('client', 2000, { sequence: 400 })])).toBeNull();
  });

  it('is none whose answer is whole, or ends with the connection', () => {
    expect(closedBy([answer(5000), LEFT])).toBeNull();
    expect(amid({ framing: 'close', contentLength: null })).toBeNull();
  });

  it('is none over another protocol, in TLS that was not opened whole, or with the roles reversed', () => {
    for (const protocol of ['h2', 'websocket', 'tls', 'unknown'] as const)
      expect(closedBy([LEFT], {}, { protocol })).toBeNull();
    expect(closedBy([LEFT], {}, {}, { tls: tlsFacts({ decryption: 'partial' }) })).toBeNull();
    expect(closedBy([LEFT], {}, {}, { tls: tlsFacts({ decryption: 'whole' }) })).not.toBeNull();
    expect(
      closedBy([LEFT], {}, { anomalies: [{ name: ROLES_REVERSED, from: 'client', packet: 4, count: 1 }] }),
    ).toBeNull();
  });

  it('is none where it takes its time by design', () => {
    expect(amid({ fields: [{ name: 'content-type', value: 'text/event-stream' }] })).toBeNull();
  });

  it('is none before the request was sent', () => {
    expect(asking({ endNs: LEFT.at * 1000 + 1 })).toBeNull();
    expect(asking({ endNs: LEFT.at * 1000 })).toMatchObject({ waitedNs: 0 });
  });

  it('is not told where the server may have answered unseen', () => {
    expect(closedBy([LEFT], {}, { undecoded: { server: 1 } })).toBeNull();
    expect(closedBy([LEFT], {}, { serverFacts: { lostBytes: 1 } })).toBeNull();
    expect(closedBy([LEFT], {}, { guards: { oneSided: true } })).toBeNull();
  });

  it('is not told where bytes of its request are missing, but for the end of a head that sends nothing', () => {
    const cut = { clientFacts: { lostBytes: 9, snappedBytes: 9 } };
    expect(asking({ lostBytes: 9 }, cut)).not.toBeNull();
    expect(asking({ lostBytes: 9, method: 'HEAD' }, cut)).not.toBeNull();
    expect(asking({ lostBytes: 9, method: 'POST' }, cut)).toBeNull();
    expect(asking({ lostBytes: 9 }, { clientFacts: { lostBytes: 9, snappedBytes: 8 } })).toBeNull();
  });

  it('is not told where bytes of the answer’s head are missing', () => {
    expect(amid({ bodyBytes: 300, lostBytes: 300 })).not.toBeNull();
    expect(amid({ bodyBytes: 300, lostBytes: 301 })).toBeNull();
    const chunked = { framing: 'chunked', contentLength: null, bodyBytes: 300 } as const;
    expect(amid({ ...chunked, lostBytes: 0 })).not.toBeNull();
    expect(amid({ ...chunked, lostBytes: 5 })).toBeNull();
  });

  it('only ends its sending side where the server goes on', () => {
    const goesOn: Step = { at: LEFT.at + 1, is: 'data', from: 'server', bytes: 500 };
    expect(amid({}, [LEFT, goesOn])).toBeNull();
    expect(amid({}, [abortBy('client', 9000), { ...goesOn, at: 9001 }])).not.toBeNull();
  });

  it('is answered by the server’s farewell in TLS, which is no part of a response', () => {
    const tls = tlsFacts({ decryption: 'whole' });
    const farewell: Step = { at: LEFT.at + 1, is: 'data', from: 'server', bytes: 24 };
    const begun = answer(5000, 200, 500, { complete: false, framing: 'content-length', contentLength: 9000 });
    expect(closedBy([begun, LEFT, farewell], {}, {}, { tls })).toMatchObject({ amidAnswer: true });
  });
});

describe('a client that gives up in TLS without keys', () => {
  const WAIT = finBy('client', 2_005_000);
  function given(last: ReturnType<typeof turn>, ends: readonly Step[], options: SealedOptions = {}) {
    const facts = sealed(last, ends, options);
    const turns = sealedTurnsOf(facts);
    return turns === null ? null : sealedAbandonmentOf(facts, turns);
  }

  it('closes first upon a turn that was not answered', () => {
    expect(given(turn(5000, null), [WAIT])).toMatchObject({ waitedNs: 2000 * MS, amidAnswer: false, isVague: false });
    expect(given(turn(5000, null), [WAIT], { alpn: [] })).toMatchObject({ isVague: true });
  });

  it('is none where the server closes first, or before the turn was over', () => {
    expect(given(turn(5000, null), [finBy('server', 2_005_000)])).toBeNull();
    expect(given(turn(5000, null), [rstBy('client', 2_005_000, { sequence: 1 })])).toBeNull();
    expect(given(turn(5000, null), [finBy('client', 4000)])).toBeNull();
    expect(given(turn(5000, null), [finBy('client', 2_005_000), finBy('server', 2_004_000)])).toBeNull();
    expect(given(turn(5000, null), [finBy('client', 2_005_000), finBy('server', 2_006_000)])).not.toBeNull();
  });

  it('is none that stopped reading', () => {
    expect(given(turn(5000, null), [WAIT], { clientFacts: { zeroWindows: 1 } })).toBeNull();
  });

  it('of a turn that may be the preface of HTTP/2 has waited for a second', () => {
    const preface = { turns: { mayBePreface: true } };
    expect(given(turn(5000, null), [finBy('client', 1_005_000)], preface)).not.toBeNull();
    expect(given(turn(5000, null), [finBy('client', 1_004_999)], preface)).toBeNull();
  });

  describe('amid an answer', () => {
    const cut = { serverSide: { unfinishedBytes: 900 } };
    const BEGUN = turn(5000, 9000);

    it('leaves it in the middle of a record', () => {
      expect(given(BEGUN, [finBy('client', 100_000)], cut)).toMatchObject({ amidAnswer: true });
      expect(given(BEGUN, [finBy('client', 100_000)])).toBeNull();
    });

    it('leaves it with data that meets its resets', () => {
      const { answer: begun, ...rest } = BEGUN;
      if (begun === null) throw new Error('it is answered');
      const goesOn = { ...rest, answer: { ...begun, endNs: 100_500_000 } };
      expect(given(goesOn, [rstBy('client', 100_000)])).toMatchObject({ amidAnswer: true });
      expect(given(goesOn, [finBy('client', 100_000)])).toBeNull();
    });

    it('is none where the server had paused for half a second, or had not begun', () => {
      expect(given(BEGUN, [finBy('client', 508_999)], cut)).not.toBeNull();
      expect(given(BEGUN, [finBy('client', 509_000)], cut)).toBeNull();
      expect(given(BEGUN, [finBy('client', 9000)], cut)).toBeNull();
    });

    it('is not told where segments of the server came twice or out of order', () => {
      const end = [finBy('client', 100_000)];
      expect(given(BEGUN, end, { ...cut, serverFacts: { outOfOrder: 1 } })).toBeNull();
      expect(given(BEGUN, end, { ...cut, serverFacts: { retransmissions: 1 } })).toBeNull();
    });
  });
});

describe('the time-outs that people set', () => {
  it('are met up to two parts in a hundred late, and two in a thousand early', () => {
    expect([commonTimerOf(29.94e9), commonTimerOf(30e9), commonTimerOf(30.6e9)]).toEqual([30, 30, 30]);
    expect([commonTimerOf(29.93e9), commonTimerOf(30.61e9)]).toEqual([null, null]);
  });

  it('are seconds to minutes', () => {
    expect([5, 10, 60, 90, 120, 300, 600].map((each) => commonTimerOf(each * 1e9))).toEqual([
      5, 10, 60, 90, 120, 300, 600,
    ]);
    expect([1, 3, 7, 45, 900].map((each) => commonTimerOf(each * 1e9))).toEqual([null, null, null, null, null]);
  });
});
