/** Runs inputs one after the other until `end`, on a thread of its own so that one that hangs can be ended. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { countCoverage } from './coverage.mjs';
import { check } from './invariants.mjs';
import { mutated } from './mutations.mjs';
import { Random } from './random.mjs';
import { SeedWatch } from './seed-watch.mjs';

/** One input in so many is read in pieces as well. */
const IN_PIECES = 8;

const { seeds, from, step, end, counts } = workerData;
const watch = new SeedWatch(seeds.map((/** @type {string} */ file) => readFileSync(file)));
const ended = counts ? await countCoverage() : null;

for (let number = from; Date.now() < end; number += step) {
  const random = new Random(Math.imul(number + 1, 0x9e3779b1));
  const input = mutated(random, watch.seeds);
  const of = watch.used().map((at) => path.basename(seeds[at]));
  const cuts = random.oneIn(IN_PIECES) ? [1 + random.below(40), 1 + random.below(2000), 1 + random.below(9)] : null;
  parentPort?.postMessage({ kind: 'begins', number, input, of });
  try {
    await check(input, cuts);
    parentPort?.postMessage({ kind: 'holds', number });
  } catch (thrown) {
    const error = thrown instanceof Error ? thrown : new Error(String(thrown));
    parentPort?.postMessage({ kind: 'fails', number, message: `${error.name}: ${error.message}`, stack: error.stack });
  }
}
parentPort?.postMessage({ kind: 'ends', coverage: ended === null ? [] : await ended() });
