/**
 * Parts of a run over the same captures, each with a share of the connections and read by a process
 * of its own, on whatever machine: as JSON, and put together again.
 */
import { gunzipSync, gzipSync } from 'node:zlib';
import type { Rule } from '../rules/rule.js';
import type { Share } from '../tcp/share.js';
import { Redaction } from '../text/redaction.js';
import { hiddenWords } from './hidden-words.js';
import { plainDataOf, plainText } from './plain-data.js';
import { RunTallies } from './run-tallies.js';
import { mergedCircumstances, type RunResult, resultOf, type ShareResult } from './share-result.js';

/** What a part holds: plain data. */
interface Kept extends ShareResult {
  /** Of the run's hashes (run-salt.ts): the captures may not be where parts are merged. */
  readonly salt: Uint8Array;
}

/** What one part knows. */
export interface CapturePart {
  readonly share: Share;
  /** Ids of the rules that ran. */
  readonly rules: readonly string[];
  /** A {@link Kept} as pipeline/plain-data writes it, in gzip and base64. */
  readonly kept: string;
}

/** Parts that are not those of one run, or not all of them. */
export class PartsError extends Error {}

/** The part as it travels: secrets in what rules keep are hidden, unless `reveal`. */
export function partOf(result: Kept, share: Share, rules: readonly Rule<unknown>[], reveal: boolean): CapturePart {
  const redaction = new Redaction(reveal, () => result.salt);
  const seen = reveal
    ? result.seen
    : plainDataOf(JSON.stringify(hiddenWords(JSON.parse(plainText(result.seen)), redaction)));
  const kept = gzipSync(plainText({ ...result, seen })).toString('base64');
  return { share, rules: rules.map(({ meta }) => meta.id), kept };
}

/**
 * What one process would have found that had read all of it.
 *
 * @param known The rules that may have run: those of the catalogue and the user's.
 * @throws {PartsError} where a part is missing, or they are not parts of one run
 */
export function mergeParts(parts: readonly CapturePart[], known: readonly Rule<unknown>[], reveal: boolean): RunResult {
  const inOrder = checkedParts(parts);
  const [first] = inOrder;
  const rules = (first?.rules ?? []).map((id) => {
    const rule = known.find(({ meta }) => meta.id === id);
    if (rule === undefined) throw new PartsError(`made with the rule ${id}, which is not known here`);
    return rule;
  });
  const tallies = new RunTallies(rules);
  let circumstances: ShareResult['circumstances'] | null = null;
  let salt: Uint8Array = new Uint8Array(0);
  for (const { kept } of inOrder) {
    const result = keptIn(kept);
    if (result.circumstances.interrupted) throw new PartsError('one was stopped before the end of its captures');
    tallies.merge(result.seen);
    if (circumstances === null) ({ circumstances, salt } = result);
    else if (plainText(circumstances.captures) !== plainText(result.circumstances.captures))
      throw new PartsError('not all of the same captures');
    else circumstances = mergedCircumstances(circumstances, result.circumstances);
  }
  if (circumstances === null) throw new PartsError('there are none');
  return resultOf(tallies, circumstances, { rules, reveal, salt: () => salt });
}

/** All parts of one run, by number. */
function checkedParts(parts: readonly CapturePart[]): readonly CapturePart[] {
  const count = parts[0]?.share.count ?? 0;
  const inOrder = [...parts].sort((one, other) => one.share.index - other.share.index);
  for (const [at, { share, rules }] of inOrder.entries()) {
    if (share.count !== count) throw new PartsError(`one is of ${count} parts, another of ${share.count}`);
    if (rules.join() !== inOrder[0]?.rules.join()) throw new PartsError('not all made with the same rules');
    if (share.index > at) throw new PartsError(`part ${at + 1} of ${count} is missing`);
    if (share.index < at) throw new PartsError(`part ${share.index + 1} of ${count} is there twice`);
  }
  if (inOrder.length < count) throw new PartsError(`part ${inOrder.length + 1} of ${count} is missing`);
  return inOrder;
}

function keptIn(kept: string): Kept {
  try {
    return plainDataOf(gunzipSync(Buffer.from(kept, 'base64')).toString()) as Kept;
  } catch (error) {
    throw new PartsError(`one is damaged: ${error instanceof Error ? error.message : String(error)}`);
  }
}
