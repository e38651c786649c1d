import { describe, expect, it } from 'vitest';
import type { Connection } from '../../../src/facts/connection.js';
import { TCP_OPTION } from '../../../src/facts/segment-evidence.js';
import { forgeryTests, forgeryVerdict } from '../../../src/rules/judgements/forgery.js';
import type { ForgeryContext, ForgeryTestId } from '../../../src/rules/judgements/forgery-test.js';
import { answer, type ConnectionOptions, connection, get, handshake, rstBy, type Step } from '../facts.js';
import { byServer, CONTEXT, inputOf, stale } from './forgery-facts.js';

function testsOf(facts: Connection, context: Partial<ForgeryContext> = {}) {
  return forgeryTests(inputOf(facts), { ...CONTEXT, ...context });
}

/** One test's result after a handshake, a request and these steps. */
function result(
  id: ForgeryTestId,
  steps: readonly Step[],
  options: ConnectionOptions = {},
  context: Partial<ForgeryContext> = {},
) {
  const facts = connection([...handshake(), get(1133), ...steps], options);
  return testsOf(facts, context).find((test) => test.id === id)?.result;
}

describe('F1, a stale sequence number,', () => {
  it('is positive behind its sender’s position with nothing to answer', () => {
    expect(result('F1', [byServer, stale])).toBe('positive');
  });

  it('is excused by an unanswered segment of the other side', () => {
    expect(result('F1', [byServer, rstBy('client', 1284, { sequence: 1, answers: true })])).toBe('negative');
  });

  it('is negative at its sender’s position', () => {
    expect(result('F1', [byServer])).toBe('negative');
  });

  it('says nothing where segments may be missing', () => {
    const missing: readonly ConnectionOptions[] = [
      { guards: { oneSided: true } },
      { guards: { midStream: true } },
      { serverFacts: { lostBytes: 1 } },
    ];
    for (const options of missing) expect(result('F1', [stale], options)).toBe('not-applicable');
    expect(result('F1', [stale], {}, { captureDrops: true })).toBe('not-applicable');
  });

  it('says nothing when more segments stood unanswered than are remembered', () => {
    const forgotten = { sequence: 1, answersUnknown: true };
    expect(result('F1', [rstBy('client', 1284, forgotten)])).toBe('not-applicable');
    expect(result('F1', [rstBy('client', 1284, { ...forgotten, answers: true })])).toBe('negative');
    expect(result('F2', [byServer, rstBy('client', 1284, forgotten)])).toBe('not-applicable');
  });

  it('says nothing of a RST ahead of its sender: it overtook, or bytes were lost', () => {
    expect(result('F1', [rstBy('server', 1278, { sequence: 400 })])).toBe('not-applicable');
  });

  it('says nothing of an abort after a retransmission or a closed window: its position may have gone back', () => {
    const abort = rstBy('client', 1284, { sequence: 1, ack: true, hand: { window: 502 } });
    expect(result('F1', [abort])).toBe('positive');
    expect(result('F1', [abort], { clientFacts: { retransmissions: 1 } })).toBe('not-applicable');
    expect(result('F1', [abort], { serverFacts: { zeroWindows: 1 } })).toBe('not-applicable');
  });

  it.each([
    ['is negative for the next packet of its sender’s socket: a SYN proxy changed its number', {}, 'negative'],
    ['is positive for another IP ID', { ipId: 4712 }, 'positive'],
    ['is positive for none', { ipId: 0, senderIpId: 65_535 }, 'positive'],
    ['is positive without the timestamps of the connection', { options: 0 }, 'positive'],
    ['is positive for a bare one', { ack: false }, 'positive'],
  ] as const)('%s', (_name, other, expected) => {
    const next = { senderIpId: 4710, ipId: 4711, options: TCP_OPTION.timestamps, ack: true, ...other };
    const { senderIpId, ack, ...hand } = next;
    const abort = rstBy('client', 1284, { sequence: 1, ack, senderIpId, hand: { window: 502, ...hand } });
    expect(result('F1', [abort])).toBe(expected);
  });
});

