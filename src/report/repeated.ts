/** What a command needs to find again what this run found: its captures, and the flags that decide what is found. */
import type { Analysis } from '../facts/summary.js';
import { fileWord } from '../text/shell-word.js';

/** Flags of the run, each with its value, as words for a shell. */
export interface Repeated {
  /** What it read by. */
  readonly reading: readonly string[];
  /** What it judged by; ids of findings depend on it. */
  readonly judging: readonly string[];
}

/** Of a report, what says what it read, and how. */
interface RepeatableReport {
  readonly analysis: Pick<Analysis, 'captures'>;
  readonly repeated?: Repeated | undefined;
}

/** A command with more captures would be no line to paste. */
const MAX_CAPTURES = 8;

/**
 * The arguments, as words for a shell; `null`: standard input was read, which cannot be read again.
 *
 * @param judges Whether the command runs rules.
 */
export function repeatedWords({ analysis: { captures }, repeated }: RepeatableReport, judges: boolean): string | null {
  if (captures.length === 0 || captures.some(({ file }) => file === 'stdin')) return null;
  const files = captures.length > MAX_CAPTURES ? ['CAPTURE...'] : captures.map(({ file }) => fileWord(file));
  const flags = [...(repeated?.reading ?? []), ...(judges ? (repeated?.judging ?? []) : [])];
  return [...files, ...flags].join(' ');
}
