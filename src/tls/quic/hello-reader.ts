/**
 * The ClientHellos that begin QUIC connections: pieces of them, in any order, from the CRYPTO frames of
 * a few Initial packets. RFC 9000 §19.6, RFC 9001 §4.1.3.
 *
 * Everything is bounded: connections whose hello is not complete, bytes of a hello, and packets that
 * are opened at all, since each costs some fifty microseconds.
 */
import { copied } from '../../bytes/copied.js';
import { type ClientHello, readClientHello } from '../client-hello.js';
import { CLIENT_HELLO } from '../handshake-type.js';
import { openInitial, VariableReader } from './initial.js';

/** Connections remembered: their hello is not complete, or (so that a repetition is no second one) it was. */
export const MAX_CONNECTIONS = 4096;
/** Longest hello put together. */
export const MAX_HELLO_BYTES = 16_384;
/** Pieces of one hello, which browsers shuffle into some twenty; a connection with more is given up. */
export const MAX_PIECES = 128;
/** Initial packets opened in a run: some three seconds of work. */
export const MAX_OPENED = 50_000;
/** Packets of one datagram. */
const MAX_COALESCED = 4;

const PADDING = 0;
const PING = 1;
const ACK = 2;
const ACK_ECN = 3;
const CRYPTO = 6;

interface Piece {
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/** See the head of this file. */
export class QuicHelloReader {
  /** Pieces by connection id; `null`: its hello was told, or is given up. */
  private readonly connections = new Map<string, Piece[] | null>();
  private tries = 0;

  /** @param tell Called with each connection's ClientHello. */
  constructor(private readonly tell: (hello: ClientHello) => void) {}

  /** Takes a datagram that begins with an Initial packet. */
  datagram(view: Uint8Array, start: number, end: number): void {
    let from = start;
    for (let packets = 0; packets < MAX_COALESCED && from < end && this.tries < MAX_OPENED; packets += 1) {
      this.tries += 1;
      const initial = openInitial(view, from, end);
      if (initial === null) return;
      if (initial.frames !== null) this.frames(initial.connectionId, initial.frames);
      from = initial.end;
    }
  }

  private frames(connectionId: string, frames: Uint8Array): void {
    const known = this.connections.get(connectionId);
    if (known === null) return;
    const pieces = known ?? [];
    const reader = new VariableReader(frames, 0, frames.length);
    while (reader.left > 0) {
      const type = reader.byte();
      if (type === PADDING || type === PING) continue;
      if (type === ACK || type === ACK_ECN) skipAck(reader, type === ACK_ECN);
      else if (type === CRYPTO) {
        const offset = reader.variable();
        const length = reader.variable();
        const at = reader.skip(length);
        if (reader.broken || length === 0 || offset + length > MAX_HELLO_BYTES) continue;
        // A lost packet's frames come again.
        if (pieces.some((piece) => piece.offset === offset && piece.bytes.length >= length)) continue;
        if (pieces.length === MAX_PIECES) {
          this.remember(connectionId, null);
          return;
        }
        pieces.push({ offset, bytes: copied(frames, at, at + length) });
      } else break;
    }
    this.remember(connectionId, pieces);
    const hello = helloOf(pieces);
    if (hello === null) return;
    this.connections.set(connectionId, null);
    this.tell(hello);
  }

  private remember(connectionId: string, pieces: Piece[] | null): void {
    if (this.connections.size >= MAX_CONNECTIONS && !this.connections.has(connectionId)) {
      const [oldest] = this.connections.keys();
      if (oldest !== undefined) this.connections.delete(oldest);
    }
    this.connections.set(connectionId, pieces);
  }
}

/** RFC 9000 §19.3. */
function skipAck(reader: VariableReader, hasCounts: boolean): void {
  reader.variable();
  reader.variable();
  let ranges = reader.variable();
  reader.variable();
  for (; ranges > 0 && !reader.broken; ranges -= 1) {
    reader.variable();
    reader.variable();
  }
  for (let counts = hasCounts ? 3 : 0; counts > 0; counts -= 1) reader.variable();
}

/** The hello, where its pieces cover it. */
function helloOf(pieces: Piece[]): ClientHello | null {
  pieces.sort((a, b) => a.offset - b.offset);
  const bytes = new Uint8Array(MAX_HELLO_BYTES);
  let length = 0;
  for (const piece of pieces) {
    if (piece.offset > length) return null;
    bytes.set(piece.bytes, piece.offset);
    length = Math.max(length, piece.offset + piece.bytes.length);
  }
  if (length < 4 || bytes[0] !== CLIENT_HELLO) return null;
  const end = 4 + (((bytes[1] ?? 0) << 16) | ((bytes[2] ?? 0) << 8) | (bytes[3] ?? 0));
  return end > length ? null : readClientHello(bytes, 4, end);
}
