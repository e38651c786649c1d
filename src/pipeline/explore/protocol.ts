/** What passes between the thread that reads and the one that draws: plain data, both ways. */
import type { Overview, Timeline } from '../../facts/overview.js';
import type { ConversationDetail } from '../../facts/packet-detail.js';
import type { PacketReference } from '../../facts/packet-reference.js';
import type { PacketTree } from '../../facts/packet-tree.js';
import type { Analysis } from '../../facts/summary.js';
import type { IndexGrowth } from '../index/connection-index.js';
import type { Progress } from '../read-captures.js';
import type { ReadLimits } from '../read-limits.js';
import type { Plaintext } from './transcript.js';

/** What is read, and how. */
export interface ReadingTask extends ReadLimits {
  readonly files: readonly string[];
  readonly keyLogs: readonly string[];
  readonly reveal: boolean;
  /** Ids of the rules to run; `null`: all. */
  readonly rules: readonly string[] | null;
  /** Modules with rules of the user's own. */
  readonly ruleFiles: readonly string[];
}

/** An order of the connections' rows. */
export interface OrderRequest {
  /** As typed; it has been read before without an error. */
  readonly filter: string;
  readonly sort: SortColumn;
  readonly isReversed: boolean;
  /** Streams that the user marked. */
  readonly marked: readonly number[];
}

/** Columns by which connections can be put in order. */
export const SORT_COLUMNS = [
  'stream',
  'start',
  'client',
  'server',
  'name',
  'proto',
  'req',
  'status',
  'time',
  'close',
  'bytes',
  'idle',
  'ttfb',
] as const;
/** One of them. */
export type SortColumn = (typeof SORT_COLUMNS)[number];

/** What an extract is of: a finding with all that its argument rests on, or connections by themselves. */
export interface ExtractRequest {
  /** Its id; `null`: the connections alone. */
  readonly finding: string | null;
  readonly streams: readonly number[];
  /** What the file says that it was made by. */
  readonly application: string;
}

/** The two connections of a proxy that carried the same requests. */
export interface Legs {
  readonly front: number;
  readonly back: number;
}

/** A small capture, as pcapng. */
export interface Extract {
  readonly bytes: Uint8Array;
  readonly packets: number;
  readonly connections: number;
}

/** A question to the thread that reads, and what it answers. */
export interface Questions {
  readonly conversation: {
    readonly ask: { readonly stream: number; readonly kept: readonly PacketReference[] };
    readonly answer: ConversationDetail | null;
  };
  /** The connection that a proxy made for this one, or that it was made for; `null`: none is known. */
  readonly legs: { readonly ask: { readonly stream: number }; readonly answer: Legs | null };
  readonly packet: { readonly ask: { readonly packet: PacketReference }; readonly answer: PacketTree | null };
  readonly plaintext: { readonly ask: { readonly stream: number }; readonly answer: Plaintext | null };
  /** Rows in order. */
  readonly order: { readonly ask: OrderRequest; readonly answer: Uint32Array };
  /** What a page shows beside the findings. */
  readonly overview: { readonly ask: null; readonly answer: Overview };
  /** Connections as a capture of their own, bodies unreadable: its bytes. */
  readonly extract: { readonly ask: ExtractRequest; readonly answer: Extract };
  /** Values of a field, most frequent first. */
  readonly values: { readonly ask: { readonly field: string }; readonly answer: readonly string[] };
}

/** What can be asked. */
export type QuestionKind = keyof Questions;

/** What the thread that reads is told. */
export type ToReader =
  | { readonly kind: 'read'; readonly task: ReadingTask }
  | { readonly kind: 'stop' }
  | {
      [K in QuestionKind]: {
        readonly kind: 'ask';
        readonly id: number;
        readonly question: K;
        readonly ask: Questions[K]['ask'];
      };
    }[QuestionKind];

/** What each cause means, a sentence, by rule and cause: findings name causes by id. */
export type CauseMeanings = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** What the thread that reads tells. */
export type FromReader =
  | {
      readonly kind: 'progress';
      readonly progress: Progress;
      readonly growth: IndexGrowth;
      readonly timeline: Timeline;
    }
  | { readonly kind: 'causes'; readonly causes: CauseMeanings }
  /** What is found so far: nothing is concluded from what is still open. */
  | { readonly kind: 'interim'; readonly analysis: Analysis }
  | {
      readonly kind: 'done';
      readonly analysis: Analysis;
      readonly errors: readonly ReadFailure[];
      readonly growth: IndexGrowth;
      readonly timeline: Timeline;
    }
  /** A defect of ours, or a rule file that cannot be used. */
  | { readonly kind: 'failed'; readonly message: string }
  | { readonly kind: 'answer'; readonly id: number; readonly answer: unknown }
  | { readonly kind: 'refused'; readonly id: number; readonly reason: string };

/** A capture that could not be read, or not to its end. */
export interface ReadFailure {
  readonly file: string;
  readonly code: string;
  readonly offset: number | null;
  readonly reason: string;
  readonly message: string;
}
