// Feeds the whole program with captures that were changed in every way we could think of, and checks
// what must hold of all (invariants.mjs). Needs `npm run build`.
//
//   npm run fuzz [SECONDS] [FIRST]     default: 60 seconds, from input 0; an input has the same number each time
//   npm run fuzz one NUMBER            that input alone, with the stack of what it makes fail
//   npm run fuzz file FILE             a file, for instance one that failed
//   PCAPDX_FUZZ_WORKERS=N              threads (default: as many as processors)
//   PCAPDX_FUZZ_COVERAGE=0             does not count which code was reached
//
// Inputs that fail are written to test/fuzz/found, with what they were made of and what failed: what is
// there is tried again by found.test.ts (see its README). Exit code 1 when there are any.
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { Coverage } from './coverage.mjs';
import { check } from './invariants.mjs';
import { mutated } from './mutations.mjs';
import { Random } from './random.mjs';

const project = path.resolve(import.meta.dirname, '../..');
/** Larger captures would make each run slow. */
const MAX_SEED_BYTES = 300_000;
/** Longest that one input may take, ms: a busy machine included. The largest takes less than one second. */
const MAX_RUN_MS = 20_000;
/** What one thread's heap may come to, MiB. */
const MAX_HEAP_MB = 384;
const MAX_FAILURES = 20;

const seeds = [path.join(project, 'samples'), path.resolve(project, '../shared/corpus')].flatMap(capturesIn).sort();
const captures = () => seeds.map((file) => readFileSync(file));

const [first, second] = process.argv.slice(2);
if (first === 'one') await runAlone(mutated(new Random(Math.imul(Number(second) + 1, 0x9e3779b1)), captures()));
else if (first === 'file' && second !== undefined) await runAlone(readFileSync(second));
else process.exitCode = (await runMany(Number(first ?? 60), Number(second ?? 0))) > 0 ? 1 : 0;

/** @param {Buffer} input */
async function runAlone(input) {
  console.log(`${input.length} bytes`);
  await check(input, [1, 7, 333]);
  console.log('holds');
}

/**
 * Runs inputs for so many seconds; gives the number of those that failed.
 * @param {number} seconds @param {number} from
 */
async function runMany(seconds, from) {
  const threads = Number(process.env.PCAPDX_FUZZ_WORKERS ?? availableParallelism());
  const folder = path.join(import.meta.dirname, 'found');
  const counts = process.env.PCAPDX_FUZZ_COVERAGE !== '0';
  const coverage = new Coverage();
  const begun = Date.now();
  const end = begun + seconds * 1000;
  let done = 0;
  let slowest = { ms: 0, number: -1 };
  /** @type {string[]} */
  const failures = [];
  console.log(`${seeds.length} captures to begin with, ${threads} threads, ${seconds} s, inputs from ${from}`);

  /** One thread after the other on inputs `number`, `number + threads`, …: a thread that hangs or dies is followed by the next. */
  const follow = async (/** @type {number} */ start) => {
    let next = start;
    while (Date.now() < end && failures.length < MAX_FAILURES) {
      const ended = await oneThread(next);
      next = ended + threads;
    }
  };

  /** Gives the number of the last input that it took. @param {number} start @returns {Promise<number>} */
  const oneThread = (start) =>
    new Promise((settle) => {
      const worker = new Worker(new URL('./worker.mjs', import.meta.url), {
        workerData: { seeds, from: start, step: threads, end, counts },
        resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MB },
      });
      let inHand = { number: start, input: Buffer.alloc(0), of: [''], since: Date.now() };
      const fail = (/** @type {string} */ what) => {
        const file = path.join(folder, `${inHand.number}.pcap`);
        writeFileSync(file, inHand.input);
        writeFileSync(`${file}.txt`, `input ${inHand.number} of ${inHand.of.join(', ') || 'nothing'}\n${what}\n`);
        failures.push(`input ${inHand.number}: ${what}`);
        console.log(`input ${inHand.number}: ${what}\n  ${file}`);
      };
      const finish = () => {
        clearInterval(watch);
        worker.terminate().then(() => settle(inHand.number));
      };
      const watch = setInterval(() => {
        if (Date.now() - inHand.since > MAX_RUN_MS) {
          fail(`takes longer than ${MAX_RUN_MS} ms`);
          finish();
        }
      }, 250);
      worker.on('message', ({ kind, number, input, of, message, stack, coverage: reached }) => {
        if (kind === 'begins') {
          inHand = { number, input: Buffer.from(input), of, since: Date.now() };
          return;
        }
        if (kind === 'ends') {
          coverage.add(reached);
          finish();
          return;
        }
        done += 1;
        const ms = Date.now() - inHand.since;
        if (ms > slowest.ms) slowest = { ms, number };
        if (kind === 'fails') fail(`${message}\n${String(stack).split('\n').slice(1, 6).join('\n')}`);
      });
      worker.on('error', (error) => {
        fail(`the thread died: ${error.message}`);
        finish();
      });
    });

  await Promise.all(Array.from({ length: threads }, (_, thread) => follow(from + thread)));
  const took = (Date.now() - begun) / 1000;
  console.log(
    `${done} inputs in ${took.toFixed(0)} s (${(done / took).toFixed(1)} a second), slowest ${slowest.ms} ms (input ${slowest.number}), ${failures.length} failed` +
      (failures.length > 0 ? `: see ${folder}` : ''),
  );
  if (counts) console.log(`reached of the modules of src that a report needs:\n${coverage.table()}`);
  return failures.length;
}

/** Captures below a folder that are small enough. @param {string} folder @returns {string[]} */
function capturesIn(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(pcap|pcapng|cap)(\.gz)?$/.test(name))
    .map((name) => path.join(folder, name))
    .filter((file) => statSync(file).size <= MAX_SEED_BYTES);
}
