/** The fixed bytes by which protocols announce themselves. */

/** RFC 9113 §3.4. The first line is enough to know it: `PRI` is reserved for it (RFC 9113 §11.6). */
export const H2_PREFACE: Uint8Array = Buffer.from('PRI * HTTP/2.0\r\n', 'latin1');

/** PROXY protocol §2.1. */
export const PROXY_V1_PREFIX: Uint8Array = Buffer.from('PROXY ', 'latin1');

/** PROXY protocol §2.2. */
export const PROXY_V2_SIGNATURE: Uint8Array = Uint8Array.of(
  0x0d,
  0x0a,
  0x0d,
  0x0a,
  0x00,
  0x0d,
  0x0a,
  0x51,
  0x55,
  0x49,
  0x54,
  0x0a,
);

/** Whether [start, end) begins with `signature`; `maybe`: it does as far as it goes. */
export function prefixOf(view: Uint8Array, start: number, end: number, signature: Uint8Array): 'yes' | 'maybe' | 'no' {
  const length = Math.min(end - start, signature.length);
  for (let at = 0; at < length; at += 1) if (view[start + at] !== signature[at]) return 'no';
  return length === signature.length ? 'yes' : 'maybe';
}
