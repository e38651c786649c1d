import { BLOCK_TRAILER_BYTES } from './block.js';

const SECRETS_TYPE = 8;
const SECRETS_LENGTH = 12;
const SECRETS = 16;

/** Bytes of a decryption secrets block without secrets. */
export const MIN_DECRYPTION_SECRETS_BYTES = SECRETS + BLOCK_TRAILER_BYTES;

/** `TLSK`: the text of an NSS key log. draft-ietf-opsawg-pcapng §4.7. */
const TLS_KEY_LOG = 0x544c534b;

/**
 * Characters of key-log text kept of one capture: keys of some 100,000 TLS sessions. What is beyond
 * is dropped with a warning, and its sessions stay encrypted.
 */
export const MAX_KEY_LOG_LENGTH = 32 * 1024 * 1024;

/**
 * Decryption secrets block of `length` bytes at `at`, all held: its key-log text, `null` when its
 * secrets are of another kind, `undefined` when their length does not fit the block.
 */
export function readKeyLog(view: DataView, at: number, length: number, little: boolean): string | null | undefined {
  const secretsLength = view.getUint32(at + SECRETS_LENGTH, little);
  if (secretsLength > length - MIN_DECRYPTION_SECRETS_BYTES) return undefined;
  if (view.getUint32(at + SECRETS_TYPE, little) !== TLS_KEY_LOG) return null;
  return new TextDecoder().decode(new Uint8Array(view.buffer, view.byteOffset + at + SECRETS, secretsLength));
}
