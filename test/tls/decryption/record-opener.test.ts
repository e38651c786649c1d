import { describe, expect, it } from 'vitest';
import { bulkCipherOf } from '../../../src/tls/cipher-suite.js';
import { DeferredTags } from '../../../src/tls/decryption/deferred-tags.js';
import { protectionOfSecret } from '../../../src/tls/decryption/key-derivation.js';
import {
  MAX_FAILURES_AT_FIRST,
  OPENED_BEFORE_DEFERRING,
  RecordOpener,
} from '../../../src/tls/decryption/record-opener.js';
import { takeBuffer } from '../../../src/tls/record-buffers.js';
import { TLS_1_2, TLS_1_3 } from '../../../src/tls/version.js';
import { seal13 } from './seal.js';

const HANDSHAKE = Buffer.alloc(32, 1);
const APPLICATION = Buffer.alloc(32, 2);
const OTHER = Buffer.alloc(32, 3);

function protection(secret: Uint8Array, tags: DeferredTags | null = null) {
  const cipher = bulkCipherOf(0x1301, TLS_1_3);
  if (cipher === null) throw new Error('no cipher');
  return protectionOfSecret(cipher, secret, tags);
}

function open(opener: RecordOpener, record: Uint8Array): string | null {
  if (!opener.open(23, TLS_1_2, record, 5, record.length, takeBuffer(record.length))) return null;
  const { plaintext, plaintextLength } = opener.protection;
  return Buffer.from(plaintext.subarray(0, plaintextLength)).toString();
}

const record = (secret: Uint8Array, sequence: number, text: string) => seal13(secret, sequence, 23, Buffer.from(text));

describe('records of one direction', () => {
  it('are opened through a change of keys, told or not', () => {
    const opener = new RecordOpener(protection(HANDSHAKE));
    opener.append(protection(APPLICATION));
    expect(open(opener, record(HANDSHAKE, 0, 'a'))).toBe('a');
    expect(open(opener, record(APPLICATION, 0, 'b'))).toBe('b');
    expect(open(opener, record(APPLICATION, 1, 'c'))).toBe('c');
    expect([opener.opened, opener.failed]).toEqual([3, 0]);
  });

  it.each([1, 2, 40, 200])('are opened again after %i lost ones', (lost) => {
    const opener = new RecordOpener(protection(APPLICATION));
    expect(open(opener, record(APPLICATION, 0, 'a'))).toBe('a');
    opener.lost(lost * record(APPLICATION, 1, 'twenty bytes of text').length);
    expect(open(opener, record(APPLICATION, 1 + lost, 'b'))).toBe('b');
    expect(opener.lostBefore).toBe(lost * 20);
    expect(open(opener, record(APPLICATION, 2 + lost, 'c'))).toBe('c');
    expect(opener.lostBefore).toBe(0);
  });

  it('are opened though a loss hid the change of keys', () => {
    const opener = new RecordOpener(protection(HANDSHAKE));
    opener.append(protection(APPLICATION));
    opener.lost(500);
    expect(open(opener, record(APPLICATION, 4, 'b'))).toBe('b');
  });

  it('count in the sequence when the capture lacks bytes of them', () => {
    const opener = new RecordOpener(protection(APPLICATION));
    expect(open(opener, record(APPLICATION, 0, 'a'))).toBe('a');
    opener.damaged();
    expect(open(opener, record(APPLICATION, 2, 'c'))).toBe('c');
  });

  it('are given up when none opens, until there are other keys', () => {
    const opener = new RecordOpener(protection(OTHER));
    for (let index = 0; index < MAX_FAILURES_AT_FIRST; index += 1) {
      expect(opener.isHopeful).toBe(true);
      open(opener, record(APPLICATION, index, 'x'));
    }
    expect(opener.isHopeful).toBe(false);
    opener.replace(protection(APPLICATION));
    expect([opener.isHopeful, open(opener, record(APPLICATION, 0, 'y'))]).toEqual([true, 'y']);
  });

  it('under keys of which the log knows the later ones alone', () => {
    const opener = new RecordOpener(protection(APPLICATION));
    for (const index of [0, 1, 2]) expect(open(opener, record(HANDSHAKE, index, 'handshake'))).toBeNull();
    expect(open(opener, record(APPLICATION, 0, 'a'))).toBe('a');
    expect(open(opener, record(APPLICATION, 1, 'b'))).toBe('b');
  });
});

describe('tags that may be checked later', () => {
  const PLENTY = 2 * OPENED_BEFORE_DEFERRING;
  /** A record whose tag is wrong, and all else right. */
  const forged = (sequence: number): Buffer => {
    const bytes = record(APPLICATION, sequence, 'forged');
    bytes[bytes.length - 1] = (bytes[bytes.length - 1] ?? 0) ^ 1;
    return bytes;
  };
  const opened = (tags: DeferredTags, count: number): RecordOpener => {
    const opener = new RecordOpener(protection(APPLICATION, tags));
    for (let sequence = 0; sequence < count; sequence += 1) {
      expect(open(opener, record(APPLICATION, sequence, `record ${sequence}`))).toBe(`record ${sequence}`);
    }
    return opener;
  };

  it('are those of records behind some that opened, and no other', () => {
    const tags = new DeferredTags();
    expect(open(opened(tags, OPENED_BEFORE_DEFERRING - 1), forged(OPENED_BEFORE_DEFERRING - 1))).toBeNull();
    const late = opened(tags, PLENTY);
    expect(open(late, forged(PLENTY))).toBe('forged');
    expect(tags.hasFailed).toBe(false);
    late.finish();
    expect(tags.hasFailed).toBe(true);
  });

  it('are not those behind a loss, a damaged record or one that failed', () => {
    for (const mishap of [
      (opener: RecordOpener) => opener.lost(40),
      (opener: RecordOpener) => opener.damaged(),
      (opener: RecordOpener) => open(opener, Buffer.concat([Buffer.of(23, 3, 3, 0, 40), Buffer.alloc(40)])),
    ]) {
      const tags = new DeferredTags();
      const opener = opened(tags, PLENTY);
      mishap(opener);
      expect(open(opener, forged(PLENTY + 1))).toBeNull();
      opener.finish();
      tags.checkAll();
      expect(tags.hasFailed).toBe(false);
    }
  });

  it('are checked when the keys change', () => {
    const tags = new DeferredTags();
    const opener = opened(tags, PLENTY);
    expect(open(opener, forged(PLENTY))).toBe('forged');
    opener.replace(protection(OTHER, tags));
    expect(tags.hasFailed).toBe(true);
  });
});
