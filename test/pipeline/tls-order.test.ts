import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Connection } from '../../src/facts/connection.js';
import { Run } from '../../src/pipeline/run.js';
import { WHOLE } from '../../src/tcp/share.js';
import { type SegmentOptions, segmentOf } from '../tcp/segments.js';
import { type Session, session } from '../tls/session.js';

interface Segment extends SegmentOptions {
  readonly from: 'client' | 'server';
}

const CLIENT_START = 1001;
const SERVER_START = 5001;
const OPENING: readonly Segment[] = [
  { from: 'client', flags: 'S', seq: CLIENT_START - 1 },
  { from: 'server', flags: 'S.', seq: SERVER_START - 1, ack: CLIENT_START },
  { from: 'client', flags: '.', seq: CLIENT_START, ack: SERVER_START },
];

/** The connection that these segments, behind its opening, make. */
function connectionOf(segments: readonly Segment[], keys = ''): Connection {
  const found: Connection[] = [];
  const run = new Run(
    {
      connection: (connection) => found.push(connection),
      evicted: () => undefined,
      spent: () => undefined,
      name: () => undefined,
      presence: () => undefined,
      quic: () => undefined,
    },
    { exchangeBatch: Number.POSITIVE_INFINITY, share: WHOLE },
  );
  run.keyLog.add(keys);
  [...OPENING, ...segments].forEach(({ from, ...options }, index) => {
    run.segment(segmentOf(from, { clientPort: 50_000, serverPort: 443, ipId: index, ...options }, index + 1));
  });
  run.finish();
  const [connection] = found;
  if (connection === undefined || found.length > 1) throw new Error(`${found.length} connections`);
  return connection;
}

/** A session as segments, each in the place in which it was sent. */
function segmentsOf({ sent }: Session): Segment[] {
  const next = { client: CLIENT_START, server: SERVER_START };
  return sent.map(({ from, bytes }) => {
    const segment = {
      from,
      flags: 'P.',
      seq: next[from],
      ack: next[from === 'client' ? 'server' : 'client'],
      data: bytes,
    };
    next[from] += bytes.length;
    return segment;
  });
}

const unplaced = ({ tls }: Connection) => ({ ...tls?.clientHello, firstPacket: 0, lastPacket: 0, atNs: 0 });

describe('a ClientHello in TCP', () => {
  let made: Session;
  let hello: Uint8Array;
  beforeAll(async () => {
    made = await session({ client: { ALPNProtocols: ['h2', 'http/1.1'] }, server: { ALPNProtocols: ['http/1.1'] } });
    hello = made.sent[0]?.bytes ?? new Uint8Array(0);
  });

  const piece = (from: number, to: number): Segment => ({
    from: 'client',
    flags: 'P.',
    seq: CLIENT_START + from,
    ack: SERVER_START,
    data: hello.subarray(from, to),
  });

  it('cut at every byte, in order and out of order, gives the same facts', () => {
    const whole = connectionOf([piece(0, hello.length)]);
    expect(whole.tls?.clientHello).toMatchObject({ serverNames: ['server.example'], alpn: ['h2', 'http/1.1'] });
    for (let at = 1; at < hello.length; at += 1) {
      const [one, other] = [piece(0, at), piece(at, hello.length)];
      const inOrder = connectionOf([one, other]);
      const turned = connectionOf([other, one]);
      expect(unplaced(inOrder)).toEqual(unplaced(whole));
      expect(unplaced(turned)).toEqual(unplaced(whole));
      expect([inOrder.protocol, turned.protocol, turned.anomalies]).toEqual(['tls', 'tls', []]);
    }
  });

  it('in any pieces, any order, some of them twice, gives the same facts', () => {
    const whole = connectionOf([piece(0, hello.length)]);
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 1, max: hello.length - 1 }), { minLength: 1, maxLength: 8 }),
        fc.array(fc.nat(8), { maxLength: 3 }),
        fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })),
        (cuts, repeated, weights) => {
          const places = [0, ...cuts.sort((a, b) => a - b), hello.length];
          const pieces = places.slice(1).map((to, index) => piece(places[index] ?? 0, to));
          const all = [...pieces, ...repeated.flatMap((index) => pieces[index] ?? [])];
          const shuffled = all
            .map((segment) => ({ segment, weight: weights.next().value ?? 0 }))
            .sort((a, b) => a.weight - b.weight)
            .map(({ segment }) => segment);
          expect(unplaced(connectionOf(shuffled))).toEqual(unplaced(whole));
        },
      ),
      { numRuns: 200 },
    );
  });

  it('a whole session whose segments were captured in a slightly other order is decrypted all the same', () => {
    const segments = segmentsOf(made);
    const expected = connectionOf(segments, made.keys);
    expect([expected.tls?.decryption, expected.exchanges.length]).toEqual(['whole', 2]);
    for (let at = 0; at + 1 < segments.length; at += 1) {
      const [one, other] = [segments[at], segments[at + 1]];
      if (one === undefined || other === undefined) continue;
      const swapped = [...segments.slice(0, at), other, one, ...segments.slice(at + 2)];
      const { tls, exchanges, protocol } = connectionOf(swapped, made.keys);
      // An answer captured before what it answers is told by itself; that is HTTP's to decide.
      const targets = exchanges.flatMap(({ request }) => request?.target ?? []);
      const statuses = exchanges.flatMap(({ response }) => (response?.complete === true ? response.status : []));
      expect([at, protocol, tls?.decryption, targets, statuses]).toEqual([
        at,
        'http/1.1',
        'whole',
        ['/secret', '/more'],
        [200, 204],
      ]);
    }
  });
});
