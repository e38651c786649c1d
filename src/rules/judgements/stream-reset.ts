import type { Exchange } from '../../facts/exchange.js';
import type { StreamReset } from '../../facts/h2.js';

/**
 * The RST_STREAM that ended an exchange before its connection did, at `endNs`; `null`: none had. What a
 * client sends behind the server's FIN takes nothing back: gRPC's core clears its open streams away so.
 */
export function resetBefore({ h2 }: Pick<Exchange, 'h2'>, endNs: number): StreamReset | null {
  const reset = h2?.reset ?? null;
  return reset !== null && reset.atNs <= endNs ? reset : null;
}
