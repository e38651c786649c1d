/**
 * What a direction's first bytes look like, at a glance: enough to see that two sides speak
 * different protocols, which no decoder of either tells.
 */
import { textOf } from '../bytes/data-view.js';
import type { BeginningKind } from '../facts/beginning.js';
import { H2_PREFACE, PROXY_V1_PREFIX, PROXY_V2_SIGNATURE, prefixOf } from './signatures.js';

const HTTP = Buffer.from('HTTP/', 'latin1');
/** `GET /`, `OPTIONS *`, `CONNECT a`: a token and a blank. RFC 9112 §3. */
const LONGEST_METHOD = 20;
const SPACE = 0x20;
const LESS_THAN = 0x3c;
/** How a page begins: what is longer than the longest need not be looked at. */
const PAGE = /^<(?:!doctype html|html|head|title)[\s>]/i;
const LONGEST_PAGE_START = 16;
/** Length of the method of HTTP/2's preface. */
const METHOD_PRI = 3;

/** The kind of what stands in [start, end), which are the first bytes of a direction. */
export function beginningKindOf(view: Uint8Array, start: number, end: number): BeginningKind {
  const first = view[start] ?? 0;
  // RFC 8446 §5.1: type, and the major version of all TLS.
  if (end - start >= 3 && view[start + 1] === 3 && (view[start + 2] ?? 9) <= 4) {
    if (first === 0x16) return 'tls-handshake';
    if (first === 0x15) return 'tls-alert';
  }
  // RFC 9113 §6.5: a SETTINGS frame of stream 0, short.
  if (first === 0 && end - start >= 9 && view[start + 1] === 0 && view[start + 3] === 4 && view[start + 5] === 0)
    return 'h2-settings';
  if (prefixOf(view, start, end, PROXY_V2_SIGNATURE) === 'yes') return 'proxy-header';
  if (first === LESS_THAN && isMarkup(view, start, end)) return 'markup';
  if (first < 0x41 || first > 0x5a) return gatewayKindOf(view, start, end);
  if (prefixOf(view, start, end, HTTP) === 'yes') return demandsTls(view, start, end) ? 'tls-demand' : 'http-response';
  // The method PRI is the preface's alone, also where the snap length cuts it. RFC 9113 §11.6.
  if (end - start > METHOD_PRI && prefixOf(view, start, end, H2_PREFACE) !== 'no') return 'h2-preface';
  if (prefixOf(view, start, end, PROXY_V1_PREFIX) === 'yes') return 'proxy-header';
  return isRequestLine(view, start, end) ? 'http-request' : 'other';
}

/** FastCGI 1.0 §3.3, §5.1: version 1, FCGI_BEGIN_REQUEST, a request id, eight bytes of body. */
const FASTCGI_HEADER = 8;
/** AJP/1.3: what the web server sends begins so; behind the length stands the code of a forwarded request, or of a CPing. */
const AJP_MAGIC = [0x12, 0x34] as const;
const AJP_FORWARD_REQUEST = 2;
const AJP_CPING = 10;
/** Magic, length and code. */
const AJP_HEADER = 5;
/** A uwsgi packet of variables: modifiers 0, and a name in capitals, of which the longest is not much longer. */
const LONGEST_VARIABLE = 64;
/** Up to the name: modifiers and length of the packet, length of the name. */
const UWSGI_HEADER = 6;

/** The kind of what does not begin with a capital letter. */
function gatewayKindOf(view: Uint8Array, start: number, end: number): BeginningKind {
  const at = (offset: number): number => (start + offset < end ? (view[start + offset] ?? 0) : 0);
  if (end - start < FASTCGI_HEADER - 3) return 'other';
  if (at(0) === AJP_MAGIC[0] && at(1) === AJP_MAGIC[1])
    return at(4) === AJP_FORWARD_REQUEST || at(4) === AJP_CPING ? 'ajp' : 'other';
  if (at(0) === 1 && at(1) === 1 && at(2) + at(3) > 0 && at(4) === 0 && at(5) === FASTCGI_HEADER) return 'fastcgi';
  const isVariable =
    at(4) > 0 &&
    at(4) <= LONGEST_VARIABLE &&
    at(5) === 0 &&
    isName(view, start + UWSGI_HEADER, start + UWSGI_HEADER + at(4), end);
  return at(0) === 0 && at(3) === 0 && isVariable ? 'uwsgi' : 'other';
}

