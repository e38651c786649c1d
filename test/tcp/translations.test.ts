import { describe, expect, it } from 'vitest';
import { Translations } from '../../src/tcp/translations.js';

const [CLIENT, SERVER] = [0x9000_0001, 0x7000_0001];
const SECOND = 1_000_000_000;

describe('a connection behind a translator of addresses', () => {
  it('has both first sequence numbers of another, and is the one whose endpoints came later', () => {
    const translations = new Translations();
    expect(translations.note(4, CLIENT, SERVER, 0)).toBe(-1);
    expect(translations.note(7, SERVER | 0, CLIENT | 0, SECOND)).toBe(7);
    expect(translations.note(3, CLIENT, SERVER, SECOND)).toBe(4);
    expect(translations.note(9, CLIENT, SERVER, SECOND)).toBe(9);
  });

  it('is none with one number in common, nor the same endpoints again', () => {
    const translations = new Translations();
    translations.note(4, CLIENT, SERVER, 0);
    expect(translations.note(7, CLIENT + 1, SERVER, 0)).toBe(-1);
    expect(translations.note(7, CLIENT, SERVER + 1, 0)).toBe(-1);
    translations.note(4, CLIENT, SERVER, 0);
    expect(translations.note(4, CLIENT, SERVER, SECOND)).toBe(-1);
  });

  it('begins at the same time: a capture that was replayed does not', () => {
    const translations = new Translations();
    translations.note(4, CLIENT, SERVER, 0);
    expect(translations.note(7, CLIENT, SERVER, 6 * SECOND)).toBe(-1);
    expect(translations.note(8, CLIENT, SERVER, 11 * SECOND)).toBe(8);
  });

  it('is not known by numbers that count from nothing', () => {
    const translations = new Translations();
    translations.note(4, 65_535, SERVER, 0);
    expect(translations.note(7, 65_535, SERVER, 0)).toBe(-1);
  });

  it('is known among the last ones', () => {
    const translations = new Translations();
    for (let entry = 0; entry <= 65_536; entry += 1) translations.note(entry, 100_000 + entry, SERVER, 0);
    expect(translations.note(70_000, 100_000, SERVER, 0)).toBe(-1);
    expect(translations.note(70_001, 100_002, SERVER, 0)).toBe(70_001);
  });
});
