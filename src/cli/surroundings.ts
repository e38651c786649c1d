import type { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { isatty } from 'node:tty';
import { DescriptorOutput, type Output } from './output.js';

/** The world as a command sees it: everything a test may want to put in place of the real thing. */
export interface Surroundings {
  readonly stdout: Output;
  readonly stderr: Output;
  /** Standard input; made on demand, since touching it keeps a process alive. */
  readonly stdin: { readonly isTTY: boolean; open(): Readable };
  readonly env: Environment;
  /** The text of a file; `null`: there is none, or none that can be read. */
  readonly readText: (file: string) => string | null;
  /** Emits SIGINT, SIGTERM, SIGHUP: `process`, or a stand-in. */
  readonly signals: EventEmitter;
  /** Leaves at once. */
  readonly exit: (code: number) => void;
  /** Milliseconds on a clock that never goes back. */
  readonly now: () => number;
  /** The pipeline, loaded when a command first needs it. */
  readonly loadAnalyze: () => Promise<Analyze>;
}

/** The environment variables that are looked at. */
export interface Environment {
  readonly FORCE_COLOR?: string | undefined;
  readonly NO_COLOR?: string | undefined;
  readonly TERM?: string | undefined;
  /** `true`: what is drawn on a screen is of no use. */
  readonly INK_SCREEN_READER?: string | undefined;
  /** Read with `--keylog env` alone. */
  readonly SSLKEYLOGFILE?: string | undefined;
  /** Where the user's settings are. */
  readonly HOME?: string | undefined;
  readonly XDG_CONFIG_HOME?: string | undefined;
  /** Shows where a defect is. */
  readonly PCAPDX_DEBUG?: string | undefined;
  /** Defaults of flags (settings.ts). */
  readonly [setting: `PCAPDX_${string}`]: string | undefined;
}

/** The pipeline's `analyze`. */
export type Analyze = typeof import('../pipeline/analyze.js').analyze;

/** The surroundings of a real process. */
export function processSurroundings(): Surroundings {
  return {
    stdout: new DescriptorOutput(1, () => process.stdout.columns),
    stderr: new DescriptorOutput(2, () => process.stderr.columns),
    stdin: { isTTY: isatty(0), open: () => process.stdin },
    env: process.env,
    readText,
    signals: process,
    exit: (code) => process.exit(code),
    now: () => performance.now(),
    loadAnalyze: async () => (await import('../pipeline/analyze.js')).analyze,
  };
}

function readText(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}
