import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { InOrder } from '../../../src/bytes/in-order.js';
import type { Side } from '../../../src/facts/endpoint.js';
import { MAX_WEB_SOCKET_RECORDS, type WebSocketFacts } from '../../../src/facts/websocket.js';
import { WebSocketDecoder } from '../../../src/http/websocket/decoder.js';

/** Bytes of one side in a packet of its own; or a gap. */
type Piece = { readonly from: Side; readonly at?: number } & ({ readonly hex: string } | { readonly gap: number });

interface Outcome {
  readonly facts: WebSocketFacts;
  readonly anomalies: readonly string[];
  readonly undecoded: { readonly client: number; readonly server: number };
}

type Cut = (reader: InOrder, bytes: Uint8Array, packet: number, at: number) => void;

const whole: Cut = (reader, bytes, packet, at) => reader.bytes(bytes, 0, bytes.length, packet, at);
const inPieces =
  (...lengths: readonly number[]): Cut =>
  (reader, bytes, packet, at) => {
    for (let from = 0, turn = 0; from < bytes.length; turn += 1) {
      const next = Math.min(bytes.length, from + (lengths[turn % lengths.length] ?? 1));
      reader.bytes(bytes, from, next, packet, at);
      from = next;
    }
  };

const HANDSHAKE = {
  h2Stream: null,
  handshakePacket: 1,
  accept: 'right',
  subprotocol: null,
  extensions: null,
  hasDeflate: false,
} as const;

/** Packets are numbered from 2 and a millisecond apart unless they say when; all ends a millisecond later. */
function run(pieces: readonly Piece[], cut: Cut = whole): Outcome {
  const anomalies: string[] = [];
  const decoder = new WebSocketDecoder(
    { anomaly: (name, from, packet) => anomalies.push(`${name} ${from} ${packet}`) },
    0,
  );
  let packet = 1;
  let at = 0;
  for (const piece of pieces) {
    packet += 1;
    at = piece.at ?? at + 1e6;
    const reader = decoder[piece.from];
    if ('gap' in piece) reader.gap(piece.gap, packet, at);
    else cut(reader, Buffer.from(piece.hex.replace(/\s/g, ''), 'hex'), packet, at);
  }
  for (const side of ['client', 'server'] as const) decoder[side].end('fin', packet + 1, at + 1e6);
  return { facts: decoder.factsWith(HANDSHAKE), anomalies, undecoded: decoder.undecodedBytes };
}

function feed(pieces: readonly Piece[]): Outcome {
  const outcome = run(pieces);
  for (const lengths of [[1], [2], [3, 1], [5]])
    expect(run(pieces, inPieces(...lengths)), `${lengths}`).toEqual(outcome);
  return outcome;
}

const client = (hex: string, at?: number): Piece => ({ from: 'client', hex, ...(at === undefined ? {} : { at }) });
const server = (hex: string, at?: number): Piece => ({ from: 'server', hex, ...(at === undefined ? {} : { at }) });

/** RFC 6455 §5.7. */
const HELLO = '810548656c6c6f';
const MASKED_HELLO = '818537fa213d7f9f4d5158';
const PING = '890548656c6c6f';
const MASKED_PONG = '8a8537fa213d7f9f4d5158';

describe('RFC 6455 §5.7: examples', () => {
  it('an unmasked and a masked text message', () => {
    const { facts, anomalies, undecoded } = feed([server(HELLO), client(MASKED_HELLO)]);
    expect(facts.sent.server).toMatchObject({ frames: 1, textMessages: 1, payloadBytes: 5, lastPacket: 2 });
    expect(facts.sent.client).toMatchObject({ frames: 1, textMessages: 1, payloadBytes: 5, lastPacket: 3 });
    expect(anomalies).toEqual([]);
    expect(undecoded).toEqual({ client: 0, server: 0 });
  });

  it('a fragmented message', () => {
    const { facts } = feed([server('010348656c 80026c6f')]);
    expect(facts.sent.server).toMatchObject({ frames: 2, textMessages: 1, payloadBytes: 5 });
  });

  it('a Ping and the masked Pong that answers it', () => {
    const { facts } = feed([server(PING), client(MASKED_PONG)]);
    expect(facts.pings).toEqual([{ from: 'server', packet: 2, atNs: 1e6, answerPacket: 3, answerNs: 2e6 }]);
    expect([facts.sent.server.pings, facts.sent.client.pongs]).toEqual([1, 1]);
  });

  it('binary messages of 256 bytes and of 64 KB', () => {
    const { facts } = run([
      server(`827e0100${'00'.repeat(256)}`),
      server(`827f0000000000010000${'00'.repeat(65_536)}`),
    ]);
    expect(facts.sent.server).toMatchObject({ binaryMessages: 2, payloadBytes: 65_792, largestPayload: 65_536 });
  });
});

