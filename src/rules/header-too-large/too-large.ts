import type { PacketReference } from '../../facts/packet-reference.js';
import type { Occurrence } from '../tally/occurrences.js';

/** A request whose head was seen to its end. */
export interface WholeHead {
  readonly method: string;
  readonly target: string;
  readonly targetBytes: number;
  readonly hasCookie: boolean;
  readonly packet: PacketReference;
  readonly atNs: number;
}

/** A head that was too large; its packet and time are those of the answer, or of the close of a client that would have no more of it. */
export interface TooLarge extends Occurrence {
  /** When the head began, where its client left amid it: what that tells others may come before its own close. */
  readonly begunNs?: number;
  readonly whose: 'request' | 'response';
  /** Place of its exchange in the connection; `null`: there is none. */
  readonly index: number | null;
  /** Of a head that was refused, or left, before its end, the bytes that had come. */
  readonly headBytes: number;
  /** `UNKNOWN_STATUS` (facts/exchange): of a response whose client left amid its head, and of a request whose server ended the connection amid that. */
  readonly status: number;
  /** `null`: it was refused before its head had ended. */
  readonly request: WholeHead | null;
  /** The server ended the connection with it, unasked, and it had no body to say anything of. */
  readonly isDismissed: boolean;
  /** Not within TLS. */
  readonly isClear: boolean;
}

/** Whether a status says of itself that a request, or its head, is too large. RFC 9110 §15.5.15, RFC 6585 §5. */
export function saysTooLarge(status: number): boolean {
  return status === 414 || status === 431;
}

/** Whether the target is what makes a request's head large. */
export function isLongTarget({ status, request, headBytes, whose }: TooLarge): boolean {
  return status === 414 || (whose === 'request' && request !== null && request.targetBytes * 2 > headBytes);
}
