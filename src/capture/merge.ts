/**
 * takes: the captures of a run, as the user named them. gives: their packets as from one capture.
 * may: open captures. may not: know a format.
 */
import { statSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { captureErrorOf } from './capture-error.js';
import type { CompareClocks } from './clock.js';
import type { NamedCapture } from './lane.js';
import { MergedCaptures } from './merged-captures.js';
import { captureName, openCapture, STANDARD_INPUT } from './open.js';
import type { PacketStream } from './packet-stream.js';
import { SingleCapture } from './single-capture.js';
import type { Spool } from './spool.js';

export type { PacketStream } from './packet-stream.js';

/**
 * Opens the captures of a run.
 *
 * One that cannot be opened stands in `errors`, and the others are read. A file named twice, under
 * whatever name, is read once, which its warnings say. With all of them in error the stream is
 * empty.
 *
 * @param stdin What `-` reads; `process.stdin` when absent.
 * @param spool Keeps what cannot be read again from any place.
 * @param maxUnpackedBytes Read no more of what each unpacks to.
 * @param compareClocks Asked of several that can be read twice, before any is read.
 */
export async function openCaptures(
  files: readonly string[],
  stdin?: Readable,
  spool?: Spool,
  maxUnpackedBytes?: number,
  compareClocks?: CompareClocks,
): Promise<PacketStream> {
  const captures = withoutRepeats(files);
  const only = captures[0];
  if (captures.length !== 1 || only === undefined)
    return MergedCaptures.open(captures, stdin, spool, maxUnpackedBytes, compareClocks);
  try {
    return new SingleCapture(
      await openCapture(only.file, 0, stdin, undefined, spool, maxUnpackedBytes),
      [],
      only.warnings,
    );
  } catch (thrown) {
    return new SingleCapture(null, [captureErrorOf(captureName(only.file), null, thrown)], []);
  }
}

/** Each file once, in the order named. */
function withoutRepeats(files: readonly string[]): readonly NamedCapture[] {
  const times = new Map<string, { readonly file: string; count: number }>();
  for (const file of files) {
    const identity = identityOf(file);
    const before = times.get(identity);
    if (before === undefined) times.set(identity, { file, count: 1 });
    else before.count += 1;
  }
  return [...times.values()].map(({ file, count }) => ({
    file,
    warnings: count > 1 ? [`named ${count} times; read once`] : [],
  }));
}

/** Equal for one file under several names; the path itself for what cannot be looked at. */
function identityOf(file: string): string {
  if (file === STANDARD_INPUT) return STANDARD_INPUT;
  try {
    const status = statSync(file, { bigint: true });
    return `${status.dev}:${status.ino}`;
  } catch {
    return `path ${file}`;
  }
}
