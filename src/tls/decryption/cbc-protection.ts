/**
 * Records under a block cipher in CBC mode with an HMAC: MAC then encrypt, as TLS was born with, or
 * encrypt then MAC. RFC 5246 §6.2.3.2, RFC 2246 §6.2.3.2, RFC 7366.
 */
import { createDecipheriv, createHmac } from 'node:crypto';
import { copied } from '../../bytes/copied.js';
import type { BulkCipher } from '../cipher-suite.js';
import { HEADER_BYTES } from '../record-reader.js';
import { TLS_1_0 } from '../version.js';
import { putSequence } from './aead-protection.js';
import type { RecordProtection } from './record-protection.js';

const NOTHING = new Uint8Array(0);

/** See the head of this file. */
export class CbcProtection implements RecordProtection {
  sequence = 0;
  plaintext: Uint8Array = NOTHING;
  plaintextLength = 0;
  contentType = 0;
  readonly overhead = -1;
  private readonly macHeader = new Uint8Array(8 + HEADER_BYTES);
  /** TLS 1.0: the last block of the record before, which is the next one's IV. RFC 2246 §6.2.3.2. */
  private chained: Uint8Array | null;

  constructor(
    private readonly cipher: BulkCipher,
    private readonly key: Uint8Array,
    private readonly macKey: Uint8Array,
    iv: Uint8Array,
    version: number,
    private readonly encryptThenMac: boolean,
  ) {
    this.chained = version <= TLS_1_0 ? iv : null;
  }

  open(contentType: number, version: number, view: Uint8Array, start: number, end: number): boolean {
    putSequence(this.macHeader, this.sequence);
    this.sequence += 1;
    const { blockBytes, macBytes } = this.cipher;
    const iv = this.chained ?? copied(view, start, Math.min(end, start + blockBytes));
    const cipherAt = this.chained === null ? start + blockBytes : start;
    const cipherEnd = this.encryptThenMac ? end - macBytes : end;
    if (cipherEnd - cipherAt < blockBytes || (cipherEnd - cipherAt) % blockBytes !== 0) return false;
    if (this.chained !== null) this.chained = copied(view, cipherEnd - blockBytes, cipherEnd);
    if (this.encryptThenMac && !this.authenticates(contentType, version, view, start, cipherEnd, view, cipherEnd)) {
      return false;
    }
    const plain = this.decrypted(iv, view.subarray(cipherAt, cipherEnd));
    if (plain === null) return false;
    const padding = plain[plain.length - 1] ?? 0;
    const contentEnd = plain.length - padding - 1 - (this.encryptThenMac ? 0 : macBytes);
    if (contentEnd < 0) return false;
    for (let at = plain.length - padding - 1; at < plain.length; at += 1) if (plain[at] !== padding) return false;
    if (!this.encryptThenMac && !this.authenticates(contentType, version, plain, 0, contentEnd, plain, contentEnd)) {
      return false;
    }
    this.plaintext = plain;
    this.plaintextLength = contentEnd;
    this.contentType = contentType;
    return true;
  }

  finish(): void {
    // Nothing is left to check.
  }

  private decrypted(iv: Uint8Array, bytes: Uint8Array): Uint8Array | null {
    try {
      const decipher = createDecipheriv(this.cipher.algorithm, this.key, iv);
      decipher.setAutoPadding(false);
      return decipher.update(bytes);
    } catch {
      return null;
    }
  }

  /** Whether the MAC at `macAt` of `macView` is that of [start, end) of `view`. */
  private authenticates(
    contentType: number,
    version: number,
    view: Uint8Array,
    start: number,
    end: number,
    macView: Uint8Array,
    macAt: number,
  ): boolean {
    const { macHeader } = this;
    macHeader[8] = contentType;
    macHeader[9] = version >>> 8;
    macHeader[10] = version & 0xff;
    macHeader[11] = (end - start) >>> 8;
    macHeader[12] = (end - start) & 0xff;
    const mac = createHmac(this.cipher.macHash, this.macKey)
      .update(macHeader)
      .update(view.subarray(start, end))
      .digest();
    for (let index = 0; index < mac.length; index += 1) if (mac[index] !== macView[macAt + index]) return false;
    return true;
  }
}
