/**
 * DNS answers: the names behind the addresses. RFC 1035 §4, RFC 9460.
 *
 * The one decoder of this stage that makes objects: an answer is rare beside the packets it names.
 * Every length is checked, a compressed name only ever jumps backwards, and the number of records
 * read of a message is bounded.
 */
import { addressText, ipv4Text, ipv6Text } from '../text/address.js';
import type { Cursor } from './cursor.js';
import { type Layer, NONE } from './layer.js';
import type { NameAnswer } from './segment.js';

const HEADER = 12;
const RESPONSE = 0x8000;
const OPCODE = 0x7800;

/** Records read of one message: what fits a message of 4096 bytes (the usual limit over UDP), 16 bytes each; beyond it `dns-too-many-answers` is counted. */
export const MAX_ANSWERS = 256;

/** Longest name, with its length bytes. RFC 1035 §2.3.4. */
export const MAX_NAME = 255;

const CLASS_INTERNET = 1;
const RECORD_FIXED = 10;
const QUESTION_FIXED = 4;
const POINTER = 0xc0;

const TYPE_A = 1;
const TYPE_CNAME = 5;
const TYPE_AAAA = 28;
const TYPE_HTTPS = 65;

/** Delivers the address, alias and HTTPS records of a response's answer section. */
export function dns(cursor: Cursor): Layer {
  const { view, at, end } = cursor;
  if (cursor.quoting) return NONE;
  if (end - at < HEADER) return cursor.malformed('dns-header-cut');
  const flags = view.getUint16(at + 2);
  if ((flags & RESPONSE) === 0 || (flags & OPCODE) !== 0) return NONE;
  const message = new Message(view, at, end);
  message.next = at + HEADER;

  let asked: string | null = null;
  for (let count = view.getUint16(at + 4); count > 0; count -= 1) {
    const name = message.name();
    if (name === null || !message.pass(QUESTION_FIXED)) return cursor.malformed('dns-question');
    asked ??= name;
  }
  /** The name asked for and its aliases: an address of any of them is an address of the first. */
  const chain = new Set<string>();
  if (asked !== null) chain.add(asked);
  const count = view.getUint16(at + 6);
  for (let index = 0; index < count; index += 1) {
    if (index === MAX_ANSWERS) return cursor.malformed('dns-too-many-answers');
    const owner = message.name();
    if (owner === null || end - message.next < RECORD_FIXED) return cursor.malformed('dns-answer');
    const type = view.getUint16(message.next);
    const recordClass = view.getUint16(message.next + 2);
    const length = view.getUint16(message.next + 8);
    message.next += RECORD_FIXED;
    const start = message.next;
    if (length > end - start) return cursor.malformed('dns-answer');
    if (recordClass === CLASS_INTERNET) {
      const value = recordValue(message, type, start, start + length);
      if (value !== null) {
        if (value.type === 'CNAME' && chain.has(owner)) chain.add(value.text);
        const isAddress = value.type === 'A' || value.type === 'AAAA';
        cursor.sink.name({
          packet: cursor.segment.packet,
          atNs: cursor.segment.atNs,
          name: isAddress && asked !== null && chain.has(owner) ? asked : owner,
          type: value.type,
          value: value.text,
          client: destinationOf(cursor),
        });
      }
    }
    message.next = start + length;
  }
  return NONE;
}

function destinationOf({ segment }: Cursor): string {
  const { family, destination0, destination1, destination2, destination3 } = segment;
  return addressText(family, destination0, destination1, destination2, destination3);
}

/** A record's data as text; `null` for types that are not wanted and data that cannot be. */
function recordValue(
  message: Message,
  type: number,
  start: number,
  end: number,
): { readonly type: NameAnswer['type']; readonly text: string } | null {
  const { view } = message;
  switch (type) {
    case TYPE_A:
      return end - start === 4 ? { type: 'A', text: ipv4Text(view.getUint32(start)) } : null;
    case TYPE_AAAA:
      return end - start === 16 ? { type: 'AAAA', text: ipv6At(view, start) } : null;
    case TYPE_CNAME: {
      const text = message.name();
      return text === null ? null : { type: 'CNAME', text };
    }
    case TYPE_HTTPS: {
      const text = httpsText(message, start, end);
      return text === null ? null : { type: 'HTTPS', text };
    }
    default:
      return null;
  }
}

