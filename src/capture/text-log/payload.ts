/**
 * What a text shows of a segment's payload where it is HTTP: the head as -v or -A prints it, or the
 * first line alone. Bodies are left out: as characters they are not the bytes that they were.
 */
import type { PrintedSegment } from './line.js';

/** First lines of HTTP among other characters; what stands before is headers that look like letters. */
const METHODS =
  'GET|HEAD|POST|PUT|DELETE|CONNECT|OPTIONS|TRACE|PATCH|PROPFIND|PROPPATCH|MKCOL|COPY|MOVE|LOCK|UNLOCK|SEARCH|REPORT|PURGE';
const START = new RegExp(`(?:${METHODS}) \\S+ HTTP/1\\.[01](?=\\n|$)|HTTP/1\\.[01] \\d{3}(?: [^\\n]*)?(?=\\n|$)`);
const START_LINE = /^(?:[A-Z][A-Z-]* \S.* HTTP\/\d\.\d|HTTP\/\d\.\d \d{3}.*)$/;
/** A field line. RFC 9112 §5. */
const FIELD_LINE = /^[!#$%&'*+.^_`|~\w-]+:/;
/** Behind what -v prints of HTTP that it does not take for whole. */
const CUT_MARK = / ?\[\|http\]$/;
/** IP's and TCP's headers without options; what -A drops of them are carriage returns before line feeds. */
const IPV4_HEADER = 20;
const IPV6_HEADER = 40;
const TCP_HEADER = 20;
const MAX_DROPPED = 8;

/** The payload's first bytes as far as the text shows them; empty: it shows none. */
export function payloadOf(segment: PrintedSegment, body: readonly string[]): Buffer {
  const { length } = segment;
  if (length === 0) return Buffer.alloc(0);
  const lines = (segment.textFollows ? linesBehind(body) : null) ?? linesAmong(segment, body);
  const head = lines ?? (segment.text === null ? null : [segment.text]);
  return head === null ? Buffer.alloc(0) : headBytes(head, length);
}

/** What -v prints behind `HTTP, length: 218`: a line each, and an empty one where the head ends. */
function linesBehind(body: readonly string[]): string[] | null {
  const [first = '', ...more] = body.map((line) => line.trim().replace(CUT_MARK, ''));
  return START_LINE.test(first) ? [first, ...fieldsOf(more)] : null;
}

/** What -A prints: all of the packet's characters from the IP header on, of which HTTP's first line begins the payload. */
function linesAmong({ source, options }: PrintedSegment, body: readonly string[]): string[] | null {
  const text = body.join('\n');
  const match = START.exec(text);
  if (match === null) return null;
  const headers = (source.host.includes(':') ? IPV6_HEADER : IPV4_HEADER) + TCP_HEADER + options.length;
  if (match.index > headers || match.index < headers - MAX_DROPPED) return null;
  const [first = '', ...more] = text.slice(match.index).split('\n');
  return [first, ...fieldsOf(more)];
}

/** Field lines, and the empty line behind them if it is there; prose is neither. */
function fieldsOf(lines: readonly string[]): string[] {
  const end = lines.findIndex((line) => !FIELD_LINE.test(line));
  if (end < 0) return [...lines];
  return lines[end] === '' ? [...lines.slice(0, end), ''] : lines.slice(0, end);
}

/**
 * The head's bytes: ended by CRLF (RFC 9112 §2.2), or by LF where only so they fit. A target that
 * somebody blotted out begins with a slash, as targets do.
 */
function headBytes([first = '', ...more]: readonly string[], length: number): Buffer {
  const start = /^HTTP\//.test(first) ? first : first.replace(/^([A-Z-]+) (?![/*]|[a-z]+:)/, '$1 /');
  const lines = [start, ...more];
  const head = Buffer.from(lines.map((line) => `${line}\r\n`).join(''));
  if (head.length <= length) return head;
  const bare = Buffer.from(lines.map((line) => `${line}\n`).join(''));
  return bare.length === length ? bare : Buffer.from(`${start}\r\n`).subarray(0, length);
}
