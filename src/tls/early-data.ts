/**
 * 0-RTT: what a client sends with its first hello, before it is known whether the server takes it.
 * RFC 8446 §2.3, §4.2.10.
 *
 * Plaintext is held until then, since a server that refuses makes the client send it again; told
 * twice, one request would be two.
 */
import { copied } from '../bytes/copied.js';
import type { InOrder } from '../bytes/in-order.js';
import type { TlsFacts } from '../facts/tls.js';

/** Plaintext held: servers allow some 16 KB. RFC 8446 §4.6.1. */
export const MAX_EARLY_BYTES = 65_536;

interface HeldPlaintext {
  readonly bytes: Uint8Array;
  readonly packet: number;
  readonly at: number;
}

/** See the head of this file. */
export class EarlyData {
  /** What is known of it so far. */
  state: TlsFacts['earlyData'] = 'none';
  /** The client may be sending it: it was offered, and its end was not seen. */
  isOpen = false;
  private held: HeldPlaintext[] = [];
  private heldBytes = 0;

  /** The client offers it. */
  offer(): void {
    this.state = 'offered';
    this.isOpen = true;
  }

  /** A record of it was seen. */
  seen(): void {
    if (this.state === 'offered') this.state = 'sent';
  }

  /** Plaintext is not to be handed on: the server has not said that it takes it, or has refused. */
  get isWithheld(): boolean {
    return this.state !== 'accepted';
  }

  /** There is plaintext whose fate was not seen. */
  get isHolding(): boolean {
    return this.held.length > 0;
  }

  /** Holds plaintext back, unless it is refused already; false where it is too much. */
  hold(view: Uint8Array, start: number, end: number, packet: number, at: number): boolean {
    this.seen();
    if (this.state === 'rejected') return true;
    if (this.heldBytes + end - start > MAX_EARLY_BYTES) return false;
    this.heldBytes += end - start;
    this.held.push({ bytes: copied(view, start, end), packet, at });
    return true;
  }

  /** The server takes it: what was held goes to `target`, which is asked for only if there is any. */
  accept(target: () => InOrder): void {
    if (this.state !== 'none') this.state = 'accepted';
    for (const { bytes, packet, at } of this.held.splice(0)) target().bytes(bytes, 0, bytes.length, packet, at);
  }

  /** The server does not take it. */
  reject(): void {
    if (this.state === 'none') return;
    this.state = 'rejected';
    this.drop();
  }

  /** It will not be known whether the server takes it. */
  drop(): void {
    this.held = [];
  }

  /** Nothing of it follows. */
  end(): void {
    this.isOpen = false;
  }
}