describe('control frames', () => {
  it('Close with code and reason, from both sides: RFC 6455 §5.5.1', () => {
    // 1001 "bye", and its echo masked with zeros.
    const { facts } = feed([server('880503e9627965'), client('8882 00000000 03e9')]);
    expect(facts.closes.server).toEqual({ from: 'server', packet: 2, atNs: 1e6, code: 1001, reason: 'bye' });
    expect(facts.closes.client).toEqual({ from: 'client', packet: 3, atNs: 2e6, code: 1001, reason: '' });
  });

  it('Close without a code', () => {
    expect(feed([server('8800')]).facts.closes.server).toMatchObject({ code: null, reason: '' });
    expect(feed([server('880103')]).facts.closes.server).toMatchObject({ code: null, reason: '' });
  });

  it('a Pong answers the latest Ping with its payload, and one that nobody asked for answers none', () => {
    const { facts } = feed([server('890161 890162'), client('8a80 00000000'), client('8a81 00000000 62')]);
    expect(facts.pings.map(({ answerPacket }) => answerPacket)).toEqual([null, 4]);
    expect(facts.sent.client.pongs).toBe(2);
  });

  it('Pings are bounded and counted: the earliest and the last', () => {
    const { facts } = run(Array.from({ length: 100 }, () => server('8900')));
    expect([facts.pings.length, facts.pingCount, facts.pings.at(-1)?.packet]).toEqual([
      MAX_WEB_SOCKET_RECORDS,
      100,
      101,
    ]);
  });
});

describe('idle periods', () => {
  it('lie between frames of either side, from the handshake to the end', () => {
    const { facts } = feed([server(HELLO, 1e9), client(MASKED_HELLO, 1.2e9), server('8900', 4e9)]);
    expect(facts.idlePeriods).toEqual([
      { startNs: 0, durationNs: 1e9, after: null, endedBy: 'server', packet: 2 },
      { startNs: 1.2e9, durationNs: 2.8e9, after: 'client', endedBy: 'server', packet: 4 },
    ]);
    const toTheEnd = run([server(HELLO, 1e6), { from: 'client', gap: 1, at: 60e9 }]);
    expect(toTheEnd.facts.idlePeriods).toMatchObject([{ startNs: 1e6, after: 'server', endedBy: null }]);
  });
});

describe('what breaks the protocol', () => {
  it.each([
    ['a client that does not mask: RFC 6455 §5.1', client(HELLO), 'websocket-unmasked-client-frame'],
    ['a server that masks', server(MASKED_HELLO), 'websocket-masked-server-frame'],
    ['a reserved opcode: §5.2', server('8300'), 'websocket-reserved-opcode'],
    ['reserved bits', server('a100'), 'websocket-reserved-bits'],
    ['a control frame in parts: §5.5', server('0900'), 'websocket-fragmented-control-frame'],
    ['a control frame of 126 bytes', server(`897e007e${'00'.repeat(126)}`), 'websocket-long-control-frame'],
    ['a length that no frame has', server('827fffffffffffffffff'), 'websocket-impossible-length'],
  ])('%s is remarked', (_name, piece, anomaly) => {
    expect(feed([piece]).anomalies).toEqual([`${anomaly} ${piece.from} 2`]);
  });

  it('compression is recognised: RFC 7692 §6', () => {
    const { facts, anomalies } = feed([server('c107f248cdc9c90700')]);
    expect(facts.sent.server).toMatchObject({ textMessages: 1, compressedMessages: 1 });
    expect(anomalies).toEqual([]);
  });
});

describe('what the capture does not hold', () => {
  it('a gap within a payload loses nothing but payload', () => {
    const { facts } = run([server('8105 48'), { from: 'server', gap: 3 }, server('6f 8900')]);
    expect(facts.sent.server).toMatchObject({ frames: 2, payloadBytes: 5, isLost: false });
    expect(facts.pingCount).toBe(1);
  });

  it('a gap over the end of a payload loses the place, until a segment holds whole frames', () => {
    const { facts, undecoded } = run([
      server('8105 48'),
      { from: 'server', gap: 30 },
      server('00112233'),
      server(`${HELLO}${HELLO}`),
    ]);
    expect(facts.sent.server).toMatchObject({ frames: 3, isLost: true });
    expect(undecoded.server).toBe(4);
  });

  it('what is masked as only the other side masks does not find the place again', () => {
    const { facts, undecoded } = run([server('8105 48'), { from: 'server', gap: 30 }, server(MASKED_HELLO)]);
    expect(facts.sent.server).toMatchObject({ frames: 1, isLost: true });
    expect(undecoded.server).toBe(MASKED_HELLO.length / 2);
  });

  it('of a Close that is not whole nothing is said', () => {
    const { facts } = run([server('8805 03e9'), { from: 'server', gap: 3 }]);
    expect(facts.closes.server).toBeNull();
  });
});

describe('whatever comes', () => {
  const side = fc.constantFrom<Side>('client', 'server');
  const hex = fc.oneof(
    fc.constantFrom(HELLO, MASKED_HELLO, PING, MASKED_PONG, '8800', '880203e8', '827e0100', '827f', 'c100'),
    fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes).toString('hex')),
  );
  const piece: fc.Arbitrary<Piece> = fc.oneof(
    {
      weight: 9,
      arbitrary: fc.tuple(side, fc.array(hex, { maxLength: 4 })).map(([from, list]) => ({ from, hex: list.join('') })),
    },
    { weight: 1, arbitrary: fc.tuple(side, fc.integer({ min: 1, max: 300 })).map(([from, gap]) => ({ from, gap })) },
  );

  it('nothing throws, and without loss it makes no difference how it is cut', () => {
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 15 }),
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }),
        (list, lengths) => {
          const outcome = run(list);
          const cut = run(list, inPieces(...lengths));
          // Once the place is lost it depends on the segments where it is found again.
          const { client: fromClient, server: fromServer } = outcome.facts.sent;
          if (!fromClient.isLost && !fromServer.isLost) expect(cut).toEqual(outcome);
        },
      ),
      { numRuns: 500 },
    );
  });
});
