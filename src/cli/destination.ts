/**
 * Where a result goes: standard output, or the file of `--output`.
 *
 * A file appears whole or not at all: the result is written beside it and renamed when complete. What
 * is no regular file (`/dev/null`, a named pipe) is written to as it is.
 */
import { closeSync, existsSync, openSync, realpathSync, renameSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { systemReason, UsageError } from './exit-code.js';
import { DescriptorOutput, type Output } from './output.js';
import type { Surroundings } from './surroundings.js';

/** An output that has to be finished. */
export interface Destination extends Output {
  /** The result is complete. */
  commit(): void;
  /** There is no result: leave no trace. Does nothing after `commit`. */
  discard(): void;
}

/**
 * @param captures What is read: never overwritten, not by force either.
 * @throws {UsageError} when the file exists and `force` is not given, is one of the captures, or cannot be written
 */
export function openDestination(
  file: string | undefined,
  force: boolean,
  captures: readonly string[],
  surroundings: Surroundings,
): Destination {
  if (file === undefined || file === '-') return standardOutput(surroundings.stdout);
  const existing = existsSync(file);
  if (existing && captures.some((capture) => isSameFile(capture, file)))
    throw new UsageError(`${file}: is the capture that is read; name another file`);
  if (existing && !statSync(file).isFile()) return inPlace(file);
  if (existing && !force) throw new UsageError(`${file}: exists already; --force overwrites it`);
  // A link is followed, not replaced.
  const target = existing ? realpathSync(file) : file;
  const draft = path.join(path.dirname(target), `.${path.basename(target)}.${process.pid}.part`);
  const descriptor = openForWriting(draft, file);
  let open = true;
  const close = () => {
    if (open) closeSync(descriptor);
    open = false;
  };
  return {
    ...writerOf(descriptor),
    commit() {
      close();
      if (!force && existsSync(file)) {
        rmSync(draft, { force: true });
        throw new UsageError(`${file}: was made meanwhile; --force overwrites it`);
      }
      renameSync(draft, target);
    },
    discard() {
      if (!open) return;
      close();
      rmSync(draft, { force: true });
    },
  };
}

function isSameFile(one: string, other: string): boolean {
  if (!existsSync(one)) return false;
  const [a, b] = [statSync(one, { bigint: true }), statSync(other, { bigint: true })];
  return a.isFile() && a.dev === b.dev && a.ino === b.ino;
}

function standardOutput(output: Output): Destination {
  return {
    write: (text) => output.write(text),
    writeBytes: (bytes) => output.writeBytes(bytes),
    isTTY: output.isTTY,
    columns: output.columns,
    canBlock: output.canBlock,
    commit: () => undefined,
    discard: () => undefined,
  };
}

function inPlace(file: string): Destination {
  if (statSync(file).isDirectory()) throw new UsageError(`${file}: is a directory; name a file in it`);
  const descriptor = openForWriting(file, file);
  return { ...writerOf(descriptor), commit: () => closeSync(descriptor), discard: () => undefined };
}

function writerOf(descriptor: number): Output {
  const output = new DescriptorOutput(descriptor, undefined, false);
  return {
    write: (text) => output.write(text),
    writeBytes: (bytes) => output.writeBytes(bytes),
    isTTY: false,
    columns: undefined,
    canBlock: false,
  };
}

function openForWriting(at: string, file: string): number {
  try {
    return openSync(at, 'w');
  } catch (error) {
    throw new UsageError(`${file}: cannot be written: ${systemReason(error)}`, { cause: error });
  }
}

/** What a format is implied by, and which is taken without any word. */
export interface Formats<F extends string> {
  readonly usual: F;
  readonly byExtension: Readonly<Record<string, F>>;
}

/**
 * The format: as told, else as the output's extension implies, else the usual one.
 *
 * @throws {UsageError} for an extension that stands for no format of this command
 */
export function formatOf<F extends string>(told: F | undefined, file: string | undefined, formats: Formats<F>): F {
  if (told !== undefined || file === undefined) return told ?? formats.usual;
  const extension = path.extname(file).toLowerCase();
  if (extension === '' || (existsSync(file) && !statSync(file).isFile())) return formats.usual;
  const implied = formats.byExtension[extension];
  if (implied === undefined) {
    const known = Object.keys(formats.byExtension).join(', ');
    throw new UsageError(`${file}: ${extension} implies no format of this command (${known} do); say --format`);
  }
  return implied;
}
