/**
 * What the payload of one packet says, as far as the packet alone tells: the lines of an HTTP/1 head
 * that begins in it, and the records of TLS. The rest is bytes.
 *
 * Secrets: queries, credentials and cookies are held back where they are known by their place; what is
 * no readable head or TLS record may hold anything, so it is held back as a whole.
 */
import type { ByteRange, TreeNode } from '../../facts/packet-tree.js';
import { leaf } from '../../net/describe/leaf.js';
import { UNSALTED } from '../../text/redaction.js';
import { countText } from '../../text/size.js';
import { visible } from '../../text/visible.js';

/** A payload's nodes, and the bytes that are shown only to who asks for them. */
export interface PayloadTree {
  readonly nodes: readonly TreeNode[];
  readonly hidden: readonly ByteRange[];
}

const START_LINE = /^(?:[!#$%&'*+.^_`|~0-9A-Za-z-]{1,32} \S+ HTTP\/1\.\d|HTTP\/1\.\d \d{3}(?: .*)?)$/;

/** Describes bytes [start, end) of a packet. */
export function payloadTree(bytes: Uint8Array, { start, end }: ByteRange): PayloadTree {
  const records = tlsRecords(bytes, start, end);
  if (records !== null) return { nodes: records, hidden: [] };
  return httpHead(bytes, start, end) ?? unknown(start, end);
}

function unknown(start: number, end: number): PayloadTree {
  const node = leaf('payload', `${countText(end - start)} bytes`, start, end);
  return { nodes: [node], hidden: [{ start, end }] };
}

/** RFC 9112 §2.1, as far as the packet goes; `null`: none begins here. */
function httpHead(bytes: Uint8Array, start: number, end: number): PayloadTree | null {
  const lines: TreeNode[] = [];
  const hidden: ByteRange[] = [];
  let at = start;
  for (;;) {
    const feed = bytes.indexOf(0x0a, at);
    const lineEnd = feed < 0 || feed >= end ? end : feed + 1;
    const text = Buffer.from(bytes.buffer, bytes.byteOffset + at, lineEnd - at)
      .toString('latin1')
      .replace(/\r?\n$/, '');
    if (at === start) {
      if (!START_LINE.test(text)) return null;
      lines.push(startLine(text, at, lineEnd, hidden));
    } else if (text === '') {
      at = lineEnd;
      break;
    } else lines.push(fieldLine(text, at, lineEnd, hidden));
    at = lineEnd;
    if (at >= end) break;
  }
  const first = lines[0];
  const head: TreeNode = { label: 'HTTP', value: first?.value ?? '', start, end: at, children: lines };
  if (at >= end) return { nodes: [head], hidden };
  hidden.push({ start: at, end });
  return { nodes: [head, leaf('body', `${countText(end - at)} bytes`, at, end)], hidden };
}

function startLine(text: string, start: number, end: number, hidden: ByteRange[]): TreeNode {
  const [method = '', target = '', version = ''] = text.split(' ');
  if (text.startsWith('HTTP/')) {
    const line = UNSALTED.text(text);
    if (line === text) return leaf('status line', visible(text), start, end);
    hidden.push({ start: start + commonLength(text, line), end });
    return { ...leaf('status line', visible(line), start, end), revealed: text };
  }
  const shown = UNSALTED.target(target);
  if (shown !== target) {
    const from = start + method.length + 1;
    hidden.push({ start: from + commonLength(target, shown), end: from + target.length });
  }
  const revealed = shown === target ? {} : { revealed: text };
  return { ...leaf('request line', visible(`${method} ${shown} ${version}`), start, end), ...revealed };
}

function fieldLine(text: string, start: number, end: number, hidden: ByteRange[]): TreeNode {
  const colon = text.indexOf(':');
  const name = (colon < 0 ? '' : text.slice(0, colon)).trim();
  // No name: it continues the line before, or is cut; either may be a secret.
  if (name === '' || /^[ \t]/.test(text)) {
    hidden.push({ start, end });
    return { ...leaf('line', `${countText(end - start)} bytes`, start, end), revealed: text };
  }
  const value = text.slice(colon + 1).trim();
  const shown = UNSALTED.field(name, value);
  if (shown === value) return leaf(visible(name), visible(value), start, end);
  hidden.push({ start: start + colon + 1, end });
  return { ...leaf(visible(name), visible(shown), start, end), revealed: value };
}

function commonLength(one: string, other: string): number {
  let at = 0;
  while (at < one.length && one[at] === other[at]) at += 1;
  return at;
}

const RECORD_HEADER = 5;
const MAX_RECORD = 16_384 + 2048;
const CONTENT_TYPES: Readonly<Record<number, string>> = {
  20: 'Change Cipher Spec',
  21: 'Alert',
  22: 'Handshake',
  23: 'Application Data',
  24: 'Heartbeat',
};
/** RFC 8446 §4. */
const HANDSHAKES: Readonly<Record<number, string>> = {
  1: 'ClientHello',
  2: 'ServerHello',
  4: 'NewSessionTicket',
  8: 'EncryptedExtensions',
  11: 'Certificate',
  12: 'ServerKeyExchange',
  13: 'CertificateRequest',
  14: 'ServerHelloDone',
  15: 'CertificateVerify',
  16: 'ClientKeyExchange',
  20: 'Finished',
};

/** Records that begin in the payload, one behind the other from its first byte; `null`: none does. RFC 8446 §5.1. */
function tlsRecords(bytes: Uint8Array, start: number, end: number): TreeNode[] | null {
  const records: TreeNode[] = [];
  for (let at = start; at < end; ) {
    const type = bytes[at] ?? 0;
    const name = CONTENT_TYPES[type];
    const length = ((bytes[at + 3] ?? 0) << 8) | (bytes[at + 4] ?? 0);
    const isRecord =
      end - at >= RECORD_HEADER &&
      name !== undefined &&
      bytes[at + 1] === 3 &&
      (bytes[at + 2] ?? 9) <= 4 &&
      length > 0 &&
      length <= MAX_RECORD;
    if (!isRecord) {
      if (records.length === 0) return null;
      records.push(leaf('TLS', `${countText(end - at)} bytes`, at, end));
      break;
    }
    const recordEnd = Math.min(end, at + RECORD_HEADER + length);
    const message = type === 22 ? HANDSHAKES[bytes[at + RECORD_HEADER] ?? 0] : undefined;
    const what = message ?? name;
    const cut = recordEnd - at < RECORD_HEADER + length ? ', goes on in later packets' : '';
    records.push({
      label: 'TLS',
      value: `${what}, ${countText(length)} bytes${cut}`,
      start: at,
      end: recordEnd,
      children: [
        leaf('content type', `${name} (${type})`, at, at + 1),
        leaf('version', `0x03${(bytes[at + 2] ?? 0).toString(16).padStart(2, '0')}`, at + 1, at + 3),
        leaf('length', countText(length), at + 3, at + 5),
        leaf('content', what, at + RECORD_HEADER, recordEnd),
      ],
    });
    at = recordEnd;
  }
  return records;
}
