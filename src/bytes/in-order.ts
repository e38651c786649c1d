/** How one direction of a connection ends for the decoder that reads it. */
export type EndOfDirection = 'fin' | 'rst' | 'capture-ended';

/**
 * One direction of a connection, in order: the only way into a decoder above TCP.
 *
 * Numbers only; `view` is borrowed until the call returns. `packet` is a packet reference
 * (facts/packet-reference) and `at` nanoseconds since the run's first packet, both of the packet
 * that carried the bytes, which for bytes that waited for an earlier segment lies before "now".
 */
export interface InOrder {
  /** Bytes [start, end) of `view`; never empty. */
  bytes(view: Uint8Array, start: number, end: number, packet: number, at: number): void;
  /** `length` bytes (above 0) that the peers exchanged and the capture does not hold. */
  gap(length: number, packet: number, at: number): void;
  /** Nothing follows. Called once. */
  end(how: EndOfDirection, packet: number, at: number): void;
}