/**
 * How many of the first bytes tell that an application server is asked over FastCGI, AJP or uwsgi, and nothing of what
 * it is asked: a header, the name of a variable. 0: it is none of these.
 */
export function gatewayHeadLength(view: Uint8Array): number {
  const kind = gatewayKindOf(view, 0, view.length);
  if (kind === 'fastcgi') return Math.min(view.length, FASTCGI_HEADER);
  if (kind === 'ajp') return AJP_HEADER;
  return kind === 'uwsgi' ? Math.min(view.length, UWSGI_HEADER + (view[4] ?? 0)) : 0;
}

/** `REQUEST_METHOD`, as far as it was captured: capitals and underscores, and a capital first. */
function isName(view: Uint8Array, start: number, nameEnd: number, end: number): boolean {
  const last = Math.min(nameEnd, end);
  for (let at = start; at < last; at += 1) {
    const byte = view[at] ?? 0;
    if (byte !== 0x5f && (byte < 0x41 || byte > 0x5a)) return false;
  }
  return last > start && view[start] !== 0x5f;
}

/** A page by itself: to what looks like HTTP/0.9 servers answer without a status line (Python's http.server). */
function isMarkup(view: Uint8Array, start: number, end: number): boolean {
  return PAGE.test(textOf(view, start, Math.min(end, start + LONGEST_PAGE_START)));
}

/** A method in capitals, a blank, and what begins a target. */
function isRequestLine(view: Uint8Array, start: number, end: number): boolean {
  let at = start;
  const last = Math.min(end, start + LONGEST_METHOD);
  while (at < last && isMethodByte(view[at] ?? 0)) at += 1;
  const next = view[at + 1];
  return at > start + 2 && view[at] === SPACE && (next === 0x2f || next === 0x2a || next === 0x68);
}

/** A to Z, and the hyphen of a few. */
function isMethodByte(byte: number): boolean {
  return (byte >= 0x41 && byte <= 0x5a) || byte === 0x2d;
}

/** Where the status stands in `HTTP/1.1 400`, and 400 in its digits. RFC 9112 §4. */
const STATUS_AT = 9;
const BAD_REQUEST: Uint8Array = Buffer.from('400', 'latin1');
/** Such an answer is short, and comes in one segment. */
const MAX_DEMAND_BYTES = 2048;
/** How servers that speak TLS put it to who does not: nginx and what is made of it; Go (Caddy, Traefik, Kubernetes); Apache; Tomcat. */
const DEMANDS =
  /plain HTTP request was sent to HTTPS port|sent an HTTP request to an HTTPS server|speaking plain HTTP to an SSL-enabled server port|combination of host and port requires TLS/;

function demandsTls(view: Uint8Array, start: number, end: number): boolean {
  if (prefixOf(view, start + STATUS_AT, end, BAD_REQUEST) !== 'yes') return false;
  return DEMANDS.test(textOf(view, start, Math.min(end, start + MAX_DEMAND_BYTES)));
}

/** What answers each kind, where its server speaks the same; of others nothing is said. */
const FITTING: Readonly<Partial<Record<BeginningKind, readonly BeginningKind[]>>> = {
  'tls-handshake': ['tls-handshake', 'tls-alert'],
  'http-request': ['http-response', 'markup'],
  'h2-preface': ['h2-settings'],
};

/** Whether two beginnings are worth a look: of different protocols, the client's is a PROXY header or one of those that are not read further, or its greeting in HTTP/2 was not returned. */
export function areOdd(client: BeginningKind | null, server: BeginningKind | null): boolean {
  if (client === null) return false;
  if (client === 'proxy-header' || client === 'fastcgi' || client === 'ajp' || client === 'uwsgi') return true;
  if (client === 'h2-preface' && server === null) return true;
  const fitting = FITTING[client];
  return fitting !== undefined && server !== null && server !== 'other' && !fitting.includes(server);
}
