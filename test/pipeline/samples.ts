/** The samples' captures, and their reports as JSON. */
import { readdirSync } from 'node:fs';
import type { RunResult } from '../../src/pipeline/share-result.js';
import { jsonReport } from '../../src/report/json.js';

/** Names of all captures among the samples, in order. */
export const SAMPLES: readonly string[] = readdirSync('samples')
  .filter((name) => /\.pcap(ng)?$/.test(name))
  .sort();

/** The report of a run, whose version is left out. */
export function reportOf({ analysis, errors }: RunResult): string {
  return jsonReport({ analysis, errors, version: '', reveal: false, filter: null, maxOccurrences: undefined });
}
