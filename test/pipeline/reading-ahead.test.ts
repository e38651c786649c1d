/** The same is told of connections, in the same pieces, wherever what was read ahead has to be told to their readers: on every sample. */
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { openCaptures } from '../../src/capture/merge.js';
import type { Connection } from '../../src/facts/connection.js';
import { readCaptures } from '../../src/pipeline/read-captures.js';
import { Run } from '../../src/pipeline/run.js';
import { SAMPLES } from './samples.js';

/** More than those that stay, so that most connections hand some over. */
const BATCH = 4;

/** Connections as they were told. `catchUpEvery`: after how many packets all is told, beside where bytes are about to go; `null`: nothing is read ahead. */
async function toldOf(file: string, catchUpEvery: number | null): Promise<string> {
  const told: Connection[] = [];
  const nothing = (): void => undefined;
  const run = new Run(
    {
      connection: (connection) => told.push(connection),
      ...{ evicted: nothing, spent: nothing, name: nothing, presence: nothing, quic: nothing },
    },
    { exchangeBatch: BATCH, readsAhead: catchUpEvery !== null },
  );
  const catchUp = (): null => {
    // The first time it may stop at a key that is missed.
    run.catchUp();
    run.catchUp();
    return null;
  };
  let packets = 0;
  const stream = await openCaptures([file], undefined, undefined);
  await readCaptures(stream, {
    name: file,
    onPacket: (packet) => {
      run.packet(packet);
      packets += 1;
      return catchUpEvery !== null && packets % catchUpEvery === 0 ? catchUp() : null;
    },
    beforeFill: catchUp,
    onKeyLog: (text) => run.addKeys(text),
    onProgress: undefined,
    signal: undefined,
  });
  run.finish();
  stream.close();
  return JSON.stringify(told);
}

describe.each(SAMPLES)('what is told of %s', (sample) => {
  const file = path.join('samples', sample);
  let atOnce: string;
  beforeAll(async () => {
    atOnce = await toldOf(file, null);
  });

  it.each([1, 7, 50, 1000])('is the same with bytes that are there for %i packets', async (every) => {
    expect(await toldOf(file, every)).toBe(atOnce);
  });
});
