import type { PacketReference } from '../../facts/packet-reference.js';
import { answeredSample, type ServerBaseline } from '../tally/server-baseline.js';
import { methodAndPathOf } from './discriminating-attribute.js';

/** Heads and bodies below these are within anybody's limits: how large they are tells nothing. */
const ORDINARY_HEAD_BYTES = 4096;
const ORDINARY_BODY_BYTES = 65_536;

/** What of a request an answered one is compared with. */
export interface ComparedRequest {
  readonly method: string | null;
  readonly target: string | null;
  readonly headBytes: number;
  readonly bodyBytes: number;
}

/**
 * The earliest answer of a server, no error, that is known to a request of the same method and path; `null`: none.
 * One that is less than half as large says nothing of a large one: that may be above a limit.
 */
export function answeredAlike(
  { method, target, headBytes, bodyBytes }: ComparedRequest,
  baseline: ServerBaseline,
): { readonly atNs: number; readonly packet: PacketReference; readonly status: number } | null {
  if (method === null || target === null) return null;
  const asked = methodAndPathOf({ method, target });
  let same: ReturnType<typeof answeredAlike> = null;
  for (const { attributes, atNs, packet, status, request } of answeredSample(baseline)) {
    const { method: by, path } = attributes;
    if (by !== asked.method || path !== asked.path || status >= 400) continue;
    if (headBytes > ORDINARY_HEAD_BYTES && request.headBytes * 2 < headBytes) continue;
    if (bodyBytes > ORDINARY_BODY_BYTES && request.bodyBytes * 2 < bodyBytes) continue;
    if (same === null || atNs < same.atNs) same = { atNs, packet, status };
  }
  return same;
}
