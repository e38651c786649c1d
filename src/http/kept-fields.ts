/**
 * The field lines that are kept, by name; of all others not even a string is made.
 *
 * A name is looked up in place: its length and first letter choose the candidates (nearly always
 * none or one), which are then compared byte by byte.
 */
import { ByteCache } from '../bytes/byte-cache.js';
import { dataViewOf, textOf } from '../bytes/data-view.js';
import { type Field, MAX_FIELD_VALUE } from '../facts/field.js';
import { FIELD_SIGNS } from '../facts/signs.js';
import { HIDDEN } from '../text/redaction.js';

/**
 * `secret`: the name matters and the value must not leave (cookies, credentials).
 * `attributes`: the same, but what follows the value is no secret (Set-Cookie's Path, Domain, Secure).
 * `unique`: differs with each message, so that remembering it would push out what repeats.
 * `asked`: unique as well, and kept of requests alone: it tells which request behind a proxy is which before it, and
 * nothing looks for it in an answer, where to make its text was a thirtieth of what many small exchanges cost.
 * `whole`: not cut, because it stands for what a start line says in HTTP/1.
 */
type Keeping = 'plain' | 'secret' | 'attributes' | 'unique' | 'asked' | 'whole';

/** What rules, pairing of hops and the framing itself ask for. */
export const KEPT_FIELDS: Readonly<Record<string, Keeping>> = {
  // Framing and connection, RFC 9110 §6 to §8, RFC 9112 §6 and §9.
  'content-length': 'plain',
  'transfer-encoding': 'plain',
  connection: 'plain',
  'keep-alive': 'plain',
  'proxy-connection': 'plain',
  upgrade: 'plain',
  'http2-settings': 'plain',
  te: 'plain',
  trailer: 'plain',
  expect: 'plain',
  // RFC 9113 §8.3, RFC 8441 §4: what a start line says in HTTP/1.
  ':method': 'plain',
  ':scheme': 'plain',
  ':authority': 'whole',
  ':path': 'whole',
  ':protocol': 'plain',
  ':status': 'plain',
  // What is asked for, and where.
  host: 'plain',
  origin: 'plain',
  'user-agent': 'plain',
  via: 'plain',
  forwarded: 'plain',
  'x-forwarded-for': 'plain',
  'x-forwarded-proto': 'plain',
  'x-forwarded-host': 'plain',
  'x-forwarded-port': 'plain',
  'x-forwarded-ssl': 'plain',
  'x-real-ip': 'plain',
  'x-client-ip': 'plain',
  'true-client-ip': 'plain',
  'cf-connecting-ip': 'plain',
  'front-end-https': 'plain',
  'cloudfront-forwarded-proto': 'plain',
  'x-request-id': 'asked',
  'x-correlation-id': 'asked',
  'x-amzn-trace-id': 'asked',
  traceparent: 'asked',
  // What is answered.
  server: 'plain',
  location: 'plain',
  'content-location': 'plain',
  refresh: 'plain',
  'retry-after': 'plain',
  'content-type': 'plain',
  'content-encoding': 'plain',
  'content-range': 'plain',
  age: 'plain',
  'x-powered-by': 'plain',
  'x-cache': 'plain',
  // RFC 6455 §11.3.
  'sec-websocket-key': 'unique',
  'sec-websocket-accept': 'unique',
  'sec-websocket-version': 'plain',
  'sec-websocket-protocol': 'plain',
  'sec-websocket-extensions': 'plain',
  // gRPC over HTTP/2: deadline and outcome.
  'grpc-timeout': 'plain',
  'grpc-encoding': 'plain',
  'grpc-status': 'plain',
  'grpc-message': 'plain',
  // That they are there says something; what they hold is nobody's business.
  cookie: 'secret',
  'set-cookie': 'attributes',
  authorization: 'secret',
  'proxy-authorization': 'secret',
};

const NAMES = Object.keys(KEPT_FIELDS);
const KEEPINGS = Object.values(KEPT_FIELDS);
const HIDDEN_FIELDS: readonly Field[] = NAMES.map((name) => Object.freeze({ name, value: HIDDEN }));

/** The sign that each kept field is; 0: none. */
const SIGNS = Uint16Array.from(NAMES, (name) => FIELD_SIGNS[name] ?? 0);

/** The sign (facts/signs) that kept field `index` is; 0: none. */
export function signOf(index: number): number {
  return SIGNS[index] ?? 0;
}

const LONGEST_NAME = Math.max(...NAMES.map((name) => name.length));
const LETTERS = 32;
/** First candidate for each (length, first letter), and the next candidate after each; -1: none. */
const FIRST = new Int16Array((LONGEST_NAME + 1) * LETTERS).fill(-1);
const NEXT = new Int16Array(NAMES.length).fill(-1);
/** The names' bytes, each in a row of its own. */
const ROW = (LONGEST_NAME + 3) & ~3;
const NAME_BYTES = new Uint8Array(NAMES.length * ROW);
const NAME_WORDS = new DataView(NAME_BYTES.buffer);
NAMES.forEach((name, index) => {
  NAME_BYTES.set(Buffer.from(name, 'latin1'), index * ROW);
  const place = name.length * LETTERS + (name.charCodeAt(0) & 31);
  NEXT[index] = FIRST[place] ?? -1;
  FIRST[place] = index;
});

