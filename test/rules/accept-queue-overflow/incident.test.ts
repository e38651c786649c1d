import { describe, expect, it } from 'vitest';
import type { RepeatedSegment } from '../../../src/facts/connection.js';
import { lateAcceptOf } from '../../../src/rules/accept-queue-overflow/incident.js';
import { answer, type ConnectionOptions, connection, get, handshake, healthy, rstBy, type Step } from '../facts.js';

const MS = 1_000_000;
/** A handshake whose SYN is answered so many microseconds after its first copy. */
const late = (synAckAt: number, options: ConnectionOptions = {}) =>
  lateAcceptOf(connection(handshake(synAckAt, synAckAt + 900), { synRetransmissions: 1, ...options }));

describe('a handshake that a full queue takes late', () => {
  it('is answered when its SYN is sent again, after a second', () => {
    expect(late(1_030_000)).toMatchObject({
      ...{ how: 'syn', delayNs: 1030 * MS, isLossy: false, syn: { packet: 1 }, end: { packet: 2 } },
    });
    expect(late(900_000)).not.toBeNull();
    expect(late(899_999)).toBeNull();
  });

  it('is none whose SYN was sent once, or whose SYN-ACK was lost', () => {
    expect(late(1_030_000, { synRetransmissions: 0 })).toBeNull();
    const again: Step = { at: 1_030_100, is: 'syn-ack' };
    const steps = [...handshake(1_030_000, 1_030_900), again];
    expect(lateAcceptOf(connection(steps, { synRetransmissions: 1 }))).toBeNull();
  });

  it('may have met a path that loses', () => {
    expect(late(1_030_000, { clientFacts: { outOfOrder: 1 } })).toMatchObject({ isLossy: true });
    expect(late(1_030_000, { clientFacts: { retransmissions: 1 } })).toMatchObject({ isLossy: false });
    expect(late(1_030_000, { clientFacts: { retransmissions: 2 } })).toMatchObject({ isLossy: true });
  });

  it('is not told without all of it', () => {
    expect(lateAcceptOf(connection([{ at: 0, is: 'syn' }]))).toBeNull();
    expect(lateAcceptOf(connection(handshake().slice(0, 2)))).toBeNull();
    expect(lateAcceptOf(healthy())).toBeNull();
  });
});

describe('a handshake that a full queue resets', () => {
  const reset = (at: number) =>
    lateAcceptOf(
      connection([...handshake(), rstBy('server', at, { sequence: 1 })], { ttl: { client: 64, server: 64 } }),
    );

  it('is reset within half a second of its ACK', () => {
    expect(reset(986 + 100)).toMatchObject({ how: 'reset', delayNs: 1086 * 1000, end: { packet: 4 } });
    expect(reset(986 + 500_000)).toMatchObject({ how: 'reset' });
    expect(reset(986 + 500_001)).toBeNull();
  });
});

describe('a request that a full queue takes late', () => {
  const REPEATED: RepeatedSegment = {
    ...{ sequence: 1, length: 100, longest: 100, times: 2, acknowledged: true },
    ...{ firstPacket: 6, firstNs: 300 * MS, lastPacket: 8, lastNs: 900 * MS },
  };
  const facts = (options: ConnectionOptions['clientFacts'] = {}) =>
    connection([...handshake(), get(1100), answer(950_000)], {
      clientFacts: { repeated: REPEATED, retransmissions: 2, ...options },
    });

  it('is sent again until it is', () => {
    expect(lateAcceptOf(facts())).toMatchObject({ how: 'ack', delayNs: 900 * MS, end: { packet: 8 }, isLossy: false });
  });

  it('may have met a path that loses more than that', () => {
    expect(lateAcceptOf(facts({ retransmissions: 3 }))).toMatchObject({ isLossy: false });
    expect(lateAcceptOf(facts({ retransmissions: 4 }))).toMatchObject({ isLossy: true });
    expect(lateAcceptOf(facts({ outOfOrder: 1 }))).toMatchObject({ isLossy: true });
  });
});
