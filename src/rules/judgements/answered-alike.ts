import type { PacketReference } from '../../facts/packet-reference.js';
import { answeredSample, type ServerBaseline } from '../tally/server-baseline.js';
import { attributesOf } from './discriminating-attribute.js';

/** The earliest answer of a server, no error, that is known to a request of the same method and path; `null`: none. */
export function answeredAlike(
  { method, target }: { readonly method: string | null; readonly target: string | null },
  baseline: ServerBaseline,
): { readonly atNs: number; readonly packet: PacketReference; readonly status: number } | null {
  if (method === null || target === null) return null;
  const asked = attributesOf({ method, target, fields: [], authority: null, headBytes: 0, bodyBytes: 0 }, '', false);
  let same: ReturnType<typeof answeredAlike> = null;
  for (const { attributes, atNs, packet, status } of answeredSample(baseline)) {
    const { method: by, path } = attributes;
    if (by !== asked.method || path !== asked.path || status >= 400) continue;
    if (same === null || atNs < same.atNs) same = { atNs, packet, status };
  }
  return same;
}
