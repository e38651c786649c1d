/** Records under AES-GCM, AES-CCM, ARIA-GCM and ChaCha20-Poly1305. RFC 8446 §5.2, RFC 5288, RFC 6655, RFC 7905. */
import { type CipherGCMTypes, createDecipheriv } from 'node:crypto';
import type { BulkCipher } from '../cipher-suite.js';
import { APPLICATION_DATA } from '../content-type.js';
import type { RecordBuffer } from '../record-buffers.js';
import { HEADER_BYTES } from '../record-reader.js';
import { swapped } from './counter-keystream.js';
import { DeferredGcm } from './deferred-gcm.js';
import type { DeferredTags } from './deferred-tags.js';
import type { RecordProtection } from './record-protection.js';

const NONCE_BYTES = 12;
/** The part of the nonce that TLS 1.2 sends with each record. RFC 5288 §3. */
const EXPLICIT_NONCE_BYTES = 8;
const WORD = 0x1_0000_0000;
const NOTHING = new Uint8Array(0);

/** See the head of this file. */
export class AeadProtection implements RecordProtection {
  sequence = 0;
  plaintext: Uint8Array = NOTHING;
  plaintextLength = 0;
  contentType = 0;
  readonly overhead: number;
  private readonly explicitBytes: number;
  private readonly nonce = new Uint8Array(NONCE_BYTES);
  private readonly nonceWords = new Int32Array(this.nonce.buffer);
  private readonly additional: Uint8Array;
  /** Made with the first record whose tag may be checked later. */
  private deferred: DeferredGcm | null = null;

  /**
   * @param iv The whole static IV, or in TLS 1.2 with an explicit nonce its four fixed bytes.
   * @param tags Where tags may be checked later; `null`: each at once.
   */
  constructor(
    private readonly cipher: BulkCipher,
    private readonly key: Uint8Array,
    private readonly iv: Uint8Array,
    private readonly isTls13: boolean,
    private readonly tags: DeferredTags | null,
  ) {
    this.explicitBytes = isTls13 || cipher.kind === 'chacha20' ? 0 : EXPLICIT_NONCE_BYTES;
    this.overhead = this.explicitBytes + cipher.tagBytes + (isTls13 ? 1 : 0);
    this.additional = new Uint8Array(isTls13 ? HEADER_BYTES : 8 + HEADER_BYTES);
  }

  open(
    contentType: number,
    version: number,
    view: Uint8Array,
    start: number,
    end: number,
    into: RecordBuffer,
    mayDefer: boolean,
  ): boolean {
    const { cipher } = this;
    const contentAt = start + this.explicitBytes;
    const tagAt = end - cipher.tagBytes;
    const length = tagAt - contentAt;
    this.setNonce(view, start);
    if (length < (this.isTls13 ? 1 : 0)) {
      this.sequence += 1;
      return false;
    }
    this.setAdditional(contentType, version, this.isTls13 ? end - start : length);
    this.sequence += 1;
    if (mayDefer && length > 0 && contentType === APPLICATION_DATA) {
      const deferred = this.deferring();
      if (deferred !== null && this.openDeferred(deferred, view, contentAt, tagAt, into)) return true;
    }
    try {
      // The modes share one interface; the type of one stands for all.
      const algorithm = cipher.algorithm as CipherGCMTypes;
      const decipher = createDecipheriv(algorithm, this.key, this.nonce, { authTagLength: cipher.tagBytes });
      decipher.setAuthTag(view.subarray(tagAt, end));
      decipher.setAAD(this.additional, { plaintextLength: length });
      this.plaintext = decipher.update(view.subarray(contentAt, tagAt));
      decipher.final();
    } catch {
      return false;
    }
    this.plaintextLength = length;
    this.contentType = contentType;
    return this.isTls13 ? this.stripPadding() : true;
  }

  finish(): void {
    if (this.deferred !== null) this.tags?.check(this.deferred);
  }

  /** What opens a record before its tag is checked; `null`: it is to be checked at once. */
  private deferring(): DeferredGcm | null {
    const { cipher, key, tags } = this;
    if (tags === null || !DeferredGcm.opens(cipher)) return null;
    this.deferred ??= new DeferredGcm(cipher, key, tags);
    return tags.admits(this.deferred) ? this.deferred : null;
  }

  /** Application data alone: messages of the protocol itself are checked at once. */
  private openDeferred(
    deferred: DeferredGcm,
    view: Uint8Array,
    contentAt: number,
    tagAt: number,
    into: RecordBuffer,
  ): boolean {
    const { nonceWords } = this;
    const number = this.explicitBytes > 0 ? swapped(nonceWords[2] ?? 0) : this.sequence - 1;
    deferred.decrypt(nonceWords, number, view, contentAt, tagAt, into);
    this.plaintext = into.bytes;
    this.plaintextLength = tagAt - contentAt;
    this.contentType = APPLICATION_DATA;
    if (this.isTls13 && !(this.stripPadding() && this.contentType === APPLICATION_DATA)) return false;
    deferred.accept(this.additional, view, tagAt);
    return true;
  }

  private setNonce(view: Uint8Array, start: number): void {
    const { iv, nonce, sequence } = this;
    nonce.set(iv);
    if (this.explicitBytes > 0) {
      for (let index = 0; index < EXPLICIT_NONCE_BYTES; index += 1) nonce[iv.length + index] = view[start + index] ?? 0;
      return;
    }
    // RFC 8446 §5.3: the sequence number, padded on the left, is exclusive-ored with the IV.
    const low = sequence % WORD;
    const high = Math.floor(sequence / WORD);
    for (let index = 0; index < 4; index += 1) {
      nonce[NONCE_BYTES - 1 - index] = (iv[NONCE_BYTES - 1 - index] ?? 0) ^ ((low >>> (8 * index)) & 0xff);
      nonce[NONCE_BYTES - 5 - index] = (iv[NONCE_BYTES - 5 - index] ?? 0) ^ ((high >>> (8 * index)) & 0xff);
    }
  }

  /** RFC 8446 §5.2: the header. RFC 5246 §6.2.3.3: sequence number, type, version and length of the plaintext. */
  private setAdditional(contentType: number, version: number, length: number): void {
    const { additional } = this;
    let at = 0;
    if (!this.isTls13) {
      putSequence(additional, this.sequence);
      at = 8;
    }
    additional[at] = contentType;
    additional[at + 1] = version >>> 8;
    additional[at + 2] = version & 0xff;
    additional[at + 3] = length >>> 8;
    additional[at + 4] = length & 0xff;
  }

  /** RFC 8446 §5.4: the last byte that is not zero is the type; false where all are. */
  private stripPadding(): boolean {
    let length = this.plaintextLength;
    while (length > 0 && this.plaintext[length - 1] === 0) length -= 1;
    if (length === 0) return false;
    this.contentType = this.plaintext[length - 1] ?? 0;
    this.plaintextLength = length - 1;
    return true;
  }
}

/** Writes a sequence number into the first eight bytes. */
export function putSequence(bytes: Uint8Array, sequence: number): void {
  const low = sequence % WORD;
  const high = Math.floor(sequence / WORD);
  for (let index = 0; index < 4; index += 1) {
    bytes[7 - index] = (low >>> (8 * index)) & 0xff;
    bytes[3 - index] = (high >>> (8 * index)) & 0xff;
  }
}
