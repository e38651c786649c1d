/**
 * The facts of an ordinary certificate, read from its bytes. X.690, RFC 5280 §4.1.
 *
 * To make a certificate of OpenSSL's, public key and all, takes a fifth of a millisecond: a twentieth
 * of the CPU of a capture of many servers. What is shown of one is names and times. `null` says that a
 * certificate is none of the ordinary ones, not that it is flawed: whatever might be refused or be
 * written in another way (rare parts of names, characters that are escaped) is left to OpenSSL.
 */
import { latin1 } from '../bytes/data-view.js';
import { type CertificateFacts, MAX_ALTERNATIVE_NAMES } from '../facts/tls.js';
import { DerReader } from './der-reader.js';

const BOOLEAN = 0x01;
const INTEGER = 0x02;
const BIT_STRING = 0x03;
const OCTET_STRING = 0x04;
const NULL = 0x05;
const OBJECT_IDENTIFIER = 0x06;
const UTC_TIME = 0x17;
const GENERALIZED_TIME = 0x18;
const SEQUENCE = 0x30;
const SET = 0x31;
const VERSION = 0xa0;
const EXTENSIONS = 0xa3;
/** UTF8String, PrintableString, IA5String: ASCII is the same in all. */
const STRINGS: ReadonlySet<number> = new Set([0x0c, 0x13, 0x16]);
const IP_ADDRESS = 0x87;

