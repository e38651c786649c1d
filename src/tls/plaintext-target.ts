/**
 * Where the plaintext of both directions goes. It is asked for with the first byte that there is, and of
 * each direction it is told once that nothing follows.
 */
import type { EndOfDirection, InOrder } from '../bytes/in-order.js';
import type { Direction } from './direction.js';
import type { TlsListener } from './listener.js';

/** See the head of this file. */
export class PlaintextTarget {
  private target: { readonly client: InOrder; readonly server: InOrder } | null = null;

  /** @param client The one of both that is held to be the client's. */
  constructor(
    private readonly listener: Pick<TlsListener, 'plaintext'>,
    private readonly one: Direction,
    private readonly other: Direction,
    private readonly client: Direction,
  ) {}

  /** What takes the plaintext of a direction. */
  of(direction: Direction): InOrder {
    if (this.target === null) {
      this.target = this.listener.plaintext();
      // The other direction may have ended before this one said its first.
      for (const each of [this.one, this.other]) {
        if (each.endedHow !== null) this.end(each, each.endedHow, each.endPacket, each.endNs);
        else if (each.closeNotify === 'seen') this.end(each, 'fin', each.tally.lastPacket, each.tally.lastNs);
      }
    }
    return direction === this.client ? this.target.client : this.target.server;
  }

  /** Nothing follows in a direction; of what never began nobody is told. */
  end(direction: Direction, how: EndOfDirection, packet: number, at: number): void {
    if (this.target === null || direction.isTargetEnded) return;
    direction.isTargetEnded = true;
    this.of(direction).end(how, packet, at);
  }
}
