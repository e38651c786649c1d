import { describe, expect, it } from 'vitest';
import { ROLES_REVERSED, UNFINISHED_HEAD } from '../../../src/facts/anomaly.js';
import type { Connection } from '../../../src/facts/connection.js';
import type { Decryption } from '../../../src/facts/tls.js';
import { begunHeadOf } from '../../../src/rules/judgements/begun-head.js';
import { tlsFacts } from '../../findings/connections.js';
import { answer, type ConnectionOptions, connection, finBy, get, handshake, type Step } from '../facts.js';

const US = 1000;
const BEGUN = { name: UNFINISHED_HEAD, from: 'server', packet: 5, count: 1 } as const;
const head = (at: number, bytes = 27): Step => ({ at, is: 'data', from: 'server', bytes });

/** A request, and two segments of the head of its answer. */
function begun(options: ConnectionOptions = {}, steps: readonly Step[] = [get(1133), head(1300), head(1700)]) {
  return connection([...handshake(), ...steps, finBy('server', 9000)], {
    anomalies: [BEGUN],
    undecoded: { server: 54 },
    ...options,
  });
}

describe('a head that a connection ends amid', () => {
  it('is told with its request, its first packet, its times and the bytes that came', () => {
    const facts = begun();
    expect(begunHeadOf(facts)).toEqual({
      exchange: facts.exchanges[0],
      request: facts.exchanges[0]?.request,
      packet: 5,
      startNs: 1300 * US,
      bytes: 54,
      lastNs: 1700 * US,
    });
  });

  it('of a later answer begins, for all that is known, with its last byte', () => {
    const facts = begun({ anomalies: [{ ...BEGUN, packet: 7 }] }, [
      get(1133),
      answer(1300),
      get(2000),
      head(2500),
      head(2700),
    ]);
    expect(begunHeadOf(facts)).toMatchObject({ packet: 7, startNs: 2700 * US, lastNs: 2700 * US });
    expect(begunHeadOf(facts)?.request.startNs).toBe(2000 * US);
  });

  it('is none where the decoder remarked nothing, or something else', () => {
    expect(begunHeadOf(begun({ anomalies: [] }))).toBeNull();
    expect(begunHeadOf(begun({ anomalies: [{ ...BEGUN, name: 'http1-bare-lf' }] }))).toBeNull();
  });

  it('is not told where bytes of it may be missing, or times cannot be held against each other', () => {
    expect(begunHeadOf(begun({ serverFacts: { lostBytes: 1 } }))).toBeNull();
    expect(begunHeadOf(begun({ guards: { clockStepped: true } }))).toBeNull();
  });

  it('is not told of another protocol, nor where the two sides have changed places', () => {
    expect(begunHeadOf(begun({ protocol: 'h2' }))).toBeNull();
    const reversed = { name: ROLES_REVERSED, from: 'server', packet: 4, count: 1 } as const;
    expect(begunHeadOf(begun({ anomalies: [reversed, BEGUN] }))).toBeNull();
  });

  it('answers a whole request that came before it', () => {
    expect(begunHeadOf(begun({}, [get(1133, '/', { complete: false }), head(1300)]))).toBeNull();
    expect(begunHeadOf(begun({}, [head(1000), get(1133)]))).toBeNull();
    expect(begunHeadOf(begun({}, [head(1300)]))).toBeNull();
  });

  it('is seen within TLS where keys opened all of it, by the time of its last record', () => {
    const within = (decryption: Decryption): Connection => {
      const tls = tlsFacts({ decryption });
      const lastApplication = { packet: 6, atNs: 1600 * US, contentType: 23, length: 54 };
      return { ...begun(), tls: { ...tls, server: { ...tls.server, lastApplication } } };
    };
    expect(begunHeadOf(within('whole'))).toMatchObject({ startNs: 1600 * US, lastNs: 1600 * US });
    expect(begunHeadOf(within('partial'))).toBeNull();
  });
});
