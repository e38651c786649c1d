import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { check, Violation } from './invariants.mjs';

const folder = path.join(import.meta.dirname, 'found');
const found = readdirSync(folder).filter((name) => name.endsWith('.pcap'));

describe('inputs that fuzzing found', () => {
  it.each(found.map((name) => [name]))('hold: %s', (name) =>
    expect(check(readFileSync(path.join(folder, name)), [1, 7, 333])).resolves.toBeUndefined(),
  );

  it('are held to something: a report that differs in pieces is told', async () => {
    const bytes = readFileSync(path.resolve(import.meta.dirname, '../../samples/rst-after-request.pcapng'));
    await check(bytes, [1, 7, 333]);
    // Its pieces are the first half alone.
    const cut = Object.assign(Buffer.from(bytes), { subarray: () => bytes.subarray(0, bytes.length >> 1) });
    await expect(check(cut, [bytes.length])).rejects.toThrow(Violation);
  });
});
