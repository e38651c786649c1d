/** The same report, to the byte, however often connections hand their exchanges over: on every sample. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { analyze } from '../../src/pipeline/analyze.js';
import { EXCHANGES_THAT_STAY } from '../../src/pipeline/conversation.js';
import { jsonReport } from '../../src/report/json.js';

const SAMPLES = readdirSync('samples')
  .filter((name) => /\.pcap(ng)?$/.test(name))
  .sort();

async function reportOf(files: readonly string[], exchangeBatch: number): Promise<string> {
  const { analysis, errors } = await analyze({ files, exchangeBatch });
  return jsonReport({ analysis, errors, version: '', reveal: false, filter: null, maxOccurrences: undefined });
}

describe.each(SAMPLES)('the report of %s', (sample) => {
  const files = [path.join('samples', sample)];
  let whole: string;
  beforeAll(async () => {
    whole = await reportOf(files, Number.POSITIVE_INFINITY);
  });

  it.each([EXCHANGES_THAT_STAY + 1, EXCHANGES_THAT_STAY + 2, EXCHANGES_THAT_STAY + 5])(
    'is the same where no more than %i exchanges are kept',
    async (batch) => {
      expect(JSON.parse(await reportOf(files, batch))).toEqual(JSON.parse(whole));
    },
  );
});
