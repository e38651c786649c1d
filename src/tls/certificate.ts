/**
 * The Certificate message, and what of a certificate may be shown. RFC 8446 §4.4.2, RFC 5246 §7.4.2.
 *
 * Servers show the same chain in each connection, and reading one costs more than the handshake
 * around it: what was read is kept by its bytes, for {@link MAX_CACHED_CERTIFICATES} of them.
 */
import { X509Certificate } from 'node:crypto';
import { brotliDecompressSync, inflateSync } from 'node:zlib';
import { copied } from '../bytes/copied.js';
import { latin1 } from '../bytes/data-view.js';
import { type CertificateFacts, MAX_ALTERNATIVE_NAMES, MAX_CHAIN } from '../facts/tls.js';
import { Fields } from './fields.js';
import { MAX_NAME_LENGTH, readPlainCertificate } from './plain-certificate.js';

/** Certificates whose facts are remembered: some megabytes with their bytes. */
export const MAX_CACHED_CERTIFICATES = 256;

const cache = new Map<string, CertificateFacts | null>();

/** A chain as shown; one that cannot be read is left out and makes it `flawed`. */
export interface CertificateChain {
  readonly certificates: readonly CertificateFacts[];
  readonly flawed: boolean;
}

/** Reads the body of a Certificate message in [start, end); `null` where it is malformed. */
export function readCertificates(
  view: Uint8Array,
  start: number,
  end: number,
  isTls13: boolean,
): CertificateChain | null {
  const fields = new Fields(view, start, end);
  if (isTls13) fields.vector(1); // certificate_request_context
  const list = fields.vector(3);
  if (fields.broken) return null;
  const certificates: CertificateFacts[] = [];
  let flawed = false;
  while (list.left > 0) {
    const der = list.vector(3);
    if (isTls13) list.vector(2); // extensions
    if (list.broken) return null;
    if (certificates.length === MAX_CHAIN) continue;
    const facts = factsOf(view, der.at, der.end);
    if (facts === null) flawed = true;
    else certificates.push(facts);
  }
  return { certificates, flawed };
}

/** Longest chain after decompression: see MAX_MESSAGE_BYTES in handshake-reader. */
const MAX_DECOMPRESSED_BYTES = 131_072;

/** Reads the body of a CompressedCertificate message; `null` where it is malformed or compressed in a way that is not read (zstd). RFC 8879 §4. */
export function readCompressedCertificates(view: Uint8Array, start: number, end: number): CertificateChain | null {
  const fields = new Fields(view, start, end);
  const algorithm = fields.uint16();
  // RFC 8879 §4: the length that it must come to. Nothing is unpacked that says it is beyond the bound.
  const length = fields.uint24();
  const message = fields.vector(3);
  if (fields.broken) return null;
  const decompress = algorithm === 1 ? inflateSync : algorithm === 2 ? brotliDecompressSync : null;
  if (decompress === null || length > MAX_DECOMPRESSED_BYTES) return null;
  try {
    const bytes = decompress(view.subarray(message.at, message.end), { maxOutputLength: Math.max(1, length) });
    return readCertificates(bytes, 0, bytes.length, true);
  } catch {
    // Damaged, or longer than it says.
    return null;
  }
}

function factsOf(view: Uint8Array, start: number, end: number): CertificateFacts | null {
  const key = latin1(view, start, end);
  const known = cache.get(key);
  if (known !== undefined) return known;
  const facts = readPlainCertificate(view, start, end) ?? readCertificate(copied(view, start, end));
  if (cache.size >= MAX_CACHED_CERTIFICATES) cache.clear();
  cache.set(key, facts);
  return facts;
}

/** What OpenSSL makes of a certificate. */
function readCertificate(der: Uint8Array): CertificateFacts | null {
  try {
    const certificate = new X509Certificate(der);
    const names = alternativeNamesOf(certificate.subjectAltName);
    const { subject, issuer } = certificate;
    return {
      subject: oneLine(subject),
      issuer: oneLine(issuer),
      alternativeNames: names.slice(0, MAX_ALTERNATIVE_NAMES),
      alternativeNameCount: names.length,
      notBeforeMs: timeOf(certificate.validFrom),
      notAfterMs: timeOf(certificate.validTo),
      selfIssued: subject === issuer,
    };
  } catch {
    // OpenSSL refuses it, or parts of it: captured bytes are no error of ours.
    return null;
  }
}

/** Node gives a distinguished name a line for each part, and nothing where there is none. */
function oneLine(name: string | undefined): string {
  return (name ?? '').split('\n').join(', ').slice(0, MAX_NAME_LENGTH);
}

/** `DNS:a, DNS:"b, c"`: names with a comma stand in quotes. */
function alternativeNamesOf(text: string | undefined): string[] {
  if (text === undefined || text === '') return [];
  return [...text.matchAll(/(?:"(?:[^"\\]|\\.)*"|[^,"])+/g)].map(([name]) => name.trim().slice(0, MAX_NAME_LENGTH));
}

function timeOf(text: string): number | null {
  const time = Date.parse(text);
  return Number.isNaN(time) ? null : time;
}
