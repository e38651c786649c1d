/**
 * Where a result goes: standard output, or the file of `--output`.
 *
 * A file appears whole or not at all: the result is written beside it, into a draft that only its owner
 * may read, and renamed when complete. A process that is killed leaves its draft, whose name says whose
 * it was: the next one that writes the same result removes it. What is no regular file (`/dev/null`, a
 * named pipe) is written to as it is.
 */
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  existsSync,
  linkSync,
  lstatSync,
  openSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
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
  // Where output goes to a file, /dev/stdout is that file, which nothing may replace under the shell's hands.
  if (file === undefined || file === '-' || file === '/dev/stdout') return standardOutput(surroundings.stdout);
  if (file === '') throw new UsageError('--output: names no file');
  const existing = existsSync(file);
  if (existing && captures.some((capture) => isSameFile(capture, file)))
    throw new UsageError(`${file}: is the capture that is read; name another file`);
  if (existing && !statSync(file).isFile()) return inPlace(file);
  if (existing && !force) throw new UsageError(`${file}: exists already; --force overwrites it`);
  if (!existing && lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink() === true)
    throw new UsageError(`${file}: is a link that leads nowhere; name the file itself`);
  // A link is followed, not replaced.
  const target = existing ? realpathSync(file) : file;
  removeAbandoned(target);
  const draft = path.join(
    path.dirname(target),
    `${draftStart(target)}${process.pid}.${randomBytes(4).toString('hex')}.part`,
  );
  const descriptor = openForWriting(draft, file, 'wx', DRAFT_MODE);
  let open = true;
  const close = () => {
    if (open) closeSync(descriptor);
    open = false;
  };
  return {
    ...writerOf(descriptor),
    commit() {
      // By its name: the permission model lets no descriptor be changed.
      chmodSync(draft, existing ? statSync(target).mode & 0o777 : NEW_FILE_MODE & ~process.umask());
      close();
      if (force) renameSync(draft, target);
      else {
        const isNew = appearAs(target, draft);
        rmSync(draft, { force: true });
        if (!isNew) throw new UsageError(`${file}: was made meanwhile; --force overwrites it`);
      }
    },
    discard() {
      if (!open) return;
      close();
      rmSync(draft, { force: true });
    },
  };
}

/** Rights of a draft, and what a new file has before the umask takes from it. */
const DRAFT_MODE = 0o600;
const NEW_FILE_MODE = 0o666;

/** How the names of a result's drafts begin. */
function draftStart(target: string): string {
  return `.${path.basename(target)}.`;
}

/** Removes drafts of this result whose process is no more, as one is that was killed. */
function removeAbandoned(target: string): void {
  const folder = path.dirname(target);
  const start = draftStart(target);
  // A folder that cannot be listed may still be written to.
  try {
    for (const name of readdirSync(folder)) {
      if (!name.startsWith(start)) continue;
      const [, process = ''] = /^(\d{1,9})\.[0-9a-f]{8}\.part$/.exec(name.slice(start.length)) ?? [];
      const draft = path.join(folder, name);
      if (process !== '' && !isRunning(Number(process)) && lstatSync(draft).isFile()) rmSync(draft, { force: true });
    }
  } catch {
    // Nor can it be tidied.
  }
}

function isRunning(id: number): boolean {
  try {
    process.kill(id, 0);
    return true;
  } catch (error) {
    // One of another user's is running as well.
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH');
  }
}

/** Gives a draft its name where nothing has it: in one step, where the file system knows links. Whether it did. */
function appearAs(target: string, draft: string): boolean {
  try {
    linkSync(draft, target);
    return true;
  } catch (error) {
    const isTaken = error instanceof Error && 'code' in error && error.code === 'EEXIST';
    if (isTaken || existsSync(target)) return false;
    renameSync(draft, target);
    return true;
  }
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

function openForWriting(at: string, file: string, flags = 'w', mode = NEW_FILE_MODE): number {
  try {
    return openSync(at, flags, mode);
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
