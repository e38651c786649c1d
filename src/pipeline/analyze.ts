/**
 * Reads captures and says what happened in them: the one wiring of all stages, shared by the
 * commands, the terminal and whoever uses pcapdx as a library.
 */
import type { Readable } from 'node:stream';
import type { CaptureError } from '../capture/capture-error.js';
import { linkTypeName } from '../capture/link-types.js';
import { openCaptures, type PacketStream } from '../capture/merge.js';
import { emptyPacket, MORE, PACKET } from '../capture/reader.js';
import type { CaptureFacts } from '../facts/capture.js';
import type { Connection } from '../facts/connection.js';
import type { Analysis } from '../facts/summary.js';
import { findingsOf } from '../findings/rank.js';
import { ServerTally } from '../findings/server-summary.js';
import { UnseenTally } from '../findings/unseen.js';
import { RULES } from '../rules/index.js';
import { RuleRun } from '../rules/rule-run.js';
import { NameTally } from '../rules/tally/name-table.js';
import { Run } from './run.js';

/** Packets between two looks at the clock, the signal and the event loop: some milliseconds' worth. */
const PACKETS_PER_TURN = 32_768;
/** At most ten reports of progress a second. */
const PROGRESS_INTERVAL_MS = 100;

/** How far the reading is. */
export interface Progress {
  readonly file: string;
  /** Bytes of the stored file, and how many it has (`null`: a pipe). */
  readonly bytesRead: number;
  readonly size: number | null;
  readonly packets: number;
}

export interface AnalyzeOptions {
  /** Captures in the order the user named them; `-` is standard input. */
  readonly files: readonly string[];
  readonly stdin?: Readable;
  /** Show query strings in findings. */
  readonly reveal?: boolean;
  /** Ids of the rules to run; all of them without it. */
  readonly rules?: readonly string[];
  /** Aborted: reading stops, and what was read is concluded from. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
  /** Each connection as it ends, whole. Connections end in no order of theirs. */
  readonly onConnection?: (connection: Connection) => void;
}

export interface AnalysisResult {
  readonly analysis: Analysis;
  /** Captures that could not be opened, or are damaged: what was read of them is in the analysis. */
  readonly errors: readonly CaptureError[];
}
