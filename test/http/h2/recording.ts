/**
 * What two sides said to each other on a loopback socket, recorded piece by piece in between, and
 * what the decoder makes of it however the pieces are cut.
 */
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { expect } from 'vitest';
import type { InOrder } from '../../../src/bytes/in-order.js';
import type { BothSides, Side } from '../../../src/facts/endpoint.js';
import type { Exchange } from '../../../src/facts/exchange.js';
import type { H2Connection } from '../../../src/facts/h2.js';
import type { WebSocketFacts } from '../../../src/facts/websocket.js';
import { type H2Beginning, H2Decoder } from '../../../src/http/h2/decoder.js';

/** Bytes of one side in a packet of its own, or bytes that the capture does not hold. */
export type Piece =
  | { readonly from: Side; readonly bytes: Uint8Array; readonly atNs?: number }
  | { readonly from: Side; readonly gap: number; readonly atNs?: number };

/** What the decoder told. */
export interface Outcome {
  readonly exchanges: readonly Exchange[];
  readonly anomalies: readonly string[];
  readonly facts: H2Connection;
  readonly webSockets: readonly WebSocketFacts[];
  readonly undecoded: BothSides<number>;
  readonly turned: boolean;
}

/** How a piece reaches the reader. */
export type Cut = (reader: InOrder, bytes: Uint8Array, packet: number, at: number) => void;

export const whole: Cut = (reader, bytes, packet, at) => reader.bytes(bytes, 0, bytes.length, packet, at);

/** In pieces of the given lengths, again and again, in a buffer that is overwritten afterwards. */
export const inPieces =
  (...lengths: readonly number[]): Cut =>
  (reader, bytes, packet, at) => {
    for (let from = 0, turn = 0; from < bytes.length; turn += 1) {
      const next = Math.min(bytes.length, from + (lengths[turn % lengths.length] ?? 1));
      const buffer = Buffer.concat([Buffer.alloc(7, 0xff), bytes.subarray(from, next), Buffer.alloc(7, 0xff)]);
      reader.bytes(buffer, 7, 7 + next - from, packet, at);
      buffer.fill(0);
      from = next;
    }
  };

const FROM_START: H2Beginning = { isUnseen: false, firstIndex: 0, upgrade: null };

/** Decodes a recording; packets are numbered from 1, a millisecond apart unless they say when. */
export function decode(pieces: readonly Piece[], cut: Cut = whole, beginning: H2Beginning = FROM_START): Outcome {
  const exchanges: Exchange[] = [];
  const anomalies: string[] = [];
  let turned = false;
  const decoder = new H2Decoder(
    {
      exchange: (exchange) => exchanges.push(exchange),
      anomaly: (name, from) => anomalies.push(`${name} ${from}`),
      rolesTurned: () => {
        turned = true;
      },
    },
    beginning,
  );
  let packet = 0;
  let at = 0;
  for (const piece of pieces) {
    packet += 1;
    at = piece.atNs ?? packet * 1e6;
    if ('gap' in piece) decoder[piece.from].gap(piece.gap, packet, at);
    else cut(decoder[piece.from], piece.bytes, packet, at);
  }
  for (const side of ['client', 'server'] as const) decoder[side].end('fin', packet + 1, at + 1e6);
  exchanges.sort((a, b) => a.index - b.index);
  return {
    exchanges,
    anomalies,
    facts: decoder.facts,
    webSockets: decoder.webSockets.kept,
    undecoded: decoder.undecodedBytes,
    turned,
  };
}

/** Decodes in several ways, expects the same outcome each time, and gives it. */
export function decodeAll(pieces: readonly Piece[]): Outcome {
  const outcome = decode(pieces);
  for (const lengths of [[1], [2], [3, 7], [8, 1, 9], [10], [1000]])
    expect(decode(pieces, inPieces(...lengths)), `in pieces of ${lengths}`).toEqual(outcome);
  return outcome;
}

/** A relay to a server, which notes what passes. */
export class Relay {
  readonly pieces: Piece[] = [];
  private readonly sockets: Socket[] = [];
  private readonly relay: Server;

  private constructor(port: number) {
    this.relay = createServer((client) => {
      const server = connect(port, '127.0.0.1');
      this.sockets.push(client, server);
      for (const [from, source, sink] of [
        ['client', client, server],
        ['server', server, client],
      ] as const) {
        source.on('data', (bytes) => {
          this.pieces.push({ from, bytes });
          sink.write(bytes);
        });
        source.on('end', () => sink.end());
        source.on('error', () => sink.destroy());
      }
    });
  }

  /** Listens before `server`, which listens already. */
  static async before(server: { address(): AddressInfo | string | null }): Promise<Relay> {
    const relay = new Relay((server.address() as AddressInfo).port);
    await new Promise<void>((resolve) => relay.relay.listen(0, '127.0.0.1', resolve));
    return relay;
  }

  get port(): number {
    return (this.relay.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.relay.close(resolve));
  }
}