/** Kinds of GeneralName that are texts, as OpenSSL names them. RFC 5280 §4.2.1.6. */
const TEXT_NAMES: ReadonlyMap<number, string> = new Map([
  [0x81, 'email'],
  [0x82, 'DNS'],
  [0x86, 'URI'],
]);
/** Attributes of a distinguished name, by the bytes of their object identifiers. RFC 5280 appendix A.1, CA/Browser Forum EV guidelines §9.2. */
const ATTRIBUTES: ReadonlyMap<string, string> = new Map([
  ['\x09\x92\x26\x89\x93\xf2\x2c\x64\x01\x19', 'DC'],
  ['\x2a\x86\x48\x86\xf7\x0d\x01\x09\x01', 'emailAddress'],
  ['\x2b\x06\x01\x04\x01\x82\x37\x3c\x02\x01\x01', 'jurisdictionL'],
  ['\x2b\x06\x01\x04\x01\x82\x37\x3c\x02\x01\x02', 'jurisdictionST'],
  ['\x2b\x06\x01\x04\x01\x82\x37\x3c\x02\x01\x03', 'jurisdictionC'],
  ['\x55\x04\x03', 'CN'],
  ['\x55\x04\x05', 'serialNumber'],
  ['\x55\x04\x06', 'C'],
  ['\x55\x04\x07', 'L'],
  ['\x55\x04\x08', 'ST'],
  ['\x55\x04\x09', 'street'],
  ['\x55\x04\x0a', 'O'],
  ['\x55\x04\x0b', 'OU'],
  ['\x55\x04\x0f', 'businessCategory'],
  ['\x55\x04\x11', 'postalCode'],
]);
/** RFC 5280 §4.2.1.6. */
const SUBJECT_ALTERNATIVE_NAME = '\x55\x1d\x11';
/** A longer name than anybody reads is cut, by those who ask OpenSSL: certificates of hostile servers hold what they like. */
export const MAX_NAME_LENGTH = 1024;
/** Of what RFC 2253 §2.4 escapes nothing but commas, and no space at either end. */
const PLAIN_VALUE = /^[\w.*@:/()'&,-](?:[\w .*@:/()'&,-]*[\w.*@:/()'&,-])?$/;
/** Alternative names that are not put in quotes. */
const PLAIN_NAME = /^[\w.*@:/?=&%~-]{1,255}$/;
/** Year, month, day, hour, minute, second, in UTC. */
const TIME = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/;
/** What ISO 8601 puts between them, and its milliseconds. */
const PUNCTUATION = /[-T:]|\.000/g;
const EARLIEST_MS = Date.UTC(1950);
/** Of an object identifier, X.690 §8.19.2: no number begins with a byte that adds nothing. */
const IDENTIFIER = /^(?:(?:[\x81-\xff][\x80-\xff]*)?[\0-\x7f])+$/;

/** Reads bytes [start, end), a certificate of version 2 or 3; `null`: ask OpenSSL. */
export function readPlainCertificate(view: Uint8Array, start: number, end: number): CertificateFacts | null {
  const der = new DerReader(view, start, end);
  const whole = der.enter(SEQUENCE);
  const signed = der.enter(SEQUENCE);
  const version = der.enter(VERSION);
  skipInteger(der);
  der.leave(version);
  skipInteger(der); // serialNumber
  skipAlgorithm(der);
  const issuer = readName(der);
  const validity = der.enter(SEQUENCE);
  const notBeforeMs = readTime(der);
  const notAfterMs = readTime(der);
  der.leave(validity);
  const subject = readName(der);
  const key = der.enter(SEQUENCE);
  skipAlgorithm(der);
  skipBitString(der);
  der.leave(key);
  const names = der.tag === EXTENSIONS ? readExtensions(der) : [];
  der.leave(signed);
  skipAlgorithm(der);
  skipBitString(der);
  der.leave(whole);
  if (der.broken || whole !== end) return null;
  return {
    subject,
    issuer,
    alternativeNames: names.slice(0, MAX_ALTERNATIVE_NAMES),
    alternativeNameCount: names.length,
    notBeforeMs,
    notAfterMs,
    selfIssued: subject === issuer,
  };
}

/** X.690 §8.3.2: no byte more than it needs. */
function skipInteger(der: DerReader): void {
  const end = der.enter(INTEGER);
  const [first, second] = der.view.subarray(der.at, end);
  if (first === undefined) der.refuse();
  else if (second !== undefined && (first === 0 ? second < 0x80 : first === 0xff && second >= 0x80)) der.refuse();
  else der.at = end;
}

/** AlgorithmIdentifier, RFC 5280 §4.1.1.2. */
function skipAlgorithm(der: DerReader): void {
  const end = der.enter(SEQUENCE);
  readIdentifier(der);
  if (der.at < end) {
    if (der.tag === NULL) {
      if (der.skip(NULL) > 0) der.refuse();
    } else if (der.tag === OBJECT_IDENTIFIER) readIdentifier(der);
    else der.skip(SEQUENCE);
  }
  der.leave(end);
}

/** Of whole bytes, as keys and signatures are. */
function skipBitString(der: DerReader): void {
  const end = der.enter(BIT_STRING);
  if (end - der.at < 2 || der.view[der.at] !== 0) der.refuse();
  else der.at = end;
}

/** The bytes of an object identifier, as text. */
function readIdentifier(der: DerReader): string {
  const text = readText(der, OBJECT_IDENTIFIER);
  if (!IDENTIFIER.test(text)) der.refuse();
  return text;
}

function readText(der: DerReader, tag: number): string {
  const end = der.enter(tag);
  const text = latin1(der.view, der.at, end);
  der.at = end;
  return text;
}

/** A distinguished name on one line. RFC 5280 §4.1.2.4. */
function readName(der: DerReader): string {
  const parts: string[] = [];
  const end = der.enter(SEQUENCE);
  while (der.at < end) {
    const set = der.enter(SET);
    const attribute = der.enter(SEQUENCE);
    const type = ATTRIBUTES.get(readIdentifier(der));
    const value = STRINGS.has(der.tag) ? readText(der, der.tag) : '';
    der.leave(attribute);
    der.leave(set);
    if (type === undefined || !PLAIN_VALUE.test(value)) der.refuse();
    parts.push(`${type}=${value.replaceAll(',', '\\,')}`);
  }
  der.leave(end);
  const name = parts.join(', ');
  if (name === '' || name.length > MAX_NAME_LENGTH) der.refuse();
  return name;
}

/** Epoch milliseconds. RFC 5280 §4.1.2.5. */
function readTime(der: DerReader): number {
  const isShort = der.tag === UTC_TIME;
  const text = readText(der, isShort ? UTC_TIME : GENERALIZED_TIME);
  // Two digits from 50 on are of the twentieth century.
  const written = isShort ? `${text < '50' ? '20' : '19'}${text}` : text;
  const time = Date.parse(written.replace(TIME, '$1-$2-$3T$4:$5:$6Z'));
  // A day that there is none of comes out as another one; years before 1950 nobody writes.
  if (!(time >= EARLIEST_MS) || new Date(time).toISOString().replace(PUNCTUATION, '') !== written) der.refuse();
  return time;
}

/** The subject's alternative names. RFC 5280 §4.1.2.9. */
function readExtensions(der: DerReader): readonly string[] {
  let names: readonly string[] | null = null;
  const explicit = der.enter(EXTENSIONS);
  const list = der.enter(SEQUENCE);
  if (der.at === list) der.refuse();
  while (der.at < list) {
    const extension = der.enter(SEQUENCE);
    const type = readIdentifier(der);
    if (der.tag === BOOLEAN && der.skip(BOOLEAN) !== 1) der.refuse();
    const value = der.enter(OCTET_STRING);
    if (type !== SUBJECT_ALTERNATIVE_NAME) der.at = value;
    else if (names === null) names = readAlternativeNames(der);
    else der.refuse();
    der.leave(value);
    der.leave(extension);
  }
  der.leave(list);
  der.leave(explicit);
  return names ?? [];
}

/** GeneralNames, RFC 5280 §4.2.1.6. */
function readAlternativeNames(der: DerReader): readonly string[] {
  const names: string[] = [];
  const end = der.enter(SEQUENCE);
  while (der.at < end) {
    const kind = TEXT_NAMES.get(der.tag);
    const text = readText(der, kind === undefined ? IP_ADDRESS : der.tag);
    if (kind === undefined && text.length === 4) names.push(`IP Address:${[...Buffer.from(text, 'latin1')].join('.')}`);
    else if (kind !== undefined && PLAIN_NAME.test(text)) names.push(`${kind}:${text}`);
    else der.refuse();
  }
  der.leave(end);
  if (names.length === 0) der.refuse();
  return names;
}
