/** Seals records of TLS 1.3, for what no library does on request: key updates, losses, padding. RFC 8446 §5.2. */
import { createCipheriv } from 'node:crypto';
import { expandLabel } from '../../../src/tls/decryption/key-derivation.js';

/** One record under AES-128-GCM. */
export function seal13(
  secret: Uint8Array,
  sequence: number,
  contentType: number,
  content: Uint8Array,
  padding = 0,
): Buffer {
  const key = expandLabel('sha256', secret, 'key', 16);
  const nonce = Buffer.from(expandLabel('sha256', secret, 'iv', 12));
  nonce[11] = (nonce[11] ?? 0) ^ (sequence & 0xff);
  nonce[10] = (nonce[10] ?? 0) ^ (sequence >>> 8);
  const plain = Buffer.concat([content, Buffer.of(contentType), Buffer.alloc(padding)]);
  const length = plain.length + 16;
  const header = Buffer.of(23, 3, 3, length >>> 8, length & 0xff);
  const cipher = createCipheriv('aes-128-gcm', key, nonce, { authTagLength: 16 });
  cipher.setAAD(header);
  return Buffer.concat([header, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}
