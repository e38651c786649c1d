/**
 * Request lines and status lines. RFC 9112 §3 and §4.
 *
 * Each is read in place into an object that the caller keeps; equal methods, targets and reasons
 * give the same string. What real senders do beyond the grammar is read where it leaves no doubt,
 * and said in `flaw`.
 */
import { ByteCache } from '../../bytes/byte-cache.js';
import { dataViewOf, textOf } from '../../bytes/data-view.js';
import { HIDDEN } from '../../text/redaction.js';
import { agreesWithText, COLON, CR, digitOf, IS_TOKEN, isBlank, SP, startsWithText } from './grammar.js';

/** Longest method: the longest registered one has 17 letters (`UPDATEREDIRECTREF`), private ones are not much longer. */
export const MAX_METHOD_BYTES = 32;

/** What a start line did beyond the grammar and was understood nevertheless. */
export type StartLineFlaw = 'http1-malformed-request-line' | 'http1-malformed-status-line';

/** A request line, read. */
export interface RequestLine {
  method: string;
  target: string;
  /** `HTTP/1.1` and the like, in capitals; `HTTP/0.9` of a simple request; empty when none was named or seen. */
  version: string;
  /** A simple request of HTTP/0.9: no field section follows. */
  isSimple: boolean;
  flaw: StartLineFlaw | null;
}

/** A status line, read. */
export interface StatusLine {
  version: string;
  status: number;
  reason: string;
  flaw: StartLineFlaw | null;
}

/** Methods of RFC 9110, RFC 5789, WebDAV and its kin, UPnP and the rest of what is met: enough to know a request by its first bytes. */
export const KNOWN_METHODS: readonly string[] = [
  ...['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE', 'PATCH', 'QUERY', 'PURGE'],
  ...['PROPFIND', 'PROPPATCH', 'MKCOL', 'COPY', 'MOVE', 'LOCK', 'UNLOCK', 'SEARCH', 'REPORT', 'MKCALENDAR', 'ACL'],
  ...['VERSION-CONTROL', 'CHECKOUT', 'CHECKIN', 'UNCHECKOUT', 'MKWORKSPACE', 'UPDATE', 'LABEL', 'MERGE'],
  ...['BASELINE-CONTROL', 'MKACTIVITY', 'BIND', 'REBIND', 'UNBIND', 'LINK', 'UNLINK', 'ORDERPATCH'],
  ...['SUBSCRIBE', 'UNSUBSCRIBE', 'NOTIFY', 'POLL', 'BMOVE', 'BCOPY', 'BDELETE', 'BPROPFIND', 'BPROPPATCH'],
  ...['RPC_IN_DATA', 'RPC_OUT_DATA', 'CCM_POST', 'RDG_IN_DATA', 'RDG_OUT_DATA', 'MKREDIRECTREF', 'UPDATEREDIRECTREF'],
];

const METHOD_SET: ReadonlySet<string> = new Set(KNOWN_METHODS);

const TEXT = 0;
const texts = new ByteCache<string>((_kind, view, start, end) => textOf(view, start, end));

/** Bytes of `HTTP/1.1`. */
const VERSION_BYTES = 8;
/** `HTTP`, `/1.1` and `/1.0` as big-endian words: nearly every version there is, told in two comparisons. */
const WORD_HTTP = 0x48545450;
const WORD_1_1 = 0x2f312e31;
const WORD_1_0 = 0x2f312e30;
const VERSION_PREFIX = 'http/';
const ICY = 'icy ';
const CAPITAL_H = 0x48;
const SLASH = 0x2f;
const ASTERISK = 0x2a;
const OPENING_BRACKET = 0x5b;

/**
 * Reads the request line in [start, end), its line end left out, into `into`.
 *
 * `false`: this is no request line, and `into` means nothing. Without a version it is one of
 * HTTP/0.9 (RFC 1945 §4.1) only when it is `GET` and a path or URL, and nothing else.
 */
export function readRequestLine(view: Uint8Array, start: number, end: number, into: RequestLine): boolean {
  const lineEnd = trimmedEnd(view, start, end);
  const at = readMethod(view, start, lineEnd, into);
  if (at < 0) return false;
  const versionAt = versionBefore(view, at, lineEnd);
  if (versionAt < 0) return readSimpleRequest(view, at, lineEnd, into) || readBrokenRequest(view, at, lineEnd, into);
  into.version = versionText(view, versionAt, lineEnd);
  let targetEnd = versionAt;
  while (targetEnd > at && isBlank(view[targetEnd - 1])) targetEnd -= 1;
  if (targetEnd === at) {
    // `GET HTTP/1.1`: what stands in the target's place is the target, as servers have it.
    into.flaw = 'http1-malformed-request-line';
    targetEnd = lineEnd;
  } else if (versionAt - targetEnd !== 1 || hasBlank(view, at, targetEnd)) {
    into.flaw = 'http1-malformed-request-line';
    // Blanks in a target come from careless clients, but after an unknown word it may be any text.
    if (hasBlank(view, at, targetEnd) && !METHOD_SET.has(into.method)) return false;
  }
  into.target = texts.get(TEXT, view, at, targetEnd);
  return true;
}

