import type { RequestMessage } from '../../facts/exchange.js';

/** A request as a finding names it; dated by its first packet. */
export interface Asked {
  readonly method: string;
  readonly target: string;
  readonly packet: number;
  readonly atNs: number;
}

/** See {@link Asked}. */
export function askedIn({ method, target, firstPacket, startNs }: RequestMessage): Asked {
  return { method, target, packet: firstPacket, atNs: startNs };
}
