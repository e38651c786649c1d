import { describe, expect, it } from 'vitest';
import type { Connection, RepeatedSegment, SideFacts, Unreachable } from '../../../src/facts/connection.js';
import { blackHoleOf } from '../../../src/rules/mtu-blackhole/incident.js';
import { tlsFacts } from '../../findings/connections.js';
import { connection, finBy, get, handshake, type Step } from '../facts.js';

const MS = 1_000_000;
const REPEATED: RepeatedSegment = {
  ...{ sequence: 101, length: 1448, longest: 1448, times: 4, acknowledged: false },
  ...{ firstPacket: 6, firstNs: 300 * MS, lastPacket: 9, lastNs: 3000 * MS },
};

describe('large segments that do not pass, at their sender’s end', () => {
  /** A client that sends its second segment again and again, and a server that closes. */
  function sent(client: Partial<SideFacts> = {}, facts: Partial<Connection> = {}, ends = [finBy('server', 4_000_000)]) {
    const options = {
      clientFacts: { repeated: REPEATED, firstLarge: 101, ...client },
      serverFacts: { highestAcknowledged: 101 },
    };
    return blackHoleOf({ ...connection([...handshake(), get(1133), ...ends], options), ...facts });
  }
  const tooBig = (mtu: number | null, facts: Partial<Unreachable> = {}): Partial<Connection> => ({
    unreachables: [
      { packet: 7, atNs: 400 * MS, sender: '10.0.0.254', type: 3, code: 4, mtu, quoted: 'client', ...facts },
    ],
  });

  it('are sent again and never acknowledged, where small ones were, and the other side is there', () => {
    expect(sent()).toMatchObject({
      ...{ side: 'client', passed: 100, missing: null, icmp: null, encrypted: false, packet: 6 },
      alive: { atNs: 4000 * MS },
    });
    expect(sent({}, { tls: tlsFacts() })).toMatchObject({ encrypted: true });
  });

  it('have 1,200 bytes and more, and were sent again for 300 ms', () => {
    expect(sent({ repeated: { ...REPEATED, length: 1200 } })).not.toBeNull();
    expect(sent({ repeated: { ...REPEATED, length: 1199 } })).toBeNull();
    expect(sent({ repeated: { ...REPEATED, lastNs: 600 * MS } })).not.toBeNull();
    expect(sent({ repeated: { ...REPEATED, lastNs: 600 * MS - 1 } })).toBeNull();
    expect(sent({ repeated: { ...REPEATED, acknowledged: true } })).toBeNull();
  });

  it('never passed before', () => {
    expect(sent({ firstLarge: 100 })).toBeNull();
    expect(sent({ firstLarge: null })).toBeNull();
  });

  it('are told of by a router that asks for smaller ones', () => {
    expect(sent({}, tooBig(1487), [])).toMatchObject({ icmp: { mtu: 1487, packet: 7 }, alive: null });
    expect(sent({}, tooBig(1488), [])).toMatchObject({ icmp: null });
    expect(sent({}, tooBig(null), [])).toMatchObject({ icmp: null });
    expect(sent({}, tooBig(1400, { quoted: 'server' }), [])).toMatchObject({ icmp: null });
    expect(sent({}, tooBig(1400, { atNs: 3000 * MS }), [])).toMatchObject({ icmp: { mtu: 1400 } });
    expect(sent({}, tooBig(1400, { atNs: 3000 * MS + 1 }), [])).toMatchObject({ icmp: null });
  });

  it('show nothing of a server that is heard of no more, or was not since: whether it answers others tells', () => {
    expect(sent({}, {}, [])).toMatchObject({ alive: null });
    expect(sent({}, {}, [finBy('client', 4_000_000)])).toMatchObject({ alive: null });
    expect(sent({}, {}, [finBy('server', 300_000)])).toMatchObject({ alive: null });
  });

  it('are not told of a client that is heard of no more', () => {
    const from = (ends: readonly Step[]) =>
      blackHoleOf(
        connection([...handshake(), get(1133), ...ends], {
          serverFacts: { repeated: REPEATED, firstLarge: 101 },
          clientFacts: { highestAcknowledged: 101 },
        }),
      );
    expect(from([finBy('client', 4_000_000)])).toMatchObject({ side: 'server' });
    expect(from([])).toBeNull();
  });

  it('are not told without the whole handshake, or before the end', () => {
    expect(sent({}, { handshake: connection([{ at: 0, is: 'ack' }]).handshake })).toBeNull();
    expect(sent({}, { goesOn: true })).toBeNull();
  });
});

describe('large segments that do not pass, at their receiver’s end', () => {
  /** A server that lacks the client's first segment of `bytes`, and closes when it has waited so long. */
  function missing(bytes: number, waitUs: number, client: Partial<SideFacts> = {}, ends: readonly Step[] = []) {
    const steps: Step[] = [...handshake(), get(1000), finBy('server', 1000 + waitUs), ...ends];
    const acknowledged: Step[] = ends.length > 0 ? [] : [{ at: 1100 + waitUs, is: 'ack' }];
    return blackHoleOf(
      connection([...steps, ...acknowledged], {
        clientFacts: { lostBytes: bytes, nextSequence: bytes + 101, firstLarge: null, ...client },
        serverFacts: { highestAcknowledged: 1 },
      }),
    );
  }

  it('leave a hole of 1,200 bytes and more, that is waited for in vain for a second', () => {
    expect(missing(1448, 1_000_000)).toMatchObject({
      ...{ side: 'client', repeated: null, steps: 0, missing: { bytes: 1448, waitedNs: 1000 * MS } },
    });
    expect(missing(1448, 999_999)).toBeNull();
    expect(missing(1200, 2_000_000)).not.toBeNull();
    expect(missing(1199, 2_000_000)).toBeNull();
  });

  it('never came through', () => {
    expect(missing(1448, 2_000_000, { firstLarge: 1500 })).toBeNull();
  });

  it('are those of a sender that is there: it acknowledges the FIN', () => {
    expect(missing(1448, 2_000_000, {}, [finBy('client', 9_000_000)])).toBeNull();
  });
});
