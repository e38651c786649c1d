/**
 * Records of TLS in one direction. RFC 8446 §5.1.
 *
 * What is protected stays closed: application data is made unreadable for the keys too, unless they
 * go with the extract. With pseudonyms the names in hellos and certificates are replaced.
 */
import { APPLICATION_DATA, HANDSHAKE } from '../tls/content-type.js';
import { CERTIFICATE, CERTIFICATE_REQUEST, CLIENT_HELLO } from '../tls/handshake-type.js';
import { editDer } from './certificate-editor.js';
import type { ContentEditor, EditContext } from './content-editor.js';
import { Gathered } from './gathered.js';

const RECORD_HEADER_BYTES = 5;
const MESSAGE_HEADER_BYTES = 4;
const MAX_RECORD_BYTES = 16_384 + 2048;
/** A handshake message that is gathered; a longer one is made unreadable. */
const MAX_MESSAGE_BYTES = 262_144;
const CERTIFICATE_STATUS = 22;
const SERVER_NAME = 0;

/** One piece of a handshake message, and where it stands in the direction. */
interface Piece {
  readonly at: number;
  readonly bytes: Buffer;
}

/** See the head of this file. */
export class TlsEditor implements ContentEditor {
  private record: Gathered | null = null;
  private pieces: Piece[] = [];
  private isProtected = false;
  private isLost = false;

  constructor(private readonly context: EditContext) {}

  bytes(bytes: Uint8Array, offset: number): void {
    if (this.isLost) {
      // The next record begins nobody knows where: the ciphertext goes through or is filled as a whole.
      const { edits, keepsCiphertext } = this.context;
      if (keepsCiphertext) edits.keep(offset, offset + bytes.length);
      else edits.fill(offset, offset + bytes.length);
      return;
    }
    for (let at = 0; at < bytes.length; ) {
      this.record ??= new Gathered(offset + at);
      const { record } = this;
      const taken = Math.min(wantedOf(record.bytes) - record.length, bytes.length - at);
      record.add(bytes.subarray(at, at + taken));
      at += taken;
      const whole = record.bytes;
      if (whole.length < wantedOf(whole)) continue;
      if (whole.length === RECORD_HEADER_BYTES && whole.readUInt16BE(3) > 0) {
        if (whole.readUInt16BE(3) > MAX_RECORD_BYTES) this.gap();
        continue;
      }
      this.record = null;
      this.take(whole, record.offset);
    }
  }

  gap(): void {
    this.end();
    this.isLost = true;
  }

  end(): void {
    const { record } = this;
    this.record = null;
    if (record !== null && record.length >= RECORD_HEADER_BYTES) {
      this.context.edits.keep(record.offset, record.offset + RECORD_HEADER_BYTES);
      this.context.edits.fill(record.offset + RECORD_HEADER_BYTES, record.offset + record.length);
    }
    this.dropPieces();
  }

  private take(record: Buffer, offset: number): void {
    const { edits, pseudonyms, keepsCiphertext } = this.context;
    const type = record[0] ?? 0;
    const body = offset + RECORD_HEADER_BYTES;
    edits.keep(offset, body);
    if (type === APPLICATION_DATA && !keepsCiphertext) {
      edits.fill(body, offset + record.length);
      return;
    }
    // RFC 5246 §7.1: what follows a ChangeCipherSpec is protected.
    if (type === 20) this.isProtected = true;
    if (type !== HANDSHAKE || pseudonyms === null || this.isProtected) {
      edits.keep(body, offset + record.length);
      return;
    }
    this.pieces.push({ at: body, bytes: record.subarray(RECORD_HEADER_BYTES) });
    this.takeMessages();
  }

  /** Edits the messages that are whole, in the pieces that they came in. */
  private takeMessages(): void {
    let gathered = Buffer.concat(this.pieces.map(({ bytes }) => bytes));
    if (gathered.length > MAX_MESSAGE_BYTES) {
      this.dropPieces();
      return;
    }
    while (gathered.length >= MESSAGE_HEADER_BYTES) {
      const length = MESSAGE_HEADER_BYTES + gathered.readUIntBE(1, 3);
      if (gathered.length < length) return;
      this.writeBack(this.edited(gathered.subarray(0, length)));
      gathered = gathered.subarray(length);
    }
  }

  /** Puts an edited message in the place of the first bytes of the pieces, which are then done with. */
  private writeBack(message: Buffer): void {
    let left = message;
    while (left.length > 0) {
      const [piece, ...rest] = this.pieces;
      if (piece === undefined) return;
      const taken = Math.min(piece.bytes.length, left.length);
      this.context.edits.replace(piece.at, left.subarray(0, taken));
      left = left.subarray(taken);
      this.pieces =
        taken === piece.bytes.length ? rest : [{ at: piece.at + taken, bytes: piece.bytes.subarray(taken) }, ...rest];
    }
  }

  private edited(message: Buffer): Buffer {
    const { pseudonyms } = this.context;
    const edited = Buffer.from(message);
    if (pseudonyms === null) return edited;
    switch (message[0]) {
      case CLIENT_HELLO: {
        const name = serverNameIn(message);
        if (name !== null) {
          const text = pseudonyms.authority(message.toString('latin1', name.from, name.to));
          edited.write(text, name.from, 'latin1');
        }
        return edited;
      }
      case CERTIFICATE:
      case CERTIFICATE_REQUEST:
        editDer(edited.subarray(MESSAGE_HEADER_BYTES), pseudonyms);
        return edited;
      case CERTIFICATE_STATUS:
        edited.set(pseudonyms.bytes(message.subarray(8)), 8);
        return edited;
      default:
        return edited;
    }
  }

  private dropPieces(): void {
    for (const { at, bytes } of this.pieces) this.context.edits.fill(at, at + bytes.length);
    this.pieces = [];
  }
}

/** Bytes of the record that begins there: its header, then all of it. */
function wantedOf(bytes: Buffer): number {
  return bytes.length < RECORD_HEADER_BYTES ? RECORD_HEADER_BYTES : RECORD_HEADER_BYTES + bytes.readUInt16BE(3);
}

/** Where the host name of a ClientHello stands; `null`: nowhere. RFC 8446 §4.1.2, RFC 6066 §3. */
function serverNameIn(hello: Buffer): { readonly from: number; readonly to: number } | null {
  // Version and random, session id, cipher suites, compression methods, extensions.
  let at = MESSAGE_HEADER_BYTES + 34;
  at += 1 + (hello[at] ?? 0);
  if (at + 2 > hello.length) return null;
  at += 2 + hello.readUInt16BE(at);
  at += 1 + (hello[at] ?? 0);
  if (at + 2 > hello.length) return null;
  at += 2;
  while (at + 4 <= hello.length) {
    const type = hello.readUInt16BE(at);
    const end = at + 4 + hello.readUInt16BE(at + 2);
    if (type === SERVER_NAME && at + 9 <= end && end <= hello.length) {
      const from = at + 9;
      return { from, to: Math.min(end, from + hello.readUInt16BE(at + 7)) };
    }
    at = end;
  }
  return null;
}
