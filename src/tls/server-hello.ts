import { hex, RANDOM_BYTES } from './client-hello.js';
import * as extension from './extension.js';
import { Fields } from './fields.js';

/** SHA-256 of "HelloRetryRequest", the random that makes a ServerHello one. RFC 8446 §4.1.3. */
const HELLO_RETRY_REQUEST_RANDOM = 'cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c';

/** What is read of a ServerHello, and what of it never leaves this stage. */
export interface ServerHello {
  readonly isRetryRequest: boolean;
  /** As a number; of TLS 1.3 the selected one. */
  readonly version: number;
  readonly cipherSuite: number;
  readonly alpn: string | null;
  readonly encryptThenMac: boolean;
  readonly usesPreSharedKey: boolean;
  /** In hex. */
  readonly random: string;
}

/** Reads the body of a ServerHello in [start, end); `null` where it is malformed. RFC 8446 §4.1.3, RFC 5246 §7.4.1.3. */
export function readServerHello(view: Uint8Array, start: number, end: number): ServerHello | null {
  const fields = new Fields(view, start, end);
  let version = fields.uint16();
  const random = hex(view, fields.skip(RANDOM_BYTES), fields.broken ? 0 : RANDOM_BYTES);
  // The drafts of TLS 1.3 up to 21 have neither session id nor compression method, and say so in the version.
  const isEarlyDraft = version >>> 8 === 0x7f;
  if (!isEarlyDraft) fields.vector(1); // session id
  const cipherSuite = fields.uint16();
  if (!isEarlyDraft) fields.uint8(); // compression method
  if (fields.broken) return null;
  let alpn: string | null = null;
  let encryptThenMac = false;
  let usesPreSharedKey = false;
  const isWhole =
    fields.left === 0 ||
    extension.eachExtension(fields.vector(2), (type, data) => {
      switch (type) {
        case extension.ALPN:
          alpn = extension.readAlpn(data)[0] ?? null;
          break;
        case extension.ENCRYPT_THEN_MAC:
          encryptThenMac = true;
          break;
        case extension.SUPPORTED_VERSIONS:
          version = data.uint16();
          break;
        case extension.PRE_SHARED_KEY:
          usesPreSharedKey = true;
          break;
        default:
      }
    });
  if (!isWhole || fields.broken) return null;
  return {
    isRetryRequest: random === HELLO_RETRY_REQUEST_RANDOM,
    version,
    cipherSuite,
    alpn,
    encryptThenMac,
    usesPreSharedKey,
    random,
  };
}

/** What EncryptedExtensions hold. RFC 8446 §4.3.1. */
export interface EncryptedExtensions {
  readonly alpn: string | null;
  readonly acceptsEarlyData: boolean;
}

/** Reads the body of EncryptedExtensions in [start, end); `null` where it is malformed. */
export function readEncryptedExtensions(view: Uint8Array, start: number, end: number): EncryptedExtensions | null {
  const fields = new Fields(view, start, end);
  let alpn: string | null = null;
  let acceptsEarlyData = false;
  const isWhole = extension.eachExtension(fields.vector(2), (type, data) => {
    if (type === extension.ALPN) alpn = extension.readAlpn(data)[0] ?? null;
    else if (type === extension.EARLY_DATA) acceptsEarlyData = true;
  });
  return isWhole && !fields.broken ? { alpn, acceptsEarlyData } : null;
}
