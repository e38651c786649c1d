/** An answer that comes when its client has gone. */
import type { CloseSegment } from '../../facts/close.js';
import type { ResponseMessage } from '../../facts/exchange.js';
import { resetShapeOf } from './reset-shape.js';

/**
 * Whether an answer came when nobody was there any more: it began behind the client's FIN, and the client's
 * kernel, which had no socket for it, answered with a bare RST (RFC 9293 §3.5.2).
 */
export function isTooLate(
  response: Pick<ResponseMessage, 'startNs'> | null,
  segments: readonly CloseSegment[],
): boolean {
  const [first] = segments;
  if (response === null || first?.kind !== 'fin' || first.from !== 'client' || response.startNs <= first.atNs)
    return false;
  return segments.some(
    (one) => one.kind === 'rst' && one.from === 'client' && one.atNs >= response.startNs && resetShapeOf(one) === 'A',
  );
}
