import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { saltOf } from '../../src/pipeline/run-salt.js';

const folder = mkdtempSync(path.join(tmpdir(), 'pcapdx-salt-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const capture = (name: string, content: string) => {
  const file = path.join(folder, name);
  writeFileSync(file, content);
  return file;
};
const hex = (files: readonly string[]) => Buffer.from(saltOf(files)).toString('hex');

it('is the same for the same captures, whatever they are called, and another for others', () => {
  const one = capture('one', 'packets');
  expect(hex([one])).toMatch(/^[0-9a-f]{64}$/);
  expect(hex([capture('copy', 'packets')])).toBe(hex([one]));
  expect(hex([capture('other', 'packetz')])).not.toBe(hex([one]));
  expect(hex([one, one])).not.toBe(hex([one]));
});

it('is a new one each time where a capture cannot be read twice, or not at all', () => {
  for (const file of ['-', path.join(folder, 'missing'), '/dev/null', folder]) {
    expect(hex([file])).toHaveLength(64);
    expect(hex([file])).not.toBe(hex([file]));
  }
});