const KEY_ALPN = 1;
const KEY_PORT = 3;
const KEY_IPV4_HINT = 4;
const KEY_ECH = 5;
const KEY_IPV6_HINT = 6;

/** Priority, target and the parameters that matter to a connection, as RFC 9460 §2.1 writes them: `1 . alpn=h2,h3 port=8443`. */
function httpsText(message: Message, start: number, end: number): string | null {
  const { view } = message;
  if (end - start < 3) return null;
  message.next = start + 2;
  const target = message.name();
  if (target === null || message.next > end) return null;
  const words = [String(view.getUint16(start)), target === '' ? '.' : target];
  let at = message.next;
  while (at < end) {
    if (end - at < 4) return null;
    const key = view.getUint16(at);
    const length = view.getUint16(at + 2);
    at += 4;
    if (length > end - at) return null;
    const text = parameterText(view, key, at, at + length);
    if (text !== null) words.push(text);
    at += length;
  }
  return words.join(' ');
}

function parameterText(view: DataView, key: number, start: number, end: number): string | null {
  const values: string[] = [];
  switch (key) {
    case KEY_ALPN:
      for (let at = start; at < end; at += 1 + view.getUint8(at)) {
        const length = view.getUint8(at);
        if (length > end - at - 1) return null;
        values.push(latin1(view, at + 1, at + 1 + length));
      }
      return `alpn=${values.join(',')}`;
    case KEY_PORT:
      return end - start === 2 ? `port=${view.getUint16(start)}` : null;
    case KEY_IPV4_HINT:
      for (let at = start; end - at >= 4; at += 4) values.push(ipv4Text(view.getUint32(at)));
      return `ipv4hint=${values.join(',')}`;
    case KEY_IPV6_HINT:
      for (let at = start; end - at >= 16; at += 16) values.push(ipv6At(view, at));
      return `ipv6hint=${values.join(',')}`;
    case KEY_ECH: // said to be there; its content is for machines
      return 'ech';
    default:
      return null;
  }
}

/** A message and the place of reading in it. */
class Message {
  next = 0;

  constructor(
    readonly view: DataView,
    private readonly start: number,
    private readonly end: number,
  ) {}

  /** Moves on; `false` where the message is too short. */
  pass(length: number): boolean {
    if (length > this.end - this.next) return false;
    this.next += length;
    return true;
  }

  /**
   * Reads the name at `next` and moves behind it: lower case, no trailing dot, the root is empty. A dot
   * or backslash within a label gets a backslash (RFC 1035 §5.1). `null` for a name that cannot be.
   */
  name(): string | null {
    const { view, end } = this;
    let at = this.next;
    let behind = -1;
    /** A pointer leads before everything read so far, so it cannot lead in circles. RFC 1035 §4.1.4: "a prior occurrence". */
    let limit = at;
    let text = '';
    for (let length = 1; ; ) {
      if (at >= end) return null;
      const head = view.getUint8(at);
      if (head === 0) {
        this.next = behind < 0 ? at + 1 : behind;
        return text;
      }
      if ((head & POINTER) === POINTER) {
        if (end - at < 2) return null;
        const target = this.start + (view.getUint16(at) & 0x3fff);
        if (behind < 0) behind = at + 2;
        if (target >= limit) return null;
        limit = target;
        at = target;
        continue;
      }
      if ((head & POINTER) !== 0 || head > end - at - 1) return null;
      length += 1 + head;
      if (length > MAX_NAME) return null;
      if (text !== '') text += '.';
      text += label(view, at + 1, at + 1 + head);
      at += 1 + head;
    }
  }
}

const DOT = 0x2e;
const BACKSLASH = 0x5c;
const UPPER_A = 0x41;
const UPPER_Z = 0x5a;

function label(view: DataView, start: number, end: number): string {
  let text = '';
  for (let at = start; at < end; at += 1) {
    const byte = view.getUint8(at);
    if (byte === DOT || byte === BACKSLASH) text += '\\';
    text += String.fromCharCode(byte >= UPPER_A && byte <= UPPER_Z ? byte + 32 : byte);
  }
  return text;
}

function latin1(view: DataView, start: number, end: number): string {
  let text = '';
  for (let at = start; at < end; at += 1) text += String.fromCharCode(view.getUint8(at));
  return text;
}

function ipv6At(view: DataView, at: number): string {
  return ipv6Text(view.getUint32(at), view.getUint32(at + 4), view.getUint32(at + 8), view.getUint32(at + 12));
}
