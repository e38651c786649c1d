import { describe, expect, it } from 'vitest';
import { lookAt } from '../../src/capture/look.js';
import { packingOf } from '../../src/capture/packings.js';

/** The program whose data begin so, where they are unpacked here. */
const programOf = (hex: string) => packingOf(lookAt(Buffer.from(hex.padEnd(16, '0'), 'hex')).kind)?.program ?? null;

describe('what unpacks data', () => {
  it('is known by how they begin: gzip (RFC 1952 §2.3.1) and zstd (RFC 8878 §3.1.1)', () => {
    expect(programOf('1f8b08')).toBe('gzip');
    expect(programOf('28b52ffd')).toBe('zstd');
  });

  it('is nothing for xz, which is not unpacked here, nor for a capture', () => {
    expect(programOf('fd377a585a00')).toBeNull();
    expect(programOf('0a0d0d0a')).toBeNull();
    expect(packingOf('text')).toBeNull();
  });
});
