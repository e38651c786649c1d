/**
 * What the first bytes of a direction look like. Pure functions of the bytes; who is the client
 * and which decoder reads on is decided elsewhere.
 */
import { lineFeed } from '../bytes/line-feed.js';
import {
  emptyHeader,
  FLAG,
  FRAME,
  FRAME_HEADER_BYTES,
  isFrameChain,
  PRIORITY_BYTES,
  readFrameHeader,
} from './h2/frame.js';
import { LAST_REQUEST_ENTRY, LAST_STATUS_ENTRY } from './hpack/static-table.js';
import { agreesWithText, isBlank } from './http1/grammar.js';
import {
  KNOWN_METHODS,
  MAX_METHOD_BYTES,
  mayBecomeRequestLine,
  mayBecomeStatusLine,
  mayBeginAuthority,
  type RequestLine,
  readRequestLine,
  readStatusLine,
  type StatusLine,
} from './http1/start-line.js';
import { H2_PREFACE, PROXY_V1_PREFIX, PROXY_V2_SIGNATURE, prefixOf } from './signatures.js';

/** What the bytes look like; `incomplete`: too few to say. */
export type FirstBytes =
  | 'http1-request'
  | 'http1-response'
  | 'proxy-v1'
  | 'proxy-v2'
  | 'h2-preface'
  | 'h2-settings'
  | 'h2-requests'
  | 'h2-responses'
  | 'tls-client-hello'
  | 'tls-server-hello'
  | 'tls-record'
  | 'incomplete'
  | 'unknown';

/** More than this is never needed to tell one from the other, but for a request by a method that nobody knows. */
export const SNIFF_BYTES = 64;

const METHODS = KNOWN_METHODS.map((method) => ({
  bytes: Buffer.from(`${method} `, 'latin1'),
  isConnect: method === 'CONNECT',
}));
const requestLine: RequestLine = { method: '', target: '', version: '', isSimple: false, flaw: null };
const statusLine: StatusLine = { version: '', status: 0, reason: '', flaw: null };

/**
 * What [start, end) looks like, as the beginning of a direction; `within`: or of a segment in the
 * middle of one.
 */
export function sniff(view: Uint8Array, start: number, end: number, within = false): FirstBytes {
  const byte = view[start] ?? 0;
  if (byte >= 0x14 && byte <= 0x18) return sniffTls(view, start, end);
  if (byte === 0x00) {
    const settings = sniffH2Settings(view, start, end);
    return settings === 'unknown' && within ? sniffH2Frames(view, start, end) : settings;
  }
  if (byte === PROXY_V2_SIGNATURE[0]) {
    const signature = prefixOf(view, start, end, PROXY_V2_SIGNATURE);
    if (signature === 'yes') return 'proxy-v2';
    if (signature === 'maybe') return 'incomplete';
  }
  if (byte >= 0x80) return sniffSsl2(view, start, end);
  return sniffHttp1(view, start, end);
}

/** Whether [start, end), empty lines before it aside, begins like an HTTP/1 request or response, and nothing else. */
export function sniffHttp1(view: Uint8Array, start: number, end: number): FirstBytes {
  return sniffText(view, afterEmptyLines(view, start, end), end);
}

/** RFC 9112 §2.2: empty lines before a start line are ignored. */
function afterEmptyLines(view: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && (view[at] === 0x0d || view[at] === 0x0a)) at += 1;
  return at;
}

function sniffText(view: Uint8Array, start: number, end: number): FirstBytes {
  const preface = prefixOf(view, start, end, H2_PREFACE);
  if (preface === 'yes') return 'h2-preface';
  const proxy = prefixOf(view, start, end, PROXY_V1_PREFIX);
  if (proxy === 'yes') return 'proxy-v1';
  if (mayBecomeStatusLine(view, start, end)) return sniffResponse(view, start, end);
  const request = sniffRequest(view, start, end);
  if (request !== 'unknown') return request;
  return preface === 'maybe' || proxy === 'maybe' ? 'incomplete' : 'unknown';
}

function sniffResponse(view: Uint8Array, start: number, end: number): FirstBytes {
  const lf = lineFeed(view, start, end);
  if (lf >= 0) return readStatusLine(view, start, lf, statusLine) ? 'http1-response' : 'unknown';
  // `HTTP/1.1 200`: from here on it cannot be anything else.
  if (end - start >= 12 && readStatusLine(view, start, start + 12, statusLine)) return 'http1-response';
  if (end - start >= 7 && readStatusLine(view, start, start + 7, statusLine)) return 'http1-response';
  return end - start < SNIFF_BYTES ? 'incomplete' : 'unknown';
}

/**
 * A request is known by its whole line, or, where the line is not whole, by a known method and the
 * beginning of a target. A PROXY or h2 preface is no request although it looks like one.
 */
function sniffRequest(view: Uint8Array, start: number, end: number): FirstBytes {
  if (!mayBecomeRequestLine(view, start, end)) return 'unknown';
  const lf = lineFeed(view, start, end);
  if (lf >= 0) return readRequestLine(view, start, lf, requestLine) ? 'http1-request' : 'unknown';
  for (const { bytes, isConnect } of METHODS) {
    const found = prefixOf(view, start, end, bytes);
    if (found === 'no') continue;
    const targetAt = start + bytes.length;
    if (found === 'maybe' || targetAt === end) return 'incomplete';
    // RFC 9112 §3.2: an authority, a path, `*`, or a URL.
    const first = view[targetAt];
    if (first === 0x2f || first === 0x2a || isBlank(first)) return 'http1-request';
    if (isConnect && mayBeginAuthority(first)) return 'http1-request';
    if (!agreesWithText(view, targetAt, end, 'http')) continue;
    return end - targetAt >= 4 ? 'http1-request' : 'incomplete';
  }
  return end - start <= MAX_METHOD_BYTES ? 'incomplete' : 'unknown';
}

