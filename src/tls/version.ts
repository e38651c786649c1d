/** Protocol versions as they stand in records and hellos. RFC 8446 §4.2.1, RFC 5246 §6.2.1, RFC 6101. */

export const SSL_2_0 = 0x0002;
export const SSL_3_0 = 0x0300;
export const TLS_1_0 = 0x0301;
export const TLS_1_1 = 0x0302;
export const TLS_1_2 = 0x0303;
export const TLS_1_3 = 0x0304;

/** Whether a value is one that clients send to keep servers tolerant, and means nothing. RFC 8701 §2. */
export function isGrease(value: number): boolean {
  return (value & 0x0f0f) === 0x0a0a && value >>> 8 === (value & 0xff);
}

/** Whether a version is TLS 1.3, or a draft of it, which began with 0x7f. RFC 8446 §4.2.1 and its drafts. */
export function isTls13(version: number): boolean {
  return version === TLS_1_3 || version >>> 8 === 0x7f;
}

const NAMES: ReadonlyMap<number, string> = new Map([
  [SSL_2_0, 'SSL 2.0'],
  [SSL_3_0, 'SSL 3.0'],
  [TLS_1_0, 'TLS 1.0'],
  [TLS_1_1, 'TLS 1.1'],
  [TLS_1_2, 'TLS 1.2'],
  [TLS_1_3, 'TLS 1.3'],
]);

/** A version as the contract prints it: `TLS 1.3`, `TLS 1.3 draft 23`, `SSL 3.0`; an unknown one in hex. */
export function versionName(version: number): string {
  const name = NAMES.get(version);
  if (name !== undefined) return name;
  if (version >>> 8 === 0x7f) return `TLS 1.3 draft ${version & 0xff}`;
  return `0x${version.toString(16).padStart(4, '0')}`;
}