describe('F2, faster than the round trip,', () => {
  it('is positive for a stale RST of the far side within half a round trip', () => {
    expect(result('F2', [byServer, stale])).toBe('positive');
  });

  it('is negative when the far side may have acted by itself, or had the time', () => {
    expect(result('F2', [byServer, rstBy('client', 1284)])).toBe('negative');
    expect(result('F2', [byServer, rstBy('client', 1278 + 500, { sequence: 1 })])).toBe('negative');
  });

  describe('at the client, of a bare RST at the server’s position,', () => {
    const AT_CLIENT = { point: 'client', fastestAnswerNs: 2_500_000, roundTripNs: 1_900_000 } as const;
    const f2 = (steps: readonly Step[], context: Partial<ForgeryContext> = {}) =>
      testsOf(connection(steps), { ...AT_CLIENT, ...context }).find(({ id }) => id === 'F2')?.result;
    /** The server is 2 ms away, and answers a request after 2.5 ms at best. */
    const soon = (requestAt: number, resetAt: number, context: Partial<ForgeryContext> = {}) =>
      f2([...handshake(2000, 2010), get(requestAt), rstBy('server', resetAt)], context);
    const again = (requestAt: number) =>
      f2([...handshake(2000, 2010), get(2050), answer(5000), get(requestAt), rstBy('server', requestAt + 100)]);

    it('is positive where the server cannot have had the ACK of the handshake either', () => {
      expect(soon(2050, 2150)).toBe('positive');
    });

    it('is positive long after that ACK', () => {
      expect(soon(9000, 9100)).toBe('positive');
    });

    it('is negative where it may answer that ACK', () => {
      expect(soon(3900, 4000)).toBe('negative');
    });

    it('is positive on a connection that had been silent for longer than an ACK is delayed', () => {
      expect(again(1_005_000)).toBe('positive');
    });

    it('is positive at once after an answer, whose ACK the server cannot have either', () => {
      expect(again(5_200)).toBe('positive');
    });

    it('is negative where it may answer the ACK of the answer before', () => {
      expect(again(205_000)).toBe('negative');
    });

    it('is negative where other handshakes show that the server is nearer', () => {
      expect(soon(2050, 2150, { roundTripNs: 150_000 })).toBe('negative');
    });

    it('is negative where the server answers others as soon', () => {
      expect(soon(2050, 2150, { fastestAnswerNs: 180_000 })).toBe('negative');
    });
  });

  it('needs to know where it was captured', () => {
    expect(result('F2', [byServer, stale], {}, { point: 'unknown' })).toBe('not-applicable');
    expect(result('F2', [byServer, stale], {}, { point: 'between' })).toBe('not-applicable');
  });

  it('needs clocks that do not step', () => {
    expect(result('F2', [byServer, stale], { guards: { clockStepped: true } })).toBe('not-applicable');
  });
});

describe('F3, both sides at once,', () => {
  it('is positive in the same hand within half a round trip', () => {
    expect(result('F3', [byServer, stale])).toBe('positive');
  });

  it('is negative when two sockets are aborted at once, each with its own window', () => {
    const both = [
      rstBy('server', 1278, { ack: true, hand: { window: 502 } }),
      rstBy('client', 1284, { ack: true, hand: { window: 229 } }),
    ];
    expect(result('F3', both)).toBe('negative');
  });

  it('is negative a round trip apart, and not applicable to one side alone', () => {
    expect(result('F3', [byServer, rstBy('client', 1278 + 926)])).toBe('negative');
    expect(result('F3', [byServer])).toBe('not-applicable');
  });
});

describe('F4, life after death,', () => {
  const lives: Step = { at: 3000, is: 'data', from: 'server', bytes: 500 };

  it('is positive when its sender goes on', () => {
    expect(result('F4', [byServer, lives])).toBe('positive');
  });

  it('is negative when nothing follows', () => {
    expect(result('F4', [byServer])).toBe('negative');
  });

  it('says nothing where segments came out of order, or the RST overtook its sender', () => {
    expect(result('F4', [byServer, lives], { serverFacts: { outOfOrder: 1 } })).toBe('not-applicable');
    expect(result('F4', [rstBy('server', 1278, { sequence: 501 }), lives])).toBe('not-applicable');
  });
});

describe('F5, the hop count,', () => {
  const from = (ttl: number | null): Step[] => [rstBy('server', 1278, { hand: { ttl } })];
  const ttl = { client: 64, server: 57 };

  it('is positive from two hops nearer or further', () => {
    expect(result('F5', from(61), { ttl })).toBe('positive');
    expect(result('F5', from(58), { ttl })).toBe('negative');
  });

  it('is positive at the same distance where the first TTL was another, unless the server’s other resets have it', () => {
    expect(result('F5', from(248), { ttl })).toBe('positive');
    expect(result('F5', from(248), { ttl }, { refusalTtls: [248] })).toBe('negative');
  });

  it('knows the server’s own refusals, and says nothing when its TTL varies or was not seen', () => {
    expect(result('F5', from(61), { ttl }, { refusalTtls: [61] })).toBe('negative');
    expect(result('F5', from(61), { ttl, serverFacts: { ttlVaries: true } })).toBe('not-applicable');
    expect(result('F5', from(null), { ttl })).toBe('not-applicable');
  });
});

