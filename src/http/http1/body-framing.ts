/** How the length of a message's body is found. RFC 9112 §6.3, its rules by number. */
import type { BodyFraming } from '../../facts/exchange.js';

/** What Transfer-Encoding says: nothing (or `identity`), `chunked` as the last coding, or something else. RFC 9112 §6.1. */
export type TransferCoding = 'none' | 'chunked' | 'other';

/** What Content-Length says. */
export interface DeclaredLength {
  /** The value declared; `null` when absent, invalid, conflicting or too large to count. */
  readonly declared: number | null;
  /** The value to frame by, where there is one in spite of a flaw; `null`: none. */
  readonly framing: number | null;
  readonly flaw:
    | 'http1-invalid-content-length'
    | 'http1-conflicting-content-length'
    | 'http1-repeated-content-length'
    | 'http1-huge-content-length'
    | null;
}

/** The framing and, for `content-length`, the number of bytes. */
export interface Framing {
  readonly framing: BodyFraming;
  readonly length: number;
}

const NONE: Framing = Object.freeze({ framing: 'none', length: 0 });
const CHUNKED: Framing = Object.freeze({ framing: 'chunked', length: 0 });
const CLOSE: Framing = Object.freeze({ framing: 'close', length: 0 });
const TUNNEL: Framing = Object.freeze({ framing: 'tunnel', length: 0 });

/** Length when no Content-Length field was sent. */
export const NO_LENGTH: DeclaredLength = Object.freeze({ declared: null, framing: null, flaw: null });

/** The last coding in the list of all Transfer-Encoding lines. */
export function transferCoding(values: readonly string[]): TransferCoding {
  let last = 'identity';
  for (const value of values) {
    for (const element of value.split(',')) {
      const name = (element.split(';', 1)[0] ?? '').trim().toLowerCase();
      if (name !== '') last = name;
    }
  }
  if (last === 'chunked') return 'chunked';
  return last === 'identity' ? 'none' : 'other';
}

/** Whether `chunked` is named in more lines than one, which nobody may do (RFC 9112 §6.1). */
export function isChunkedTwice(values: readonly string[]): boolean {
  return values.filter((value) => /(?:^|,)\s*chunked\s*(?:;|,|$)/i.test(value)).length > 1;
}

/** What the only Content-Length line says; `null`: something unusual, which `declaredLength` reads. */
export function plainLength(value: string): DeclaredLength | null {
  const length = decimal(value);
  return length >= 0 && length <= Number.MAX_SAFE_INTEGER ? { declared: length, framing: length, flaw: null } : null;
}

/** Reads one or more Content-Length lines. RFC 9110 §8.6, RFC 9112 §6.3 rule 5. */
export function declaredLength(values: readonly string[]): DeclaredLength {
  const only = values[0];
  if (only === undefined) return NO_LENGTH;
  const plain = values.length === 1 ? plainLength(only) : null;
  if (plain !== null) return plain;
  const elements = values.flatMap((value) => value.split(',')).map((element) => element.trim());
  const lengths = elements.map(decimal);
  const first = lengths[0] ?? -1;
  if (lengths.some((length) => length < 0))
    return { declared: null, framing: null, flaw: 'http1-invalid-content-length' };
  if (lengths.some((length) => length !== first))
    return {
      declared: null,
      framing: Math.min(first, Number.MAX_SAFE_INTEGER),
      flaw: 'http1-conflicting-content-length',
    };
  if (first > Number.MAX_SAFE_INTEGER)
    return { declared: null, framing: Number.MAX_SAFE_INTEGER, flaw: 'http1-huge-content-length' };
  return { declared: first, framing: first, flaw: 'http1-repeated-content-length' };
}

/** 1*DIGIT as a number, -1 for anything else. */
function decimal(text: string): number {
  let value = 0;
  for (let at = 0; at < text.length; at += 1) {
    const digit = text.charCodeAt(at) - 0x30;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return text.length === 0 ? -1 : value;
}

/** Framing of a request's body. RFC 9112 §6.3. */
export function requestFraming(coding: TransferCoding, length: DeclaredLength): Framing {
  if (coding === 'chunked') return CHUNKED; // rules 3 and 4: chunked wins over Content-Length
  if (coding === 'other') return CLOSE; // rule 4: the length cannot be told; a server answers 400 and closes
  if (length.framing !== null) return { framing: 'content-length', length: length.framing }; // rules 5 and 6
  return NONE; // rule 7
}

/**
 * Framing of a response's body. RFC 9112 §6.3.
 *
 * @param method Of the request that it answers; `null` when that was not seen.
 */
export function responseFraming(
  method: string | null,
  status: number,
  coding: TransferCoding,
  length: DeclaredLength,
): Framing {
  if (status === 101) return TUNNEL;
  if (status < 200 || status === 204 || status === 304 || method === 'HEAD') return NONE; // rule 1
  if (method === 'CONNECT' && status < 300) return TUNNEL; // rule 2
  if (coding === 'chunked') return CHUNKED; // rules 3 and 4
  if (coding === 'other') return CLOSE; // rule 4
  if (length.framing !== null) return { framing: 'content-length', length: length.framing }; // rules 5 and 6
  return CLOSE; // rule 8
}