/**
 * Reads what was seen of a request line that a gap cut at `end`; `false`: not enough.
 *
 * A target that is not whole ends in `…`, which no target can hold; a version that is not is empty.
 */
export function readCutRequestLine(view: Uint8Array, start: number, end: number, into: RequestLine): boolean {
  const at = readMethod(view, start, end, into);
  if (at < 0 || at === end || !METHOD_SET.has(into.method)) return false;
  let targetEnd = at;
  while (targetEnd < end && !isBlank(view[targetEnd])) targetEnd += 1;
  into.target = textOf(view, at, targetEnd) + (targetEnd === end ? HIDDEN : '');
  const versionAt = versionBefore(view, Math.min(targetEnd + 1, end), end);
  into.version = versionAt < 0 ? '' : versionText(view, versionAt, end);
  return true;
}

/** Reads a method and the blanks behind it; gives the index behind them, -1 when there is no method. */
function readMethod(view: Uint8Array, start: number, end: number, into: RequestLine): number {
  let at = start;
  while (at < end && IS_TOKEN[view[at] ?? 0] === 1) at += 1;
  if (at === start || at === end || at - start > MAX_METHOD_BYTES || !isBlank(view[at])) return -1;
  into.method = texts.get(TEXT, view, start, at);
  into.isSimple = false;
  into.flaw = view[at] !== SP || isBlank(view[at + 1]) ? 'http1-malformed-request-line' : null;
  while (at < end && isBlank(view[at])) at += 1;
  return at;
}

function readSimpleRequest(view: Uint8Array, at: number, lineEnd: number, into: RequestLine): boolean {
  if (into.method !== 'GET' || hasBlank(view, at, lineEnd)) return false;
  if (view[at] !== SLASH && !startsWithText(view, at, lineEnd, 'http')) return false;
  into.version = 'HTTP/0.9';
  into.isSimple = true;
  into.target = texts.get(TEXT, view, at, lineEnd);
  return true;
}

/** What a path, `*` or a URL begins with. RFC 9112 §3.2. */
function isTarget(view: Uint8Array, at: number, end: number): boolean {
  const first = view[at];
  return first === SLASH || first === ASTERISK || startsWithText(view, at, end, 'http');
}

/** Whether a host and a port stand there, up to a blank or `end`. RFC 9112 §3.2.3. */
function isAuthority(view: Uint8Array, start: number, end: number): boolean {
  let at = start;
  while (at < end && !isBlank(view[at])) at += 1;
  let port = at;
  while (port > start && digitOf(view[port - 1]) >= 0) port -= 1;
  return port < at && port - 1 > start && view[port - 1] === COLON && mayBeginAuthority(view[start]);
}

/** Can an authority begin with this byte? NATS has a CONNECT of its own, with JSON in its place. */
export function mayBeginAuthority(byte: number | undefined): boolean {
  return byte !== undefined && (byte === OPENING_BRACKET || IS_TOKEN[byte] === 1);
}

/**
 * `POST /x` or `GET / HTTP/1.`: a known method, a target, and no version that is one. A server
 * answers such a request, with 400 or as if all were well. Other protocols' methods of the same
 * name (`OPTIONS * RTSP/1.0`) name their own version.
 */
function readBrokenRequest(view: Uint8Array, at: number, lineEnd: number, into: RequestLine): boolean {
  if (!METHOD_SET.has(into.method)) return false;
  if (!isTarget(view, at, lineEnd) && !(into.method === 'CONNECT' && isAuthority(view, at, lineEnd))) return false;
  let lastWord = lineEnd;
  while (lastWord > at && !isBlank(view[lastWord - 1])) lastWord -= 1;
  let targetEnd = lineEnd;
  into.version = '';
  if (lastWord > at) {
    const word = textOf(view, lastWord, lineEnd).toUpperCase();
    if (word.startsWith('HTTP/')) {
      into.version = word;
      targetEnd = lastWord;
      while (targetEnd > at && isBlank(view[targetEnd - 1])) targetEnd -= 1;
    } else if (/^[A-Z]+\/\d/.test(word)) return false;
  }
  into.flaw = 'http1-malformed-request-line';
  into.target = texts.get(TEXT, view, at, targetEnd);
  return true;
}

/**
 * Reads the status line in [start, end), its line end left out, into `into`; `false`: it is none.
 *
 * `ICY 200 OK` is the status line of SHOUTcast servers, otherwise HTTP/1.0.
 */