const TLS_ALERT = 0x15;
const TLS_HANDSHAKE = 0x16;
const CLIENT_HELLO = 1;
const SERVER_HELLO = 2;
/** RFC 8446 §5.1 and §5.2: content and, at most, the expansion of a protected record (RFC 5246: 2048). */
const MAX_TLS_RECORD = 16_384 + 2048;

/** A record header, RFC 8446 §5.1: type, version 3.x, length; behind it the handshake message's type. */
function sniffTls(view: Uint8Array, start: number, end: number): FirstBytes {
  const available = end - start;
  if (available > 1 && view[start + 1] !== 3) return 'unknown';
  if (available > 2 && (view[start + 2] ?? 0) > 4) return 'unknown';
  if (available < 5) return 'incomplete';
  const length = ((view[start + 3] ?? 0) << 8) | (view[start + 4] ?? 0);
  if (length === 0 || length > MAX_TLS_RECORD) return 'unknown';
  if (view[start] === TLS_ALERT && length < 2) return 'unknown';
  if (view[start] !== TLS_HANDSHAKE) return 'tls-record';
  if (available < 6) return 'incomplete';
  if (view[start + 5] === CLIENT_HELLO) return 'tls-client-hello';
  return view[start + 5] === SERVER_HELLO ? 'tls-server-hello' : 'tls-record';
}

/** A ClientHello in SSL 2.0's dress: two-byte length with the top bit set, type 1, version. RFC 5246 appendix E.2. */
function sniffSsl2(view: Uint8Array, start: number, end: number): FirstBytes {
  const available = end - start;
  if (available > 2 && view[start + 2] !== CLIENT_HELLO) return 'unknown';
  const major = view[start + 3];
  const minor = view[start + 4] ?? 0;
  if (available > 3 && major !== 3 && major !== 0) return 'unknown';
  if (available < 5) return 'incomplete';
  if (major === 3 ? minor > 4 : minor !== 2) return 'unknown';
  const length = (((view[start] ?? 0) & 0x7f) << 8) | (view[start + 1] ?? 0);
  // Version, three lengths and the shortest challenge with one cipher: RFC 5246 appendix E.2.
  return length >= 9 + 3 + 16 ? 'tls-client-hello' : 'unknown';
}

const H2_SETTINGS = FRAME.settings;
const H2_FRAME_HEADER = FRAME_HEADER_BYTES;
/** Settings are six bytes each; nobody opens with more than a few dozen. */
const MAX_FIRST_SETTINGS = 6 * 64;

/** A SETTINGS frame on stream 0, which is how an HTTP/2 server begins. RFC 9113 §3.4, §4.1, §6.5. */
function sniffH2Settings(view: Uint8Array, start: number, end: number): FirstBytes {
  const available = end - start;
  if (available > 1) {
    const length = ((view[start + 1] ?? 0) << 8) | (view[start + 2] ?? 0);
    if (available > 2 && (length % 6 !== 0 || length > MAX_FIRST_SETTINGS)) return 'unknown';
  }
  if (available > 3 && view[start + 3] !== H2_SETTINGS) return 'unknown';
  for (let at = 4; at < H2_FRAME_HEADER && at < available; at += 1) if (view[start + at] !== 0) return 'unknown';
  return available < H2_FRAME_HEADER ? 'incomplete' : 'h2-settings';
}

const frame = emptyHeader();

/**
 * HTTP/2 in the middle of a connection: frames one behind the other, among them HEADERS whose first
 * field says which side sends the requests. Without such a frame nothing is said, for other
 * protocols begin with small lengths as well.
 */
function sniffH2Frames(view: Uint8Array, start: number, end: number): FirstBytes {
  if (end - start < FRAME_HEADER_BYTES) return 'incomplete';
  if (!isFrameChain(view, start, end)) return 'unknown';
  for (let at = start; at + FRAME_HEADER_BYTES <= end; at += FRAME_HEADER_BYTES + frame.length) {
    readFrameHeader(view, at, frame);
    if (frame.type !== FRAME.headers) continue;
    let field = at + FRAME_HEADER_BYTES;
    if ((frame.flags & FLAG.padded) !== 0) field += 1;
    if ((frame.flags & FLAG.priority) !== 0) field += PRIORITY_BYTES;
    return field < end ? sideOf(view[field] ?? 0) : 'unknown';
  }
  return 'unknown';
}

/** A first field of the static table, as it is or with a value of its own. RFC 7541 §6.1, §6.2; RFC 9113 §8.3: pseudo-fields come first. */
function sideOf(representation: number): FirstBytes {
  let index: number;
  if (representation >= 0x80) index = representation & 0x7f;
  else if (representation >= 0x40) index = representation & 0x3f;
  else index = representation < 0x20 ? representation & 0x0f : 0;
  if (index === 0 || index > LAST_STATUS_ENTRY) return 'unknown';
  return index <= LAST_REQUEST_ENTRY ? 'h2-requests' : 'h2-responses';
}
