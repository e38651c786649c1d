/** From secrets to keys. RFC 8446 §7, RFC 5246 §5 and §6.3, RFC 2246 §5. */
import { createHmac } from 'node:crypto';
import type { BulkCipher } from '../cipher-suite.js';
import { TLS_1_0, TLS_1_2 } from '../version.js';
import { AeadProtection } from './aead-protection.js';
import { CbcProtection } from './cbc-protection.js';
import type { DeferredTags } from './deferred-tags.js';
import type { RecordProtection } from './record-protection.js';

const NOTHING = new Uint8Array(0);
const AEAD_IV_BYTES = 12;
/** The fixed part of the nonce of GCM and CCM in TLS 1.2. RFC 5288 §3. */
const FIXED_IV_BYTES = 4;

/** HKDF-Expand-Label without context. RFC 8446 §7.1. */
export function expandLabel(hash: string, secret: Uint8Array, label: string, length: number): Uint8Array {
  const name = Buffer.from(`tls13 ${label}`, 'latin1');
  const info = Buffer.concat([Buffer.of(length >>> 8, length & 0xff, name.length), name, Buffer.of(0)]);
  // RFC 5869 §2.3: T(n) = HMAC(secret, T(n-1) | info | n).
  let block: Uint8Array = NOTHING;
  let output: Uint8Array = NOTHING;
  for (let counter = 1; output.length < length; counter += 1) {
    block = createHmac(hash, secret).update(block).update(info).update(Buffer.of(counter)).digest();
    output = Buffer.concat([output, block]);
  }
  return output.subarray(0, length);
}

/** Protection under a traffic secret of TLS 1.3. RFC 8446 §7.3. */
export function protectionOfSecret(
  cipher: BulkCipher,
  secret: Uint8Array,
  tags: DeferredTags | null,
): RecordProtection {
  const key = expandLabel(cipher.hash, secret, 'key', cipher.keyBytes);
  const iv = expandLabel(cipher.hash, secret, 'iv', AEAD_IV_BYTES);
  return new AeadProtection(cipher, key, iv, true, tags);
}

/** The secret that follows a KeyUpdate. RFC 8446 §7.2. */
export function nextSecret(cipher: BulkCipher, secret: Uint8Array): Uint8Array {
  return expandLabel(cipher.hash, secret, 'traffic upd', secret.length);
}

/** What the keys of TLS 1.2 and before are made of. */
export interface Session {
  readonly version: number;
  readonly cipher: BulkCipher;
  readonly encryptThenMac: boolean;
  readonly masterSecret: Uint8Array;
  /** In hex. */
  readonly clientRandom: string;
  readonly serverRandom: string;
}

/** Protection of the client's and the server's records under a master secret. RFC 5246 §6.3. */
export function protectionsOfSession(
  session: Session,
  tags: DeferredTags | null,
): { client: RecordProtection; server: RecordProtection } {
  const { cipher, version } = session;
  const isCbc = cipher.kind === 'cbc';
  const ivBytes = isCbc
    ? version <= TLS_1_0
      ? cipher.blockBytes
      : 0
    : cipher.kind === 'chacha20'
      ? AEAD_IV_BYTES
      : FIXED_IV_BYTES;
  const { keyBytes, macBytes } = cipher;
  const seed = Buffer.from(session.serverRandom + session.clientRandom, 'hex');
  const block = pseudoRandom(session, 'key expansion', seed, 2 * (macBytes + keyBytes + ivBytes));
  let at = 0;
  const take = (length: number): Uint8Array => {
    at += length;
    return block.subarray(at - length, at);
  };
  const clientMac = take(macBytes);
  const serverMac = take(macBytes);
  const clientKey = take(keyBytes);
  const serverKey = take(keyBytes);
  const clientIv = take(ivBytes);
  const serverIv = take(ivBytes);
  if (!isCbc) {
    return {
      client: new AeadProtection(cipher, clientKey, clientIv, false, tags),
      server: new AeadProtection(cipher, serverKey, serverIv, false, tags),
    };
  }
  const { encryptThenMac } = session;
  return {
    client: new CbcProtection(cipher, clientKey, clientMac, clientIv, version, encryptThenMac),
    server: new CbcProtection(cipher, serverKey, serverMac, serverIv, version, encryptThenMac),
  };
}

/** The pseudorandom function. RFC 5246 §5; before TLS 1.2 of MD5 and SHA-1 together, RFC 2246 §5. */
function pseudoRandom(
  { version, cipher, masterSecret }: Session,
  label: string,
  seed: Buffer,
  length: number,
): Uint8Array {
  const input = Buffer.concat([Buffer.from(label, 'latin1'), seed]);
  if (version >= TLS_1_2) return expanded(cipher.hash, masterSecret, input, length);
  const half = Math.ceil(masterSecret.length / 2);
  const one = expanded('md5', masterSecret.subarray(0, half), input, length);
  const other = expanded('sha1', masterSecret.subarray(masterSecret.length - half), input, length);
  return one.map((byte, index) => byte ^ (other[index] ?? 0));
}

/** P_hash, RFC 5246 §5. */
function expanded(hash: string, secret: Uint8Array, seed: Uint8Array, length: number): Uint8Array {
  let chain: Uint8Array = seed;
  let output: Uint8Array = NOTHING;
  while (output.length < length) {
    chain = createHmac(hash, secret).update(chain).digest();
    output = Buffer.concat([output, createHmac(hash, secret).update(chain).update(seed).digest()]);
  }
  return output.subarray(0, length);
}
