/** The same report, to the byte, however often connections hand their exchanges over: on every sample. */
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { analyze } from '../../src/pipeline/analyze.js';
import { EXCHANGES_THAT_STAY } from '../../src/pipeline/conversation.js';
import { reportOf, SAMPLES } from './samples.js';

describe.each(SAMPLES)('the report of %s', (sample) => {
  const files = [path.join('samples', sample)];
  let whole: string;
  beforeAll(async () => {
    whole = reportOf(await analyze({ files, exchangeBatch: Number.POSITIVE_INFINITY }));
  });

  it.each([EXCHANGES_THAT_STAY + 1, EXCHANGES_THAT_STAY + 2, EXCHANGES_THAT_STAY + 5])(
    'is the same where no more than %i exchanges are kept',
    async (batch) => {
      expect(JSON.parse(reportOf(await analyze({ files, exchangeBatch: batch })))).toEqual(JSON.parse(whole));
    },
  );
});
