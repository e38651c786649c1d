import { describe, expect, it } from 'vitest';
import type { Connection } from '../../../src/facts/connection.js';
import { detourOf } from '../../../src/rules/asymmetric-path/incident.js';
import { connection, finBy, get, handshake, rstBy, type Step } from '../facts.js';

const SYN: Step = { at: 0, is: 'syn' };
const SYN_ACK: Step = { at: 60, is: 'syn-ack' };

/** A handshake whose SYN-ACK leaves on another device than the SYN came on. */
function elsewhere(steps: readonly Step[]): ReturnType<typeof detourOf> {
  const facts = connection(steps, { ttl: { client: 61, server: 64 } });
  const { synAck } = facts.handshake;
  if (synAck === null) throw new Error('there is a SYN-ACK');
  return detourOf({ ...facts, handshake: { ...facts.handshake, synAck: { ...synAck, interfaceIndex: 1 } } });
}

describe('an answer by another way', () => {
  it('does not arrive: the client resets, or both send theirs again', () => {
    expect(elsewhere([SYN, SYN_ACK, rstBy('client', 90)])).toMatchObject({ kind: 'other-way', way: 'interface' });
    expect(elsewhere([SYN, SYN_ACK, { at: 1_000_000, is: 'syn' }])).toMatchObject({
      ...{ kind: 'other-way', last: { syns: 2, synAcks: 1 } },
    });
    expect(elsewhere([SYN, SYN_ACK, { at: 1_000_000, is: 'syn-ack' }])).toMatchObject({
      last: { syns: 1, synAcks: 2 },
    });
  });

  it('may arrive where nothing shows that it does not', () => {
    expect(elsewhere([SYN, SYN_ACK])).toBeNull();
    expect(elsewhere([SYN, SYN_ACK, { at: 1_000_000, is: 'syn' }, finBy('server', 2_000_000)])).toBeNull();
    expect(elsewhere([SYN, SYN_ACK, rstBy('server', 90)])).toBeNull();
    expect(elsewhere([SYN, rstBy('client', 50), SYN_ACK])).toBeNull();
    expect(elsewhere([...handshake(), get(1133), rstBy('client', 2000)])).toBeNull();
  });

  it('comes from an address that was not asked', () => {
    expect(detourOf(connection([SYN_ACK, rstBy('client', 90)]))).toMatchObject({
      ...{ kind: 'stray', syn: null, last: { syns: 0, synAcks: 1 }, way: null },
    });
    expect(detourOf(connection([SYN_ACK]))).toBeNull();
  });
});

describe('segments that are reset on their way', () => {
  const resets = [1100, 1200, 1300].map((at) => rstBy('server', at, { sequence: 1, hand: { mac: 3 } }));
  const mac = { client: 1, server: 2 };

  it('are told by two of the resets', () => {
    const found = detourOf(connection([...handshake(), get(1050), ...resets], { mac }));
    expect(found).toMatchObject({ kind: 'bypassed-elsewhere', resets: [{ packet: 5 }, { packet: 6 }], again: null });
    expect(found?.resets).toHaveLength(2);
  });

  it('are told by a SYN-ACK behind them', () => {
    const again: Step = { at: 1_000_000, is: 'syn-ack' };
    expect(detourOf(connection([...handshake(), get(1050), ...resets, again], { mac }))).toMatchObject({
      ...{ kind: 'bypassed', again: { packet: 8, atNs: 1_000_000_000 } },
    });
  });
});

describe('a direction that is missing', () => {
  const missing = (packets: number, acknowledged: number | null, facts: Partial<Connection> = {}) => {
    const alone = connection([get(1000)], {
      guards: { oneSided: true },
      clientFacts: { packets, highestAcknowledged: acknowledged },
      serverFacts: { packets: 0 },
    });
    return detourOf({ ...alone, ...facts });
  };

  it('is told by five packets of the other that acknowledge what was not seen', () => {
    expect(missing(5, 2)).toMatchObject({ kind: 'one-sided', segments: 5, steps: 0 });
    expect(missing(4, 2)).toBeNull();
    expect(missing(5, 1)).toBeNull();
    expect(missing(5, null)).toBeNull();
  });

  it('is none where the other was seen', () => {
    const { server, guards } = connection([get(1000)]);
    expect(missing(5, 2, { guards })).toBeNull();
    expect(missing(5, 2, { server: { ...server, packets: 1 } })).toBeNull();
  });
});
