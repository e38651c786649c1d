import type { Exchange } from '../../facts/exchange.js';
import { type GoAway, H2_ERROR, type StreamReset } from '../../facts/h2.js';

/**
 * The RST_STREAM that ended an exchange before its connection did, at `endNs`; `null`: none had. What a
 * client sends behind the server's FIN takes nothing back: gRPC's core clears its open streams away so.
 */
export function resetBefore({ h2 }: Pick<Exchange, 'h2'>, endNs: number): StreamReset | null {
  const reset = h2?.reset ?? null;
  return reset !== null && reset.atNs <= endNs ? reset : null;
}

/**
 * Whether the server had said by `atNs` that it will not answer this stream: by a GOAWAY with a lower last stream,
 * or with an error, which ends them all. Who clears the stream away then takes nothing back. RFC 9113 §5.4.1, §6.8.
 */
export function isDismissedBy(goAways: readonly GoAway[], h2Stream: number | null, atNs: number): boolean {
  return goAways.some(
    ({ from, code, lastStream, atNs: saidNs }) =>
      from === 'server' && saidNs <= atNs && (code !== H2_ERROR.none || (h2Stream ?? 0) > lastStream),
  );
}
