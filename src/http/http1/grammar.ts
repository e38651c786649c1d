/** The characters of RFC 9110 §5.6 and RFC 9112 §2 to §5, as bytes. */
export const HT = 0x09;
export const LF = 0x0a;
export const CR = 0x0d;
export const SP = 0x20;
export const COLON = 0x3a;

/** 1 for each byte that may stand in a token: field names and methods. RFC 9110 §5.6.2. */
export const IS_TOKEN = new Uint8Array(256);
for (const character of "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
  IS_TOKEN[character.charCodeAt(0)] = 1;

/** Space or tab, RFC 9110 §5.6.3. */
export function isBlank(byte: number | undefined): boolean {
  return byte === SP || byte === HT;
}

/** The decimal digit that the byte stands for, else -1. */
export function digitOf(byte: number | undefined): number {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39 ? byte - 0x30 : -1;
}

/** Do the bytes at `start` equal `text` in any case? `text` is lower-case letters, `/`, `.` and digits. */
export function startsWithText(view: Uint8Array, start: number, end: number, text: string): boolean {
  if (end - start < text.length) return false;
  return agreesWithText(view, start, start + text.length, text);
}

/** Do the bytes [start, end) agree with as much of `text` as they cover, in any case? */
export function agreesWithText(view: Uint8Array, start: number, end: number, text: string): boolean {
  const length = Math.min(end - start, text.length);
  for (let at = 0; at < length; at += 1) {
    const byte = view[start + at] ?? 0;
    const lower = byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte;
    if (lower !== text.charCodeAt(at)) return false;
  }
  return true;
}