export function readStatusLine(view: Uint8Array, start: number, end: number, into: StatusLine): boolean {
  const lineEnd = trimmedEnd(view, start, end);
  let at = start;
  if (view[start] !== CAPITAL_H && startsWithText(view, start, lineEnd, ICY)) {
    at = start + 3;
    into.version = 'ICY';
  } else {
    if (lineEnd - start > VERSION_BYTES && isUsualVersion(view, start)) at = start + VERSION_BYTES;
    else while (at < lineEnd && !isBlank(view[at])) at += 1;
    if (!isVersion(view, start, at)) return false;
    into.version = versionText(view, start, at);
  }
  if (at === lineEnd) return false;
  into.flaw = view[at] !== SP || isBlank(view[at + 1]) ? 'http1-malformed-status-line' : null;
  while (at < lineEnd && isBlank(view[at])) at += 1;
  const hundreds = at < lineEnd ? digitOf(view[at]) : -1;
  const tens = at + 1 < lineEnd ? digitOf(view[at + 1]) : -1;
  const ones = at + 2 < lineEnd ? digitOf(view[at + 2]) : -1;
  if (hundreds < 1 || tens < 0 || ones < 0) return false;
  into.status = hundreds * 100 + tens * 10 + ones;
  at += 3;
  if (at < lineEnd && !isBlank(view[at])) return false;
  at = Math.min(at + 1, lineEnd);
  into.reason = texts.get(TEXT, view, at, lineEnd);
  return true;
}

/** Can the bytes [start, end) still become a request line? Only the method is looked at. */
export function mayBecomeRequestLine(view: Uint8Array, start: number, end: number): boolean {
  const last = Math.min(end, start + MAX_METHOD_BYTES + 1);
  for (let at = start; at < last; at += 1) {
    if (IS_TOKEN[view[at] ?? 0] === 1) continue;
    return at > start && isBlank(view[at]);
  }
  return last - start <= MAX_METHOD_BYTES;
}

/** Can the bytes [start, end) still become a status line? */
export function mayBecomeStatusLine(view: Uint8Array, start: number, end: number): boolean {
  return agreesWithText(view, start, end, VERSION_PREFIX) || agreesWithText(view, start, end, ICY);
}

/** Where the version begins that ends the line; -1 when none does. */
function versionBefore(view: Uint8Array, start: number, end: number): number {
  let at = end - VERSION_BYTES;
  // `HTTP/2`, as some write it.
  if (at < start || !isVersion(view, at, end)) at += 2;
  if (at < start || !isVersion(view, at, end)) return -1;
  return at === start || isBlank(view[at - 1]) ? at : -1;
}

/** `HTTP/` DIGIT [ `.` DIGIT ], in any case. RFC 9112 §2.3. */
function isVersion(view: Uint8Array, start: number, end: number): boolean {
  const length = end - start;
  if (length === VERSION_BYTES && isUsualVersion(view, start)) return true;
  if (length !== VERSION_BYTES && length !== VERSION_BYTES - 2) return false;
  if (!startsWithText(view, start, end, VERSION_PREFIX) || digitOf(view[start + 5]) < 0) return false;
  return length === VERSION_BYTES - 2 || (view[start + 6] === 0x2e && digitOf(view[start + 7]) >= 0);
}

/** HTTP/1.1 or HTTP/1.0 in capitals. There are eight bytes at `start`. */
function isUsualVersion(view: Uint8Array, start: number): boolean {
  const data = dataViewOf(view);
  if (data.getInt32(start) !== WORD_HTTP) return false;
  const number = data.getInt32(start + 4);
  return number === WORD_1_1 || number === WORD_1_0;
}

function versionText(view: Uint8Array, start: number, end: number): string {
  if (end - start === VERSION_BYTES && view[start + 5] === 0x31) {
    if (view[start + 7] === 0x31) return 'HTTP/1.1';
    if (view[start + 7] === 0x30) return 'HTTP/1.0';
  }
  return textOf(view, start, end).toUpperCase();
}

function trimmedEnd(view: Uint8Array, start: number, end: number): number {
  let at = end;
  while (at > start && (view[at - 1] === CR || isBlank(view[at - 1]))) at -= 1;
  return at;
}

/** Is there a space or a control character in [start, end)? Four bytes at a time: a borrow shows a byte below 0x21. */
function hasBlank(view: Uint8Array, start: number, end: number): boolean {
  const data = dataViewOf(view);
  let at = start;
  for (const last = end - 4; at <= last; at += 4) {
    const word = data.getInt32(at, true);
    if (((word - BELOW_GRAPHIC) & ~word & TOP_OF_EACH) !== 0) return true;
  }
  for (; at < end; at += 1) if ((view[at] ?? 0) <= SP) return true;
  return false;
}

/** The first graphic character, 0x21, in each byte. */
const BELOW_GRAPHIC = 0x21212121;
const TOP_OF_EACH = -0x7f7f7f80;
