/**
 * The salt of a run's hashes (text/redaction): made of the captures' own first bytes, so that equal runs
 * print equal hashes, and so do the parts of a run, while nobody without the captures can try a guess.
 * What is no regular file cannot be read twice: a run over standard input or a pipe takes a random salt.
 */
import { createHash, randomBytes } from 'node:crypto';
import { closeSync, openSync, readSync, statSync } from 'node:fs';

/** Bytes of each capture that count: hundreds of sequence numbers and time stamps that nobody guesses. */
const SALT_BYTES = 65_536;

/** The salt of a run over `files`, 32 bytes. Never throws: whoever reads the captures tells of what is wrong with them. */
export function saltOf(files: readonly string[]): Uint8Array {
  const hash = createHash('sha256');
  const buffer = new Uint8Array(SALT_BYTES);
  for (const file of files) {
    let descriptor: number | null = null;
    try {
      if (!statSync(file).isFile()) return randomBytes(32);
      descriptor = openSync(file, 'r');
      hash.update(buffer.subarray(0, readSync(descriptor, buffer, 0, SALT_BYTES, 0)));
    } catch {
      return randomBytes(32);
    } finally {
      if (descriptor !== null) closeSync(descriptor);
    }
  }
  return hash.digest();
}
