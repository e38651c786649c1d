import { describe, expect, it } from 'vitest';
import { DeferredTags, MAX_WAITING, type RecordHash } from '../../../src/tls/decryption/deferred-tags.js';

/** Keys whose hash is a list of the first bytes of each block. */
class Keys implements RecordHash {
  readonly hashed: number[] = [];
  asked = 0;

  constructor(private readonly authentic = true) {}

  hash(blocks: Uint8Array): void {
    for (let at = 0; at < blocks.length; at += 16) this.hashed.push(blocks[at] ?? 0);
  }

  isAuthentic(): boolean {
    this.asked += 1;
    return this.authentic;
  }
}

/** Writes a record of one block. */
function put(tags: DeferredTags, keys: Keys, byte: number): boolean {
  if (!tags.admits(keys)) return false;
  const at = tags.roomFor(keys, 16);
  tags.bytes[at * 4] = byte;
  tags.keep(at + 4);
  return true;
}

describe('tags that wait', () => {
  it('are hashed in order, each set of keys its own', () => {
    const tags = new DeferredTags();
    const [one, other] = [new Keys(), new Keys()];
    for (const [keys, byte] of [
      [one, 1],
      [one, 2],
      [other, 3],
      [one, 4],
      [other, 5],
    ] as const) {
      put(tags, keys, byte);
    }
    tags.checkAll();
    expect([one.hashed, other.hashed]).toEqual([
      [1, 2, 4],
      [3, 5],
    ]);
    expect([one.asked, other.asked, tags.hasFailed]).toEqual([1, 1, false]);
  });

  it('are hashed where there is no more room', () => {
    const tags = new DeferredTags();
    const keys = new Keys();
    const bytes = Array.from({ length: 5000 }, (_, at) => at % 256);
    for (const byte of bytes) put(tags, keys, byte);
    expect(keys.hashed.length).toBeGreaterThan(3000);
    tags.check(keys);
    expect(keys.hashed).toEqual(bytes);
  });

  it('are checked once, and again if more come', () => {
    const tags = new DeferredTags();
    const keys = new Keys();
    put(tags, keys, 1);
    tags.check(keys);
    tags.check(keys);
    tags.checkAll();
    expect(keys.asked).toBe(1);
    put(tags, keys, 2);
    tags.checkAll();
    expect([keys.asked, keys.hashed]).toEqual([2, [1, 2]]);
  });

  it('of which one was wrong are remembered', () => {
    const tags = new DeferredTags();
    put(tags, new Keys(false), 1);
    put(tags, new Keys(), 2);
    tags.checkAll();
    expect(tags.hasFailed).toBe(true);
  });

  it('written and not kept count for nothing', () => {
    const tags = new DeferredTags();
    const keys = new Keys();
    tags.admits(keys);
    tags.bytes[tags.roomFor(keys, 16) * 4] = 9;
    put(tags, keys, 1);
    tags.checkAll();
    expect(keys.hashed).toEqual([1]);
  });

  it('are those of so many keys, and of others once these are checked', () => {
    const tags = new DeferredTags();
    const waiting = Array.from({ length: MAX_WAITING }, () => new Keys());
    for (const keys of waiting) put(tags, keys, 1);
    const late = new Keys();
    expect(put(tags, late, 2)).toBe(false);
    for (const keys of waiting) expect(put(tags, keys, 3)).toBe(true);
    if (waiting[0] !== undefined) tags.check(waiting[0]);
    expect(put(tags, late, 2)).toBe(true);
  });

  it('of keys under which nothing came for long make room', () => {
    const tags = new DeferredTags();
    const [busy, ...idle] = Array.from({ length: MAX_WAITING }, () => new Keys());
    if (busy === undefined) throw new Error('no keys');
    for (const keys of [busy, ...idle]) put(tags, keys, 1);
    for (let count = 0; count < 70_000; count += 1) put(tags, busy, 2);
    const late = [new Keys(), new Keys()];
    // The busy ones are asked first: theirs is the longest wait, but not without records.
    expect(late.map((keys) => [put(tags, keys, 3), put(tags, keys, 3)])).toEqual([
      [false, true],
      [true, true],
    ]);
    expect([busy.asked, idle[0]?.asked, idle[1]?.asked, idle[2]?.asked]).toEqual([0, 1, 1, 0]);
    expect(idle[0]?.hashed).toEqual([1]);
  });
});
