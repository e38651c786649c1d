/** The beginning of a direction, or of a tunnel: which protocol it is, and who reads it from there. */
import { gatewayHeadLength } from '../http/beginning.js';
import {
  type ContentEditor,
  type EditContext,
  editUnknown,
  FillingEditor,
  type SharedContext,
} from './content-editor.js';
import { Gathered } from './gathered.js';
import { H2Editor } from './h2-editor.js';
import { beginsMessage, Http1Editor } from './http1-editor.js';
import { otherAddress, PRINTED_ADDRESS } from './printed-address.js';
import { TlsEditor } from './tls-editor.js';
import { WebSocketEditor } from './websocket-editor.js';

/** Bytes that are waited for before it is decided. */
const ENOUGH_BYTES = 16;
/** That of the first byte of data (edits.ts). */
const FIRST_OFFSET = 1;
/** Tunnels in tunnels. */
const MAX_DEPTH = 8;
const PROXY_V2 = '\r\n\r\n\0\r\nQUIT\n';

/** See the head of this file. */
export class OpeningEditor implements ContentEditor {
  private chosen: ContentEditor | null = null;
  private held: Gathered | null = null;

  constructor(
    private readonly context: EditContext,
    private readonly shared: SharedContext,
    private readonly depth = 0,
  ) {}

  bytes(bytes: Uint8Array, offset: number): void {
    if (this.chosen !== null) {
      this.chosen.bytes(bytes, offset);
      return;
    }
    this.held ??= new Gathered(offset);
    this.held.add(bytes);
    this.decide(false);
  }

  gap(offset: number): void {
    this.decide(true);
    this.chosen?.gap(offset);
  }

  end(): void {
    this.decide(true);
    this.chosen?.end();
  }

  private decide(isLast: boolean): void {
    const { held } = this;
    if (held === null || this.chosen !== null) return;
    let { bytes } = held;
    let { offset } = held;
    const text = bytes.subarray(0, ENOUGH_BYTES).toString('latin1');
    if (text.startsWith('PROXY ') || text.startsWith(PROXY_V2)) {
      const end = endOfProxyHeader(bytes);
      if (end < 0 && !isLast) return;
      const length = end < 0 ? bytes.length : end;
      this.takeProxyHeader(bytes.subarray(0, length), offset);
      this.held = null;
      if (length === bytes.length) return;
      bytes = bytes.subarray(length);
      offset += length;
      this.held = new Gathered(offset);
      this.held.add(bytes);
      this.decide(isLast);
      return;
    }
    if (bytes.length < ENOUGH_BYTES && !isLast) return;
    this.held = null;
    this.chosen = this.editorFor(bytes);
    // The capture may have begun in the middle of something: the next segment is looked at anew.
    if (this.chosen === null) this.takeUnknown(bytes, offset);
    else this.chosen.bytes(bytes, offset);
  }

  /** Of a request to an application server what tells its protocol stays: a finding may rest on no more (gateway-cut). */
  private takeUnknown(bytes: Buffer, offset: number): void {
    const known = offset === FIRST_OFFSET && this.depth === 0 ? gatewayHeadLength(bytes) : 0;
    this.context.edits.keep(offset, offset + known);
    editUnknown(this.context, bytes.subarray(known), offset + known);
  }

  /** `null`: it is nothing known. */
  private editorFor(bytes: Buffer): ContentEditor | null {
    const { context, shared } = this;
    const text = bytes.toString('latin1', 0, 24);
    if (text.startsWith('PRI * HTTP/2')) return new H2Editor(context, true);
    if (text.startsWith('HTTP/')) return new Http1Editor(context, shared, false, (protocol) => this.after(protocol));
    if (beginsRecord(bytes)) return new TlsEditor(context);
    // A server that speaks HTTP/2 begins with SETTINGS. RFC 9113 §3.4.
    if (bytes.length >= 9 && bytes[3] === 4 && bytes[0] === 0 && bytes.readUInt32BE(5) === 0) {
      return new H2Editor(context, false);
    }
    if (beginsMessage(bytes)) return new Http1Editor(context, shared, true, (protocol) => this.after(protocol));
    return null;
  }

  /** Who reads what follows an upgrade. */
  private after(protocol: string): ContentEditor {
    const { context, depth } = this;
    if (protocol === 'websocket') return new WebSocketEditor(context);
    if (protocol === 'h2c') return new H2Editor(context, true);
    if ((protocol === 'connect' || protocol.startsWith('tls/')) && depth < MAX_DEPTH) {
      // Each side of a tunnel tells by itself what it speaks; they share what they know through the outer one.
      return new OpeningEditor(context, this.shared.inner(), depth + 1);
    }
    return new FillingEditor(context);
  }

  /** PROXY protocol: version 1 is a line of text, of version 2 what follows the fixed part is addresses. */
  private takeProxyHeader(header: Buffer, offset: number): void {
    const { edits, pseudonyms } = this.context;
    if (pseudonyms === null) {
      edits.keep(offset, offset + header.length);
      return;
    }
    if (header[0] === 0x50) {
      const text = header.toString('latin1').replace(PRINTED_ADDRESS, (address) => otherAddress(address, pseudonyms));
      edits.replace(offset, Buffer.from(text, 'latin1'));
      return;
    }
    const edited = Buffer.from(header);
    const family = (header[13] ?? 0) >> 4;
    const addresses = family === 1 ? 8 : family === 2 ? 32 : 0;
    if (family === 1 && header.length >= 24) {
      edited.writeUInt32BE(pseudonyms.ipv4(header.readUInt32BE(16)), 16);
      edited.writeUInt32BE(pseudonyms.ipv4(header.readUInt32BE(20)), 20);
    } else edited.set(pseudonyms.bytes(header.subarray(16, 16 + addresses)), 16);
    // Behind addresses and ports stand values of any kind: the server's name, a certificate.
    const values = 16 + addresses + (addresses === 0 ? 0 : 4);
    editValues(edited, values, (value) => pseudonyms.secret(value));
    edits.replace(offset, edited);
  }
}

/** Content type, version and a length that a record may have. RFC 8446 §5.1. */
function beginsRecord(bytes: Buffer): boolean {
  const type = bytes[0] ?? 0;
  if (bytes.length < 5 || type < 0x14 || type > 0x17 || bytes[1] !== 3 || (bytes[2] ?? 0) > 4) return false;
  return bytes.readUInt16BE(3) <= 16_384 + 2048;
}

/** Type, length and value. */
function editValues(header: Buffer, start: number, edit: (value: string) => string): void {
  for (let at = start; at + 3 <= header.length; ) {
    const end = Math.min(header.length, at + 3 + header.readUInt16BE(at + 1));
    header.write(edit(header.toString('latin1', at + 3, end)), at + 3, 'latin1');
    at = end;
  }
}

/** The index behind a PROXY header; -1: it goes on. */
function endOfProxyHeader(bytes: Buffer): number {
  if (bytes[0] === 0x50) {
    const lf = bytes.indexOf(0x0a);
    return lf < 0 ? -1 : lf + 1;
  }
  if (bytes.length < 16) return -1;
  const end = 16 + bytes.readUInt16BE(14);
  return bytes.length < end ? -1 : end;
}
