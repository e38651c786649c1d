import type { RecordBuffer } from '../record-buffers.js';

/** Protection of one direction under one set of keys: opens its records in order. */
export interface RecordProtection {
  /** Number of the next record under these keys. RFC 8446 §5.3, RFC 5246 §6.1. */
  sequence: number;
  /** Bytes that protection adds to a record's content, where that is fixed; -1 where it depends on the content (padding). */
  readonly overhead: number;
  /** After `open`: the plaintext, [0, length) of a buffer of its own or of that which was given, and what it holds. */
  plaintext: Uint8Array;
  plaintextLength: number;
  contentType: number;
  /**
   * Opens a record's content [start, end); false where its authentication fails. The sequence number moves
   * on either way: the record was sent.
   *
   * @param into With room for the record, to be used or not.
   * @param mayDefer The records before it opened, and none is missing: its tag may be checked later, where the run
   * allows for that (deferred-tags.ts). Then it is not said to fail.
   */
  open(
    contentType: number,
    version: number,
    view: Uint8Array,
    start: number,
    end: number,
    into: RecordBuffer,
    mayDefer: boolean,
  ): boolean;
  /** No more records come: what was left to check is checked. */
  finish(): void;
}