/** Index of the kept field whose name the bytes [start, end) are, in any case; -1: not kept. */
export function keptIndex(view: Uint8Array, start: number, end: number): number {
  const length = end - start;
  if (length > LONGEST_NAME || length === 0) return -1;
  let index = FIRST[length * LETTERS + ((view[start] ?? 0) & 31)] ?? -1;
  if (index < 0) return -1;
  const data = dataViewOf(view);
  while (index >= 0) {
    if (isName(data, start, length, index * ROW)) return index;
    index = NEXT[index] ?? -1;
  }
  return -1;
}

/** Setting bit 5 makes capitals small and leaves the digits and hyphens of a token as they are. */
function isName(data: DataView, start: number, length: number, row: number): boolean {
  let at = 0;
  for (; at + 4 <= length; at += 4)
    if ((data.getInt32(start + at) | 0x20202020) !== NAME_WORDS.getInt32(row + at)) return false;
  for (; at < length; at += 1) if ((data.getUint8(start + at) | 0x20) !== NAME_BYTES[row + at]) return false;
  return true;
}

/** Index of a name in {@link KEPT_FIELDS}, for those who must recognise one. */
export function indexOfName(name: string): number {
  return NAMES.indexOf(name);
}

/** Whether a connection is likely to send the same line again; -1: a name that is not kept. Of a secret the field is no more than that it was there. */
export function repeats(index: number): boolean {
  return index < 0 || KEEPINGS[index] === 'plain' || KEEPINGS[index] === 'secret';
}

/** Whether a field (-1: of a name that is not kept) is kept of requests alone. */
export function isOfRequests(index: number): boolean {
  return index >= 0 && KEEPINGS[index] === 'asked';
}

function makeField(index: number, view: Uint8Array, start: number, end: number): Field {
  // Not frozen, for that costs as much as all else here: its type says that it is not written to.
  return {
    name: NAMES[index] ?? '',
    value: textOf(view, start, KEEPINGS[index] === 'whole' ? end : Math.min(end, start + MAX_FIELD_VALUE)),
  };
}

const seenFields = new ByteCache<Field>(makeField);

/** The field line of kept field `index` with the value [start, end), cut at {@link MAX_FIELD_VALUE}, hidden if secret. */
export function keptField(index: number, view: Uint8Array, start: number, end: number): Field {
  switch (KEEPINGS[index]) {
    case 'secret':
      return hiddenField(index);
    case 'attributes':
      return cookieField(index, view, start, end);
    case 'unique':
    case 'asked':
      return makeField(index, view, start, end);
    default:
      return seenFields.get(index, view, start, end);
  }
}

const EQUALS = 0x3d;
const SEMICOLON = 0x3b;

/** A Set-Cookie line without the cookie's value: `SID=…; Path=/; Secure`. RFC 6265 §4.1.1. */
function cookieField(index: number, view: Uint8Array, start: number, end: number): Field {
  let nameEnd = start;
  while (nameEnd < end && view[nameEnd] !== EQUALS && view[nameEnd] !== SEMICOLON) nameEnd += 1;
  let valueEnd = nameEnd;
  while (valueEnd < end && view[valueEnd] !== SEMICOLON) valueEnd += 1;
  // Without a name, what stands there is the value (RFC 6265bis §5.6).
  const name = nameEnd < end && view[nameEnd] === EQUALS ? textOf(view, start, nameEnd + 1) : '';
  const attributes = textOf(view, valueEnd, Math.min(end, valueEnd + MAX_FIELD_VALUE));
  return { name: NAMES[index] ?? '', value: `${name}${HIDDEN}${attributes}`.slice(0, MAX_FIELD_VALUE) };
}

/** The field line of kept field `index` with its value hidden: somebody said that it is a secret. */
export function hiddenField(index: number): Field {
  return HIDDEN_FIELDS[index] ?? { name: '', value: HIDDEN };
}

/** A kept field with a continuation line's content added. RFC 9112 §5.2. */
export function continuedField(field: Field, view: Uint8Array, start: number, end: number): Field {
  const keeping = KEPT_FIELDS[field.name];
  if (field.value === HIDDEN || keeping === 'secret' || keeping === 'attributes' || start === end) return field;
  const more = textOf(view, start, Math.min(end, start + MAX_FIELD_VALUE));
  const value = field.value === '' ? more : `${field.value} ${more}`;
  return { name: field.name, value: value.slice(0, MAX_FIELD_VALUE) };
}
