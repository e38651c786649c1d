import { copied } from '../../bytes/copied.js';
import type { EndOfDirection, InOrder } from '../../bytes/in-order.js';

/** Bytes held back at most: a client waits for the answer to CONNECT or Upgrade, or sends a first flight ahead of it. */
export const MAX_HELD_BYTES = 65_536;

type Piece =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array; readonly packet: number; readonly at: number }
  | { readonly kind: 'gap'; readonly length: number; readonly packet: number; readonly at: number };

/** Input of which it is not known yet whose it is: copied, within a bound, and given to its owner later. */
export class HeldInput implements InOrder {
  private pieces: Piece[] = [];
  private held = 0;
  private ending: { readonly how: EndOfDirection; readonly packet: number; readonly at: number } | null = null;

  /** @param full Called when more than {@link MAX_HELD_BYTES} are held: somebody must take them now. */
  constructor(private readonly full: () => void) {}

  bytes(view: Uint8Array, start: number, end: number, packet: number, at: number): void {
    // Not `slice`: a Buffer's does not copy.
    this.pieces.push({ kind: 'bytes', bytes: copied(view, start, end), packet, at });
    this.hold(end - start);
  }

  gap(length: number, packet: number, at: number): void {
    this.pieces.push({ kind: 'gap', length, packet, at });
    this.hold(1);
  }

  end(how: EndOfDirection, packet: number, at: number): void {
    this.ending = { how, packet, at };
  }

  /** The first bytes held, at most `limit` of them, up to a gap. */
  beginning(limit: number): Uint8Array {
    const bytes = new Uint8Array(limit);
    let length = 0;
    for (const piece of this.pieces) {
      if (piece.kind === 'gap' || length === limit) break;
      const taken = piece.bytes.subarray(0, limit - length);
      bytes.set(taken, length);
      length += taken.length;
    }
    return bytes.subarray(0, length);
  }

  /** How many bytes are held. */
  get length(): number {
    return this.pieces.reduce((sum, piece) => sum + (piece.kind === 'bytes' ? piece.bytes.length : 0), 0);
  }

  /** Gives everything to `owner`, in order, the end too if it came, and is empty then. */
  releaseTo(owner: InOrder | null): void {
    const { pieces, ending } = this;
    this.clear();
    if (owner === null) return;
    for (const piece of pieces) {
      if (piece.kind === 'bytes') owner.bytes(piece.bytes, 0, piece.bytes.length, piece.packet, piece.at);
      else owner.gap(piece.length, piece.packet, piece.at);
    }
    if (ending !== null) owner.end(ending.how, ending.packet, ending.at);
  }

  clear(): void {
    if (this.pieces.length > 0) this.pieces = [];
    this.held = 0;
    this.ending = null;
  }

  /** Each piece counts for what it costs beside its bytes, so that a million single bytes are bounded as well. */
  private hold(bytes: number): void {
    this.held += bytes + PIECE_COST;
    if (this.held > MAX_HELD_BYTES) this.full();
  }
}

const PIECE_COST = 64;
