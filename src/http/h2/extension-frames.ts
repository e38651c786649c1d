/** Frames of HTTP/2's extensions: ORIGIN (RFC 8336) and ALTSVC (RFC 7838). */
import { textOf } from '../../bytes/data-view.js';
import { MAX_ORIGINS } from '../../facts/h2.js';

/** Bytes kept of an origin: RFC 8336 §2.1 has it in ASCII, and a host name has 253 characters. */
const MAX_ORIGIN_BYTES = 288;
/** Bytes kept of an Alt-Svc value. */
const MAX_VALUE_BYTES = 1024;

/** What an ALTSVC frame says. */
export interface Alternative {
  /** `null`: that of the stream's request. */
  readonly origin: string | null;
  readonly value: string;
}

/** The origins in [start, end): each stands behind its length. One that is cut ends them. RFC 8336 §2.1. */
export function originsIn(view: Uint8Array, start: number, end: number): string[] {
  const origins: string[] = [];
  for (let at = start; at + 2 <= end && origins.length < MAX_ORIGINS; ) {
    const length = lengthAt(view, at);
    const next = at + 2 + length;
    if (next > end) break;
    origins.push(textOf(view, at + 2, at + 2 + Math.min(length, MAX_ORIGIN_BYTES)));
    at = next;
  }
  return origins;
}

/** The alternative in [start, end): length of the origin, the origin, the value. `null`: it is cut. RFC 7838 §4. */
export function alternativeIn(view: Uint8Array, start: number, end: number): Alternative | null {
  const length = lengthAt(view, start);
  const from = start + 2 + length;
  if (from > end) return null;
  return {
    origin: length === 0 ? null : textOf(view, start + 2, start + 2 + Math.min(length, MAX_ORIGIN_BYTES)),
    value: textOf(view, from, Math.min(end, from + MAX_VALUE_BYTES)),
  };
}

function lengthAt(view: Uint8Array, at: number): number {
  return ((view[at] ?? 0) << 8) | (view[at + 1] ?? 0);
}
