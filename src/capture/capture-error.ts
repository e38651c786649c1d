/**
 * Why a capture cannot be read, as a stable word for scripts and tests.
 *
 * `damaged` covers everything that broke after the format was recognised, a failing disk excepted
 * (`not-readable`); `beyond-limit`, what a limit of ours stopped.
 */
export type CaptureErrorCode =
  | 'not-found'
  | 'not-readable'
  | 'is-directory'
  | 'empty'
  | 'not-a-capture'
  | 'unsupported'
  | 'damaged'
  | 'beyond-limit';

/**
 * An input error: the user's to mend, exit code 2.
 *
 * Thrown only while a capture is being opened. What goes wrong later ends the reading and stands in
 * {@link CaptureReader.error}, so that what was read before is still reported.
 */
export class CaptureError extends Error {
  override readonly name = 'CaptureError';

  constructor(
    readonly code: CaptureErrorCode,
    /** As the user named it; `-` is `stdin`. */
    readonly file: string,
    /** Offset in the (decompressed) file; `null` when the error has no place. */
    readonly offset: number | null,
    /** What was found and what was expected, without file and offset. */
    readonly reason: string,
    cause?: unknown,
  ) {
    super(
      `${file}: ${offset === null ? '' : `offset ${offset}: `}${reason}`,
      cause === undefined ? undefined : { cause },
    );
  }
}

/** What the operating system's error means for the one who named the file. */
const SYSTEM_ERRORS: Readonly<Record<string, readonly [CaptureErrorCode, string]>> = {
  ENOENT: ['not-found', 'no such file'],
  ENOTDIR: ['not-found', 'no such file: a part of the path is not a directory'],
  ENAMETOOLONG: ['not-found', 'no such file: the name is too long'],
  ELOOP: ['not-found', 'no such file: too many symbolic links'],
  EISDIR: ['is-directory', 'is a directory'],
  EACCES: ['not-readable', 'permission denied'],
  EPERM: ['not-readable', 'permission denied'],
  EMFILE: ['not-readable', 'too many open files'],
  ENFILE: ['not-readable', 'too many open files'],
  EIO: ['not-readable', 'the device reports an input/output error'],
};

/** Why a file cannot be read, in words: of what `node:fs` or a stream threw. */
export function unreadableReason(thrown: unknown): string {
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  return SYSTEM_ERRORS[codeOf(thrown)]?.[1] ?? `cannot be read: ${text}`;
}

/** A {@link CaptureError} made of what `node:fs` or a stream threw; one that already is passes through. */
export function captureErrorOf(file: string, offset: number | null, thrown: unknown): CaptureError {
  if (thrown instanceof CaptureError) return thrown;
  const code = SYSTEM_ERRORS[codeOf(thrown)]?.[0] ?? 'not-readable';
  const hint = code === 'is-directory' ? '; name the capture files in it' : '';
  return new CaptureError(code, file, offset, `${unreadableReason(thrown)}${hint}`, thrown);
}

function codeOf(thrown: unknown): string {
  return thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '';
}
