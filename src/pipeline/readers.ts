/** Readers of one direction's bytes that are put before a layer's decoder, or in its place. */
import type { InOrder } from '../bytes/in-order.js';

/** Takes the bytes of layers that are not looked at. */
export const UNREAD: InOrder = { bytes: () => undefined, gap: () => undefined, end: () => undefined };

/** Two see the same bytes, `one` first. */
export function inTurn(one: InOrder, other: InOrder): InOrder {
  return {
    bytes(view, start, end, packet, at) {
      one.bytes(view, start, end, packet, at);
      other.bytes(view, start, end, packet, at);
    },
    gap(length, packet, at) {
      one.gap(length, packet, at);
      other.gap(length, packet, at);
    },
    end(how, packet, at) {
      one.end(how, packet, at);
      other.end(how, packet, at);
    },
  };
}

/** Says before all bytes that they come; not before gaps and the end, which anything may have. */
export function announced(reader: InOrder, say: (packet: number) => void): InOrder {
  return {
    bytes(view, start, end, packet, at) {
      say(packet);
      reader.bytes(view, start, end, packet, at);
    },
    gap: (length, packet, at) => reader.gap(length, packet, at),
    end: (how, packet, at) => reader.end(how, packet, at),
  };
}
