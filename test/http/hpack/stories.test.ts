import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { TextReader } from './blocks.js';

/** Recorded header sets as encoders of other houses wrote them; they lie beside the checkout. */
const folder = path.resolve(import.meta.dirname, '../../../../shared/corpus/hpack-test-case');
const isThere = existsSync(folder);

interface Story {
  readonly cases: readonly {
    readonly wire: string;
    readonly headers: readonly Readonly<Record<string, string>>[];
    readonly header_table_size?: number;
  }[];
}

const stories = isThere
  ? readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .flatMap((encoder) => readdirSync(path.join(folder, encoder.name)).map((name) => path.join(encoder.name, name)))
  : [];

describe.skipIf(!isThere)('recorded stories', () => {
  it('are there for five encoders', () => {
    expect(new Set(stories.map((name) => path.dirname(name))).size).toBe(5);
    expect(stories.length).toBeGreaterThanOrEqual(45);
  });

  it.each(stories)('%s decodes exactly', (name) => {
    const { cases } = JSON.parse(readFileSync(path.join(folder, name), 'utf8')) as Story;
    const reader = new TextReader();
    for (const { wire, headers, header_table_size: tableSize } of cases) {
      if (tableSize !== undefined) reader.blocks.allow(tableSize);
      const { outcome, fields } = reader.read(wire);
      expect(outcome).toBe('read');
      const expected = headers
        .flatMap((header) => Object.entries(header))
        .map(([field, value]) => `${field}: ${value}`);
      expect(fields.map((field) => field.replace(': secret ', ': '))).toEqual(expected);
    }
    expect(reader.blocks.exceededLimit).toBe(false);
  });
});
