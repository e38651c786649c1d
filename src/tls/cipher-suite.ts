/** What a cipher suite's name says of its cryptography. RFC 5246 appendix C, RFC 8446 appendix B.4. */
import { CIPHER_SUITE_NAMES } from './cipher-suite-names.js';
import { isGrease, isTls13, SSL_3_0, TLS_1_2, TLS_1_3 } from './version.js';

/** Signalling values that stand among suites and are none. RFC 5746 §3.3, RFC 7507. */
const SIGNALS: ReadonlySet<number> = new Set([0x00ff, 0x5600]);

/** How records are protected: the parameters of a suite that records can be opened with. */
export interface BulkCipher {
  readonly kind: 'gcm' | 'ccm' | 'chacha20' | 'cbc';
  /** The cipher as node:crypto names it. */
  readonly algorithm: string;
  readonly keyBytes: number;
  /** Of the authentication tag; 0 for CBC. */
  readonly tagBytes: number;
  /** CBC: of a block, and with it of the initialisation vector; 0 otherwise. */
  readonly blockBytes: number;
  /** CBC: hash of the record's MAC and its length; `''` and 0 otherwise. */
  readonly macHash: string;
  readonly macBytes: number;
  /** Hash of the key derivation, as node:crypto names it. */
  readonly hash: 'sha256' | 'sha384';
}

/** `TLS_AES_128_GCM_SHA256`; an unregistered number in hex. */
export function cipherSuiteName(suite: number): string {
  const name = CIPHER_SUITE_NAMES.get(suite);
  return name === undefined ? `0x${suite.toString(16).padStart(4, '0')}` : `TLS_${name}`;
}

/** Whether a number offered among suites stands for one. */
export function isCipherSuite(suite: number): boolean {
  return !isGrease(suite) && !SIGNALS.has(suite);
}

const AEAD = /(?:^|_WITH_)(AES_128|AES_256|ARIA_128|ARIA_256|CHACHA20)_(GCM|CCM_8|CCM|POLY1305)(?:_|$)/;
const CBC = /_WITH_(AES_128|AES_256|CAMELLIA_128|CAMELLIA_256|ARIA_128|ARIA_256|3DES_EDE)_CBC_(SHA|SHA256|SHA384)$/;

const CBC_ALGORITHMS: ReadonlyMap<string, readonly [string, number, number]> = new Map([
  ['AES_128', ['aes-128-cbc', 16, 16]],
  ['AES_256', ['aes-256-cbc', 32, 16]],
  ['CAMELLIA_128', ['camellia-128-cbc', 16, 16]],
  ['CAMELLIA_256', ['camellia-256-cbc', 32, 16]],
  ['ARIA_128', ['aria-128-cbc', 16, 16]],
  ['ARIA_256', ['aria-256-cbc', 32, 16]],
  ['3DES_EDE', ['des-ede3-cbc', 24, 8]],
]);

const MACS: ReadonlyMap<string, readonly [string, number]> = new Map([
  ['SHA', ['sha1', 20]],
  ['SHA256', ['sha256', 32]],
  ['SHA384', ['sha384', 48]],
]);

/**
 * The protection of a suite in a version; `null` for what is not opened: stream ciphers (RC4), single
 * DES, export and anonymous oddities, NULL, and suites that do not belong to the version.
 */
export function bulkCipherOf(suite: number, version: number): BulkCipher | null {
  const key = suite * 65_536 + version;
  const known = bulkCiphers.get(key);
  if (known !== undefined) return known;
  const cipher = readName(suite, version);
  if (CIPHER_SUITE_NAMES.has(suite) && version >= SSL_3_0 && version <= TLS_1_3) bulkCiphers.set(key, cipher);
  return cipher;
}

/** What was read of names before: of registered suites in known versions, so a few hundred at most. */
const bulkCiphers = new Map<number, BulkCipher | null>();

function readName(suite: number, version: number): BulkCipher | null {
  const name = CIPHER_SUITE_NAMES.get(suite);
  if (name === undefined || name.includes('EXPORT')) return null;
  if (name.includes('_WITH_') === isTls13(version)) return null;
  const hash = name.endsWith('_SHA384') ? 'sha384' : 'sha256';
  const aead = AEAD.exec(name);
  if (aead !== null) {
    if (version < TLS_1_2) return null;
    const [, cipher = '', mode = ''] = aead;
    const keyBytes = cipher.endsWith('128') ? 16 : 32;
    const plain = { keyBytes, blockBytes: 0, macHash: '', macBytes: 0, hash } as const;
    if (mode === 'POLY1305') return { ...plain, kind: 'chacha20', algorithm: 'chacha20-poly1305', tagBytes: 16 };
    const family = cipher.startsWith('AES') ? 'aes' : 'aria';
    const algorithm = `${family}-${keyBytes * 8}-${mode === 'GCM' ? 'gcm' : 'ccm'}`;
    if (mode === 'GCM') return { ...plain, kind: 'gcm', algorithm, tagBytes: 16 };
    return { ...plain, kind: 'ccm', algorithm, tagBytes: mode === 'CCM_8' ? 8 : 16 };
  }
  const [, cipher = '', mac = ''] = CBC.exec(name) ?? [];
  const [algorithm, keyBytes, blockBytes] = CBC_ALGORITHMS.get(cipher) ?? ['', 0, 0];
  const [macHash, macBytes] = MACS.get(mac) ?? ['', 0];
  if (algorithm === '' || macHash === '') return null;
  return { kind: 'cbc', algorithm, keyBytes, tagBytes: 0, blockBytes, macHash, macBytes, hash };
}
