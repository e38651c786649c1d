/** The same findings from a capture and from the files of a ring that hold it: on every sample. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Finding } from '../../src/facts/finding.js';
import { analyze } from '../../src/pipeline/analyze.js';
import { ringOf } from '../capture/ring.js';
import { scratchFolder } from '../capture/scratch-folder.js';
import { SAMPLES } from './samples.js';

const scratch = scratchFolder();

/** All that does not name a packet, by its number or as a reference. */
function saidOf({ rule, subject, occurrences, severity, confidence, hypotheses, facts }: Finding): unknown {
  const verdicts = hypotheses.map(({ cause, verdict }) => `${cause}: ${verdict}`);
  const figures = JSON.stringify(facts, (key, value: unknown) =>
    key === 'because' || /[pP]ackets?$/.test(key) ? null : value,
  );
  return { rule, subject, occurrences, severity, confidence, verdicts, figures };
}

async function findingsOf(files: readonly string[]): Promise<unknown[]> {
  const { analysis } = await analyze({ files });
  return analysis.findings.map(saidOf);
}

describe.each(SAMPLES)('%s in the files of a ring', (sample) => {
  const file = path.join('samples', sample);

  it.each([2, 3, 5])('%i of them', async (count) => {
    const ring = ringOf(readFileSync(file), count).map((bytes, at) => scratch.write(`${sample}-${count}-${at}`, bytes));
    expect(await findingsOf(ring)).toEqual(await findingsOf([file]));
  });
});
