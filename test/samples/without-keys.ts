/** Samples with the keys that they hold cut out. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll } from 'vitest';
import { SAMPLES } from './scenarios.js';

const DECRYPTION_SECRETS = 0x0000000a;

/** The samples that hold keys, by name. */
export const ENCRYPTED = readdirSync(SAMPLES).filter(
  (file) => file.endsWith('.pcapng') && readFileSync(path.join(SAMPLES, file)).includes('CLIENT_'),
);

/** Makes captures without their Decryption Secrets Blocks, which are gone after the tests of the file. They are little-endian pcapng with one section, as editcap writes them. */
export function keyCutter(): (file: string) => string {
  const folder = mkdtempSync(path.join(tmpdir(), 'pcapdx-samples-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return (file) => {
    const whole = readFileSync(path.join(SAMPLES, file));
    const kept: Buffer[] = [];
    for (let at = 0; at < whole.length; ) {
      const length = whole.readUInt32LE(at + 4);
      if (whole.readUInt32LE(at) !== DECRYPTION_SECRETS) kept.push(whole.subarray(at, at + length));
      at += length;
    }
    const target = path.join(folder, file);
    writeFileSync(target, Buffer.concat(kept));
    return target;
  };
}