describe('F6, the link-layer source,', () => {
  const mac = { client: 1, server: 2 };
  const by = (address: number): Step[] => [rstBy('server', 1278, { hand: { mac: address } })];

  it('is positive from another address than its sender’s', () => {
    expect(result('F6', by(3), { mac })).toBe('positive');
    expect(result('F6', by(2), { mac })).toBe('negative');
  });

  it('is excused by a second gateway, varying addresses or a packet captured twice', () => {
    expect(result('F6', by(3), { mac }, { macs: [2, 3] })).toBe('negative');
    expect(result('F6', by(3), { mac, serverFacts: { macVaries: true } })).toBe('not-applicable');
    expect(result('F6', by(3), { mac, serverFacts: { duplicates: 1 } })).toBe('negative');
    const copied = { duplicates: 2, duplicatesElsewhere: 2 };
    expect(result('F6', by(3), { mac, serverFacts: copied })).toBe('positive');
    expect(result('F6', by(3), { mac, serverFacts: copied, guards: { severalPoints: true } })).toBe('negative');
  });

  it('is positive for a RST that leaves the host it should come to', () => {
    const leaving = [byServer, rstBy('client', 1284, { hand: { direction: 'outbound' } })];
    expect(result('F6', leaving, { clientFacts: { direction: 'inbound' } })).toBe('positive');
    expect(result('F6', leaving, { clientFacts: { direction: 'inbound' } }, { point: 'loopback' })).toBe('negative');
  });
});

describe('F7, copied fields,', () => {
  it('is negative for what a kernel writes: IP ID 0 and window 0', () => {
    expect(result('F7', [byServer])).toBe('negative');
  });

  it('is positive for a bare RST with the window of the request', () => {
    expect(result('F7', [rstBy('server', 1278, { hand: { window: 64240 } })])).toBe('positive');
  });

  it('is negative for an abort whose window happens to be the same', () => {
    expect(result('F7', [rstBy('server', 1278, { ack: true, hand: { window: 64240 } })])).toBe('negative');
  });
});

describe('F8, a burst,', () => {
  it('is positive when numbers grow beyond what its sender sent', () => {
    expect(result('F8', [byServer, rstBy('server', 1279, { sequence: 1461 })])).toBe('positive');
  });

  it('is negative for one RST per segment, all alike', () => {
    expect(result('F8', [byServer, rstBy('server', 1279)])).toBe('negative');
  });

  it('is not applicable to a single RST each way', () => {
    expect(result('F8', [byServer, stale])).toBe('not-applicable');
  });
});

describe('a connection whose packets are of two captures taken at once', () => {
  it('gives neither one clock nor one order: F1 to F4 say nothing', () => {
    const lives: Step = { at: 3000, is: 'data', from: 'server', bytes: 500 };
    const facts = connection([...handshake(), get(1133), byServer, stale, lives]);
    const judged = (oneOrder: boolean) =>
      testsOf(facts, { oneOrder })
        .slice(0, 4)
        .map((test) => test.result);
    expect(judged(true)).toEqual(['positive', 'positive', 'positive', 'positive']);
    expect(judged(false)).toEqual(['not-applicable', 'not-applicable', 'not-applicable', 'not-applicable']);
  });
});

describe('the verdict', () => {
  const verdict = (steps: readonly Step[], options: ConnectionOptions = {}, context: Partial<ForgeryContext> = {}) =>
    forgeryVerdict(testsOf(connection([...handshake(), get(1133), ...steps], options), context));
  const ttl = { client: 64, server: 57 };
  const near = rstBy('server', 1278, { hand: { ttl: 61 } });

  it('is certain by one decisive test', () => {
    expect(verdict([byServer, stale])).toBe('certain');
  });

  it('is likely by a strong test and another besides, none by a strong one alone', () => {
    expect(verdict([near], { ttl })).toBe('none');
    expect(verdict([near], { ttl }, { sameElsewhere: true })).toBe('likely');
  });

  it('is none by a medium one alone', () => {
    expect(verdict([byServer], {}, { sameElsewhere: true })).toBe('none');
  });
});
