import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Close } from '../../src/facts/close.js';
import type { Connection, ConnectionGuards } from '../../src/facts/connection.js';
import type { Decryption } from '../../src/facts/tls.js';
import { type UnseenConnections, UnseenTally } from '../../src/findings/unseen.js';
import { CLIENT, connection, exchange, SERVER, side, tlsFacts } from './connections.js';

const OPEN: Close = { kind: 'open', resetBy: null, segments: [], segmentCount: 0 };
const NOTHING: UnseenConnections = {
  midStream: 0,
  encrypted: 0,
  tls: { connections: 0, decrypted: 0, decryptedInPart: 0, undecrypted: [] },
  oneSided: 0,
  unread: 0,
  withLostBytes: 0,
  snapped: 0,
  openAtEnd: 0,
  evicted: 0,
};

function guarded(guards: Partial<ConnectionGuards>, facts: Partial<Connection> = {}): Connection {
  return connection({ ...facts, guards: { ...connection().guards, ...guards } });
}

/** Both sides speak, and nothing that is known. */
function unread(): Connection {
  const spoken = { payloadBytes: 155 };
  return connection({ protocol: 'unknown', exchanges: [], client: side(CLIENT, spoken), server: side(SERVER, spoken) });
}

function unseenOf(...connections: readonly Connection[]): UnseenConnections {
  const tally = new UnseenTally();
  for (const each of connections) tally.inspect(each);
  return tally.conclude();
}

describe('what was not seen', () => {
  it('is nothing where all was', () => {
    expect(unseenOf(connection(), connection({ stream: 1 }))).toEqual(NOTHING);
  });

  it.each<[keyof UnseenConnections, Connection]>([
    ['midStream', guarded({ midStream: true })],
    ['oneSided', guarded({ oneSided: true })],
    ['withLostBytes', connection({ client: side(CLIENT, { lostBytes: 1 }) })],
    ['withLostBytes', connection({ server: side(SERVER, { lostBytes: 1448 }) })],
    ['snapped', guarded({ snapped: true })],
    ['snapped', guarded({ snapped: true }, { server: side(SERVER, { lostBytes: 1448, snappedBytes: 1448 }) })],
    ['oneSided', guarded({ oneSided: true }, { server: side(SERVER, { lostBytes: 500 }) })],
    ['unread', unread()],
    ['midStream', guarded({ midStream: true }, unread())],
    ['openAtEnd', connection({ close: OPEN })],
    ['openAtEnd', guarded({ cutByCaptureEnd: true }, { close: OPEN, exchanges: [exchange()] })],
  ])('counts %s', (figure, one) => {
    expect(unseenOf(connection({ stream: 7 }), one)).toEqual({ ...NOTHING, [figure]: 1 });
  });

  it('asks for words of both sides before it says that they are not read', () => {
    expect(unseenOf({ ...unread(), server: side(SERVER, { payloadBytes: 0 }) })).toEqual(NOTHING);
  });

  it('counts how far TLS was opened, and why not', () => {
    const tls = (decryption: Decryption): Connection => connection({ protocol: 'tls', tls: tlsFacts({ decryption }) });
    const all: Decryption[] = [
      'whole',
      'whole',
      'partial',
      'no-key',
      'no-key',
      'wrong-key',
      'no-hello',
      'nothing-protected',
    ];
    expect(unseenOf(connection(), ...all.map(tls))).toEqual({
      ...NOTHING,
      encrypted: 4,
      tls: {
        connections: 7,
        decrypted: 3,
        decryptedInPart: 1,
        undecrypted: [
          { cause: 'no-key', connections: 2 },
          { cause: 'wrong-key', connections: 1 },
          { cause: 'no-hello', connections: 1 },
        ],
      },
    });
  });

  it('TLS that was opened in a later part of a connection was opened in part', () => {
    const batch = { close: OPEN, exchanges: [exchange()] };
    const part = (decryption: Decryption, exchangeOffset: number) =>
      guarded({ cutByCaptureEnd: true }, { ...batch, exchangeOffset, tls: tlsFacts({ decryption }) });
    expect(unseenOf(part('no-key', 0), part('partial', 1)).tls).toEqual({
      connections: 1,
      decrypted: 1,
      decryptedInPart: 1,
      undecrypted: [],
    });
  });

  it('counts what was given up early', () => {
    const tally = new UnseenTally();
    tally.evicted();
    expect(tally.conclude().evicted).toBe(1);
  });

  it('counts a connection that came in batches once, with what its last showed', () => {
    const batch = { close: OPEN, exchanges: [exchange()] };
    expect(
      unseenOf(
        guarded({ midStream: true, cutByCaptureEnd: true }, batch),
        guarded({ midStream: true, cutByCaptureEnd: true }, { ...batch, exchangeOffset: 1 }),
        guarded({ midStream: true }, { exchangeOffset: 2, server: side(SERVER, { lostBytes: 9 }) }),
      ),
    ).toEqual({ ...NOTHING, midStream: 1, withLostBytes: 1 });
  });

  it('is the same however the connections are split and merged', () => {
    const any = fc.record({
      stream: fc.nat(5),
      midStream: fc.boolean(),
      snapped: fc.boolean(),
      isOpen: fc.boolean(),
      cutByCaptureEnd: fc.boolean(),
      exchangeOffset: fc.constantFrom(0, 1),
      part: fc.nat(1),
    });
    fc.assert(
      fc.property(fc.array(any, { maxLength: 20 }), (list) => {
        const whole = new UnseenTally();
        const parts = [new UnseenTally(), new UnseenTally()];
        for (const { part, isOpen, stream, exchangeOffset, ...guards } of list) {
          const facts = { stream, exchangeOffset, exchanges: [exchange()], ...(isOpen ? { close: OPEN } : {}) };
          whole.inspect(guarded(guards, facts));
          parts[part]?.inspect(guarded(guards, facts));
          if (part === 1) for (const tally of [whole, parts[1]]) tally?.evicted();
        }
        const [one, other] = parts;
        const left = new UnseenTally();
        const right = new UnseenTally();
        if (one === undefined || other === undefined) throw new Error('two parts');
        left.merge(one.seen);
        left.merge(other.seen);
        right.merge(other.seen);
        right.merge(one.seen);
        expect(left.conclude()).toEqual(whole.conclude());
        expect(right.conclude()).toEqual(whole.conclude());
      }),
    );
  });
});
